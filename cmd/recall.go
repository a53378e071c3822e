package cmd

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

// namelessJournal is the journal of what has no profile's name: the
// environment's profile and --public-key-file. No profile can be called so.
const namelessJournal = "_nameless"

// journalDir is where the deliveries to a profile are kept.
func (c *cli) journalDir(name string) (string, error) {
	dir := profile.StateDir(c.Getenv, runtime.GOOS)
	if dir == "" {
		return "", &setupError{message: "there is no place for the journal", remedy: "set HOME or ANTOM_STATE_DIR"}
	}
	return filepath.Join(c.abs(dir), "notifications", name), nil
}

// history is the record of the calls made from this machine; nil if there is no
// place for one.
func (c *cli) history() *history.Log {
	dir := c.stateDir()
	if dir == "" {
		return nil
	}
	return history.Open(dir)
}

// recorder writes down the calls of this run: of many inquiries for one payment
// only those that told something new. A history that can't be written is worth a
// word, once, and never the command.
func (c *cli) recorder(p *output.Printer, m *merchant) func(antom.Exchange) {
	log := c.history()
	if log == nil {
		return func(antom.Exchange) {}
	}
	if warning := secret.HistoryWarning(log.Path()); warning != "" {
		p.Warn("%s", warning)
	}
	var (
		mu     sync.Mutex
		told   = map[string]history.Record{} // by operation and payment
		warned bool
	)
	return func(exchange antom.Exchange) {
		record := history.NewRecord(exchange)
		record.Time, record.Profile, record.ClientID = c.Now().UTC(), m.profile.Name, m.profile.ClientID
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

// identify completes what to ask for from the history.
func (c *cli) identify(m *merchant, inquiry antom.Inquiry) (antom.Inquiry, error) {
	all, err := c.identifyAll(m, []antom.Inquiry{inquiry})
	if err != nil {
		return antom.Inquiry{}, err
	}
	return all[0], nil
}

// identifyAll takes an id that the history knows as a paymentId for one, and
// puts the most recent payment of the profile in the place of none (--last).
func (c *cli) identifyAll(m *merchant, inquiries []antom.Inquiry) ([]antom.Inquiry, error) {
	if len(inquiries) == 1 && inquiries[0] == (antom.Inquiry{}) {
		id, err := c.lastPayment(m.profile.Name)
		return []antom.Inquiry{{PaymentRequestID: id}}, err
	}
	asked := make([]string, 0, len(inquiries))
	for _, inquiry := range inquiries {
		asked = append(asked, inquiry.PaymentRequestID)
	}
	known := c.knownPaymentIDs(m.profile.Name, asked)
	for i, inquiry := range inquiries {
		if known[inquiry.PaymentRequestID] {
			inquiries[i] = antom.Inquiry{PaymentID: inquiry.PaymentRequestID}
		}
	}
	return inquiries, nil
}

// knownPaymentIDs are those of the ids that the history knows as paymentIds. A
// history that can't be read knows none.
func (c *cli) knownPaymentIDs(profile string, ids []string) map[string]bool {
	log := c.history()
	if log == nil {
		return nil
	}
	known, _ := log.PaymentIDs(profile, ids)
	return known
}

// lastPayment is the paymentRequestId of the profile's most recent payment. An
// inquiry that was refused is not about one: its id may have been mistyped.
func (c *cli) lastPayment(profile string) (string, error) {
	if log := c.history(); log != nil {
		for record, err := range log.Newest() {
			switch {
			case err != nil:
				return "", err
			case record.Operation == antom.InquiryPayment && record.ResultStatus == antom.StatusF:
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
	return "", usagef("--last: the history has no payment of %s", whose).hint("antom session create makes one; or name the payment")
}

// lastFlag is --last of the commands that steer the emulator.
type lastFlag struct{ set bool }

// bind adds the flag to a command; with it the id stays away.
func (f *lastFlag) bind(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.set, "last", false, "the most recent payment on the emulator")
	check := cmd.Args
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		switch {
		case f.set && len(args) > 0:
			return usagef("--last takes the place of an id").hint("name the payment once")
		case f.set:
			return nil
		}
		return check(cmd, args)
	}
}

// payment is the argument of the command, or what --last stands for.
func (f *lastFlag) payment(c *cli, args []string) ([]string, error) {
	if !f.set {
		return args, nil
	}
	id, err := c.lastPayment(profile.Emulator)
	return []string{id}, err
}

// recentPayment is a payment that this machine has sent or asked for.
type recentPayment struct {
	requestID, paymentID string
	order, amount        string
}

// offered bounds how many payments a shell is offered.
const offered = 20

// recentPayments are the payments of the history, the latest first.
func (c *cli) recentPayments() []recentPayment {
	log := c.history()
	if log == nil {
		return nil
	}
	var found []recentPayment
	at := map[string]int{}
	for record, err := range log.Newest() {
		if err != nil {
			break
		}
		if record.PaymentRequestID == "" || c.global.profile != "" && record.Profile != c.global.profile {
			continue
		}
		i, known := at[record.PaymentRequestID]
		if !known {
			if i = len(found); i == offered {
				break
			}
			at[record.PaymentRequestID] = i
			found = append(found, recentPayment{requestID: record.PaymentRequestID})
		}
		found[i].add(record)
	}
	return found
}

// add takes what an older record of the payment knows and the newer ones do not.
func (r *recentPayment) add(record history.Record) {
	r.paymentID = cmp.Or(r.paymentID, record.PaymentID)
	r.order = cmp.Or(r.order, record.ReferenceOrderID)
	if r.amount == "" && !record.PaymentAmount.IsZero() {
		r.amount = record.PaymentAmount.String()
	}
}
