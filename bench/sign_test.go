package bench

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/antom-cli/antom/pkg/sign"
)

// mostBeside is how much time a signature or a verification may take in addition to RSA and
// SHA-256, for 1 KB.
const mostBeside = 2 * time.Microsecond

// BenchmarkSignBeside and BenchmarkVerifyBeside alternate our operation and the same work with
// crypto/rsa, and report the difference between the fastest runs.
func BenchmarkSignBeside(b *testing.B) {
	key, message := newKeyPair(b), kilobyte()
	content := message.Content()
	beside(b, func() error {
		_, err := key.own.Sign(message, 1)
		return err
	}, func() error {
		digest := sha256.Sum256(content)
		_, err := rsa.SignPKCS1v15(nil, key.raw, crypto.SHA256, digest[:])
		return err
	})
}

func BenchmarkVerifyBeside(b *testing.B) {
	key, message := newKeyPair(b), kilobyte()
	content := message.Content()
	header, err := key.own.Sign(message, 1)
	if err != nil {
		b.Fatal(err)
	}
	digest := sha256.Sum256(content)
	signature, err := rsa.SignPKCS1v15(nil, key.raw, crypto.SHA256, digest[:])
	if err != nil {
		b.Fatal(err)
	}
	public := key.own.Public()
	beside(b, func() error {
		_, err := public.Verify(message, header)
		return err
	}, func() error {
		digest := sha256.Sum256(content)
		return rsa.VerifyPKCS1v15(&key.raw.PublicKey, crypto.SHA256, digest[:], signature)
	})
}

func kilobyte() sign.Message {
	return sign.Message{
		Method: http.MethodPost, Target: inquiry, ClientID: clientID, Time: "2026-11-24T09:00:00Z",
		Body: bytes.Repeat([]byte("x"), 1<<10),
	}
}

func beside(b *testing.B, own, floor func() error) {
	b.Helper()
	var owns, floors []time.Duration
	for b.Loop() {
		owns = append(owns, timed(b, own))
		floors = append(floors, timed(b, floor))
	}
	slices.Sort(owns)
	slices.Sort(floors)
	at := len(owns) / 10
	difference := owns[at] - floors[at]
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(floors[at].Nanoseconds()), "ns-rsa")
	b.ReportMetric(float64(difference.Nanoseconds()), "ns-beside")
	if b.N >= 1000 && difference > mostBeside {
		b.Errorf("%s in addition to %s of RSA, more than %s", difference, floors[at], mostBeside)
	}
}

func timed(b *testing.B, work func() error) time.Duration {
	b.Helper()
	start := time.Now()
	if err := work(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}
