package redact_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/redact"
)

func TestSecret_neverPrints(t *testing.T) {
	t.Parallel()
	secret := redact.Secret("agent-token-4711")
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+" "+verb+"\n", secret, struct{ Token redact.Secret }{secret})
	}
	text, err := json.Marshal(map[string]any{"token": secret})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(text)
	slog.New(slog.NewTextHandler(&out, nil)).Info("call", "token", secret)
	if printed := out.String(); strings.Contains(printed, "4711") || strings.Contains(printed, "34373131") || !strings.Contains(printed, "[redacted]") {
		t.Errorf("printed %s", printed)
	}
	if secret.Reveal() != "agent-token-4711" {
		t.Error("Reveal does not return the text")
	}
}

func TestCardNumber(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{"4054695723100768": "405469******0768", "123": "***", "": ""} {
		if got := redact.CardNumber(number); got != want {
			t.Errorf("CardNumber(%q) = %q, want %q", number, got, want)
		}
	}
}
