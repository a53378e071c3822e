package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/antom-cli/antom/internal/history"
	"github.com/antom-cli/antom/pkg/antom"
)

// Repeat is the call that is asked for once more: the one by the request id that was
// named, or the newest one whose answer was lost and which would move the same money,
// or all of it where no amount is named and nothing is left. Antom carries an id out
// once, so that the same one is safe and a new one is not. It is nil if there is none.
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

// entry is the call as the ledger knows it; ok is false for one that has no request
// id, which the ledger can't keep apart.
func (c *CLI) entry(w *Write) (e history.Entry, ok bool) {
	if w.id() == "" || w.Endpoint.Recourse != antom.SameID {
		return e, false
	}
	sum := sha256.Sum256(w.Draft.Body())
	return history.Entry{
		Time: c.Now().UTC(), Profile: w.Merchant.Profile.Name, ClientID: w.Merchant.Profile.ClientID, Operation: w.Endpoint.Operation,
		RequestID: w.id(), PaymentID: w.Draft.Text("paymentId"), Amount: w.Amount, Hash: hex.EncodeToString(sum[:]),
	}, true
}

// enter writes the call into the ledger before it is sent, and refuses what would move
// money twice. What it returns writes down what came of it.
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
		return notAdmitted(history.Admit(e, sameID, alike, w.Flags.Again))
	})
	if refused := history.Refusal(err); refused != nil {
		return nil, refused
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

// notAdmitted makes a usage error of what the ledger forbids.
func notAdmitted(err error) error {
	refused, ok := errors.AsType[*history.AdmitError](err)
	if !ok || refused.Again == "" {
		return AsUsage(err)
	}
	return Usagef("%s", err).WithHint("--again means a second one; --request-id %s asks for the first again", ShellWord(refused.Again))
}
