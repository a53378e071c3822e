package cli

import (
	"crypto/rand"
	"strings"
	"time"
	"unicode"
)

// NewRequestID returns a unique id that sorts by time: the second of creation, then 60 random
// bits.
func NewRequestID(now time.Time) string {
	return now.UTC().Format("20060102150405") + "-" + RandomWord()
}

// RandomWord returns 60 random bits as twelve letters and digits.
func RandomWord() string { return strings.ToLower(rand.Text()[:12]) }

// CheckID returns an error for an id with control characters, which can't be shown or sent
// unchanged. The error names the flag.
func CheckID(flag, id string) error {
	if strings.ContainsFunc(id, unicode.IsControl) {
		return Usagef("%s %q: has control characters", flag, id).WithHint("an id is plain letters, digits and signs; is there a line end in a variable?")
	}
	return nil
}

// IDArg returns an id as an argument that can be pasted into a shell: quoted if necessary, and
// after two dashes if it looks like a flag.
func IDArg(id string) string {
	if strings.HasPrefix(id, "-") {
		return "-- " + ShellWord(id)
	}
	return ShellWord(id)
}
