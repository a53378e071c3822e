package sign

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"log/slog"
)

// leastBits is the shortest RSA key that Antom accepts.
const leastBits = 2048

// PrivateKey signs messages. It is safe for concurrent use, and prints only its public
// fingerprint.
type PrivateKey struct {
	rsa    *rsa.PrivateKey
	public *PublicKey
}

// PublicKey verifies messages. It is safe for concurrent use.
type PublicKey struct {
	rsa *rsa.PublicKey
	der []byte // SubjectPublicKeyInfo
}

// GenerateKey generates an RSA private key of 2048 bits, the length that Antom's Dashboard
// uses.
func GenerateKey() (*PrivateKey, error) { return GenerateKeyBits(leastBits) }

// GenerateKeyBits generates an RSA private key of the given length in bits. The error is a
// [*KeyError] if that is less than 2048.
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

// Public returns the public key of the pair.
func (k *PrivateKey) Public() *PublicKey { return k.public }

// PEM returns the private key as a PKCS#8 PEM block: a secret.
func (k *PrivateKey) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: k.pkcs8()})
}

// PKCS1PEM returns the private key as a PKCS#1 PEM block, the form used by older tools and
// Antom's Python SDK: a secret.
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

// PKCS1PEM returns the public key as a PKCS#1 PEM block, the form used by older tools.
func (k *PublicKey) PKCS1PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(k.rsa)})
}

// Base64 returns the public key as one line of SPKI base64, the form that
// Antom's Dashboard and its SDKs use.
func (k *PublicKey) Base64() string { return base64.StdEncoding.EncodeToString(k.der) }

// Bits returns the length of the key.
func (k *PublicKey) Bits() int { return k.rsa.N.BitLen() }

// Fingerprint returns the SHA-256 of the key's SPKI form, written as OpenSSH does.
func (k *PublicKey) Fingerprint() string {
	sum := sha256.Sum256(k.der)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}

// Equal reports whether both are the same key.
func (k *PublicKey) Equal(other *PublicKey) bool {
	return k != nil && other != nil && k.rsa.Equal(other.rsa)
}

// String identifies the key by its fingerprint.
func (k *PublicKey) String() string {
	return fmt.Sprintf("RSA %d %s", k.Bits(), k.Fingerprint())
}

// String identifies the key by the fingerprint of its public key. The private key is never
// printed in any form: see also Format, LogValue and MarshalText.
func (k *PrivateKey) String() string {
	if k == nil || k.public == nil {
		return "private key (none)"
	}
	return "private key " + k.public.String()
}

// Format prints String for every verb, including %#v.
func (k *PrivateKey) Format(f fmt.State, _ rune) { fmt.Fprint(f, k.String()) }

// GoString prints String.
func (k *PrivateKey) GoString() string { return k.String() }

// LogValue logs String.
func (k *PrivateKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText encodes String; JSON uses it too.
func (k *PrivateKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }
