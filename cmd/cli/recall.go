package cli

import (
	"cmp"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/internal/history"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/internal/secret"
	"github.com/antom-cli/antom/pkg/antom"
)

// NamelessJournal is the journal for notifications without a named profile: the environment's
// profile and --public-key-file. No profile can have this name.
const NamelessJournal = "_nameless"

// JournalDir returns the folder of the notifications received for a profile.
func (c *CLI) JournalDir(name string) (string, error) {
	dir := profile.StateDir(c.Getenv, runtime.GOOS)
	if dir == "" {
		return "", &SetupError{Message: "there is no place for the journal", Remedy: "set HOME or ANTOM_STATE_DIR"}
	}
	return filepath.Join(c.Abs(dir), "notifications", name), nil
}

// History returns the record of this machine's calls; nil if there is no place for one.
func (c *CLI) History() *history.Log {
	dir := c.StateDir()
	if dir == "" {
		return nil
	}
	return history.Open(dir)
}

// recorder records the calls of this run. Of repeated inquiries it records only those with a
// new result. It warns once if the history can't be written; the command never fails because of
// it.
func (c *CLI) recorder(p *output.Printer, m *Merchant) func(antom.Exchange) {
	log := c.History()
	if log == nil {
		return c.clockNote(p, m)
	}
	clock := c.clockNote(p, m)
	if warning := secret.HistoryWarning(log.Path()); warning != "" {
		p.Warn("%s", warning)
	}
	var (
		mu     sync.Mutex
		told   = map[string]history.Record{} // by operation and payment
		warned bool
	)
	return func(exchange antom.Exchange) {
		clock(exchange)
		record := history.NewRecord(exchange)
		record.Time, record.Profile, record.ClientID = c.Now().UTC(), m.Profile.Name, m.Profile.ClientID
		key := string(record.Operation) + " " + cmp.Or(record.PaymentRequestID, record.PaymentID)
		mu.Lock()
		defer mu.Unlock()
		if last, known := told[key]; known && record.SameState(last) {
			return
		}
		told[key] = record
		if err := log.Append(record); err != nil && !warned {
			warned = true
			p.Warn("%s; the command goes on without it", err)
		}
	}
}

// Identify completes an inquiry from the history.
func (c *CLI) Identify(m *Merchant, inquiry antom.Inquiry) (antom.Inquiry, error) {
	all, err := c.IdentifyAll(m, []antom.Inquiry{inquiry})
	if err != nil {
		return antom.Inquiry{}, err
	}
	return all[0], nil
}

// IdentifyAll replaces ids that the history knows as paymentIds, and an empty inquiry (--last)
// by the profile's most recent payment.
func (c *CLI) IdentifyAll(m *Merchant, inquiries []antom.Inquiry) ([]antom.Inquiry, error) {
	if len(inquiries) == 1 && inquiries[0] == (antom.Inquiry{}) {
		id, err := c.lastPayment(m.Profile.Name)
		return []antom.Inquiry{{PaymentRequestID: id}}, err
	}
	asked := make([]string, 0, len(inquiries))
	for _, inquiry := range inquiries {
		asked = append(asked, inquiry.PaymentRequestID)
	}
	known := c.knownPaymentIDs(m.Profile.Name, asked)
	for i, inquiry := range inquiries {
		if known[inquiry.PaymentRequestID] {
			inquiries[i] = antom.Inquiry{PaymentID: inquiry.PaymentRequestID}
		}
	}
	return inquiries, nil
}

// knownPaymentIDs returns the ids that the history knows as paymentIds; none if it can't be
// read.
func (c *CLI) knownPaymentIDs(profile string, ids []string) map[string]bool {
	log := c.History()
	if log == nil {
		return nil
	}
	known, _ := log.PaymentIDs(profile, ids)
	return known
}

// lastPayment returns the paymentRequestId of the profile's most recent payment. Refused
// inquiries do not count, because their ids may have been mistyped.
func (c *CLI) lastPayment(profile string) (string, error) {
	if log := c.History(); log != nil {
		for record, err := range log.Newest() {
			switch {
			case err != nil:
				return "", err
			case record.Operation == antom.InquiryPayment && record.ResultStatus == antom.StatusF, neverMade(record):
				continue
			case record.Profile == profile && record.PaymentRequestID != "":
				return record.PaymentRequestID, nil
			}
		}
	}
	whose := "the profile of the environment"
	if profile != "" {
		whose = fmt.Sprintf("profile %q", profile)
	}
	return "", Usagef("--last: the history has no payment of %s", whose).WithHint("antom session create makes one; or name the payment")
}

// neverMade reports whether a session was refused or its request never reached the gateway, so
// that no buyer can pay it.
func neverMade(r history.Record) bool {
	if r.Operation != antom.CreatePaymentSession {
		return false
	}
	return r.ResultStatus == antom.StatusF || r.Failure == string(antom.Unreachable) || r.Failure == string(antom.Untrusted)
}

// LastFlag is --last of the commands that control the emulator.
type LastFlag struct{ Set bool }

// Bind adds the flag to a command; it replaces the id.
func (f *LastFlag) Bind(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.Set, "last", false, "the most recent payment on the emulator")
	check := cmd.Args
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		switch {
		case f.Set && len(args) > 0:
			return Usagef("--last takes the place of an id").WithHint("name the payment once")
		case f.Set:
			return nil
		}
		return check(cmd, args)
	}
}

// Payment returns the argument of the command, or the payment of --last.
func (f *LastFlag) Payment(c *CLI, args []string) ([]string, error) {
	if !f.Set {
		return args, nil
	}
	id, err := c.lastPayment(profile.Emulator)
	return []string{id}, err
}

// recentPayment is a payment in this machine's history.
type recentPayment struct {
	RequestID, PaymentID string
	Order, Amount        string
}

// offered limits how many payments shell completion offers.
const offered = 20

// RecentPayments returns the payments of the history, the latest first.
func (c *CLI) RecentPayments() []recentPayment {
	log := c.History()
	if log == nil {
		return nil
	}
	var found []recentPayment
	at := map[string]int{}
	for record, err := range log.Newest() {
		if err != nil {
			break
		}
		if record.PaymentRequestID == "" || c.Global.Profile != "" && record.Profile != c.Global.Profile {
			continue
		}
		i, known := at[record.PaymentRequestID]
		if !known {
			if i = len(found); i == offered {
				break
			}
			at[record.PaymentRequestID] = i
			found = append(found, recentPayment{RequestID: record.PaymentRequestID})
		}
		found[i].add(record)
	}
	return found
}

// add fills in fields from an older record that the newer ones lack.
func (r *recentPayment) add(record history.Record) {
	r.PaymentID = cmp.Or(r.PaymentID, record.PaymentID)
	r.Order = cmp.Or(r.Order, record.ReferenceOrderID)
	if r.Amount == "" && !record.PaymentAmount.IsZero() {
		r.Amount = record.PaymentAmount.String()
	}
}

// RecentRefunds returns the refunds of the history, the latest first.
func (c *CLI) RecentRefunds() []history.Record {
	log := c.History()
	if log == nil {
		return nil
	}
	var found []history.Record
	known := map[string]bool{}
	for record, err := range log.Newest() {
		if err != nil || len(found) == offered {
			break
		}
		if record.Operation != antom.Refund || known[record.RefundRequestID] || c.Global.Profile != "" && record.Profile != c.Global.Profile {
			continue
		}
		known[record.RefundRequestID] = true
		found = append(found, record)
	}
	return found
}
