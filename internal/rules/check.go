package rules

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/antom-cli/antom/internal/jsontree"
	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/pkg/antom"
)

// Level is the severity of a finding.
type Level string

// Breaking a documented rule refuses a request; breaking an inferred one only warns.
const (
	Documented Level = "documented"
	Inferred   Level = "inferred"
)

// Finding is a rule that a request breaks.
type Finding struct {
	Path    string // order.goods[3].goodsName
	Rule    string // stable id, such as "too-long"
	Level   Level
	Message string // names the field, the rule and the value
	Hint    string // what to write instead
	Source  string
}

// Check checks the body of a request against the fields of its operation. If the body
// is not a JSON object, the error is a [*jsontree.SyntaxError].
func Check(op antom.Operation, body []byte) ([]Finding, error) {
	object, err := jsontree.ParseBytes(body)
	if err == nil && object.Kind != jsontree.Object {
		err = jsontree.ErrorAt(body, object.Offset, "it is "+kindOf(object))
	}
	if err != nil {
		return nil, fmt.Errorf("the body is not a JSON object: %w", err)
	}
	return CheckTree(op, object)
}

// CheckTree is like [Check] for a parsed request.
func CheckTree(op antom.Operation, object *jsontree.Node) ([]Finding, error) {
	root, ok := tables()[op]
	if !ok {
		return nil, fmt.Errorf("operation %q has no rules", op)
	}
	c := &checker{scene: object.Member(sceneField).Str() != ""}
	c.object(root, "", object)
	c.oneOf(root, object)
	c.compareAmounts(object)
	c.compareMethod(object)
	return c.findings, nil
}

// checker collects findings.
type checker struct {
	scene    bool // the request names a productScene
	findings []Finding
}

// spot is a field of the table and its path in the request.
type spot struct {
	checker *checker
	field   *Field
	path    string
}

func (c *checker) at(f *Field, path string) spot { return spot{c, f, path} }

// add adds a finding.
func (s spot) add(rule, hint, format string, args ...any) {
	level := Documented
	if s.field.source == inferred {
		level = Inferred
	}
	s.checker.findings = append(s.checker.findings, Finding{
		Path: s.path, Rule: rule, Level: level, Hint: hint, Source: s.field.source, Message: s.path + ": " + fmt.Sprintf(format, args...),
	})
}

// object checks the members of an object in the order of the table, and then reports
// unknown members.
func (c *checker) object(f *Field, path string, object *jsontree.Node) {
	for _, child := range f.children {
		value := object.Member(child.name)
		at := joinPath(path, child.name)
		switch {
		case !value.Empty():
			c.checkValue(child, at, value)
		case child.need == required, child.need == sceneless && !c.scene:
			c.missing(child, at)
		case child.need == withScene && c.scene:
			c.at(&Field{source: inferred}, at).add("missing", "give it a value", "is missing; with a productScene Antom's newest page requires it")
		}
	}
	c.unknown(f, path, object)
}

func (c *checker) missing(f *Field, path string) {
	required := *f
	if required.source == inferred {
		required.source = "SEED" // the row's other checks are inferred, its presence is not
	}
	c.at(&required, path).add("missing", "give it a value", "is required and missing")
}

func (c *checker) unknown(f *Field, path string, object *jsontree.Node) {
	var names []string
	for _, child := range f.children {
		names = append(names, child.name)
	}
	var strangers []string
	for _, m := range object.Members {
		if !slices.Contains(names, m.Name) {
			strangers = append(strangers, m.Name)
		}
	}
	slices.Sort(strangers)
	for _, name := range slices.Compact(strangers) {
		hint := "Antom may ignore it"
		if near := Nearest(name, names); near != "" {
			hint = "did you mean " + joinPath(path, near) + "?"
		}
		c.at(&Field{source: inferred}, joinPath(path, name)).add("unknown", hint, "is not a known field; %s", hint)
	}
}

// oneOf requires at least one of the fields with this mark.
func (c *checker) oneOf(f *Field, object *jsontree.Node) {
	var names []string
	for _, child := range f.children {
		if child.need != oneOf {
			continue
		}
		if !object.Member(child.name).Empty() {
			return
		}
		names = append(names, child.name)
	}
	if len(names) > 0 {
		c.at(&Field{source: "G24"}, names[0]).add("missing", "give one of them", "is missing, and so is %s", strings.Join(names[1:], " and "))
	}
}

// compareAmounts warns if the order's amounts differ from the payment amount: Antom does
// not compare them (G24), but people do. A difference that is a mistake with decimals is
// named.
func (c *checker) compareAmounts(object *jsontree.Node) {
	charged, order := object.Member("paymentAmount"), object.Member("order")
	amount, known := amountOf(charged)
	if ordered := order.Member("orderAmount"); charged != nil && ordered != nil && !jsontree.Equal(charged, ordered) {
		other, read := amountOf(ordered)
		aside := ""
		if known && read {
			aside = slipAside(amount, other)
		}
		c.at(&Field{source: inferred}, "order.orderAmount").add("differs", "make them the same", "differs from paymentAmount; paymentAmount is charged%s", aside)
		return
	}
	total, summed := sumOf(order.Member("goods"))
	if known && summed && slip(amount, total) != "" {
		c.at(&Field{source: inferred}, "paymentAmount").add("decimal-slip", "--value is in minor units, --amount in major units",
			"is %s, the goods add up to %s: it looks %s", amount, total, slip(amount, total))
	}
}

func amountOf(node *jsontree.Node) (antom.Amount, bool) {
	amount, err := antom.ParseMinor(node.Member("value").Str(), node.Member("currency").Str())
	return amount, err == nil
}

