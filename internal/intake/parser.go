package intake

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
)

// Parser parses units one after another. It uses its memory again: a message is
// the caller's until the next one is parsed, or must be cloned.
type Parser struct {
	envelope envelope
	message  Message
	header   http.Header
	values   []string
}

// mostReused bounds the body whose memory is used again.
const mostReused = 1 << 20

// Parse returns the message of a unit, or an error that names its place.
func (p *Parser) Parse(u *Unit, d Defaults) (*Message, error) {
	if u.text == nil {
		return u.message, u.err
	}
	source, e := u.Source(), &p.envelope
	if cap(e.memory) > mostReused {
		e.memory = nil
	}
	err := e.scan(u.text)
	switch {
	case errors.Is(err, errNotJSON):
		return orFound(u, d, nil, fmt.Errorf("%s: not a saved message: %w", source, explainJSON(u.text)))
	case err != nil:
		return orFound(u, d, nil, fmt.Errorf("%s: not a saved message: %w", source, err))
	case !e.isEnvelope() || e.foreign:
		m, err := readForeign(u.text, source, d)
		return orFound(u, d, m, err)
	}
	return e.message(p, source, d)
}

// headerOf makes a header of pairs. The values lie in one string and one slice.
func (p *Parser) headerOf(h *headerPairs) http.Header {
	if p.header == nil {
		p.header = make(http.Header, len(h.few))
	}
	clear(p.header)
	text, values := string(h.raw), p.values[:0]
	for i := range h.n + len(h.many) {
		name, value := h.pair(i)
		if value.escaped {
			values = append(values, value.String())
		} else {
			values = append(values, text[value.at-h.at:][:len(value.raw)])
		}
		key, n := headerKey(name), len(values)
		if known, twice := p.header[key]; twice {
			p.header[key] = append(known, values[n-1])
		} else {
			p.header[key] = values[n-1 : n : n]
		}
	}
	p.values = values
	return p.header
}

// Clone copies a message into memory of its own.
func (m *Message) Clone() *Message {
	clone := *m
	clone.Header, clone.Body, clone.Compressed = m.Header.Clone(), bytes.Clone(m.Body), bytes.Clone(m.Compressed)
	return &clone
}
