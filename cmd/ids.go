package cmd

import (
	"crypto/rand"
	"strings"
	"time"
)

// newRequestID is unique and sorts by time: the second of creation, then 60
// random bits.
func newRequestID(now time.Time) string {
	return now.UTC().Format("20060102150405") + "-" + randomWord()
}

// randomWord is 60 random bits in twelve letters and digits.
func randomWord() string { return strings.ToLower(rand.Text()[:12]) }
