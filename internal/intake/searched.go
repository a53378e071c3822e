package intake

import (
	"bytes"
	"slices"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// searched passes on the messages of a file. It keeps the units that could not be read or
// have no signature until the end of the file, and then searches the whole text for
// messages that the readers of known forms missed. A signed message that does not verify
// is passed on unchanged: it is to be explained, not put together anew. JSON lines and long
// texts are not kept.
type searched struct {
	name     string
	defaults Defaults
	yield    func(Unit) bool

	text    []byte // as far as it was read
	passing bool   // everything is passed on at once
	stopped bool   // nothing more is wanted
	kept    []Unit
	signed  [][]byte // signatures of the messages that were passed on
}

// Limits of what is kept for a search.
const (
	mostSearched = 4 << 20
	mostKept     = 64
)

// Write keeps the text of the file.
func (s *searched) Write(p []byte) (int, error) {
	switch {
	case s.passing:
	case len(s.text)+len(p) > mostSearched:
		s.pass()
	default:
		s.text = append(s.text, p...)
	}
	return len(p), nil
}

// pass gives the search up and passes on what was kept.
func (s *searched) pass() {
	s.passing, s.text = true, nil
	for _, u := range s.kept {
		s.send(u)
	}
	s.kept = nil
}

func (s *searched) send(u Unit) bool {
	if !s.stopped && !s.yield(u) {
		s.stopped = true
	}
	return !s.stopped
}

// unit takes one unit of the file.
func (s *searched) unit(u Unit) bool {
	if !s.passing && (u.text != nil || len(s.kept) == mostKept) {
		s.pass()
	}
	switch {
	case s.passing:
		return s.send(u)
	case u.message != nil && u.message.signed():
		s.signed = append(s.signed, signatureOf(u.message))
		return s.send(u)
	}
	s.kept = append(s.kept, u)
	return !s.stopped
}

// end searches the text if something in it could not be read.
func (s *searched) end() {
	if s.passing || s.stopped || len(s.kept) == 0 {
		return
	}
	for _, u := range s.replace(s.defaults.Search(s.text, s.name)) {
		if !s.send(u) {
			return
		}
	}
}

// replace puts what was found in the place of what could not be read. A message that
// is not proven replaces only a text in which there is no other.
func (s *searched) replace(found []Found) []Unit {
	var units []Unit
	for _, f := range found {
		known := slices.ContainsFunc(s.signed, func(signature []byte) bool { return bytes.Equal(signature, signatureOf(f.Message)) })
		if !known && (f.Proven || len(s.signed) == 0) {
			units = append(units, Unit{Name: s.name, Line: f.Line, message: f.Message})
		}
	}
	if len(units) == 0 {
		return s.kept
	}
	return units
}

// signatureOf is the signature of a message in bytes; nil without one.
func signatureOf(m *Message) []byte {
	header, err := sign.ParseHeader(m.Header.Get(antom.HeaderSignature))
	if err != nil {
		return nil
	}
	return header.Signature
}

// signed reports whether a message has a signature, of whatever form.
func (m *Message) signed() bool { return m.first(antom.HeaderSignature) != "" || m.Alone }

// orFound searches a line that is no message, or one without a signature, if it has
// what may be a signature.
func orFound(u *Unit, d Defaults, m *Message, err error) (*Message, error) {
	if d.Search == nil || m != nil && m.signed() || !bytes.Contains(u.text, []byte("ignature")) {
		return m, err
	}
	for _, f := range d.Search(u.text, u.Name) {
		f.Message.Source = u.Source()
		return f.Message, nil
	}
	return m, err
}
