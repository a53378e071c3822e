package diagnose

import (
	"crypto"
	_ "crypto/md5" //nolint:gosec // only to recognise what was signed with it
	"crypto/rsa"
	_ "crypto/sha1" // only to recognise what was signed with it
	"crypto/sha256"
	_ "crypto/sha512" // only to recognise what was signed with it
	"crypto/x509"
	"encoding/base64"
	"math/big"

	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/pkg/sign"
)

// content is possible signed content: the fields of a message, and how they are joined.
type content struct {
	layout                         layout
	method, target, clientID, time string
	body                           []byte
}

// layout is how the fields are joined; the zero value is the correct one.
type layout struct {
	wrong                      bool
	afterMethod, afterTarget   string
	afterClientID, afterTime   string
	noMethod, timeBeforeClient bool
}

func contentOf(m *intake.Message) content {
	signed := m.Signed()
	return content{method: signed.Method, target: signed.Target, clientID: signed.ClientID, time: signed.Time, body: signed.Body}
}

// appendPrefix appends everything before the body.
func (x content) appendPrefix(b []byte) []byte {
	l := x.layout
	if !l.wrong {
		l = layout{afterMethod: " ", afterTarget: "\n", afterClientID: ".", afterTime: "."}
	}
	if !l.noMethod {
		b = append(append(b, x.method...), l.afterMethod...)
	}
	b = append(append(b, x.target...), l.afterTarget...)
	first, second := x.clientID, x.time
	if l.timeBeforeClient {
		first, second = second, first
	}
	b = append(append(b, first...), l.afterClientID...)
	return append(append(b, second...), l.afterTime...)
}

// with returns the content after a change.
func (x content) with(ch *change) content {
	switch ch.part {
	case partMethod:
		x.method = ch.text
	case partTarget:
		x.target = ch.text
	case partClientID:
		x.clientID = ch.text
	case partTime:
		x.time = ch.text
	case partBody:
		x.body = ch.body
	case partLayout:
		for _, row := range layouts {
			if row.name == ch.text {
				x.layout = row.layout
			}
		}
	}
	return x
}

// layouts are known wrong ways to join the fields.
var layouts = [...]struct {
	name   string
	layout layout
}{
	{"CRLF instead of the line feed", layout{true, " ", "\r\n", ".", ".", false, false}},
	{"a backslash and an n instead of the line feed", layout{true, " ", `\n`, ".", ".", false, false}},
	{"a blank instead of the line feed", layout{true, " ", " ", ".", ".", false, false}},
	{"no line feed", layout{true, " ", "", ".", ".", false, false}},
	{"a line feed instead of the blank", layout{true, "\n", "\n", ".", ".", false, false}},
	{"no method", layout{true, "", "\n", ".", ".", true, false}},
	{"the time before the client id", layout{true, " ", "\n", ".", ".", false, true}},
	{"no dots", layout{true, " ", "\n", "", "", false, false}},
	{"line feeds instead of the dots", layout{true, " ", "\n", "\n", "\n", false, false}},
	{"no dot before the body", layout{true, " ", "\n", ".", "", false, false}},
}

// hidden is the hash inside an RSA signature, and its kind.
type hidden struct {
	scheme string
	hash   []byte
	kind   crypto.Hash
}

// of hashes content as the signer did.
func (h hidden) of(signed []byte) []byte {
	hash := h.kind.New()
	hash.Write(signed)
	return hash.Sum(nil)
}

// schemes are the DigestInfo prefixes of PKCS#1 v1.5 (RFC 8017, section 9.2).
var schemes = [...]struct {
	name   string
	hash   crypto.Hash
	prefix string
}{
	{"SHA-256", crypto.SHA256, "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"},
	{"SHA-1", crypto.SHA1, "\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14"},
	{"MD5", crypto.MD5, "\x30\x20\x30\x0c\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05\x05\x00\x04\x10"},
	{"SHA-384", crypto.SHA384, "\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30"},
	{"SHA-512", crypto.SHA512, "\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40"},
}

// recoverHash recovers the hash from a signature. The whole padding must be exactly as
// in PKCS#1 v1.5, so a hash is found only if verifying it would succeed. Nothing here
// is secret.
func recoverHash(key *sign.PublicKey, signature []byte) (hidden, bool) {
	public := rsaKey(key)
	if public == nil || len(signature) != public.Size() {
		return hidden{}, false
	}
	s := new(big.Int).SetBytes(signature)
	if s.Cmp(public.N) >= 0 {
		return hidden{}, false
	}
	plain := make([]byte, public.Size())
	s.Exp(s, big.NewInt(int64(public.E)), public.N).FillBytes(plain)
	for _, scheme := range schemes {
		info := len(scheme.prefix) + scheme.hash.Size()
		if wants := paddingOf(len(plain), info) + scheme.prefix; string(plain[:len(plain)-scheme.hash.Size()]) == wants {
			return hidden{scheme: scheme.name, hash: plain[len(plain)-scheme.hash.Size():], kind: scheme.hash}, true
		}
	}
	return hidden{}, false
}

// SignedSHA256 takes out of a signature the SHA-256 hash that was signed. A hash is
// returned only if the signature would verify for content with that hash.
func SignedSHA256(key *sign.PublicKey, signature []byte) (sum [sha256.Size]byte, ok bool) {
	h, ok := recoverHash(key, signature)
	if !ok || h.kind != crypto.SHA256 {
		return sum, false
	}
	return [sha256.Size]byte(h.hash), true
}

// paddingOf is the padding before the DigestInfo in a block of that size.
func paddingOf(size, info int) string {
	padding := make([]byte, size-info)
	for i := range padding {
		padding[i] = 0xff
	}
	padding[0], padding[1], padding[len(padding)-1] = 0, 1, 0
	return string(padding)
}

func rsaKey(key *sign.PublicKey) *rsa.PublicKey {
	der, err := base64.StdEncoding.DecodeString(key.Base64())
	if err != nil {
		return nil
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil
	}
	public, _ := parsed.(*rsa.PublicKey)
	return public
}

func isPSS(key *sign.PublicKey, sum, signature []byte) bool {
	public := rsaKey(key)
	return public != nil && rsa.VerifyPSS(public, crypto.SHA256, sum, signature, nil) == nil
}
