package view

import (
	"cmp"
	"fmt"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/pkg/antom"
)

// Outcome returns the error for the state of a payment, which determines the exit code of a
// command that checks it.
func Outcome(p *antom.Payment, expect string) error {
	status := p.PaymentStatus
	name := cmp.Or(p.PaymentRequestID, p.PaymentID)
	switch {
	case !status.Final():
		return cli.OutcomeError{Code: cli.ExitPending, Message: fmt.Sprintf("payment %s is not final: %s", name, status)}
	case string(status) == cmp.Or(expect, string(antom.PaymentSuccess)):
		return nil
	case expect != "":
		return cli.OutcomeError{Code: cli.ExitBadOutcome, Message: fmt.Sprintf("payment %s ended in %s, expected %s", name, status, expect), Remedy: ActionFor(p.PaymentResultCode)}
	}
	message := fmt.Sprintf("payment %s ended in %s", name, status)
	if p.PaymentResultCode != "" {
		message += ": " + CodeCell(p.PaymentResultCode, p.PaymentResultMessage).Text
	}
	return cli.OutcomeError{Code: cli.ExitBadOutcome, Message: message, Remedy: ActionFor(p.PaymentResultCode)}
}
