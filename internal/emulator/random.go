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

// seedRecord makes random numbers repeatable: each draw is made from the seed
// and the number of draws before it.
type seedRecord struct {
	Seed  uint64 `json:"seed"`
	Draws uint64 `json:"draws"`
}

const seedKey = "seed"

// Seed makes the ids from here on repeatable: the same calls after the same seed
// give the same ids.
func (e *Emulator) Seed(ctx context.Context, seed uint64) error {
	return e.store.update(ctx, func(tx *transaction) error {
		return tx.save(metaBucket, seedKey, seedRecord{Seed: seed})
	})
}

// random is so many random bytes: of the seed, if there is one.
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

// The fixed parts of ids, by what they name (INF: in the shape of Antom's).
const (
	paymentIDs = "1940108001001888"
	captureIDs = "1940108001001889"
	refundIDs  = "1940108001001890"
)

// newID is a number in the shape of Antom's ids: the date, a fixed part and
// eleven random digits. It is no key of the bucket yet, and none follows from a
// payment that there is.
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

// cardToken is the token of the card that a payment stored: what is special in
// the payment's id, as a number in base 16.
func cardToken(paymentID string) string {
	number, _ := strconv.ParseUint(strings.Replace(paymentID, paymentIDs, "", 1), 10, 64) // newID made it: 19 digits
	return fmt.Sprintf("%s%016x", tokenPrefix, number)
}

// paymentOfToken is the id of the payment that a token is of; empty if it can be
// of none.
func paymentOfToken(token string) string {
	number, err := strconv.ParseUint(strings.TrimPrefix(token, tokenPrefix), 16, 64)
	if err != nil {
		return ""
	}
	text := fmt.Sprintf("%019d", number)
	return text[:8] + paymentIDs + text[8:]
}

// derivedID is the id of something that follows from a payment, made of the
// payment's.
func derivedID(paymentID, fixed string) string {
	return strings.Replace(paymentID, paymentIDs, fixed, 1)
}

// digits are so many digits that follow from an id, such as an authorisation
// code.
func digits(id, what string, n int) string {
	sum := sha256.Sum256([]byte(what + ":" + id))
	text := fmt.Sprintf("%020d", binary.BigEndian.Uint64(sum[:8]))
	return text[len(text)-n:]
}

// digest is 32 bytes that follow from an id, of which tokens and the like are made.
func digest(id, what string) [32]byte { return sha256.Sum256([]byte(what + ":" + id)) }
