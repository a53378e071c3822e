package cli

import (
	"crypto/rand"
	"strings"
	"time"
	"unicode"
)

// NewRequestID is unique and sorts by time: the second of creation, then 60
// random bits.
func NewRequestID(now time.Time) string {
	return now.UTC().Format("20060102150405") + "-" + RandomWord()
}

// RandomWord is 60 random bits in twelve letters and digits.
func RandomWord() string { return strings.ToLower(rand.Text()[:12]) }

// CheckID refuses an id that no program could show or send as it is: one with control
// characters. Flag names it in the error.
func CheckID(flag, id string) error {
	if strings.ContainsFunc(id, unicode.IsControl) {
		return Usagef("%s %q: has control characters", flag, id).WithHint("an id is plain letters, digits and signs; is there a line end in a variable?")
	}
	return nil
}

// IDArg is an id as an argument of a command that is to be pasted into a shell: quoted
// where that is needed, and after two dashes where it would be taken for a flag.
func IDArg(id string) string {
	if strings.HasPrefix(id, "-") {
		return "-- " + ShellWord(id)
	}
	return ShellWord(id)
}
