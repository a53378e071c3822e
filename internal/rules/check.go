package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/pkg/antom"
)

// Level says how much a finding weighs.
type Level string

// Documented rules refuse a request; inferred ones only warn.
const (
	Documented Level = "documented"
	Inferred   Level = "inferred"
)

// Finding is one rule that a request breaks.
type Finding struct {
	Path    string // order.goods[3].goodsName
	Rule    string // stable id, such as "too-long"
	Level   Level
	Message string // names the field, the rule and the value
	Hint    string // what to write instead
	Source  string
}

// SyntaxError says where a body stops being a JSON object. Columns are counted
// in characters, from 1.
type SyntaxError struct {
	Line, Column int
	Reason       string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("the body is not a JSON object: line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

// Check holds the body of a request against the fields of its operation. The
// error is a [*SyntaxError].
func Check(op antom.Operation, body []byte) ([]Finding, error) {
	root, ok := tables()[op]
	if !ok {
		return nil, fmt.Errorf("operation %q has no rules", op)
	}
	object, err := decode(body)
	if err != nil {
		return nil, err
	}
	scene, _ := object[sceneField].(string)
	c := &checker{scene: scene != ""}
	c.object(root, "", object)
	c.oneOf(root, object)
	c.compareAmounts(object)
	c.compareMethod(object)
	return c.findings, nil
}

// decode reads a body, which must be one JSON object. The error is a
// [*SyntaxError].
func decode(body []byte) (map[string]any, error) {
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil {
		return nil, syntaxError(body, err)
	}
	if object == nil {
		return nil, &SyntaxError{Line: 1, Column: 1, Reason: "it is null"}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, place(body, decoder.InputOffset(), "something follows the object")
	}
	return object, nil
}

func syntaxError(body []byte, err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return place(body, syntax.Offset, strings.TrimPrefix(err.Error(), "json: "))
	}
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return place(body, mismatch.Offset, "it is "+withArticle(mismatch.Value))
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return place(body, int64(len(body)), "it is empty")
	}
	return place(body, int64(len(body)), "it ends too early")
}

// withArticle puts a or an before a kind of JSON value.
func withArticle(kind string) string {
	if strings.HasPrefix(kind, "array") {
		return "an " + kind
	}
	return "a " + kind
}

