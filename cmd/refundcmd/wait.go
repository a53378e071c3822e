package refundcmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/wait"
	"github.com/antom-cli/antom/pkg/antom"
)

// refundWait is `antom refund wait`.
type refundWait struct {
	c     *cli.CLI
	flags refundFlags
	wait  cli.WaitFlags
}

func newWaitCmd(c *cli.CLI) *cobra.Command {
	o := &refundWait{c: c}
	cmd := &cobra.Command{
		Use:   "wait REFUND_REQUEST_ID",
		Short: "Wait until a refund is final (inquiryRefund every 2 s)",
		Long: `Ask for the state of a refund at once and then every two seconds until it is final,
or --timeout has passed.

Exit code 0: the refund ended in SUCCESS. 7: it ended otherwise (--expect turns the
wanted ending into 0). 5: --timeout passed.

With --quiet the final refundStatus is printed. With -o jsonl each change is one
event {"type":"status",…}, and the end is {"type":"result",…,"exit"}. JSON output is
the gateway's last answer.`,
		Example: `  antom refund wait 20261124090000-k3v5q7r2m4x6
  antom refund wait "$id" --timeout 2m -o jsonl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.wait.Validate(); err != nil {
				return err
			}
			target, err := o.flags.target(cmd, args)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), target)
		},
	}
	o.flags.bind(cmd)
	o.wait.Bind(cmd.Flags())
	return cmd
}

func (o *refundWait) run(ctx context.Context, target wait.Target) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	if err := p.NoList(); err != nil {
		return err
	}
	_, client, err := o.c.Connect(p)
	if err != nil {
		return err
	}
	return o.await(ctx, p, client, target, false)
}

// await waits for a refund; silent prints nothing for --quiet.
func (o *refundWait) await(ctx context.Context, p *output.Printer, client *antom.Client, target wait.Target, silent bool) error {
	waiter := &view.Waiter{
		CLI: o.c, Printer: p, Flags: o.wait, Subject: wait.Refunds{Client: client}, Words: refundWords(), Expect: o.flags.expect,
	}
	watches, verdicts, err := waiter.Wait(ctx, []wait.Target{target})
	if err != nil {
		return err
	}
	result := output.Result{Raw: []byte{}}
	if watches[0].HasState {
		result = stateResult(refundOf(watches[0].State), watches[0].State.Body)
	}
	if silent {
		result.Quiet = nil
	}
	if !p.Streams() { // the events have said it
		if err := p.Print(result); err != nil {
			return err
		}
	}
	return verdicts[0]
}