// sumOf adds up goods that all have a unit amount in the same currency.
func sumOf(goods *jsontree.Node) (total antom.Amount, ok bool) {
	if goods == nil {
		return total, false
	}
	for _, item := range goods.Items {
		unit, known := amountOf(item.Member("goodsUnitAmount"))
		quantity, err := strconv.ParseInt(cmp.Or(item.Member("goodsQuantity").Str(), "1"), 10, 32)
		if !known || err != nil || total.Currency != "" && total.Currency != unit.Currency {
			return total, false
		}
		total.Currency = unit.Currency
		total.Value += unit.Value * quantity
	}
	return total, total.Value > 0
}

// checkValue checks a value by the kind of its field.
func (c *checker) checkValue(f *Field, path string, value *jsontree.Node) {
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

func (c *checker) wrongKind(f *Field, path, want string, value *jsontree.Node) {
	c.at(f, path).add("wrong-type", "write it as "+want, "must be %s, is %s", want, kindOf(value))
}

func kindOf(value *jsontree.Node) string {
	switch word := value.Kind.String(); value.Kind {
	case jsontree.Null:
		return word
	case jsontree.Object:
		return "an " + word
	default:
		return "a " + word
	}
}

func (c *checker) text(f *Field, path string, value *jsontree.Node) (string, bool) {
	if value.Kind != jsontree.String {
		c.wrongKind(f, path, "a string", value)
		return "", false
	}
	text := value.Str()
	if n := utf8.RuneCountInString(text); f.longest > 0 && n > f.longest {
		c.at(f, path).add("too-long", fmt.Sprintf("at most %d characters", f.longest), "has %d characters, at most %d are allowed", n, f.longest)
	}
	return text, true
}

func (c *checker) checkString(f *Field, path string, value *jsontree.Node) {
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

// isHan reports whether a character is Chinese, including punctuation and full-width
// forms.
func isHan(r rune) bool {
	return unicode.Is(unicode.Han, r) || (r >= 0x3000 && r <= 0x303f) || (r >= 0xff00 && r <= 0xffef)
}

func (c *checker) checkURL(f *Field, path string, value *jsontree.Node) {
	text, ok := c.text(f, path, value)
	if !ok {
		return
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || strings.ContainsAny(text, " \t\r\n") {
		c.at(f, path).add("not-a-url", "an absolute URL, such as https://shop.example/paid", "is %s, must be an absolute http or https URL", redact.Quote(text))
	}
}

func (c *checker) checkTime(f *Field, path string, value *jsontree.Node) {
	text, ok := c.text(f, path, value)
	if !ok {
		return
	}
	if _, err := antom.DateTime(text).Time(); err != nil {
		c.at(f, path).add("not-a-time", "ISO 8601 with a zone, such as 2026-11-24T09:00:00Z", "is %s, must be an ISO 8601 time", redact.Quote(text))
	}
}

func (c *checker) checkBool(f *Field, path string, value *jsontree.Node) {
	isBool := value.Kind == jsontree.True || value.Kind == jsontree.False
	if text := value.Str(); !isBool && text != "true" && text != "false" {
		c.wrongKind(f, path, "true or false", value)
	}
}

func (c *checker) checkInt(f *Field, path string, value *jsontree.Node) {
	text := value.Str()
	if value.Kind == jsontree.Number {
		text = string(value.Text)
	}
	if _, err := strconv.ParseInt(text, 10, 64); err != nil {
		c.wrongKind(f, path, "a whole number", value)
	}
}

func (c *checker) checkObject(f *Field, path string, value *jsontree.Node) {
	if value.Kind != jsontree.Object {
		c.wrongKind(f, path, "an object", value)
		return
	}
	c.object(f, path, value)
}

func (c *checker) checkList(f *Field, path string, value *jsontree.Node) {
	if value.Kind != jsontree.List {
		c.wrongKind(f, path, "a list", value)
		return
	}
	if f.longest > 0 && len(value.Items) > f.longest {
		c.at(f, path).add("too-many", fmt.Sprintf("at most %d", f.longest), "has %d items, at most %d are allowed", len(value.Items), f.longest)
	}
	for i, value := range value.Items {
		at := fmt.Sprintf("%s[%d]", path, i)
		if item := f.item(); item != nil {
			c.checkValue(item, at, value)
		} else {
			c.checkObject(f, at, value)
		}
	}
}

func (c *checker) checkCurrency(f *Field, path string, value *jsontree.Node) {
	text, ok := c.text(f, path, value)
	if !ok {
		return
	}
	if _, known := antom.LookupCurrency(text); !known {
		c.at(f, path).add("unknown-currency", "an ISO 4217 code, such as SGD", "is %s, %s", redact.Quote(text), antom.NotACurrency(text))
	}
}

// checkAmount requires a known currency and a positive whole number of minor units as
// a string.
func (c *checker) checkAmount(f *Field, path string, value *jsontree.Node) {
	if value.Kind != jsontree.Object {
		c.wrongKind(f, path, "an object with currency and value", value)
		return
	}
	for _, name := range [...]string{"currency", "value"} {
		switch part := value.Member(name); {
		case part == nil || part.Empty() && part.Kind == jsontree.String:
			c.missing(f, joinPath(path, name))
			return
		case part.Kind != jsontree.String:
			c.wrongKind(f, joinPath(path, name), "a string", part)
			return
		}
	}
	_, err := antom.ParseMinor(value.Member("value").Str(), value.Member("currency").Str())
	if broken, ok := errors.AsType[*antom.AmountError](err); ok {
		at := "value"
		if broken.Rule == antom.CurrencyUnknown {
			at = "currency"
		}
		c.at(f, joinPath(path, at)).add(string(broken.Rule), broken.Hint(), "%s", broken)
	}
}
