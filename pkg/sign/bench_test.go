package sign_test

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"testing"

	"github.com/antom-cli/antom/pkg/sign"
)

// bigBody is far larger than anything that signing should allocate.
const bigBody = 1 << 20

// bodySizes are the sizes of a typical message and of one that must not be copied.
var bodySizes = [...]struct {
	name string
	size int
}{{"1KB", 1 << 10}, {"1MB", bigBody}}

func ofSize(size int) sign.Message {
	m := genuine()
	m.Body = bytes.Repeat([]byte("x"), size)
	return m
}

// rsaKey is the key of genuine messages for crypto/rsa, parsed once.
func rsaKey(tb testing.TB) *rsa.PrivateKey {
	tb.Helper()
	block, _ := pem.Decode(readFile(tb, "antom.pkcs1.pem"))
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

// The raw operations are the lower bound: the cost of crypto/rsa and crypto/sha256 for the same
// bytes, without writing or reading a header.

func rawSign(tb testing.TB, key *rsa.PrivateKey, m sign.Message) []byte {
	sum := sha256.Sum256(m.Body)
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		tb.Fatal(err)
	}
	return signature
}

func rawVerify(tb testing.TB, key *rsa.PublicKey, m sign.Message, signature []byte) {
	sum := sha256.Sum256(m.Body)
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature); err != nil {
		tb.Fatal(err)
	}
}

func ownSign(tb testing.TB, key *sign.PrivateKey, m sign.Message) string {
	header, err := key.Sign(m, 1)
	if err != nil {
		tb.Fatal(err)
	}
	return header
}

func ownVerify(tb testing.TB, key *sign.PublicKey, m sign.Message, header string) {
	if _, err := key.Verify(m, header); err != nil {
		tb.Fatal(err)
	}
}

func BenchmarkSign(b *testing.B) {
	key := privateKey(b, "antom")
	for _, size := range bodySizes {
		b.Run(size.name, func(b *testing.B) {
			m := ofSize(size.size)
			b.ReportAllocs()
			for b.Loop() {
				ownSign(b, key, m)
			}
		})
	}
}

func BenchmarkRSASign(b *testing.B) {
	key := rsaKey(b)
	for _, size := range bodySizes {
		b.Run(size.name, func(b *testing.B) {
			m := ofSize(size.size)
			b.ReportAllocs()
			for b.Loop() {
				rawSign(b, key, m)
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	key := publicKey(b, "antom")
	for _, size := range bodySizes {
		b.Run(size.name, func(b *testing.B) {
			m := ofSize(size.size)
			header := signed(b, m)
			b.ReportAllocs()
			for b.Loop() {
				ownVerify(b, key, m, header)
			}
		})
	}
}

func BenchmarkRSAVerify(b *testing.B) {
	key := rsaKey(b)
	for _, size := range bodySizes {
		b.Run(size.name, func(b *testing.B) {
			m := ofSize(size.size)
			signature := rawSign(b, key, m)
			b.ReportAllocs()
			for b.Loop() {
				rawVerify(b, &key.PublicKey, m, signature)
			}
		})
	}
}
