// Package conformance makes notifications like Antom's and checks how a merchant's
// endpoint answers them. The endpoint must acknowledge genuine notifications
// correctly and in time, even if they are formatted unusually. It must not
// acknowledge anything else.
//
// The checks are values in one table. Antom can't sign them, so the endpoint under
// test must know the public key that belongs to [Endpoint]'s key.
package conformance

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/antom-cli/antom/internal/check"
	"github.com/antom-cli/antom/pkg/antom"
)

// Select returns the checks with these ids, in the order of the table; without ids,
// all of them. The first check is always included, because the others depend on it.
// The error is a [*check.UnknownError].
func Select(ids []string) ([]check.Check, error) {
	all := Checks()
	if len(ids) == 0 {
		return all, nil
	}
	chosen, err := check.Select(all, ids)
	if err != nil {
		return nil, err
	}
	if len(chosen) == 0 || chosen[0] != all[0] {
		chosen = append(all[:1:1], chosen...)
	}
	return chosen, nil
}

// result is a finding, and what is needed to recognise a dead end.
type result struct {
	check.Finding
	status int  // HTTP, of the last answer that was not an acknowledgement where one was wanted
	late   bool // failed because no answer arrived in time
}

// UnreachableError means that nothing answers at the endpoint's address.
type UnreachableError struct {
	URL   string
	After string // the last check that it answered; empty if there was none
	Err   error
}

func (e *UnreachableError) Error() string {
	if e.After != "" {
		return fmt.Sprintf("check %s: it stopped answering after the check %s: %s", e.URL, e.After, e.Err)
	}
	return fmt.Sprintf("check %s: %s", e.URL, e.Err)
}

// Unwrap returns the network error.
func (e *UnreachableError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *UnreachableError) Hint() string {
	if e.After != "" {
		return "look into the endpoint's own log to see why it ended, and start it again"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](e.Err); ok {
		return "--cacert FILE trusts your own certificate; Antom requires one from a public authority"
	}
	if _, ok := errors.AsType[*net.OpError](e.Err); !ok && strings.HasPrefix(e.URL, "https:") {
		return "does it use https? Try http://"
	}
	return "start the endpoint, and give its full URL"
}

// Run runs some of [Checks], one after another, and reports each finding. The error
// is an [*UnreachableError], the context's error, or the error of report. A failed
// check is not an error.
func Run(ctx context.Context, e *Endpoint, chosen []check.Check, report func(check.Finding) error) error {
	genuine := true
	end := deadEnd{}
	for i, c := range chosen {
		if end.found != "" {
			if err := report(check.Finding{Check: c, Status: check.Unproven, Detail: NotTried + end.found}); err != nil {
				return err
			}
			continue
		}
		found, err := e.run(ctx, c, newKit(e, i+1))
		if gone, ok := errors.AsType[*UnreachableError](err); ok && i > 0 {
			gone.After = chosen[i-1].ID
		}
		if err != nil {
			return err
		}
		if i == 0 {
			genuine = found.Status == check.Passed
		}
		if !genuine && found.Status == check.Passed && provesByRefusal(c, e) {
			found.Status = check.Unproven
			found.Detail = "the endpoint refuses the genuine notification too"
		}
		end.look(i, found)
		if err := report(found.Finding); err != nil {
			return err
		}
	}
	return nil
}

// provesByRefusal reports whether a check expects only refusals.
func provesByRefusal(c check.Check, e *Endpoint) bool {
	steps := stepsOf(c, newKit(e, 0))
	return !slices.ContainsFunc(steps, func(s step) bool { return s.want == acknowledged })
}

func (e *Endpoint) run(ctx context.Context, c check.Check, k *kit) (*result, error) {
	found := &result{Finding: check.Finding{Check: c, Status: check.Passed}}
	steps := stepsOf(c, k)
	if k.err != nil {
		return nil, fmt.Errorf("check %s: %w", c.ID, k.err)
	}
	begin := e.Now()
	for _, s := range steps {
		for _, complaint := range e.take(ctx, s) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if unreachable(complaint) {
				return nil, &UnreachableError{URL: e.URL.String(), Err: complaint}
			}
			found.complain(complaint)
		}
	}
	found.Elapsed = e.Now().Sub(begin)
	return found, nil
}

// complain marks the check as failed. Only the first complaint is kept.
func (r *result) complain(complaint error) {
	if r.Status != check.Passed {
		return
	}
	r.Status, r.Detail, r.late = check.Failed, complaint.Error(), errors.Is(complaint, errLate)
	if refused, ok := errors.AsType[*unacknowledged](complaint); ok {
		r.status = refused.status
	}
}

// take sends the deliveries of a step at the same time. It returns a complaint for
// each delivery that was not answered as expected.
func (e *Endpoint) take(ctx context.Context, s step) []error {
	complaints := make([]error, len(s.deliveries))
	var group errgroup.Group
	for i, d := range s.deliveries {
		group.Go(func() error {
			complaints[i] = e.deliver(ctx, d, s.want)
			return nil
		})
	}
	_ = group.Wait() // the goroutines return no errors
	return slices.DeleteFunc(complaints, func(err error) bool { return err == nil })
}

// deliver sends one delivery and returns an error if the answer is wrong.
func (e *Endpoint) deliver(ctx context.Context, d *delivery, w want) error {
	limited, cancel := context.WithTimeout(ctx, e.Deadline)
	defer cancel()
	request, err := d.request(limited, e.URL)
	if err != nil {
		return err
	}
	answer := antom.Deliver(e.Client, request)
	if answer.Status == 0 {
		return e.unanswered(d, w, answer.Lost)
	}
	judgement := answer.Err()
	switch {
	case w == acknowledged && limited.Err() != nil:
		return fmt.Errorf("%s %w %s", d.what, errLate, e.Deadline)
	case w == acknowledged && judgement != nil:
		return &unacknowledged{d.what, answer.Status, judgement}
	case w != acknowledged && judgement == nil:
		return fmt.Errorf("%s was acknowledged", d.what)
	case w == unharmed && answer.Status == http.StatusInternalServerError:
		return fmt.Errorf("%s made the endpoint fail: HTTP status 500", d.what)
	}
	return nil
}

// unanswered judges a connection that ended without an answer. An endpoint may
// close the connection if the body is too long.
func (e *Endpoint) unanswered(d *delivery, w want, err error) error {
	switch {
	case unreachable(err):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s %w %s", d.what, errLate, e.Deadline)
	case w == unharmed:
		return nil
	}
	return fmt.Errorf("%s got no answer: %w", d.what, err)
}

// unreachable reports whether the endpoint does not exist, rather than closing the
// connection.
func unreachable(err error) bool {
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
		return true
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	_, plain := errors.AsType[tls.RecordHeaderError](err)
	return plain || err != nil && strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") // net/http has no type for it
}
