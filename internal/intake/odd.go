package intake

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// Oddity is something in a body that makes no sense, whoever signed it.
type Oddity struct {
	Kind  OddKind
	Path  string // of the member, with dots and [0]
	Text  string // what stands there
	Other string // what it contradicts
}

// OddKind says what is odd.
type OddKind int

// The kinds of oddities.
const (
	AmountWithPoint    OddKind = iota // a value in major units, or in none
	AmountNoNumber                    // a value that is no whole number
	AmountTooLong                     // a value of more digits than Antom takes
	AmountNoMultiple                  // a value that the currency can't have
	CurrencyUnknown                   // a code that is no currency
	TimeWithoutForm                   // no ISO 8601 time with an offset
	TimeAhead                         // a time in the future of what has happened
	MemberTwice                       // two members of one name
	SuccessWithRefusal                // a status of success beside a code that refuses
)

// Skew is how far two clocks may be apart (INF, as for the response time).
const Skew = 5 * time.Minute

// future are parts of the names of times that may be to come: authExpiryTime,
// defenseDueTime, earliestSettlementTime.
var future = [...]string{"xpiry", "Due", "Settlement"}

// Oddities returns what makes no sense in a body, at a time; a zero time leaves the
// times alone. Of a body that is not JSON it returns nothing.
func Oddities(body []byte, now time.Time) []Oddity {
	o := &oddities{scanner: scanner{text: body}, now: now}
	if o.value(nil) != nil || o.end() != nil {
		return nil
	}
	return o.found
}

// oddities walks over a body.
type oddities struct {
	scanner
	now   time.Time
	path  [deepestPath]step
	deep  int
	found []Oddity
}

// step is a part of a path: a name, or a place in a list.
type step struct {
	name  []byte
	index int
}

// deepestPath bounds the path that is told, not what is read.
const deepestPath = 16

// seat are the members of one object that belong together.
type seat struct {
	names                                     [24][]byte
	n                                         int
	value, currency, status, code             literal
	hasValue, hasCurrency, hasStatus, hasCode bool
}

func (o *oddities) value(name []byte) error {
	switch o.peek() {
	case '{':
		var s seat
		err := o.object(func(name literal) error { return o.member(&s, name.raw) })
		if err == nil {
			o.judge(&s)
		}
		return err
	case '[':
		index := 0
		return o.array(func() error {
			o.enter(step{index: index})
			index++
			err := o.value(nil)
			o.deep--
			return err
		})
	case '"':
		text, err := o.str()
		if err == nil && bytes.HasSuffix(name, []byte("Time")) {
			o.time(name, text)
		}
		return err
	}
	return o.scanner.value()
}

// member reads one member of an object.
func (o *oddities) member(s *seat, name []byte) error {
	o.enter(step{name: name})
	defer func() { o.deep-- }()
	for _, other := range s.names[:s.n] {
		if bytes.Equal(other, name) {
			o.add(MemberTwice, string(name), "")
		}
	}
	if s.n < len(s.names) {
		s.names[s.n], s.n = name, s.n+1
	}
	var into *literal
	var has *bool
	switch string(name) {
	case "value":
		into, has = &s.value, &s.hasValue
	case "currency":
		into, has = &s.currency, &s.hasCurrency
	case "resultStatus", "paymentStatus":
		into, has = &s.status, &s.hasStatus
	case "resultCode", "paymentResultCode":
		into, has = &s.code, &s.hasCode
	}
	if into == nil || o.peek() != '"' {
		return o.value(name)
	}
	text, err := o.str()
	*into, *has = text, err == nil
	return err
}

func (o *oddities) enter(s step) {
	if o.deep < len(o.path) {
		o.path[o.deep] = s
	}
	o.deep++
}

// judge looks at an object as a whole: is it an amount, or a result.
func (o *oddities) judge(s *seat) {
	if s.hasValue && s.hasCurrency {
		o.amount(s.value.raw, s.currency.raw)
	}
	if s.hasStatus && s.hasCode && !s.code.is(antom.CodeSuccess) && (s.status.is("S") || s.status.is("SUCCESS")) {
		if row, ok := antom.LookupResultCode(string(s.code.raw)); ok && row.Status == antom.StatusF {
			o.add(SuccessWithRefusal, string(s.status.raw), row.Code)
		}
	}
}

// mostDigits is the longest value that Antom takes (DOC ams/amount).
const mostDigits = 16

func (o *oddities) amount(value, currency []byte) {
	known, ok := antom.LookupCurrency(string(currency))
	if !ok {
		o.add(CurrencyUnknown, string(currency), "")
	}
	whole, n := true, int64(0)
	for _, c := range bytes.TrimPrefix(value, []byte("-")) {
		whole = whole && c >= '0' && c <= '9'
		n = n*10 + int64(c-'0')
	}
	switch {
	case bytes.ContainsAny(value, ".,"):
		o.add(AmountWithPoint, string(value), string(currency))
	case !whole || len(value) == 0:
		o.add(AmountNoNumber, string(value), string(currency))
	case len(value) > mostDigits:
		o.add(AmountTooLong, string(value), string(currency))
	case known.Multiple > 1 && n%known.Multiple != 0:
		o.add(AmountNoMultiple, string(value), known.Code)
	}
}

func (o *oddities) time(name []byte, text literal) {
	if o.now.IsZero() || len(text.raw) == 0 {
		return
	}
	at, err := time.Parse(time.RFC3339, string(text.raw))
	if err != nil {
		o.add(TimeWithoutForm, text.String(), "")
		return
	}
	if at.Before(o.now.Add(Skew)) {
		return
	}
	for _, part := range future {
		if bytes.Contains(name, []byte(part)) {
			return
		}
	}
	o.add(TimeAhead, text.String(), "")
}

func (o *oddities) add(kind OddKind, text, other string) {
	o.found = append(o.found, Oddity{Kind: kind, Path: o.where(), Text: text, Other: other})
}

// where is the path of the member that is looked at.
func (o *oddities) where() string {
	var b strings.Builder
	for i, s := range o.path[:min(o.deep, len(o.path))] {
		switch {
		case s.name == nil:
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
			continue
		case i > 0:
			b.WriteByte('.')
		}
		b.Write(s.name)
	}
	return b.String()
}
