package sign

import (
	"errors"
	"strings"
	"testing"
)

// TestMismatch_keyVersion: if the header names a replaced key, the hint says so; if it names
// the first key, the hint does not mention versions.
func TestMismatch_keyVersion(t *testing.T) {
	t.Parallel()
	signer, err := GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	other, err := GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	m := Message{Method: "POST", Target: "/notify", ClientID: "5X", Time: "2026-11-25T00:00:00Z", Body: []byte("{}")}
	for version, told := range map[int]bool{1: false, 2: true} {
		header, err := signer.Sign(m, version)
		if err != nil {
			t.Fatal(err)
		}
		_, err = other.Public().Verify(m, header)
		refused, ok := errors.AsType[*Error](err)
		if !ok || refused.Reason != Mismatch || strings.Contains(refused.Hint(), `key version "2"`) != told {
			t.Errorf("version %d: %v", version, err)
		}
	}
}
