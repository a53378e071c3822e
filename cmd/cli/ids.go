package cli

import (
	"crypto/rand"
	"strings"
	"time"
)

// NewRequestID is unique and sorts by time: the second of creation, then 60
// random bits.
func NewRequestID(now time.Time) string {
	return now.UTC().Format("20060102150405") + "-" + RandomWord()
}

// RandomWord is 60 random bits in twelve letters and digits.
func RandomWord() string { return strings.ToLower(rand.Text()[:12]) }
