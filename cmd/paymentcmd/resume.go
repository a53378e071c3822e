package paymentcmd

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// earlier is the output of an interrupted run, in its order.
type earlier struct {
	file   string
	ids    []string
	status map[string]antom.PaymentStatus // the newest one told
}

// readEarlier reads the events, rows or lines that payment wait printed. It ignores a last line
// without a line end, which is incomplete.
func readEarlier(ctx context.Context, c *cli.CLI, file string) (*earlier, error) {
	text, err := c.ReadInput(ctx, file, cli.LargestIDList)
	if err != nil {
		return nil, err
	}
	e := &earlier{file: cli.ShownName(file), status: map[string]antom.PaymentStatus{}}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		whole, found := bytes.CutSuffix(line, []byte("\n"))
		if !found || len(bytes.TrimSpace(whole)) == 0 {
			continue
		}
		if !e.take(string(whole)) {
			return nil, cli.Usagef("%s:%d: not a line of antom payment wait", e.file, number).
				WithHint("--resume needs the output of a run with -o jsonl, with -o csv, or written to a file")
		}
	}
	return e, nil
}

// take reads one line and reports whether payment wait printed it.
func (e *earlier) take(line string) bool {
	if strings.HasPrefix(line, "{") {
		var event struct {
			Type, PaymentRequestID, PaymentStatus string
		}
		if json.Unmarshal([]byte(line), &event) != nil || event.Type == "" {
			return false
		}
		e.add(event.PaymentRequestID, event.PaymentStatus)
		return true
	}
	fields := strings.Split(line, "\t")
	if len(fields) == 1 {
		fields, _ = csv.NewReader(strings.NewReader(line)).Read() // what can't be read has no fields
	}
	if len(fields) != rowFields {
		return false
	}
	if fields[0] != "paymentRequestId" { // the header
		e.add(fields[0], fields[2])
	}
	return true
}

// rowFields is the number of columns of payment wait. The first is the id, the third the
// status.
const rowFields = 5

func (e *earlier) add(id, status string) {
	if id == "" {
		return
	}
	if _, known := e.status[id]; !known {
		e.ids = append(e.ids, id)
	}
	e.status[id] = antom.PaymentStatus(status)
}

// resume omits the payments that were final in the earlier run, but includes their verdicts, so
// that the exit code is that of an uninterrupted run. Without ids on the command line, it uses
// those of the earlier run.
func (e *earlier) resume(p *output.Printer, inquiries []antom.Inquiry, expect string) (open []antom.Inquiry, settled []error) {
	if len(inquiries) == 0 {
		inquiries = inquiriesOf(e.ids)
	}
	for _, inquiry := range inquiries {
		status := e.status[inquiry.PaymentRequestID]
		if !status.Final() {
			open = append(open, inquiry)
			continue
		}
		settled = append(settled, e.judge(inquiry.PaymentRequestID, status, expect))
	}
	p.Note("%d of %d payments are final in %s; asking for %d", len(settled), len(inquiries), e.file, len(open))
	return open, settled
}

func (e *earlier) judge(id string, status antom.PaymentStatus, expect string) error {
	wanted := antom.PaymentSuccess
	if expect != "" {
		wanted = antom.PaymentStatus(expect)
	}
	if status == wanted {
		return nil
	}
	return cli.OutcomeError{Code: cli.ExitBadOutcome, Message: fmt.Sprintf("payment %s ended in %s, says %s", id, status, e.file)}
}
