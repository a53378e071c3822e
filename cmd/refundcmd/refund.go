// Package refundcmd is antom refund: create a refund, inquire it, wait for it, and list the
// refunds of a payment.
package refundcmd

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/wait"
	"github.com/antom-cli/antom/pkg/antom"
)

// New makes antom refund with the commands below it.
func New(c *cli.CLI) *cobra.Command {
	cmd := cli.AsGroup(&cobra.Command{
		Use:   "refund",
		Short: "Refund a payment, whole or in part, and follow the refund",
		Long: `A refund gives back what was captured: all of it, or parts until nothing is left.
Most end at once; one that is accepted and under way ends later, with a
notification. What is not captured is cancelled instead: antom payment cancel.`,
		Example: "  antom refund create PAYMENT_REQUEST_ID\n  antom refund list PAYMENT_REQUEST_ID",
	})
	c.Below(cmd, newCreateCmd, newInquireCmd, newWaitCmd, newListCmd)
	return cmd
}

// refundFlags name a refund.
type refundFlags struct {
	refundID string
	expect   string
}

func (f *refundFlags) bind(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.refundID, "refund-id", "", "ask by Antom's refundId `ID` instead")
	cmd.Flags().Var(cli.NewEnum(&f.expect, "", "SUCCESS", "FAIL"), "expect", "exit 0 if the refund ended so, else 7: SUCCESS or FAIL")
}

// target returns the refund that the command line names.
func (f *refundFlags) target(cmd *cobra.Command, args []string) (wait.Target, error) {
	switch {
	case len(args) > 1:
		return wait.Target{}, cli.Usagef("%s: takes one id, got %d", cmd.CommandPath(), len(args))
	case len(args) == 1 && f.refundID != "":
		return wait.Target{}, cli.Usagef("both %q and --refund-id %q given", args[0], f.refundID).WithHint("name the refund once")
	case len(args) == 1 && args[0] != "":
		return wait.Target{RefundRequestID: args[0]}, nil
	case f.refundID != "":
		return wait.Target{RefundID: f.refundID}, nil
	}
	return wait.Target{}, cli.Usagef("%s: no refund named", cmd.CommandPath()).WithHint("usage: %s", cmd.UseLine()).
		WithHint("antom refund list PAYMENT_REQUEST_ID shows those of a payment")
}

// stateResult returns a refund in every output form.
func stateResult(refund *antom.RefundState, body []byte) output.Result {
	return output.Result{
		JSON: body, Raw: body, Quiet: []string{string(refund.RefundStatus)},
		Text: []output.Block{output.Card{Pairs: view.Present([]output.Pair{
			{Label: "Refund request", Name: "refundRequestId", Value: output.Cell{Text: refund.RefundRequestID, Style: output.Key}},
			{Label: "Refund", Name: "refundId", Value: output.Cell{Text: refund.RefundID}},
			{Label: "Status", Name: "refundStatus", Value: view.StatusCell(refund.RefundStatus)},
			{Label: "Amount", Name: "refundAmount", Value: view.AmountCell(refund.RefundAmount)},
			{Label: "Refunded", Name: "refundTime", Value: output.Cell{Text: string(refund.RefundTime)}},
			{Label: "ARN", Name: "arn", Value: output.Cell{Text: refund.ARN}},
		})}},
	}
}

// outcome turns the state of a refund into an exit code.
func outcome(refund *antom.RefundState, expect string) error {
	name := cmp.Or(refund.RefundRequestID, refund.RefundID)
	switch status := refund.RefundStatus; {
	case !status.Final():
		return cli.OutcomeError{Code: cli.ExitPending, Message: fmt.Sprintf("refund %s is not final: %s", name, status), Remedy: "antom refund wait " + cli.IDArg(name)}
	case string(status) == cmp.Or(expect, string(antom.PaymentSuccess)):
		return nil
	case expect != "":
		return cli.OutcomeError{Code: cli.ExitBadOutcome, Message: fmt.Sprintf("refund %s ended in %s, expected %s", name, status, expect)}
	}
	return cli.OutcomeError{Code: cli.ExitBadOutcome, Message: fmt.Sprintf("refund %s ended in %s", name, refund.RefundStatus)}
}

// refundOf reads the refund from the answer of a state.
func refundOf(state wait.State) *antom.RefundState {
	var refund antom.RefundState
	_ = json.Unmarshal(state.Body, &refund) // it was read and verified before
	return &refund
}

// refundWords are the texts of a wait for a refund.
func refundWords() view.Words {
	return view.Words{
		Noun: "refund", Command: "antom refund wait",
		Missing: "not arrived yet, never placed, or a wrong id", Later: "a refund that three inquiries 15 s apart do not find was never placed; else",
		Judge: func(state wait.State, expect string) error { return outcome(refundOf(state), expect) },
		Event: newRefundEvent,
	}
}

// refundEvent is one line of refund wait with -o jsonl.
type refundEvent struct {
	Type            string `json:"type"`
	Time            string `json:"time"`
	RefundRequestID string `json:"refundRequestId"`
	RefundID        string `json:"refundId"`
	RefundStatus    string `json:"refundStatus"`
	Polls           int    `json:"polls"`
	ElapsedMs       int64  `json:"elapsedMs"`
	Exit            *int   `json:"exit,omitempty"`
}

func newRefundEvent(kind string, w *wait.Watch, _ wait.Stage, at time.Time, exit *int) any {
	ids := w.IDs()
	return refundEvent{
		Type: kind, Time: at.Format(time.RFC3339), RefundRequestID: ids.RefundRequestID, RefundID: ids.RefundID,
		RefundStatus: w.State.Status, Polls: w.Polls, ElapsedMs: w.Elapsed.Milliseconds(), Exit: exit,
	}
}
