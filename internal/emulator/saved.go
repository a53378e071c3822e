package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// savedState is the emulator's state in a file. The members of an order are those of the
// stored state; missing ones are filled in (saved_fill.go).
type savedState struct {
	Clock  *time.Time    `json:"clock,omitempty"` // of a virtual clock; without it the clock is real
	Orders []*savedOrder `json:"orders"`
}

// savedOrder is an order and its sessions.
type savedOrder struct {
	order
	Sessions []string `json:"sessions,omitempty"` // ids in the links of hosted checkout pages
}

// savedError reports what is wrong with a saved state, and where.
func savedError(where, remedy, format string, args ...any) error {
	return &Refusal{where + ": " + fmt.Sprintf(format, args...), remedy}
}

// Export returns the orders, payments, captures, refunds and the virtual clock as JSON, which
// [Emulator.Begin] reads. It leaves out scenarios, the seed, and which notifications were
// sent.
func (e *Emulator) Export(ctx context.Context) (text []byte, err error) {
	err = e.store.view(ctx, func(tx *transaction) error {
		state, err := tx.saved()
		if err == nil {
			text, err = encode(state)
		}
		return err
	})
	return text, err
}

func (t *transaction) saved() (savedState, error) {
	state := savedState{Orders: []*savedOrder{}}
	virtual, reading, err := t.clock()
	if err != nil {
		return state, err
	}
	if virtual {
		reading = reading.UTC()
		state.Clock = &reading
	}
	sessions := map[string][]string{} // order key → session ids
	if bucket := t.tx.Bucket(sessionsBucket); bucket != nil {
		err = bucket.ForEach(func(id, of []byte) error {
			sessions[string(of)] = append(sessions[string(of)], string(id))
			return nil
		})
	}
	bucket := t.tx.Bucket(recentBucket)
	if bucket == nil || err != nil {
		return state, err
	}
	return state, bucket.ForEach(func(key, _ []byte) error {
		_, id, _ := strings.Cut(string(key), "|")
		o, err := t.order(id)
		if err != nil {
			return err
		}
		o.Scheduled = nil
		state.Orders = append(state.Orders, &savedOrder{*o, sessions[o.key]})
		return nil
	})
}

// Begin replaces the state with a saved one, and returns its number of orders; from then on
// [Emulator.Reset] returns to it. If the text is wrong, the error is a [*Refusal] that says
// where, and nothing was changed. Notifications that were due before now count as
// acknowledged.
func (e *Emulator) Begin(ctx context.Context, text []byte) (orders int, err error) {
	earlier := e.initial
	e.initial = text
	if err := e.Reset(ctx); err != nil {
		e.initial = earlier
		return 0, err
	}
	list, err := e.List(ctx, 0)
	return len(list), err
}

// restore fills an empty state.
func (t *transaction) restore(text []byte) error {
	tree, err := savedTree(text)
	if err != nil {
		return err
	}
	if at, said := tree["clock"].(string); said {
		if t.now, err = time.Parse(time.RFC3339, at); err != nil {
			return savedError("clock", "such as 2030-01-01T00:00:00Z", "%q must be a time as RFC 3339 has it", at)
		}
		if err := t.save(metaBucket, clockKey, clockRecord{t.now.UTC()}); err != nil {
			return err
		}
	}
	if err := plainForm(tree, "", t.now); err != nil {
		return err
	}
	state, err := savedFrom(tree)
	if err != nil {
		return err
	}
	for i, o := range state.Orders {
		if err := t.restoreOrder(o, fmt.Sprintf("orders[%d]", i)); err != nil {
			return err
		}
	}
	return nil
}

