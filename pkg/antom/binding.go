package antom

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// BindingError is a genuine answer to another question: it verifies, and it is not
// about what was asked for. Antom's signature covers the path, the time and the
// body of an answer, and nothing of the request, so that a proxy, a cache or an
// attacker can give the answer about one payment to the question about another.
// Nothing of such an answer may be believed.
type BindingError struct {
	Operation Operation
	Field     string // that the answer had to name
	Asked     string // its value in the request
	Got       string // its value in the answer; empty if it names none
}

func (e *BindingError) Error() string {
	if e.Got == "" {
		return fmt.Sprintf("%s: the answer does not say what it is about: %s is missing, asked for %q", e.Operation, e.Field, e.Asked)
	}
	return fmt.Sprintf("%s: the answer is about another one: %s %q, asked for %q", e.Operation, e.Field, e.Got, e.Asked)
}

// Hint says what to look at.
func (e *BindingError) Hint() string {
	return "the answer is signed, and belongs to another request: look for a cache, a proxy or a test double between here and Antom; nothing of it was believed"
}

// checkBinding holds an answer against its request by the row's fields. Of the
// fields that the request has the first must stand in a success; the others, and
// those of an answer that is none, must agree where both have them.
func checkBinding(row Endpoint, request []byte, response *Response) error {
	first := true
	for _, field := range row.Names {
		want := textMember(request, field)
		if len(want) == 0 {
			continue
		}
		got := textMember(response.Body, field)
		must := first && response.Result.ResultStatus == StatusS
		if !bytes.Equal(got, want) && (len(got) > 0 || must) {
			return &BindingError{Operation: row.Operation, Field: field, Asked: string(want), Got: string(got)}
		}
		first = false
	}
	return nil
}

// textMember is the text of a member of a JSON object: a string, or a number as it
// stands. Nearly always its name stands once and its text needs no decoding; then
// nothing is allocated. Everything else is read properly.
func textMember(object []byte, field string) []byte {
	name := []byte(`"` + field + `"`)
	at := bytes.Index(object, name)
	escaped := bytes.Contains(object, []byte(`\u`)) // a name may be spelled in another way
	if at < 0 && !escaped {
		return nil
	}
	if at >= 0 && bytes.LastIndex(object, name) == at && !escaped {
		rest := bytes.TrimLeft(object[at+len(name):], " \t\r\n")
		if rest, ok := bytes.CutPrefix(rest, []byte(":")); ok {
			rest = bytes.TrimLeft(rest, " \t\r\n")
			if text, ok := plainText(rest); ok && isOutermost(object[:at]) {
				return text
			}
		}
	}
	return []byte(textMembers(object)[field])
}

// plainText is a JSON string at the begin of text that has no escapes.
func plainText(text []byte) ([]byte, bool) {
	rest, ok := bytes.CutPrefix(text, []byte(`"`))
	end := bytes.IndexAny(rest, "\"\\")
	if !ok || end < 0 || rest[end] != '"' {
		return nil, false
	}
	return rest[:end], true
}

// isOutermost reports whether what follows a part of a JSON object stands in the
// object itself. Brackets within strings make it say no, which costs time alone.
func isOutermost(before []byte) bool {
	open := bytes.Count(before, []byte("{")) + bytes.Count(before, []byte("["))
	return open-bytes.Count(before, []byte("}"))-bytes.Count(before, []byte("]")) == 1
}

// textMembers are the members of a JSON object that are strings, or numbers as
// they stand. A name that stands twice has no text: nobody can say which is meant.
func textMembers(object []byte) map[string]string {
	members := map[string]string{}
	decoder := json.NewDecoder(strings.NewReader(string(object)))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil
	}
	seen := map[string]bool{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return members
		}
		var value json.RawMessage
		if decoder.Decode(&value) != nil {
			return members
		}
		key, _ := name.(string)
		if seen[key] {
			delete(members, key)
			continue
		}
		seen[key] = true
		var text string
		switch {
		case json.Unmarshal(value, &text) == nil:
			members[key] = text
		case len(value) > 0 && (value[0] == '-' || value[0] >= '0' && value[0] <= '9'):
			members[key] = string(value)
		}
	}
	return members
}
