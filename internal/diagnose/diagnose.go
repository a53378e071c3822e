// Package diagnose explains why a signature does not match. It tries each known cause
// as a hypothesis: what would have been signed if this went wrong? A hypothesis that
// makes the signature valid explains the mismatch. It never makes a message genuine.
//
// Anyone who has the public key can recover the hash from an RSA signature. So the
// expensive part is done once for each key and each reading of the signature text, and
// every further hypothesis costs one SHA-256. A matching hash proves as much as a
// verification: exactly these bytes were signed with that key. No hypothesis changes
// the meaning of a message (an amount, an id, a time, a status), so there is no
// explanation for a message that was tampered with.
package diagnose

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/pkg/sign"
)

// Owner says whose key a public key is.
type Owner string

// The owners.
const (
	Antom    Owner = "Antom"
	Merchant Owner = "merchant"
)

// Key is a public key that a signature may have been made with.
type Key struct {
	Name   string // for people: Antom's key of profile "live"
	Owner  Owner  // empty if unknown
	Test   bool   // of the test environment; meaningless without a profile
	Public *sign.PublicKey
}

// Known is a value from the configuration, and its origin.
type Known struct{ Value, From string }

// Case is a message that did not verify, and what else is known.
type Case struct {
	Message   *intake.Message
	Keys      []Key   // the first one was used for verification
	ClientIDs []Known // of the profiles
	URLs      []Known // notify URLs of the profiles
}

// Finding is the result of a diagnosis.
type Finding struct {
	// Causes are the hypotheses that together make the signature valid; empty if none
	// do.
	Causes []Cause
	// Details show what each of them changes.
	Details []Detail
	// Target is the signed path, if a different one was given. The message verifies
	// with it and the changes of the other causes.
	Target string
	// Key names the key that made the signature, if it is known and not in a detail.
	Key string
	// RuledOut says what was tried without success.
	RuledOut []string
	// See are causes that Noticed refers to.
	See []Cause
	// Noticed is a fault that was found, with a remedy, without proof that it is the
	// cause.
	Noticed string
	// ContentChanged means that the key is correct, the signature is complete, and no
	// cause fits: different content was signed.
	ContentChanged bool
}

// Detail is a labelled value, such as the signed and the given path.
type Detail struct{ Label, Value string }

// ID returns the ids of the causes joined by plus signs; empty without a cause.
func (f *Finding) ID() string {
	var ids []string
	for _, c := range f.Causes {
		ids = append(ids, c.ID)
	}
	return strings.Join(ids, "+")
}

// Title says what happened.
func (f *Finding) Title() string {
	var titles []string
	for _, c := range f.Causes {
		titles = append(titles, c.Title)
	}
	return strings.Join(titles, "; and ")
}

// Remedy says what to do about all causes; without a cause, it returns Noticed.
func (f *Finding) Remedy() string {
	if len(f.Causes) == 0 {
		return f.Noticed
	}
	var remedies []string
	for _, c := range f.Causes {
		remedies = append(remedies, c.Remedy)
	}
	return strings.Join(slices.Compact(remedies), "; ")
}

// mostHashed limits the work of a diagnosis, in hashed bytes: about a tenth of a
// second. A body of a few kilobytes needs at most a third of it.
const mostHashed = 96 << 20

// mostReadings limits the public-key operations, which take about 30 µs each.
const mostReadings = 256

// Explain looks for changes that would make the signature of a message valid.
func Explain(c *Case) *Finding { return explain(c, hypotheses[:]) }

// ExplainAs tries only the causes with these ids: in a run of many messages, most have
// the same cause.
func ExplainAs(c *Case, ids []string) *Finding {
	var rows []hypothesis
	for i := range hypotheses {
		if slices.Contains(ids, hypotheses[i].id) {
			rows = append(rows, hypotheses[i])
		}
	}
	return explain(c, rows)
}

func explain(c *Case, rows []hypothesis) *Finding {
	s := &search{c: c, budget: mostHashed, hash: sha256.New()}
	s.collect(rows)
	readings := s.readings()
	for _, r := range readings {
		if f := s.withReading(r); f != nil {
			return f
		}
	}
	tried := func(id string) bool { return slices.ContainsFunc(rows, func(h hypothesis) bool { return h.id == id }) }
	if tried("signature-scheme") {
		if f := s.scheme(readings); f != nil {
			return f
		}
	}
	if tried("signature-cut") {
		if f := cutOff(c, len(readings) > 0); f != nil {
			return f
		}
	}
	return s.nothing(readings)
}

// change is a difference between what was signed and what was given.
type change struct {
	cause *hypothesis
	part  part
	text  string // the part as it was signed
	body  []byte // of the body
	key   *Key
	from  string // the origin of the value: a header, a profile
	alone bool   // not tried in pairs, because there are many of its kind
}

// part is a part of the signed data or of its verification.
type part int

const (
	partNone part = iota
	partKey
	partSignature
	partMethod
	partTarget
	partClientID
	partTime
	partBody
	partLayout
)

// search is a diagnosis in progress.
type search struct {
	c       *Case
	keys    []change
	texts   []change
	content []change
	budget  int
	tried   int
	cut     bool // not all orders of the body's members were tried
	hash    interface {
		Write([]byte) (int, error)
		Sum([]byte) []byte
		Reset()
	}
	prefix []byte
}

