package emulator

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// seedRecord makes random numbers repeatable: each draw is derived from the seed and the
// number of earlier draws.
type seedRecord struct {
	Seed  uint64 `json:"seed"`
	Draws uint64 `json:"draws"`
}

const seedKey = "seed"

// Seed makes the following ids repeatable: the same calls after the same seed give the same
// ids.
func (e *Emulator) Seed(ctx context.Context, seed uint64) error {
	return e.store.update(ctx, func(tx *transaction) error {
		return tx.save(metaBucket, seedKey, seedRecord{Seed: seed})
	})
}

// random returns n random bytes, derived from the seed if there is one.
func (t *transaction) random(n int) ([]byte, error) {
	var record seedRecord
	switch err := t.load(metaBucket, seedKey, &record); {
	case errors.Is(err, fs.ErrNotExist):
		drawn := make([]byte, n)
		_, _ = rand.Read(drawn) // never fails
		return drawn, nil
	case err != nil:
		return nil, err
	}
	var drawn []byte
	for len(drawn) < n {
		var input [16]byte
		binary.BigEndian.PutUint64(input[:8], record.Seed)
		binary.BigEndian.PutUint64(input[8:], record.Draws)
		block := sha256.Sum256(input[:])
		drawn = append(drawn, block[:]...)
		record.Draws++
	}
	return drawn[:n], t.save(metaBucket, seedKey, record)
}

// The fixed parts of ids, by kind (INF: in the form of Antom's).
const (
	paymentIDs = "1940108001001888"
	captureIDs = "1940108001001889"
	refundIDs  = "1940108001001890"
)

// newID makes an id in the form of Antom's: the date, a fixed part and eleven random digits.
// It is not yet a key of the bucket, and no id derived from an existing payment equals it.
func (t *transaction) newID(bucket []byte, fixed string) (string, error) {
	for {
		drawn, err := t.random(8)
		if err != nil {
			return "", err
		}
		id := fmt.Sprintf("%s%s%011d", t.now.UTC().Format("20060102"), fixed, binary.BigEndian.Uint64(drawn)%1e11)
		if t.get(bucket, id) == nil && t.get(paymentsBucket, strings.Replace(id, fixed, paymentIDs, 1)) == nil {
			return id, nil
		}
	}
}

// tokenPrefix begins the tokens of stored cards.
const tokenPrefix = "EMULATOR"

// cardToken is the token of the card that a payment stored: the unique part of the payment's
// id, in base 16.
func cardToken(paymentID string) string {
	number, _ := strconv.ParseUint(strings.Replace(paymentID, paymentIDs, "", 1), 10, 64) // as made by newID: 19 digits
	return fmt.Sprintf("%s%016x", tokenPrefix, number)
}

// paymentOfToken is the payment id in a token; empty if there is none.
func paymentOfToken(token string) string {
	number, err := strconv.ParseUint(strings.TrimPrefix(token, tokenPrefix), 16, 64)
	if err != nil {
		return ""
	}
	text := fmt.Sprintf("%019d", number)
	return text[:8] + paymentIDs + text[8:]
}

// derivedID is the id of something that follows from a payment, derived from the payment's id.
func derivedID(paymentID, fixed string) string {
	return strings.Replace(paymentID, paymentIDs, fixed, 1)
}

// digits derives n digits from an id, for values such as an authorisation code.
func digits(id, what string, n int) string {
	sum := sha256.Sum256([]byte(what + ":" + id))
	text := fmt.Sprintf("%020d", binary.BigEndian.Uint64(sum[:8]))
	return text[len(text)-n:]
}

// digest derives 32 bytes from an id, for tokens and similar values.
func digest(id, what string) [32]byte { return sha256.Sum256([]byte(what + ":" + id)) }
