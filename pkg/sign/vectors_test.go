package sign_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/antom-cli/antom/pkg/sign"
)

// vector is a row of testdata/vectors.jsonl.
type vector struct {
	ID              string  `json:"id"`
	Kind            string  `json:"kind"`
	Method          string  `json:"method"`
	Path            string  `json:"path"`
	ClientID        string  `json:"clientId"`
	Time            string  `json:"time"`
	Body            []byte  `json:"body_b64"`
	SignatureHeader *string `json:"signatureHeader"`
	Expect          string  `json:"expect"`
	Class           string  `json:"class"`
	Key             string  `json:"key"`
	Note            string  `json:"note"`
}

func (v vector) message() sign.Message {
	return sign.Message{Method: v.Method, Target: v.Path, ClientID: v.ClientID, Time: v.Time, Body: v.Body}
}

func (v vector) header() string {
	if v.SignatureHeader == nil {
		return ""
	}
	return *v.SignatureHeader
}

func readVectors(tb testing.TB) []vector {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "vectors.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	var vectors []vector
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			tb.Fatal(err)
		}
		vectors = append(vectors, v)
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	if len(vectors) != 340 {
		tb.Fatalf("read %d vectors, want 340", len(vectors))
	}
	return vectors
}

func readFile(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func publicKey(tb testing.TB, name string) *sign.PublicKey {
	tb.Helper()
	key, err := sign.ParsePublicKey(readFile(tb, name+".pub.pem"))
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func privateKey(tb testing.TB, name string) *sign.PrivateKey {
	tb.Helper()
	key, err := sign.ParsePrivateKey(readFile(tb, name+".pkcs8.pem"))
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func TestVerify_vectors(t *testing.T) {
	t.Parallel()
	keys := map[string]*sign.PublicKey{"merchant": publicKey(t, "merchant"), "antom": publicKey(t, "antom")}
	for _, v := range readVectors(t) {
		t.Run(v.ID, func(t *testing.T) {
			t.Parallel()
			_, err := keys[v.Key].Verify(v.message(), v.header())
			wantAccepted := v.Class == "canonical" || v.Class == "lenient"
			if accepted := err == nil; accepted != wantAccepted {
				t.Fatalf("%s (%s): accepted = %t, want %t: %v", v.Note, v.Class, accepted, wantAccepted, err)
			}
			if err == nil {
				return
			}
			refused, ok := errors.AsType[*sign.Error](err)
			if !ok {
				t.Fatalf("error is a %T, want *sign.Error", err)
			}
			if wantMatches := v.Class == "policy" && v.Expect == "valid"; refused.Matches != wantMatches {
				t.Errorf("%s: Matches = %t, want %t", v.Note, refused.Matches, wantMatches)
			}
			if refused.Matches != strings.HasPrefix(err.Error(), "the signature matches, but ") {
				t.Errorf("error = %q with Matches = %t", err, refused.Matches)
			}
		})
	}
}

func TestSign_vectors(t *testing.T) {
	t.Parallel()
	keys := map[string]*sign.PrivateKey{"merchant": privateKey(t, "merchant"), "antom": privateKey(t, "antom")}
	signed := 0
	for _, v := range readVectors(t) {
		if v.Class != "canonical" {
			continue
		}
		want, err := sign.ParseHeader(v.header())
		if err != nil {
			t.Fatal(err)
		}
		version, err := strconv.Atoi(want.KeyVersion)
		if err != nil {
			t.Fatal(err)
		}
		got, err := keys[v.Key].Sign(v.message(), version)
		if err != nil {
			t.Fatal(err)
		}
		if got != v.header() {
			t.Errorf("%s (%s):\n got %s\nwant %s", v.ID, v.Note, got, v.header())
		}
		signed++
	}
	if signed != 94 {
		t.Errorf("signed %d canonical vectors, want 94", signed)
	}
}