// collect collects the changes of all hypotheses.
func (s *search) collect(rows []hypothesis) {
	for i := range rows {
		for _, ch := range rows[i].changes(s.c) {
			ch.cause = &rows[i]
			switch ch.part {
			case partKey:
				known := func(other change) bool { return other.key.Public.Equal(ch.key.Public) }
				if !slices.ContainsFunc(s.keys, known) {
					s.keys = append(s.keys, ch)
				}
			case partNone:
				s.cut = true
			case partSignature:
				s.texts = append(s.texts, ch)
			default:
				s.content = append(s.content, ch)
			}
		}
	}
}

// reading is a hash recovered from a signature, and how it was recovered.
type reading struct {
	key, text change // without a cause if they are the given ones
	hidden
}

// readings recovers hashes with each key from each reading of the signature text.
func (s *search) readings() []reading {
	var found []reading
	texts := append([]change{{text: s.c.signature()}}, s.texts...)
	keys := s.keys
	if len(s.c.Keys) > 0 {
		keys = append([]change{{key: &s.c.Keys[0]}}, keys...)
	}
	n := 0
	for _, text := range texts {
		raw, ok := signatureBytes(text)
		if !ok {
			continue
		}
		for _, key := range keys {
			if n++; n > mostReadings {
				return found
			}
			if h, ok := recoverHash(key.key.Public, raw); ok {
				found = append(found, reading{key: key, text: text, hidden: h})
			}
		}
	}
	return found
}

// withReading looks for content with the signed hash: unchanged, with one change, with
// two changes.
func (s *search) withReading(r reading) *Finding {
	if r.scheme != "SHA-256" {
		return nil
	}
	base := contentOf(s.c.Message)
	if s.holds(base, r) {
		return s.found(r, nil)
	}
	for i := range s.content {
		if s.holds(base.with(&s.content[i]), r) {
			return s.found(r, []*change{&s.content[i]})
		}
	}
	for i := range s.content {
		a := &s.content[i]
		if a.alone {
			continue
		}
		changed := base.with(a)
		for j := i + 1; j < len(s.content); j++ {
			b := &s.content[j]
			if b.alone || a.part == b.part {
				continue
			}
			if s.holds(changed.with(b), r) {
				return s.found(r, []*change{a, b})
			}
		}
	}
	return nil
}

// holds reports whether this content was signed.
func (s *search) holds(x content, r reading) bool {
	s.prefix = x.appendPrefix(s.prefix[:0])
	if s.budget -= len(s.prefix) + len(x.body); s.budget < 0 {
		return false
	}
	s.tried++
	s.hash.Reset()
	s.hash.Write(s.prefix) //nolint:errcheck // a hash takes everything
	s.hash.Write(x.body)   //nolint:errcheck // a hash takes everything
	var sum [sha256.Size]byte
	return string(s.hash.Sum(sum[:0])) == string(r.hash)
}

// found makes the finding for matching changes.
func (s *search) found(r reading, changes []*change) *Finding {
	f := &Finding{Key: r.key.key.Name}
	all := changes
	for _, given := range [...]*change{&r.text, &r.key} {
		if given.cause != nil {
			all = append([]*change{given}, all...)
		}
	}
	all = s.withoutForgiven(sameStory(all))
	for _, ch := range all {
		if !slices.Contains(f.Causes, ch.cause.cause()) {
			f.Causes = append(f.Causes, ch.cause.cause())
		}
		f.Details = append(f.Details, s.c.detail(ch)...)
		if ch.part == partTarget {
			f.Target = ch.text
		}
	}
	if len(f.Causes) == 0 {
		return nil
	}
	if r.key.cause != nil {
		f.Key = ""
	}
	return f
}

// sameStory omits changes that follow from another change: a message of another kind
// has its time in another header.
func sameStory(all []*change) []*change {
	isKind := func(ch *change) bool { return ch.cause.id == "kind" }
	if !slices.ContainsFunc(all, isKind) {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(ch *change) bool { return ch.cause.id == "time-header" })
}

// withoutForgiven omits the final line ending of a body of unknown length. It is
// tolerated anyway, so it is not the fault.
func (s *search) withoutForgiven(all []*change) []*change {
	if len(all) < 2 || s.c.Message.Exact {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(ch *change) bool {
		return ch.cause.id == "body-final-line-end" && len(ch.body) < len(s.c.Message.Body)
	})
}

// scheme tries the given content with other signature schemes.
func (s *search) scheme(readings []reading) *Finding {
	base := contentOf(s.c.Message)
	signed := append(base.appendPrefix(nil), base.body...)
	sum := sha256.Sum256(signed)
	again := sha256.Sum256(sum[:])
	hexAgain := sha256.Sum256([]byte(hex.EncodeToString(sum[:])))
	made := func(what, key string) *Finding {
		row := causeOf("signature-scheme")
		return &Finding{Causes: []Cause{row}, Details: []Detail{{"made with", what}}, Key: key}
	}
	for _, r := range readings {
		switch {
		case r.scheme != "SHA-256" && string(r.of(signed)) == string(r.hash):
			return made(r.scheme+" instead of SHA-256", r.key.key.Name)
		case string(r.hash) == string(again[:]), string(r.hash) == string(hexAgain[:]):
			return made("the hash of the hash: the data was hashed before a function that hashes and signs", r.key.key.Name)
		}
	}
	raw, ok := signatureBytes(change{text: s.c.signature()})
	for i := range s.c.Keys {
		if ok && isPSS(s.c.Keys[i].Public, sum[:], raw) {
			return made("RSA-PSS padding instead of PKCS#1 v1.5", s.c.Keys[i].Name)
		}
	}
	return nil
}
