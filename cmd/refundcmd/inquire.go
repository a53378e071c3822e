package refundcmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/wait"
	"github.com/antom-cli/antom/pkg/antom"
)

// refundInquire is `antom refund inquire`.
type refundInquire struct {
	c          *cli.CLI
	flags      refundFlags
	exitStatus bool
}

func newInquireCmd(c *cli.CLI) *cobra.Command {
	o := &refundInquire{c: c}
	cmd := &cobra.Command{
		Use:   "inquire REFUND_REQUEST_ID",
		Short: "Ask for the state of a refund (inquiryRefund)",
		Long: `Ask for the state of a refund once. ORDER_NOT_EXIST shortly after a refund may mean
that it has not arrived: ask again after 15 seconds. One that three inquiries do not
find was never placed.

The exit code tells of the call alone, unless --exit-status or --expect is given.
With --quiet the refundStatus is printed. JSON output is the gateway's answer.`,
		Example: `  antom refund inquire 20261124090000-k3v5q7r2m4x6
  antom refund inquire --refund-id 20261124194010800100188000000000001 -o json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			target, err := o.flags.target(cmd, args)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), target)
		},
	}
	o.flags.bind(cmd)
	cmd.Flags().BoolVar(&o.exitStatus, "exit-status", false, "exit 7 if the refund failed, 5 if it is not final")
	return cmd
}

func (o *refundInquire) run(ctx context.Context, target wait.Target) error {
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
	refund, response, err := client.Refunds.Inquire(ctx, antom.RefundInquiry{RefundRequestID: target.RefundRequestID, RefundID: target.RefundID})
	if err != nil {
		return err
	}
	if err := p.Print(stateResult(refund, response.Body)); err != nil {
		return err
	}
	if o.exitStatus || o.flags.expect != "" {
		return outcome(refund, o.flags.expect)
	}
	return nil
}
