package sign

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode"
)

// leastBits is the shortest RSA key that Antom takes.
const leastBits = 2048

// PrivateKey signs messages. It was parsed once, may be used by many goroutines
// at a time, and prints as its public fingerprint only.
type PrivateKey struct {
	rsa    *rsa.PrivateKey
	public *PublicKey
}

// PublicKey verifies messages. It may be used by many goroutines at a time.
type PublicKey struct {
	rsa *rsa.PublicKey
	der []byte // SubjectPublicKeyInfo
}

// ParsePrivateKey reads an RSA private key of at least 2048 bits: PEM (PKCS#8 or
// PKCS#1), or the base64 text of either without PEM lines, as Antom's Dashboard
// shows it, on one line or wrapped. Line ends of any kind, a byte order mark and
// quotes around it do no harm. The error is a [*KeyError].
func ParsePrivateKey(text []byte) (*PrivateKey, error) {
	der, kind, err := decodeKey(text)
	if err != nil {
		return nil, err
	}
	if key := parsePrivateDER(der); key != nil {
		return newPrivateKey(key)
	}
	switch {
	case kind == pemCertificate:
		return nil, &KeyError{Reason: KeyIsCertificate}
	case parsePublicDER(der) != nil:
		return nil, &KeyError{Reason: KeyIsPublic}
	}
	return nil, unreadable(der)
}

// ParsePublicKey reads an RSA public key of at least 2048 bits: PEM (SPKI or
// PKCS#1), or the base64 text of either without PEM lines, as [ParsePrivateKey]
// does. The error is a [*KeyError].
func ParsePublicKey(text []byte) (*PublicKey, error) {
	der, kind, err := decodeKey(text)
	if err != nil {
		if isEncrypted(err) {
			return nil, &KeyError{Reason: KeyIsPrivate}
		}
		return nil, err
	}
	if key := parsePublicDER(der); key != nil {
		return newPublicKey(key)
	}
	switch {
	case kind == pemCertificate:
		return nil, &KeyError{Reason: KeyIsCertificate}
	case parsePrivateDER(der) != nil:
		return nil, &KeyError{Reason: KeyIsPrivate}
	}
	return nil, unreadable(der)
}

// GenerateKey makes a new RSA private key of 2048 bits, the length that Antom's
// Dashboard makes.
func GenerateKey() (*PrivateKey, error) { return GenerateKeyBits(leastBits) }

// GenerateKeyBits makes a new RSA private key of another length, in bits. The
// error is a [*KeyError] for fewer than 2048.
func GenerateKeyBits(bits int) (*PrivateKey, error) {
	if bits < leastBits {
		return nil, &KeyError{Reason: KeyTooShort, detail: fmt.Sprintf("%d bits", bits)}
	}
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return nil, fmt.Errorf("generate an RSA key: %w", err)
	}
	return newPrivateKey(key)
}

func newPrivateKey(parsed any) (*PrivateKey, error) {
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, notRSA(parsed)
	}
	public, err := newPublicKey(&key.PublicKey)
	if err != nil {
		return nil, err
	}
	return &PrivateKey{rsa: key, public: public}, nil
}

func newPublicKey(parsed any) (*PublicKey, error) {
	key, ok := parsed.(*rsa.PublicKey)
	if !ok {
		return nil, notRSA(parsed)
	}
	if bits := key.N.BitLen(); bits < leastBits {
		return nil, &KeyError{Reason: KeyTooShort, detail: fmt.Sprintf("%d bits", bits)}
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, &KeyError{Reason: KeyUnusable, detail: err.Error()}
	}
	return &PublicKey{rsa: key, der: der}, nil
}

const (
	pemCertificate = "CERTIFICATE"
	pemEncrypted   = "ENCRYPTED PRIVATE KEY"
	pemOpenSSH     = "OPENSSH PRIVATE KEY"
	lineOpenSSH    = "ssh-" // ssh-rsa AAAA… and its likes: the public keys of OpenSSH
)

// decodeKey finds the DER bytes of a key in a PEM file or a base64 text, and
// the type that PEM gives it.
func decodeKey(text []byte) (der []byte, kind string, err error) {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
	text = bytes.TrimSpace(bytes.Trim(text, `"'`))
	if len(text) == 0 {
		return nil, "", &KeyError{Reason: KeyEmpty}
	}
	if bytes.Contains(text, []byte("-----BEGIN")) {
		return decodePEM(text)
	}
	if bytes.HasPrefix(text, []byte(lineOpenSSH)) {
		return nil, "", &KeyError{Reason: KeyIsOpenSSH}
	}
	compact := strings.Map(dropSpace, string(text))
	der, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(compact, "="))
	if err != nil {
		return nil, "", &KeyError{Reason: KeyUnreadable, detail: "neither PEM nor base64"}
	}
	return der, "", nil
}

