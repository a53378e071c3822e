package sign

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
)

// pemKinds are PEM blocks that do not contain the DER of a key, recognised by a word of their
// first line or a header below it.
var pemKinds = [...]struct {
	kind, header string
	reason       KeyReason
}{
	{"ENCRYPTED", "Proc-Type:", KeyEncrypted},
	{"OPENSSH", "", KeyIsOpenSSH},
	{"PGP", "", KeyIsPGP},
}

// stores are file formats with keys in their own form, recognised by their first bytes.
var stores = [...]struct {
	begin  string
	reason KeyReason
}{
	{"\xfe\xed\xfe\xed", KeyIsKeyStore}, // JKS
	{"\xce\xce\xce\xce", KeyIsKeyStore}, // JCEKS
	{"openssh-key-v1\x00", KeyIsOpenSSH},
	{"ssh-", KeyIsOpenSSH}, // ssh-rsa AAAA… and similar
	{"---- BEGIN SSH2", KeyIsOpenSSH},
	{"PuTTY-User-Key-File", KeyIsPuTTY},
}

// foreignStore reports which of the stores a text is, or nil.
func foreignStore(text []byte) *KeyError {
	trimmed := bytes.TrimLeft(text, " \t\r\n\"'")
	for _, row := range stores {
		if bytes.HasPrefix(trimmed, []byte(row.begin)) {
			return &KeyError{Reason: row.reason}
		}
	}
	return nil
}

// markers are DER-encoded object identifiers that identify structures which are not keys,
// although they may contain one.
var markers = [...]struct {
	oid    string
	reason KeyReason
}{
	{"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d", KeyEncrypted},     // PBES2, RFC 8018
	{"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x03", KeyEncrypted},     // PBES1
	{"\x06\x0a\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01", KeyEncrypted},     // PKCS#12 PBE
	{"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", KeyIsPKCS12},      // PKCS#7 data
	{"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", KeyIsCertificate}, // PKCS#7 signed data: .p7b
}

// headOfDER is how many leading bytes are searched for a marker.
const headOfDER = 40

// derLength returns the length of a SEQUENCE including its header, or 0 if the bytes do not
// begin with one.
func derLength(der []byte) int {
	const most = 64 << 10
	if len(der) < 4 || der[0] != 0x30 {
		return 0
	}
	total := 0
	switch der[1] {
	case 0x81:
		total = 3 + int(der[2])
	case 0x82:
		total = 4 + int(der[2])<<8 + int(der[3])
	default:
		if der[1] < 0x80 {
			total = 2 + int(der[1])
		}
	}
	if total > most {
		return 0
	}
	return total
}

// classify identifies the content of DER. It ignores bytes after the structure.
func classify(der []byte) keyFind {
	total := derLength(der)
	if total > len(der) {
		return keyFind{refused: cutOff(len(der), total)}
	}
	der = der[:total]
	if key := parsePrivateDER(der); key != nil {
		return keyFind{key: key, private: true}
	}
	if key := parsePublicDER(der); key != nil {
		return keyFind{key: key}
	}
	return keyFind{refused: notAKey(der)}
}

func cutOff(have, total int) *KeyError {
	return &KeyError{Reason: KeyCutOff, detail: fmt.Sprintf("only %d of its %d bytes are there", have, total)}
}

// notAKey explains DER that is not a key.
func notAKey(der []byte) *KeyError {
	if _, err := x509.ParseCertificate(der); err == nil {
		return &KeyError{Reason: KeyIsCertificate}
	}
	if _, err := x509.ParseCertificateRequest(der); err == nil {
		return &KeyError{Reason: KeyIsRequest}
	}
	head := der[:min(len(der), headOfDER)]
	for _, row := range markers {
		if bytes.Contains(head, []byte(row.oid)) {
			return &KeyError{Reason: row.reason}
		}
	}
	return &KeyError{Reason: KeyUnreadable, detail: "the text decodes, but not to a key; is part of it missing?"}
}

// parsePrivateDER tries PKCS#8, PKCS#1 and SEC 1 (to report an elliptic-curve key); nil if it
// is none.
func parsePrivateDER(der []byte) any {
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return key
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return key
	}
	return nil
}

// parsePublicDER tries SPKI and PKCS#1; nil if it is neither.
func parsePublicDER(der []byte) any {
	if key, err := x509.ParsePKIXPublicKey(der); err == nil {
		return key
	}
	if key, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return key
	}
	return nil
}

func notRSA(key any) error {
	kind := "another kind of key"
	switch key.(type) {
	case *ecdsa.PrivateKey, *ecdsa.PublicKey:
		kind = curveKey
	case ed25519.PrivateKey, ed25519.PublicKey:
		kind = "an Ed25519 key"
	}
	return &KeyError{Reason: KeyNotRSA, detail: kind}
}

const curveKey = "an elliptic-curve key"

// webKey is a JSON Web Key (RFC 7517 and 7518). Its numbers are base64url.
type webKey struct {
	Type string `json:"kty"`
	N    string `json:"n"`
	E    string `json:"e"`
	D    string `json:"d"`
	P    string `json:"p"`
	Q    string `json:"q"`
}

// jwks finds the JSON Web Keys in the text and overwrites them with blanks.
func (s *keyScan) jwks() {
	for from := 0; ; {
		member := bytes.Index(s.text[from:], []byte(`"kty"`))
		if member < 0 {
			return
		}
		at := from + member
		from = at + 1
		begin, end, key := enclosingKey(s.text, at)
		if end == 0 {
			continue
		}
		s.add(begin, key.find())
		s.text = bytes.Clone(s.text)
		for i := begin; i < end; i++ {
			if s.text[i] != '\n' {
				s.text[i] = ' '
			}
		}
		from = end
	}
}

// enclosingKey parses the JSON object around an offset.
func enclosingKey(text []byte, at int) (begin, end int, key webKey) {
	begin = bytes.LastIndexByte(text[:at], '{')
	if begin < 0 {
		return 0, 0, webKey{}
	}
	decoder := json.NewDecoder(bytes.NewReader(text[begin:]))
	if err := decoder.Decode(&key); err != nil {
		return 0, 0, webKey{}
	}
	return begin, begin + int(decoder.InputOffset()), key
}

func (k webKey) find() keyFind {
	if k.Type != "RSA" {
		kind := "another kind of key"
		if k.Type == "EC" {
			kind = curveKey
		}
		return keyFind{refused: &KeyError{Reason: KeyNotRSA, detail: kind}}
	}
	exponent := number(k.E)
	if number(k.N).Sign() == 0 || exponent.Sign() == 0 || !exponent.IsInt64() || exponent.Int64() > 1<<31-1 {
		return keyFind{refused: &KeyError{Reason: KeyUnusable, detail: "a JWK without a usable n and e"}}
	}
	public := rsa.PublicKey{N: number(k.N), E: int(exponent.Int64())}
	if k.D == "" {
		return keyFind{key: &public}
	}
	private := &rsa.PrivateKey{PublicKey: public, D: number(k.D), Primes: []*big.Int{number(k.P), number(k.Q)}}
	if err := private.Validate(); err != nil {
		return keyFind{refused: &KeyError{Reason: KeyUnusable, detail: "a JWK whose d, p and q do not belong to its n and e"}}
	}
	private.Precompute()
	return keyFind{key: private, private: true}
}

// number parses a number of a JWK; 0 if it is malformed.
func number(text string) *big.Int {
	bytes, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return new(big.Int)
	}
	return new(big.Int).SetBytes(bytes)
}
