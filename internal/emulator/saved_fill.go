package emulator

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/antom-cli/antom/pkg/antom"
)

// savedTimes are the members that are times. In addition to RFC 3339 they accept a signed
// duration from the emulator's clock: -90m, -3d.
func savedTimes() []string {
	return []string{"created", "sessionExpires", "paymentExpires", "cancelled", "submitted", "final", "closes"}
}

// plainForm converts what people may write to what the state stores: relative times, an amount
// such as "42.00 SGD", a card by its number. The number is not kept, only what may be stored
// of the card.
func plainForm(value any, where string, now time.Time) error {
	switch value := value.(type) {
	case []any:
		for i, item := range value {
			if err := plainForm(item, fmt.Sprintf("%s[%d]", where, i), now); err != nil {
				return err
			}
		}
	case map[string]any:
		for name, member := range value {
			at := strings.TrimPrefix(where+"."+name, ".")
			plain, err := plainMember(name, member, at, now)
			if err != nil {
				return err
			}
			value[name] = plain
			if err := plainForm(plain, at, now); err != nil {
				return err
			}
		}
	}
	return nil
}

func plainMember(name string, member any, where string, now time.Time) (any, error) {
	text, is := member.(string)
	switch {
	case is && slices.Contains(savedTimes(), name):
		return plainTime(text, where, now)
	case is && name == "amount":
		return plainAmount(text, where)
	case is && name == "card":
		return plainCard(text, where)
	}
	return member, nil
}

func plainTime(text, where string, now time.Time) (any, error) {
	if _, err := time.Parse(time.RFC3339, text); err == nil {
		return text, nil
	}
	duration := text
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > -maxDays && n < maxDays {
			duration = strconv.Itoa(n*24) + "h"
		}
	}
	by, err := time.ParseDuration(duration)
	if err != nil {
		return nil, savedError(where, "such as 2030-01-01T00:00:00Z, or -90m or -3d from now", "%q must be a time", shorten(text))
	}
	return now.Add(by).UTC().Format(time.RFC3339Nano), nil
}

// maxDays keeps a time in days within the range of a duration.
const maxDays = 100_000

func plainAmount(text, where string) (any, error) {
	decimal, currency, _ := strings.Cut(strings.TrimSpace(text), " ")
	amount, err := antom.ParseAmount(decimal, strings.TrimSpace(currency))
	if err != nil {
		return nil, savedError(where, `such as "42.00 SGD", or {currency: SGD, value: "4200"} in the smallest unit`, "%s", err)
	}
	return map[string]any{"currency": amount.Currency, "value": strconv.FormatInt(amount.Value, 10)}, nil
}

func plainCard(number, where string) (any, error) {
	const taken = "a test card of antom emulator pay --help does, or leave it out"
	if number == "" { // a payment's check takes that for the default card
		return nil, savedError(where, taken, "an empty card number")
	}
	request := PayRequest{Card: number}
	if err := request.Check(); err != nil {
		return nil, savedError(where, taken, "%s", err)
	}
	return cardMembers(cardFacts(request.Card, DefaultExpiry))
}

// cardMembers is a card as members of the tree.
func cardMembers(c card) (any, error) {
	text, err := encode(c)
	if err != nil {
		return nil, err
	}
	return savedTree(text)
}

// complete fills in what an order leaves out, and checks the rest.
func (t *transaction) complete(o *order, where string) error {
	if n := utf8.RuneCountInString(o.PaymentRequestID); n == 0 || n > 64 {
		return savedError(where+".paymentRequestId", "it names the order", "must have 1 to 64 characters, not %d", n)
	}
	if err := checkSavedAmount(o.Amount, where); err != nil {
		return err
	}
	o.Scheduled = nil
	o.ClientID = o.owner()
	o.ReferenceOrderID = cmp.Or(o.ReferenceOrderID, o.PaymentRequestID)
	o.NotifyURL, o.RedirectURL = cmp.Or(o.NotifyURL, t.notifyURL), cmp.Or(o.RedirectURL, redirectURL)
	o.Authorise = o.Authorise || o.ManualCapture
	o.Created = timeOr(o.Created, t.now)
	o.SessionExpires = timeOr(o.SessionExpires, o.Created.Add(sessionLife))
	if o.Created.After(t.now) {
		return savedError(where+".created", "or set the clock of the state", "%s is in the future: the clock is at %s", wireTime(o.Created), wireTime(t.now))
	}
	for i, p := range o.Payments {
		at := fmt.Sprintf("%s.payments[%d]", where, i)
		if p == nil {
			return savedError(at, "leave it out, or give {}", "is null")
		}
		if err := t.completePayment(o, p, i, at); err != nil {
			return err
		}
	}
	return nil
}

func timeOr(at, otherwise time.Time) time.Time {
	if at.IsZero() {
		return otherwise.UTC()
	}
	return at.UTC()
}

func checkSavedAmount(a antom.Amount, where string) error {
	_, err := antom.NewAmount(a.Value, a.Currency)
	if err == nil && a.Value <= 0 {
		err = fmt.Errorf("%s is not greater than 0", a)
	}
	if err != nil {
		return savedError(where+".amount", `such as "42.00 SGD"`, "%s", err)
	}
	return nil
}

func (t *transaction) completePayment(o *order, p *payment, n int, where string) error {
	if p.Card == (card{}) {
		p.Card = cardFacts(DefaultCard, DefaultExpiry)
	}
	p.Code = cmp.Or(p.Code, p.Card.Outcome, antom.CodeSuccess)
	if p.Code != codeInProcess {
		if err := codeHas(p.Code, antom.InPaymentResult, "a payment"); err != nil {
			return savedError(where+".code", "antom emulator pay --help names the outcomes", "%s", err)
		}
	}
	p.Message = cmp.Or(p.Message, meaning(p.Code))
	p.Submitted = timeOr(p.Submitted, o.Created)
	p.Final = timeOr(p.Final, p.Submitted)
	p.Closes = timeOr(p.Closes, timeOr(o.PaymentExpires, p.Submitted.Add(orderLife)))
	if p.ID = cmp.Or(p.ID, savedID(p.Submitted, paymentIDs, fmt.Sprintf("%s/%d", o.key+o.PaymentRequestID, n))); !isPaymentID(p.ID) {
		return savedError(where+".id", "leave it out to derive it from the order", "%s must be 8 digits, %s and 11 digits", shorten(p.ID), paymentIDs)
	}
	if _, paid := p.succeeds(); paid && p.Card.Token == "" {
		p.Card.Token = cardToken(p.ID)
	}
	if p.Submitted.After(t.now) {
		return savedError(where+".submitted", "or set the clock of the state", "%s is in the future: the clock is at %s", wireTime(p.Submitted), wireTime(t.now))
	}
	if err := t.completeCaptures(o, p, where); err != nil {
		return err
	}
	return t.completeRefunds(o, p, where)
}

// savedID derives an id from a name, so that a state has the same ids each time it is read.
func savedID(at time.Time, fixed, name string) string {
	return at.UTC().Format("20060102") + fixed + digits(name, "saved", 11)
}

func isPaymentID(id string) bool {
	return len(id) == 8+len(paymentIDs)+11 && strings.Trim(id, "0123456789") == "" && id[8:8+len(paymentIDs)] == paymentIDs
}

func (t *transaction) completeCaptures(o *order, p *payment, where string) error {
	for i, c := range p.Captures {
		at := fmt.Sprintf("%s.captures[%d]", where, i)
		switch {
		case c == nil || c.RequestID == "":
			return savedError(at+".requestId", "it names the capture", "is missing")
		case !o.ManualCapture && !c.Refused:
			return savedError(at, "give the order manualCapture: true, or leave the captures out", "the order is captured automatically")
		}
		if err := checkSavedAmount(c.Amount, at); err != nil {
			return err
		}
		c.Code = cmp.Or(c.Code, antom.CodeSuccess)
		if err := codeHas(c.Code, antom.InCapture, "a capture"); err != nil && !c.Refused {
			return savedError(at+".code", "leave it out for SUCCESS", "%s", err)
		}
		c.Message, c.Created = cmp.Or(c.Message, meaning(c.Code)), timeOr(c.Created, p.Final)
		c.Final = timeOr(c.Final, c.Created)
		if c.ID == "" && !c.Refused {
			c.ID = savedID(c.Created, captureIDs, o.PaymentRequestID+"/"+c.RequestID)
		}
	}
	return nil
}

func (t *transaction) completeRefunds(o *order, p *payment, where string) error {
	for i, r := range p.Refunds {
		at := fmt.Sprintf("%s.refunds[%d]", where, i)
		if r == nil || r.RequestID == "" {
			return savedError(at+".requestId", "it names the refund", "is missing")
		}
		if err := checkSavedAmount(r.Amount, at); err != nil {
			return err
		}
		r.Code = cmp.Or(r.Code, antom.CodeSuccess)
		r.Message, r.Created = cmp.Or(r.Message, meaning(r.Code)), timeOr(r.Created, t.now)
		r.Final = timeOr(r.Final, r.Created)
		if r.Refused {
			continue
		}
		r.NotifyURL = cmp.Or(r.NotifyURL, o.NotifyURL)
		if r.ID == "" {
			r.ID = savedID(r.Created, refundIDs, o.PaymentRequestID+"/"+r.RequestID)
		}
	}
	return nil
}
