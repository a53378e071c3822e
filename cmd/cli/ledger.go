package cli

import (
	"errors"

	"github.com/antom-cli/antom/internal/history"
	"github.com/antom-cli/antom/internal/prompt"
	"github.com/antom-cli/antom/pkg/antom"
)

// Repeat returns the call that the user repeats: the one with the named request id, or the
// newest one that lost its answer and moves the same money (or all of it, if no amount is named
// and nothing is left). Antom carries out each id once, so repeating the id is safe and a new
// id is not. It returns nil if there is none.
func (c *CLI) Repeat(a *Acting, op antom.Operation, flags *WriteFlags, amount antom.Amount) *history.Entry {
	log := c.History()
	if log == nil || flags.RequestID == "" && flags.DryRun != "" {
		return nil
	}
	found, err := log.Ledger().Newest(func(e history.Entry) bool {
		if e.ClientID != a.Merchant.Profile.ClientID || e.Operation != op || e.PaymentID != a.Payment.PaymentID {
			return false
		}
		if flags.RequestID != "" {
			return e.RequestID == flags.RequestID
		}
		return e.Outcome == history.Sent && (e.Amount == amount || amount.Value == 0)
	})
	if err != nil || found == nil {
		return nil
	}
	if flags.RequestID == "" {
		a.Printer.Note("the answer to %s %s over %s was lost: the same id is sent again, which is carried out once", op, found.RequestID, found.Amount)
	}
	return found
}

// entry returns the ledger's entry for the call. ok is false if the call has no request id,
// because the ledger can't distinguish such calls.
func (c *CLI) entry(w *Write) (e history.Entry, ok bool) {
	if w.id() == "" || w.Endpoint.Recourse != antom.SameID {
		return e, false
	}
	hash, fields := history.Fingerprint(w.Draft.Body())
	amount, _ := w.Draft.Amount(w.Endpoint.Amount)
	return history.Entry{
		Time: c.Now().UTC(), Profile: w.Merchant.Profile.Name, ClientID: w.Merchant.Profile.ClientID, Operation: w.Endpoint.Operation,
		RequestID: w.id(), PaymentID: w.Draft.Text("paymentId"), Amount: amount, Hash: hash, Fields: fields,
	}, true
}

// enter records the call in the ledger before it is sent, and returns an error if the call
// would move money twice. The returned function records the outcome.
func (c *CLI) enter(w *Write) (end func(error), err error) {
	e, kept := c.entry(w)
	log := c.History()
	if !kept || log == nil {
		return func(error) {}, nil
	}
	ledger := log.Ledger()
	var earlier *history.Entry
	err = ledger.Begin(e, func(sameID, alike *history.Entry) error {
		earlier = sameID
		if w.Flags.NoCheck {
			return nil
		}
		return history.Admit(e, sameID, alike, w.Flags.Again)
	})
	if refused := history.Refusal(err); refused != nil {
		if err := c.confirmAgain(w, refused); err != nil {
			return nil, err
		}
		return c.enter(w)
	}
	if err != nil {
		w.Printer.Warn("%s; a second call of the same kind will not be noticed", err)
		return func(error) {}, nil
	}
	return func(err error) {
		if failed, ok := errors.AsType[*antom.TransportError](err); ok && Is[*UsageError](failed.Err) {
			err = &antom.TransportError{Kind: antom.Unreachable, Err: failed.Err} // stopped here
		}
		if err := ledger.Settle(e, earlier, err); err != nil {
			w.Printer.Warn("%s; a second call of the same kind will not be noticed", err)
		}
	}, nil
}

// confirmAgain asks whether a second call that moves the same money is intended, if that is the
// ledger's only objection. If nobody can answer, --again is required.
func (c *CLI) confirmAgain(w *Write, refusal error) error {
	refused, ok := errors.AsType[*history.AdmitError](refusal)
	switch {
	case !ok || refused.Again == "":
		return AsUsage(refusal)
	case !c.Interactive() || c.Global.yes:
		return Usagef("%s", refusal).WithHint("--again means a second one; --request-id %s asks for the first again", ShellWord(refused.Again))
	}
	yes, err := prompt.Terminal{In: c.Stdin, Out: c.Stderr}.Confirm(refusal.Error() + ". Send a second one?")
	if err == nil && !yes {
		err = Usagef("not confirmed: nothing was sent")
	}
	w.Flags.Again = yes
	return err
}