func decodePEM(text []byte) (der []byte, kind string, err error) {
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			block, rest = decodeFlatPEM(text)
		}
		switch {
		case block == nil:
			return nil, "", &KeyError{Reason: KeyUnreadable, detail: "damaged PEM"}
		case block.Type == "EC PARAMETERS" || block.Type == "DH PARAMETERS":
			text = rest // stands before the key that openssl writes
			continue
		case block.Type == pemEncrypted || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"):
			return nil, "", &KeyError{Reason: KeyEncrypted}
		case block.Type == pemOpenSSH:
			return nil, "", &KeyError{Reason: KeyIsOpenSSH}
		}
		return block.Bytes, block.Type, nil
	}
}

// decodeFlatPEM reads the PEM that comes out of environment variables and YAML
// files: without line breaks, with \n in their place, or indented. The block is
// nil if even so there is none.
func decodeFlatPEM(text []byte) (block *pem.Block, rest []byte) {
	_, begun, _ := bytes.Cut(text, []byte("-----BEGIN "))
	kind, begun, _ := bytes.Cut(begun, []byte("-----"))
	body, rest, found := bytes.Cut(begun, fmt.Appendf(nil, "-----END %s-----", kind))
	if !found {
		return nil, text
	}
	compact := strings.Map(dropSpace, strings.NewReplacer(`\r`, "", `\n`, "").Replace(string(body)))
	if strings.HasPrefix(compact, "Proc-Type:4,ENCRYPTED") {
		return &pem.Block{Type: pemEncrypted}, rest
	}
	der, err := base64.StdEncoding.DecodeString(compact)
	if err != nil {
		return nil, text
	}
	return &pem.Block{Type: string(kind), Bytes: der}, rest
}

func isEncrypted(err error) bool {
	return errors.Is(err, &KeyError{Reason: KeyEncrypted})
}

func dropSpace(r rune) rune {
	if unicode.IsSpace(r) {
		return -1
	}
	return r
}

// parsePrivateDER tries PKCS#8, PKCS#1 and, to say so, SEC 1; nil if it is none.
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

// unreadable explains DER that the standard library parses as no key at all.
func unreadable(der []byte) error {
	if _, err := x509.ParseCertificate(der); err == nil {
		return &KeyError{Reason: KeyIsCertificate}
	}
	return &KeyError{Reason: KeyUnreadable, detail: "the text decodes, but not to a key; is a part of it missing?"}
}

func notRSA(key any) error {
	kind := "another kind of key"
	switch key.(type) {
	case *ecdsa.PrivateKey, *ecdsa.PublicKey:
		kind = "an elliptic-curve key"
	case ed25519.PrivateKey, ed25519.PublicKey:
		kind = "an Ed25519 key"
	}
	return &KeyError{Reason: KeyNotRSA, detail: kind}
}

// Public returns the public key of the pair.
func (k *PrivateKey) Public() *PublicKey { return k.public }

// PEM returns the private key as a PKCS#8 PEM block: a secret.
func (k *PrivateKey) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: k.pkcs8()})
}

// PKCS1PEM returns the private key as a PKCS#1 PEM block, the form of older tools
// and of Antom's Python SDK: a secret.
func (k *PrivateKey) PKCS1PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(k.rsa)})
}

// Base64 returns the private key as one line of PKCS#8 base64, the form that
// Antom's Dashboard and its SDKs use: a secret.
func (k *PrivateKey) Base64() string { return base64.StdEncoding.EncodeToString(k.pkcs8()) }

func (k *PrivateKey) pkcs8() []byte {
	der, err := x509.MarshalPKCS8PrivateKey(k.rsa)
	if err != nil {
		panic("sign: an RSA key that was parsed can't be encoded: " + err.Error())
	}
	return der
}

// PEM returns the public key as an SPKI PEM block.
func (k *PublicKey) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: k.der})
}

// PKCS1PEM returns the public key as a PKCS#1 PEM block, the form of older tools.
func (k *PublicKey) PKCS1PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(k.rsa)})
}

// Base64 returns the public key as one line of SPKI base64, the form that
// Antom's Dashboard and its SDKs use.
func (k *PublicKey) Base64() string { return base64.StdEncoding.EncodeToString(k.der) }

// Bits is the length of the key.
func (k *PublicKey) Bits() int { return k.rsa.N.BitLen() }

// Fingerprint names the key: SHA-256 of its SPKI form, as OpenSSH writes one.
func (k *PublicKey) Fingerprint() string {
	sum := sha256.Sum256(k.der)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}

// Equal reports whether both are the same key.
func (k *PublicKey) Equal(other *PublicKey) bool {
	return k != nil && other != nil && k.rsa.Equal(other.rsa)
}

// String names the key by its fingerprint.
func (k *PublicKey) String() string {
	return fmt.Sprintf("RSA %d %s", k.Bits(), k.Fingerprint())
}

// String names the key by the fingerprint of its public key. No form of
// printing shows the private key: see also Format, LogValue and MarshalText.
func (k *PrivateKey) String() string {
	if k == nil || k.public == nil {
		return "private key (none)"
	}
	return "private key " + k.public.String()
}

// Format prints String whatever the verb, %#v included.
func (k *PrivateKey) Format(f fmt.State, _ rune) { fmt.Fprint(f, k.String()) }

// GoString prints String.
func (k *PrivateKey) GoString() string { return k.String() }

// LogValue logs String.
func (k *PrivateKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText encodes String; JSON uses it too.
func (k *PrivateKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }
