package notifycmd

import (
	"slices"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/internal/rules"
)

// family is an id that was asked for, with the ids that stand for the same: a
// payment's two, and its refunds, whose notifications name no payment.
type family struct {
	id      string
	members map[string]bool
	found   bool // a delivery is about one of them
}

type families []*family

// take reports whether a delivery was asked for, and marks by which ids.
func (all families) take(r *receiver.Record) bool {
	if len(all) == 0 {
		return false
	}
	ids := append(r.IDs(), r.ID)
	taken := false
	for _, f := range all {
		if slices.ContainsFunc(ids, func(id string) bool { return f.members[id] }) {
			f.found, taken = true, true
		}
	}
	return taken
}

// missing are the errors of ids that no delivery is about.
func (all families) missing() []error {
	var errs []error
	for _, f := range all {
		if !f.found {
			errs = append(errs, cli.Usagef("no delivery %q in the journal", f.id).WithHint("antom notify export DIR writes all that there are"))
		}
	}
	return errs
}

// pair adds the ids of one payment.
func (all families) pair(requestID, paymentID string) {
	for _, f := range all {
		if requestID != "" && paymentID != "" && (f.members[requestID] || f.members[paymentID]) {
			f.members[requestID], f.members[paymentID] = true, true
		}
	}
}

// familiesOf finds what belongs to ids: in the journal, and in the history, which
// alone knows whose a refund is.
func familiesOf(c *cli.CLI, profile, dir string, ids []string) families {
	var all families
	for _, id := range ids {
		all = append(all, &family{id: id, members: map[string]bool{id: true}})
	}
	if len(all) == 0 {
		return nil
	}
	for r, err := range receiver.Records(dir) {
		if err == nil { // else it is told when the deliveries are read
			all.pair(r.PaymentRequestID, r.PaymentID)
		}
	}
	log := c.History()
	if log == nil {
		return all
	}
	refunds := map[string][2]string{} // the payment's ids, which may be known only later
	for call, err := range log.Newest() {
		if err != nil {
			break // a history that can't be read knows of no refund
		}
		if call.Profile != profile {
			continue
		}
		all.pair(call.PaymentRequestID, call.PaymentID)
		if call.RefundRequestID != "" {
			refunds[call.RefundRequestID] = [2]string{call.PaymentRequestID, call.PaymentID}
		}
	}
	for refund, payment := range refunds {
		for _, f := range all {
			if f.members[payment[0]] || f.members[payment[1]] {
				f.members[refund] = true
			}
		}
	}
	return all
}

// unknownType is a type that neither Antom documents nor the journal holds.
func unknownType(kind string, known []string) error {
	wrong := cli.Usagef("--type %q: Antom documents no such notification and none was stored", kind)
	if near := rules.Nearest(kind, known); near != "" {
		return wrong.WithHint("did you mean %s?", near)
	}
	return wrong.WithHint("antom notify send --help names the types")
}
