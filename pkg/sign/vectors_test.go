package sign_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/testkit"
	"github.com/antom-cli/antom/pkg/sign"
)

// These read the files in testdata.
var (
	readVectors = testkit.Vectors
	readFile    = testkit.Read
	publicKey   = testkit.PublicKey
	privateKey  = testkit.PrivateKey
)

func TestVerify_vectors(t *testing.T) {
	t.Parallel()
	keys := map[string]*sign.PublicKey{"merchant": publicKey(t, "merchant"), "antom": publicKey(t, "antom")}
	for _, v := range readVectors(t) {
		t.Run(v.ID, func(t *testing.T) {
			t.Parallel()
			_, err := keys[v.Key].Verify(v.Message(), v.Header())
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
		want, err := sign.ParseHeader(v.Header())
		if err != nil {
			t.Fatal(err)
		}
		version, err := strconv.Atoi(want.KeyVersion)
		if err != nil {
			t.Fatal(err)
		}
		got, err := keys[v.Key].Sign(v.Message(), version)
		if err != nil {
			t.Fatal(err)
		}
		if got != v.Header() {
			t.Errorf("%s (%s):\n got %s\nwant %s", v.ID, v.Note, got, v.Header())
		}
		signed++
	}
	if signed != 94 {
		t.Errorf("signed %d canonical vectors, want 94", signed)
	}
}
