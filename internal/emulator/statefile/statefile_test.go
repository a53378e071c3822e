package statefile_test

import (
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/emulator/statefile"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	for _, test := range [...]struct{ text, want string }{
		{"", `{}`},
		{"# nothing\n", `{}`},
		{"orders:\n  - paymentRequestId: a\n    amount: {currency: SGD, value: \"4200\"}\n", `{"orders":[{"amount":{"currency":"SGD","value":"4200"},"paymentRequestId":"a"}]}`},
		{`{"orders":[{"created":"2030-01-01T00:00:00Z"}]}`, `{"orders":[{"created":"2030-01-01T00:00:00Z"}]}`},
		{"clock: 2030-01-01T00:00:00Z", `{"clock":"2030-01-01T00:00:00Z"}`},
	} {
		if got, err := statefile.JSON([]byte(test.text)); err != nil || string(got) != test.want {
			t.Errorf("JSON(%q) = %s, %v; want %s", test.text, got, err, test.want)
		}
	}
	for text, want := range map[string]string{
		"orders: [":           "line 1",
		"- a":                 "must be an object",
		"a: 1\na: 2":          `"a" already defined`,
		"a: {1: b}":           "member names must be strings",
		"x: &a [*a, *a]":      "anchor 'a' value contains itself",
		"orders:\n\t- tabbed": "line 2",
	} {
		if got, err := statefile.JSON([]byte(text)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("JSON(%q) = %s, %v; want %q", text, got, err, want)
		}
	}
}

// TestYAML: what is written is read as the same.
func TestYAML(t *testing.T) {
	t.Parallel()
	const state = `{"clock":"2030-01-01T00:00:00Z","orders":[{"amount":{"currency":"SGD","value":"4200"},"authorise":true,"description":"yes","paymentRequestId":"0123"},{"description":"a: b\n# c","paymentRequestId":"no"}]}`
	text, err := statefile.YAML([]byte(state))
	if err != nil || !strings.Contains(string(text), "\norders:\n  - amount:\n      currency: SGD\n      value: \"4200\"\n") {
		t.Errorf("YAML: %v\n%s", err, text)
	}
	if again, err := statefile.JSON(text); err != nil || string(again) != state {
		t.Errorf("read again: %v\n%s", err, again)
	}
}
