// Package sign makes and verifies the signatures of Antom's payment API
// (AMS v1): RSA PKCS#1 v1.5 over SHA-256, which the API calls RSA256.
//
// # What is signed
//
// A signature covers a [Message]: the method, the request target, the client
// id, the time and the exact bytes of the body, joined as
//
//	POST /ams/api/v1/payments/pay
//	<client id>.<time>.<body>
//
// A request is signed by the merchant over its request-time; a response is
// signed by Antom over the request's method and target and its own
// response-time; a notification is signed by Antom over the target of the
// merchant's endpoint. The body is the bytes as they travel: a body that was
// parsed and written again has another signature.
//
// # Two functions that most programs need
//
// [PrivateKey.Sign] returns the value of the signature header of a request.
// [PublicKey.Verify] checks the header of a response or a notification and says
// why it does not hold: see [Error].
//
// # Keys
//
// [ParsePrivateKey] and [ParsePublicKey] take PEM files and the one-line base64
// text of Antom's Dashboard. Parse a key once and keep it: parsing an RSA
// private key costs a seventh of a signature. Keys never print themselves.
//
// Sources: Antom's digital_signature page (2024-05-24) and the wire behaviour
// of its four official SDKs. Only the standard library is used.
package sign

import (
	"crypto"
	"crypto/rsa"
	"encoding/base64"
	"strconv"
)

// Algorithm is the only algorithm that this package signs with and accepts.
const Algorithm = "RSA256"

// Sign returns the value of the signature header of m, in the form that every
// official SDK reads:
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

// String is the header value in its canonical spelling; parameters without a
// value are left out.
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

// appendEscapedBase64 appends standard base64 with + / = percent-encoded, as
// url.QueryEscape would, in one pass.
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
