package antom

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// BindingError reports a genuine answer that belongs to another request. Antom's signature of
// an answer covers the path, the time and the body, but nothing of the request. A proxy, a
// cache or an attacker can therefore return the answer about one payment to an inquiry about
// another. Do not use anything from such an answer.
type BindingError struct {
	Operation Operation
	Field     string // that the answer must contain
	Asked     string // its value in the request
	Got       string // its value in the answer; empty if it is missing
}

func (e *BindingError) Error() string {
	if e.Got == "" {
		return fmt.Sprintf("%s: the answer does not identify its subject: %s is missing, requested %q", e.Operation, e.Field, e.Asked)
	}
	return fmt.Sprintf("%s: the answer belongs to another request: %s is %q, requested %q", e.Operation, e.Field, e.Got, e.Asked)
}

// Hint returns what to check.
func (e *BindingError) Hint() string {
	return "the answer is signed but belongs to another request: look for a cache, a proxy or a test double between here and Antom; nothing in it was used"
}

// checkBinding compares an answer with its request by the fields in row.Names. A success must
// contain the first of these fields that the request has. All fields that both have must agree.
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

// textMember returns the text of a member of a JSON object: a string, or a number as written.
// Nearly always the name occurs once and the text needs no decoding; then nothing is allocated.
// Everything else is parsed.
func textMember(object []byte, field string) []byte {
	name := []byte(`"` + field + `"`)
	at := bytes.Index(object, name)
	escaped := bytes.Contains(object, []byte(`\u`)) // a name may be written with escapes
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

// plainText returns the JSON string without escapes that text begins with.
func plainText(text []byte) ([]byte, bool) {
	rest, ok := bytes.CutPrefix(text, []byte(`"`))
	end := bytes.IndexAny(rest, "\"\\")
	if !ok || end < 0 || rest[end] != '"' {
		return nil, false
	}
	return rest[:end], true
}

// isOutermost reports whether the part of a JSON object after before belongs to the object
// itself. Brackets within strings can make it return false, which only costs time.
func isOutermost(before []byte) bool {
	open := bytes.Count(before, []byte("{")) + bytes.Count(before, []byte("["))
	return open-bytes.Count(before, []byte("}"))-bytes.Count(before, []byte("]")) == 1
}

// textMembers returns the members of a JSON object that are strings, or numbers as written. A
// name that occurs twice is ambiguous and has no text.
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
