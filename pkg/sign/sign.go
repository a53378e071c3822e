// Package sign creates and verifies the signatures of Antom's payment API (AMS v1): RSA PKCS#1
// v1.5 over SHA-256, which the API calls RSA256.
//
// # What is signed
//
// A signature covers a [Message]: the method, the request target, the client id, the time and
// the exact bytes of the body, joined as
//
//	POST /ams/api/v1/payments/pay
//	<client id>.<time>.<body>
//
// The merchant signs a request over its request-time. Antom signs a response over the request's
// method and target and its own response-time, and a notification over the target of the
// merchant's endpoint. The body is signed byte for byte: a body that was parsed and encoded
// again does not verify.
//
// # The two main functions
//
// [PrivateKey.Sign] returns the value of the signature header of a request. [PublicKey.Verify]
// checks the header of a response or a notification. Its error says why a signature is not
// valid: see [Error].
//
// # Keys
//
// [ParsePrivateKey] and [ParsePublicKey] read PEM files and the one line of base64 from Antom's
// Dashboard. Parse a key once and keep it: parsing an RSA private key takes a seventh of the
// time of a signature. Keys never print themselves.
//
// Sources: Antom's digital_signature page (2024-05-24) and the wire behaviour of its four
// official SDKs. Only the standard library is used.
package sign

import (
	"crypto"
	"crypto/rsa"
	"encoding/base64"
	"strconv"
)

// Algorithm is the only algorithm that this package uses and accepts.
const Algorithm = "RSA256"

// Sign returns the value of the signature header of m, in the form that every official SDK
// reads:
//
//	algorithm=RSA256,keyVersion=1,signature=<percent-encoded base64>
//
// The key version is 1 unless Antom's Dashboard shows another one.
func (k *PrivateKey) Sign(m Message, keyVersion int) (string, error) {
	if keyVersion < 1 {
		return "", &KeyError{Reason: KeyVersionInvalid, detail: strconv.Itoa(keyVersion)}
	}
	digest := m.digest()
	signature, err := rsa.SignPKCS1v15(nil, k.rsa, crypto.SHA256, digest[:])
	if err != nil {
		return "", &KeyError{Reason: KeyUnusable, detail: err.Error()}
	}
	return Header{Algorithm: Algorithm, KeyVersion: strconv.Itoa(keyVersion), Signature: signature}.String(), nil
}

// String returns the header value in its canonical form, without parameters that have no value.
func (h Header) String() string {
	var stack [1024]byte
	out := stack[:0]
	if h.Algorithm != "" {
		out = append(append(out, "algorithm="...), h.Algorithm...)
		out = append(out, ',')
	}
	if h.KeyVersion != "" {
		out = append(append(out, "keyVersion="...), h.KeyVersion...)
		out = append(out, ',')
	}
	out = append(out, "signature="...)
	return string(appendEscapedBase64(out, h.Signature))
}

// appendEscapedBase64 appends standard base64 with +, / and = percent-encoded, as
// url.QueryEscape would do, in one pass.
func appendEscapedBase64(out, raw []byte) []byte {
	var stack [1024]byte
	for _, c := range base64.StdEncoding.AppendEncode(stack[:0], raw) {
		switch c {
		case '+':
			out = append(out, "%2B"...)
		case '/':
			out = append(out, "%2F"...)
		case '=':
			out = append(out, "%3D"...)
		default:
			out = append(out, c)
		}
	}
	return out
}
