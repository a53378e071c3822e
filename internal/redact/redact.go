// Package redact keeps secrets out of everything that is printed.
package redact

import (
	"fmt"
	"log/slog"
	"strings"
)

// hidden is printed in place of a secret.
const hidden = "[redacted]"

// Secret is a text that can't be printed by accident.
type Secret string

// Reveal returns the text. Call it only where the text is used.
func (s Secret) Reveal() string { return string(s) }

// String prints the placeholder, or nothing for an empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// Format prints the placeholder whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// LogValue logs the placeholder.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText encodes the placeholder; JSON and YAML use it too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// CardNumber returns a card number with only its first six and last four digits, as
// the card schemes allow.
func CardNumber(number string) string {
	if len(number) < 12 {
		return strings.Repeat("*", len(number))
	}
	return number[:6] + strings.Repeat("*", len(number)-10) + number[len(number)-4:]
}
