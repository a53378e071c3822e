package intake

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/antom-cli/antom/pkg/antom"
)

// harEntry has the fields that are read from an entry of a HAR file (HTTP Archive 1.2), as
// browsers and recording proxies export it.
type harEntry struct {
	Request struct {
		Method   string      `json:"method"`
		URL      string      `json:"url"`
		Headers  []harHeader `json:"headers"`
		PostData struct {
			Text     string `json:"text"`
			Encoding string `json:"encoding"` // not in HAR 1.2; some proxies write it
		} `json:"postData"`
	} `json:"request"`
	Response struct {
		Status  int         `json:"status"`
		Headers []harHeader `json:"headers"`
		Content struct {
			Text     string `json:"text"`
			Encoding string `json:"encoding"`
		} `json:"content"`
	} `json:"response"`
}

type harHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// span is a part of a text.
type span struct{ from, to int }

// harEntries finds the elements of log.entries; ok is false where there is no
// such list.
func harEntries(text []byte) (entries []span, ok bool) {
	s := &scanner{text: bytes.TrimPrefix(text, []byte("\ufeff"))}
	mark := len(text) - len(s.text)
	entry := func() error {
		s.space()
		from := s.at
		err := s.value()
		entries = append(entries, span{mark + from, mark + s.at})
		return err
	}
	err := s.object(func(name literal) error {
		if !name.is("log") || s.peek() != '{' {
			return s.value()
		}
		return s.object(func(name literal) error {
			if !name.is("entries") || s.peek() != '[' {
				return s.value()
			}
			entries, ok = nil, true
			return s.array(entry)
		})
	})
	return entries, ok && err == nil
}

// readHAR yields the messages of an archive that carry a signature: a call of
// Antom's API and its answer, or a notification. An entry without any is not
// about Antom. An archive without any signature yields its entries all the same, so that
// the missing signature is reported.
func (f *file) readHAR(text []byte, entries []span) {
	line, at, signed := 1, 0, 0
	var unsigned []*Message
	for _, entry := range entries {
		line += bytes.Count(text[at:entry.from], []byte("\n"))
		at = entry.from
		messages, err := f.harMessages(text[entry.from:entry.to], fmt.Sprintf("%s:%d", f.name, line))
		if err != nil && !f.parsed(line, nil, err) {
			return
		}
		for _, m := range messages {
			if m.Header.Get(antom.HeaderSignature) == "" {
				unsigned = append(unsigned, m)
				continue
			}
			if signed++; !f.parsed(line, m, nil) {
				return
			}
		}
	}
	for _, m := range unsigned {
		if signed > 0 || !f.parsed(1, m, nil) {
			return
		}
	}
}

// harMessages are the request of an entry and, if it called Antom's API or is
// signed, the answer.
func (f *file) harMessages(raw []byte, source string) ([]*Message, error) {
	var entry harEntry
	if err := json.Unmarshal(raw, &entry); err != nil {
		return nil, fmt.Errorf("%s: not an entry of a HAR file: %w", source, err)
	}
	request := &Message{Source: source, Kind: Notification, Method: entry.Request.Method, Header: harHeaders(entry.Request.Headers)}
	request.setURL(entry.Request.URL)
	if strings.HasPrefix(request.Target, "/ams/") {
		request.Kind = Request
	}
	var err error
	if request.Body, err = harText(entry.Request.PostData.Text, entry.Request.PostData.Encoding); err != nil {
		return nil, fmt.Errorf("%s: postData: %w", source, err)
	}
	request.fill(f.defaults)
	messages := []*Message{request}
	answer := &Message{Source: source, Kind: Response, Method: request.Method, Target: request.Target, Origin: request.Origin, Header: harHeaders(entry.Response.Headers)}
	if answer.Body, err = harText(entry.Response.Content.Text, entry.Response.Content.Encoding); err != nil {
		return nil, fmt.Errorf("%s: content: %w", source, err)
	}
	if request.Kind != Request && answer.Header.Get(antom.HeaderSignature) == "" {
		if entry.Response.Status > 0 && request.Kind == Notification {
			request.Answer = &Answer{Status: entry.Response.Status, Body: answer.Body}
		}
		return messages, nil
	}
	return append(messages, answer), nil
}

func harHeaders(list []harHeader) http.Header {
	header := http.Header{}
	for _, h := range list {
		header.Add(h.Name, h.Value)
	}
	return header
}

func harText(text, encoding string) ([]byte, error) {
	if encoding == "base64" {
		return base64.StdEncoding.DecodeString(text)
	}
	return []byte(text), nil
}
