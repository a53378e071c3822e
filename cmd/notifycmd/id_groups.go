package notifycmd

import (
	"slices"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/internal/rules"
)

// idGroup is a requested id with the ids of the same payment: its two ids, and those of its
// refunds, whose notifications do not name the payment.
type idGroup struct {
	id      string
	members map[string]bool
	found   bool // a delivery has one of the ids
}

type idGroups []*idGroup

// match reports whether a delivery was requested, and marks the groups that match.
func (all idGroups) match(r *receiver.Record) bool {
	if len(all) == 0 {
		return false
	}
	ids := append(r.IDs(), r.ID)
	matched := false
	for _, f := range all {
		if slices.ContainsFunc(ids, func(id string) bool { return f.members[id] }) {
			f.found, matched = true, true
		}
	}
	return matched
}

// missing returns an error for each requested id without a delivery.
func (all idGroups) missing() []error {
	var errs []error
	for _, f := range all {
		if !f.found {
			errs = append(errs, cli.Usagef("no delivery %q in the journal", f.id).WithHint("antom notify export DIR writes all stored deliveries"))
		}
	}
	return errs
}

// pair adds the two ids of one payment.
func (all idGroups) pair(requestID, paymentID string) {
	for _, f := range all {
		if requestID != "" && paymentID != "" && (f.members[requestID] || f.members[paymentID]) {
			f.members[requestID], f.members[paymentID] = true, true
		}
	}
}

// idGroupsOf finds the related ids in the journal and in the history. Only the history knows
// the payment of a refund.
func idGroupsOf(c *cli.CLI, profile, dir string, ids []string) idGroups {
	var all idGroups
	for _, id := range ids {
		all = append(all, &idGroup{id: id, members: map[string]bool{id: true}})
	}
	if len(all) == 0 {
		return nil
	}
	for r, err := range receiver.Records(dir) {
		if err == nil { // otherwise reported when the deliveries are read
			all.pair(r.PaymentRequestID, r.PaymentID)
		}
	}
	log := c.History()
	if log == nil {
		return all
	}
	refunds := map[string][2]string{} // by refund id: the payment's ids, whose groups may grow later
	for call, err := range log.Newest() {
		if err != nil {
			break // without a readable history, refunds are not found
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

// unknownType is the error for a type that neither Antom documents nor the journal contains.
func unknownType(kind string, known []string) error {
	wrong := cli.Usagef("--type %q: Antom documents no such notification and none was stored", kind)
	if near := rules.Nearest(kind, known); near != "" {
		return wrong.WithHint("did you mean %s?", near)
	}
	return wrong.WithHint("antom notify send --help lists the types")
}