func savedTree(text []byte) (map[string]any, error) {
	var tree map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		return nil, savedError("the state", "antom emulator export writes one", "must be an object with the member orders: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return tree, nil
}

// savedFrom reads the tree strictly: a misspelt member would otherwise be ignored silently.
func savedFrom(tree map[string]any) (state savedState, err error) {
	text, err := json.Marshal(tree)
	if err != nil {
		return state, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err = decoder.Decode(&state)
	if mistyped, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return state, savedError(mistyped.Field, "quote it if it is a text, such as an id", "must not be a %s", mistyped.Value)
	}
	if err != nil {
		message := strings.TrimPrefix(err.Error(), "json: ")
		_, name, unknown := strings.Cut(message, "unknown field ")
		if near := rules.Nearest(strings.Trim(name, `"`), savedMembers()); unknown && near != "" {
			return state, savedError("the state", "did you mean "+near+"?", "no member is called %s", name)
		}
		return state, savedError("the state", "antom emulator export writes all known members", "%s", message)
	}
	return state, nil
}

// savedMembers are the names of all members.
func savedMembers() []string {
	var names []string
	for _, of := range [...]reflect.Type{
		reflect.TypeFor[savedState](), reflect.TypeFor[savedOrder](), reflect.TypeFor[payment](), reflect.TypeFor[capture](), reflect.TypeFor[refund](), reflect.TypeFor[card](),
	} {
		for _, path := range membersOf(of, "") {
			names = append(names, path[strings.LastIndex(path, ".")+1:])
		}
	}
	return names
}

// restoreOrder completes an order, checks it and stores it with everything that refers to it.
func (t *transaction) restoreOrder(saved *savedOrder, where string) error {
	if saved == nil {
		return savedError(where, "an order has a paymentRequestId and an amount", "is null")
	}
	o := &saved.order
	if err := t.complete(o, where); err != nil {
		return err
	}
	t.clientID = o.owner()
	o.key = owned(o.PaymentRequestID, t.clientID)
	if t.get(ordersBucket, o.key) != nil {
		return savedError(where+".paymentRequestId", "give each order its own", "%s occurs twice", shorten(o.PaymentRequestID))
	}
	if err := t.set(recentBucket, timeKey(o.Created, o.key), []byte{}); err != nil {
		return err
	}
	for _, id := range saved.Sessions {
		if err := t.set(sessionsBucket, id, []byte(o.key)); err != nil {
			return err
		}
	}
	for i, p := range o.Payments {
		if err := t.restorePayment(o, p, fmt.Sprintf("%s.payments[%d]", where, i)); err != nil {
			return err
		}
	}
	for _, n := range o.plan() {
		if n.due.After(t.now) {
			continue
		}
		told := deliveryRecord{[]Attempt{{Time: n.due.UTC(), Acknowledged: true, Verdict: "not sent: it was due before the saved state"}}}
		if err := t.save(attemptsBucket, n.id, told); err != nil {
			return err
		}
	}
	return t.put(o)
}

// link is an index entry that leads to a payment.
type link struct {
	bucket    []byte
	key, name string
}

func (t *transaction) restorePayment(o *order, p *payment, where string) error {
	links := []link{{paymentsBucket, p.ID, "id"}}
	for i, c := range p.Captures {
		at := fmt.Sprintf("captures[%d].", i)
		links = append(links, link{capturesBucket, owned(c.RequestID, t.clientID), at + "requestId"}, link{captureIDBucket, c.ID, at + "id"})
	}
	for i, r := range p.Refunds {
		at := fmt.Sprintf("refunds[%d].", i)
		links = append(links, link{refundsBucket, owned(r.RequestID, t.clientID), at + "requestId"}, link{refundIDBucket, r.ID, at + "id"})
	}
	for _, l := range links {
		if l.key == "" {
			continue // a refused one has no id
		}
		if t.get(l.bucket, l.key) != nil {
			return savedError(where+"."+l.name, "give each its own", "%s occurs twice", shorten(strings.Split(l.key, ownerMark)[0]))
		}
		of := p.ID
		if l.name == "id" {
			of = o.key
		}
		if err := t.set(l.bucket, l.key, []byte(of)); err != nil {
			return err
		}
	}
	return t.checkSums(o, p, where)
}

// checkSums rejects captures beyond the authorised amount, and refunds beyond the captured
// amount.
func (t *transaction) checkSums(o *order, p *payment, where string) error {
	if claimed := o.claimed(p, t.now); o.Authorise && claimed > o.Amount.Value {
		return savedError(where+".captures", "their sum must not exceed the order's amount", "%s of %s", antom.Amount{Currency: o.Amount.Currency, Value: claimed}, o.Amount)
	}
	captured, refunded := o.captured(p, t.now), o.refunded(p, "", t.now)
	if len(p.Refunds) > 0 && refunded > captured {
		return savedError(where+".refunds", "their sum must not exceed the captured amount", "%s of %s",
			antom.Amount{Currency: o.Amount.Currency, Value: refunded}, antom.Amount{Currency: o.Amount.Currency, Value: captured})
	}
	return nil
}