func place(body []byte, offset int64, text string) *SyntaxError {
	before := body[:min(int(offset), len(body))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return &SyntaxError{Line: line, Column: max(1, column), Reason: text}
}

// checker gathers findings.
type checker struct {
	scene    bool // the request names a productScene
	findings []Finding
}

// spot is a field of the table at a place of the request.
type spot struct {
	checker *checker
	field   *field
	path    string
}

func (c *checker) at(f *field, path string) spot { return spot{c, f, path} }

// add finds that a rule is broken here.
func (s spot) add(rule, hint, format string, args ...any) {
	level := Documented
	if s.field.source == inferred {
		level = Inferred
	}
	s.checker.findings = append(s.checker.findings, Finding{
		Path: s.path, Rule: rule, Level: level, Hint: hint, Source: s.field.source, Message: s.path + ": " + fmt.Sprintf(format, args...),
	})
}

// object checks the members of an object in the order of the table, then names
// those that the table does not have.
func (c *checker) object(f *field, path string, object map[string]any) {
	for _, child := range f.children {
		value, present := object[child.name]
		at := joinPath(path, child.name)
		switch {
		case present && value != nil && value != "":
			c.checkValue(child, at, value)
		case child.need == required, child.need == sceneless && !c.scene:
			c.missing(child, at)
		case child.need == withScene && c.scene:
			c.at(&field{source: inferred}, at).add("missing", "give it a value", "is missing; with a productScene Antom's newest page requires it")
		}
	}
	c.unknown(f, path, object)
}

func (c *checker) missing(f *field, path string) {
	required := *f
	if required.source == inferred {
		required.source = "SEED" // the row's other checks are inferred, its presence is not
	}
	c.at(&required, path).add("missing", "give it a value", "is required and missing")
}

func (c *checker) unknown(f *field, path string, object map[string]any) {
	var names []string
	for _, child := range f.children {
		names = append(names, child.name)
	}
	var strangers []string
	for name := range object {
		if !slices.Contains(names, name) {
			strangers = append(strangers, name)
		}
	}
	slices.Sort(strangers)
	for _, name := range strangers {
		hint := "Antom may ignore it"
		if near := Nearest(name, names); near != "" {
			hint = "did you mean " + joinPath(path, near) + "?"
		}
		c.at(&field{source: inferred}, joinPath(path, name)).add("unknown", hint, "is not a known field; %s", hint)
	}
}

// oneOf wants at least one of the fields that are marked so.
func (c *checker) oneOf(f *field, object map[string]any) {
	var names []string
	for _, child := range f.children {
		if child.need != oneOf {
			continue
		}
		if value, ok := object[child.name]; ok && value != nil && value != "" {
			return
		}
		names = append(names, child.name)
	}
	if len(names) > 0 {
		c.at(&field{source: "G24"}, names[0]).add("missing", "give one of them", "is missing, and so is %s", strings.Join(names[1:], " and "))
	}
}

// compareAmounts warns of an order amount that differs: Antom does not compare
// them (G24), people do.
func (c *checker) compareAmounts(object map[string]any) {
	order, _ := object["order"].(map[string]any)
	charged, ordered := object["paymentAmount"], order["orderAmount"]
	if charged == nil || ordered == nil || fmt.Sprint(charged) == fmt.Sprint(ordered) {
		return
	}
	c.at(&field{source: inferred}, "order.orderAmount").add("differs", "make them the same", "differs from paymentAmount; paymentAmount is charged")
}

// checkValue checks a value by the kind of its field.
func (c *checker) checkValue(f *field, path string, value any) {
	switch f.kind {
	case "string":
		c.checkString(f, path, value)
	case "url":
		c.checkURL(f, path, value)
	case "time":
		c.checkTime(f, path, value)
	case "currency":
		c.checkCurrency(f, path, value)
	case "amount":
		c.checkAmount(f, path, value)
	case "bool":
		c.checkBool(f, path, value)
	case "int":
		c.checkInt(f, path, value)
	case "object":
		c.checkObject(f, path, value)
	case "list":
		c.checkList(f, path, value)
	}
}

func (c *checker) wrongKind(f *field, path, want string, value any) {
	c.at(f, path).add("wrong-type", "write it as "+want, "must be %s, is %s", want, kindOf(value))
}

func kindOf(value any) string {
	switch value.(type) {
	case string:
		return "a string"
	case json.Number:
		return "a number"
	case bool:
		return "a boolean"
	case []any:
		return "a list"
	}
	return "an object"
}

func (c *checker) text(f *field, path string, value any) (string, bool) {
	text, ok := value.(string)
	if !ok {
		c.wrongKind(f, path, "a string", value)
		return "", false
	}
	if n := utf8.RuneCountInString(text); f.longest > 0 && n > f.longest {
		c.at(f, path).add("too-long", fmt.Sprintf("at most %d characters", f.longest), "has %d characters, at most %d are allowed", n, f.longest)
	}
	return text, true
}

func (c *checker) checkString(f *field, path string, value any) {
	text, ok := c.text(f, path, value)
	if !ok {
		return
	}
	if i := strings.IndexFunc(text, isHan); f.noHan && i >= 0 {
		r, _ := utf8.DecodeRuneInString(text[i:])
		c.at(f, path).add("chinese", "write it without Chinese characters", "holds the Chinese character %q; some payment methods fail on it", r)
	}
	if f.in != nil && !slices.Contains(f.in, text) {
		c.at(f, path).add("not-allowed", "one of "+strings.Join(f.in, ", "), "is %s, must be one of %s", redact.Quote(text), strings.Join(f.in, ", "))
	}
}

// isHan tells Chinese characters, their punctuation and full-width forms
// included.
func isHan(r rune) bool {
	return unicode.Is(unicode.Han, r) || (r >= 0x3000 && r <= 0x303f) || (r >= 0xff00 && r <= 0xffef)
}

func (c *checker) checkURL(f *field, path string, value any) {
	text, ok := c.text(f, path, value)
	if !ok {
		return
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || strings.ContainsAny(text, " \t\r\n") {
		c.at(f, path).add("not-a-url", "an absolute URL, such as https://shop.example/paid", "is %s, must be an absolute http or https URL", redact.Quote(text))
	}
}

func (c *checker) checkTime(f *field, path string, value any) {
	text, ok := c.text(f, path, value)
	if !ok {
		return
	}
	if _, err := antom.DateTime(text).Time(); err != nil {
		c.at(f, path).add("not-a-time", "ISO 8601 with a zone, such as 2026-11-24T09:00:00Z", "is %s, must be an ISO 8601 time", redact.Quote(text))
	}
}

func (c *checker) checkBool(f *field, path string, value any) {
	if _, ok := value.(bool); !ok && value != "true" && value != "false" {
		c.wrongKind(f, path, "true or false", value)
	}
}

func (c *checker) checkInt(f *field, path string, value any) {
	if _, err := strconv.ParseInt(fmt.Sprint(value), 10, 64); err != nil {
		c.wrongKind(f, path, "a whole number", value)
	}
}

func (c *checker) checkObject(f *field, path string, value any) {
	object, ok := value.(map[string]any)
	if !ok {
		c.wrongKind(f, path, "an object", value)
		return
	}
	c.object(f, path, object)
}

func (c *checker) checkList(f *field, path string, value any) {
	list, ok := value.([]any)
	if !ok {
		c.wrongKind(f, path, "a list", value)
		return
	}
	if f.longest > 0 && len(list) > f.longest {
		c.at(f, path).add("too-many", fmt.Sprintf("at most %d", f.longest), "has %d items, at most %d are allowed", len(list), f.longest)
	}
	for i, value := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		if item := f.item(); item != nil {
			c.checkValue(item, at, value)
		} else {
			c.checkObject(f, at, value)
		}
	}
}

func (c *checker) checkCurrency(f *field, path string, value any) {
	text, ok := c.text(f, path, value)
	if !ok {
		return
	}
	if _, known := antom.LookupCurrency(text); !known {
		c.at(f, path).add("unknown-currency", "an ISO 4217 code, such as SGD", "is %s, must be an ISO 4217 code", redact.Quote(text))
	}
}

// checkAmount wants a known currency and a positive whole number of minor units
// as a string.
func (c *checker) checkAmount(f *field, path string, value any) {
	object, ok := value.(map[string]any)
	if !ok {
		c.wrongKind(f, path, "an object with currency and value", value)
		return
	}
	for _, name := range [...]string{"currency", "value"} {
		if text, present := object[name]; !present || text == "" {
			c.missing(f, joinPath(path, name))
			return
		}
		if _, isText := object[name].(string); !isText {
			c.wrongKind(f, joinPath(path, name), "a string", object[name])
			return
		}
	}
	_, err := antom.ParseMinor(object["value"].(string), object["currency"].(string))
	if broken, ok := errors.AsType[*antom.AmountError](err); ok {
		at := "value"
		if broken.Rule == antom.CurrencyUnknown {
			at = "currency"
		}
		c.at(f, joinPath(path, at)).add(string(broken.Rule), broken.Hint(), "%s", broken)
	}
}
