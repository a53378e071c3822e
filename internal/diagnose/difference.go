package diagnose

import (
	"bytes"
	"fmt"
	"strconv"
)

// detail shows both values of a change; for a body, the first different byte.
func (c *Case) detail(ch *change) []Detail {
	base := contentOf(c.Message)
	switch ch.part {
	case partMethod:
		return both("method", ch, base.method)
	case partTarget:
		return both("path", ch, base.target)
	case partClientID:
		return both("client id", ch, base.clientID)
	case partTime:
		return both("time", ch, base.time)
	case partLayout:
		return []Detail{{"joined with", ch.text}}
	case partBody:
		return difference(ch.body, base.body)
	case partKey:
		return []Detail{{"signed by", ch.key.Name + ch.text}, {"verified with", c.Keys[0].Name}}
	case partSignature:
		if ch.from != "" {
			return []Detail{{"valid signature", ch.from}}
		}
	}
	return nil
}

func both(what string, ch *change, given string) []Detail {
	signed := strconv.Quote(ch.text)
	if ch.from != "" {
		signed += " (" + ch.from + ")"
	}
	return []Detail{{"signed " + what, signed}, {"given " + what, strconv.Quote(given)}}
}

// around is how many bytes are shown on each side of a difference.
const around = 16

// difference shows where two bodies begin to differ.
func difference(signed, given []byte) []Detail {
	at := 0
	for at < len(signed) && at < len(given) && signed[at] == given[at] {
		at++
	}
	line := 1 + bytes.Count(given[:at], []byte("\n"))
	column := at - bytes.LastIndexByte(given[:at], '\n')
	return []Detail{
		{"first difference", fmt.Sprintf("byte %d (line %d, column %d)", at, line, column)},
		{"signed body", excerpt(signed, at)},
		{"given body", excerpt(given, at)},
	}
}

// excerpt shows the bytes around a place.
func excerpt(body []byte, at int) string {
	from, to := max(0, at-around), min(len(body), at+around)
	text := strconv.QuoteToGraphic(string(body[from:to]))
	if from > 0 {
		text = "…" + text
	}
	if to < len(body) {
		return text + "…"
	}
	return text + " (end)"
}
