package diagnose

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/antom-cli/antom/pkg/sign"
)

// missing are the signed parts that the message does not have; without them
// nothing can be ruled out.
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

// keyNames names the known keys, each once.
func (s *search) keyNames() string {
	var names []string
	for _, key := range s.c.Keys {
		if !slices.Contains(names, key.Name) {
			names = append(names, key.Name)
		}
	}
	return strings.Join(names, ", ")
}

// keyVersion is the key version that the header of a message of Antom's names,
// if it is not that of a key that was never replaced.
func (s *search) keyVersion() string {
	h, err := sign.ParseHeader(s.c.signature())
	if err != nil || h.KeyVersion == "1" || signer(s.c.Message.Kind) != Antom {
		return ""
	}
	return h.KeyVersion
}

// nothing says what was ruled out.
func (s *search) nothing(readings []reading) *Finding {
	f := &Finding{}
	keys := s.keyNames()
	if version := s.keyVersion(); version != "" && len(readings) == 0 {
		row := causeOf("key-rotated")
		f.Noticed, f.See = fmt.Sprintf("its header names key version %q, and none of the known keys fits: %s", version, row.Remedy), []Cause{row}
	} else if s.c.usesOwnKey() {
		f.Noticed = "the key that was taken for Antom's is the merchant's own public key, which nothing that Antom sends is signed with: " + causeOf("key-own").Remedy
	}
	if len(readings) == 0 {
		if _, ok := signatureBytes(change{text: s.c.signature()}); ok && keys != "" {
			f.RuledOut = append(f.RuledOut, "the signature was made with none of the known keys ("+keys+"), or it is damaged: whether the path and the body are right can't be told")
		}
		return f
	}
	f.Key = readings[0].key.key.Name
	what := cmp.Or(f.Key, "the given key")
	if missing := s.missing(); len(missing) > 0 {
		f.Details = []Detail{{"the key", "is right and the signature is whole: " + what + " signed something"},
			{"not known", strings.Join(missing, ", ") + ": so no cause can be excluded"}}
		if slices.Contains(missing, "the body") {
			f.Noticed = "the message has no body, which is a part of what was signed: save it whole"
		}
		return f
	}
	f.ContentChanged = true
	f.Details = []Detail{{"the key", "is right and the signature is whole: " + what + " signed something, but not this message"}}
	f.RuledOut = append(f.RuledOut, fmt.Sprintf("%d other readings do not fit either: %s", s.tried, strings.Join(s.areas(), ", ")))
	open := s.open()
	if len(open) > 0 {
		f.Details = append(f.Details, Detail{"not ruled out", strings.Join(open, "; ")})
	}
	switch {
	case sorted(parse(s.c.Message.Body)):
		f.ContentChanged = false
		f.Noticed = "the members of the body stand in the order of the alphabet, as programs write them that parse it and write it again; whether more was changed can't be told: don't act on it, and " + causeOf("body-key-order").Remedy
		f.See = []Cause{causeOf("body-key-order")}
	case len(open) == 0:
		f.RuledOut = append(f.RuledOut, "so what was changed changes the meaning, or is not known here: compare with the bytes on the wire")
	}
	return f
}

// open says what was not tried, or not to the end.
func (s *search) open() []string {
	var open []string
	if s.budget < 0 {
		open = append(open, "not everything was tried: the body is too long")
	}
	root := parse(s.c.Message.Body)
	switch {
	case root == nil && len(s.c.Message.Body) > largestRewritten:
		open = append(open, "that the body was parsed and written again: it is too long to try")
	case root != nil:
		if names := strangers(root); len(names) > 0 {
			open = append(open, "another order of the body's members: the place of "+strings.Join(names, ", ")+" is not known here")
		}
		if s.cut {
			open = append(open, "other orders of the body's members, together with other spaces and escapes")
		}
	}
	return open
}

// OtherClient is the finding of a genuine message that is for another client id
// than the one wanted.
func OtherClient(got, want string, known []Known) *Finding {
	row := causeOf("client-other")
	f := &Finding{Causes: []Cause{row}, Details: []Detail{{"for client id", strconv.Quote(got)}, {"wanted", strconv.Quote(want)}}}
	for _, k := range known {
		if k.Value == got {
			f.Details[0].Value += " (" + k.From + ")"
			f.Causes[0].Remedy = "it belongs to " + k.From + ": verify it with that one, and don't act on it here"
			break
		}
	}
	return f
}

// areas are the parts of which other readings were tried.
func (s *search) areas() []string {
	names := [...]struct {
		part part
		name string
	}{
		{partMethod, "method"}, {partTarget, "path"}, {partClientID, "client id"}, {partTime, "time"}, {partBody, "body (line ends, spaces, escapes, order of its members)"}, {partLayout, "how the fields are joined"},
	}
	var found []string
	for _, row := range names {
		if slices.ContainsFunc(s.content, func(ch change) bool { return ch.part == row.part }) {
			found = append(found, row.name)
		}
	}
	return found
}
