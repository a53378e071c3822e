package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/antom-cli/antom/internal/history"
	"github.com/antom-cli/antom/pkg/antom"
)

// tooSoon is the time within which a second call that moves the same money of the
// same payment is rather a slip than meant (INF).
const tooSoon = 10 * time.Minute

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
	err = ledger.Begin(e, func(sameID, alike *history.Entry) error { return c.admit(w, e, sameID, alike) })
	if refused := history.Refusal(err); refused != nil {
		return nil, refused
	}
	if err != nil {
		w.Printer.Warn("%s; a second call of the same kind will not be noticed", err)
		return func(error) {}, nil
	}
	return func(err error) {
		outcome, code := outcomeOf(err)
		if err := ledger.End(e, outcome, code); err != nil {
			w.Printer.Warn("%s; a second call of the same kind will not be noticed", err)
		}
	}, nil
}

// admit refuses what the ledger forbids.
func (c *CLI) admit(w *Write, e history.Entry, sameID, alike *history.Entry) error {
	switch {
	case w.Flags.NoCheck:
		return nil
	case sameID != nil && sameID.Hash != e.Hash:
		return differs(e, *sameID)
	case sameID != nil && sameID.Outcome == history.UnderWay:
		return Usagef("%s %s is under way (%s): it is not sent again", e.Operation, e.RequestID, sameID.Code).
			WithHint("wait for it: antom %s wait", e.Operation).WithHint("--no-check sends it anyway")
	case sameID != nil || w.Flags.Again || alike == nil || alike.Outcome == history.Refused || c.Now().Sub(alike.Time) > tooSoon:
		return nil
	}
	ago := c.Now().Sub(alike.Time).Round(time.Second)
	return Usagef("%s of the same payment over %s was sent %s ago, as %s", e.Operation, e.Amount, ago, alike.RequestID).
		WithHint("--again means a second one; --request-id %s asks for the first again", ShellWord(alike.RequestID))
}

// differs says how a request is another one than the id was used for.
func differs(now, before history.Entry) error {
	what := "another field differs"
	switch {
	case before.Amount != now.Amount:
		what = fmt.Sprintf("the amount was %s, now it is %s", before.Amount, now.Amount)
	case before.PaymentID != now.PaymentID:
		what = fmt.Sprintf("the payment was %s, now it is %s", before.PaymentID, now.PaymentID)
	}
	return Usagef("%s id %s was used for another request at %s: %s", now.Operation, now.RequestID, before.Time.Format(time.RFC3339), what).
		WithHint("an id is carried out once; leave --request-id out for a new one").WithHint("--no-check sends it anyway")
}

// outcomeOf is what an error says of a call.
func outcomeOf(err error) (outcome history.Outcome, code string) {
	refused, isResult := errors.AsType[*antom.ResultError](err)
	failed, isTransport := errors.AsType[*antom.TransportError](err)
	switch {
	case err == nil:
		return history.Done, antom.CodeSuccess
	case UnderWay(err):
		return history.UnderWay, refused.Result.ResultCode
	case isResult && refused.Result.ResultStatus == antom.StatusF && refused.Signed:
		return history.Refused, refused.Result.ResultCode
	case isResult:
		return history.Sent, refused.Result.ResultCode
	case isTransport && !failed.Sent(), Is[*UsageError](err): // it never left
		return history.Refused, ""
	}
	return history.Sent, ""
}
