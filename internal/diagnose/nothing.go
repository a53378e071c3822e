package diagnose

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/antom-cli/antom/pkg/sign"
)

// missing returns the signed parts that the message lacks; without them, nothing can be
// ruled out.
func (s *search) missing() []string {
	base := contentOf(s.c.Message)
	var names []string
	for _, row := range [...]struct {
		name   string
		absent bool
	}{{"the URL", base.target == ""}, {"the client id", base.clientID == ""}, {"the time", base.time == ""}, {"the body", len(base.body) == 0}} {
		if row.absent {
			names = append(names, row.name)
		}
	}
	return names
}

// keyNames returns the names of the known keys, each once.
func (s *search) keyNames() string {
	var names []string
	for _, key := range s.c.Keys {
		if !slices.Contains(names, key.Name) {
			names = append(names, key.Name)
		}
	}
	return strings.Join(names, ", ")
}

// keyVersion is the key version in the header of a message from Antom, unless it is
// the first one.
func (s *search) keyVersion() string {
	h, err := sign.ParseHeader(s.c.signature())
	if err != nil || h.KeyVersion == "1" || signer(s.c.Message.Kind) != Antom {
		return ""
	}
	return h.KeyVersion
}

// nothing makes the finding if no cause fits: what was ruled out.
func (s *search) nothing(readings []reading) *Finding {
	f := &Finding{}
	keys := s.keyNames()
	if version := s.keyVersion(); version != "" && len(readings) == 0 {
		row := causeOf("key-rotated")
		f.Noticed, f.See = fmt.Sprintf("its header has key version %q, and none of the known keys fits: %s", version, row.Remedy), []Cause{row}
	} else if s.c.usesOwnKey() {
		f.Noticed = "the key used as Antom's is the merchant's own public key, but Antom does not sign with the merchant's key: " + causeOf("key-own").Remedy
	}
	if len(readings) == 0 {
		if _, ok := signatureBytes(change{text: s.c.signature()}); ok && keys != "" {
			f.RuledOut = append(f.RuledOut, "the signature was not made with any of the known keys ("+keys+"), or it is damaged: the path and the body can't be checked")
		}
		return f
	}
	f.Key = readings[0].key.key.Name
	what := cmp.Or(f.Key, "the given key")
	if missing := s.missing(); len(missing) > 0 {
		f.Details = []Detail{{"the key", "is correct and the signature is complete: " + what + " signed something"},
			{"not known", strings.Join(missing, ", ") + ": so no cause can be excluded"}}
		if slices.Contains(missing, "the body") {
			f.Noticed = "the message has no body, which is part of the signed data: save the whole message"
		}
		return f
	}
	f.ContentChanged = true
	f.Details = []Detail{{"the key", "is correct and the signature is complete: " + what + " signed something, but not this message"}}
	f.RuledOut = append(f.RuledOut, fmt.Sprintf("%d other variants do not match either: %s", s.tried, strings.Join(s.areas(), ", ")))
	open := s.open()
	if len(open) > 0 {
		f.Details = append(f.Details, Detail{"not ruled out", strings.Join(open, "; ")})
	}
	switch {
	case sorted(parse(s.c.Message.Body)):
		f.ContentChanged = false
		f.Noticed = "the members of the body are in alphabetical order, so it was probably parsed and serialised again; it is not known whether anything else was changed: do not act on it, and " + causeOf("body-key-order").Remedy
		f.See = []Cause{causeOf("body-key-order")}
	case len(open) == 0:
		f.RuledOut = append(f.RuledOut, "so the change affects the meaning or is of an unknown kind: compare with the bytes on the wire")
	}
	return f
}

// open says what was not tried, or not completely.
func (s *search) open() []string {
	var open []string
	if s.budget < 0 {
		open = append(open, "not everything was tried: the body is too long")
	}
	root := parse(s.c.Message.Body)
	switch {
	case root == nil && len(s.c.Message.Body) > largestRewritten:
		open = append(open, "that the body was parsed and serialised again: it is too long to try")
	case root != nil:
		if names := strangers(root); len(names) > 0 {
			open = append(open, "another order of the body's members: the position of "+strings.Join(names, ", ")+" is not known")
		}
		if s.cut {
			open = append(open, "other orders of the body's members combined with other whitespace and escapes")
		}
	}
	return open
}

// OtherClient returns the finding for a genuine message whose client id is not the
// expected one.
func OtherClient(got, want string, known []Known) *Finding {
	row := causeOf("client-other")
	f := &Finding{Causes: []Cause{row}, Details: []Detail{{"for client id", strconv.Quote(got)}, {"expected", strconv.Quote(want)}}}
	for _, k := range known {
		if k.Value == got {
			f.Details[0].Value += " (" + k.From + ")"
			f.Causes[0].Remedy = "it belongs to " + k.From + ": verify it with that profile, and do not act on it here"
			break
		}
	}
	return f
}

// areas are the parts for which other variants were tried.
func (s *search) areas() []string {
	names := [...]struct {
		part part
		name string
	}{
		{partMethod, "method"}, {partTarget, "path"}, {partClientID, "client id"}, {partTime, "time"}, {partBody, "body (line endings, whitespace, escapes, order of members)"}, {partLayout, "how the fields are joined"},
	}
	var found []string
	for _, row := range names {
		if slices.ContainsFunc(s.content, func(ch change) bool { return ch.part == row.part }) {
			found = append(found, row.name)
		}
	}
	return found
}
