package checkoutcmd

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/sessionflags"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// openSession is the session to be paid, also as it is stored for --last.
type openSession struct {
	PaymentRequestID string         `json:"paymentRequestId"`
	Data             string         `json:"paymentSessionData"`
	ID               string         `json:"paymentSessionId,omitzero"`
	Expires          antom.DateTime `json:"paymentSessionExpiryTime,omitzero"`
	Amount           string         `json:"amount,omitzero"` // in words
}

// obtain creates the session, or reads it from --session or --last. It returns nil without an
// error where --dry-run has printed the request.
func (r *run) obtain(ctx context.Context) (*openSession, error) {
	switch {
	case r.o.last:
		return r.kept()
	case r.o.sessionArg != "":
		return r.o.read(ctx)
	}
	created, err := r.o.session.Create(ctx, r.p, r.m, r.client, "antom checkout")
	if created == nil {
		return nil, err
	}
	r.returns = created.Request.Text("paymentRedirectUrl") == r.ownReturn()
	return &openSession{
		PaymentRequestID: created.Request.ID(), Data: created.Session.PaymentSessionData, ID: created.Session.PaymentSessionID,
		Expires: created.Session.PaymentSessionExpiryTime, Amount: created.Request.Money(),
	}, nil
}

// read reads --session.
func (o *checkoutCmd) read(ctx context.Context) (*openSession, error) {
	text := o.sessionArg
	if text == cli.StdinName {
		input, err := o.c.ReadInput(ctx, cli.StdinName, cli.LargestRequest)
		if err != nil {
			return nil, err
		}
		text = string(input)
	}
	text = strings.TrimSpace(text)
	session := &openSession{Data: strings.Trim(text, `"`)}
	if strings.HasPrefix(text, "{") {
		session = new(openSession)
		if err := json.Unmarshal([]byte(text), session); err != nil {
			return nil, cli.Usagef("--session: starts like JSON but is not valid: %s", strings.TrimPrefix(err.Error(), "json: "))
		}
	}
	named := o.session.Write.RequestID
	switch {
	case session.Data == "":
		return nil, cli.Usagef("--session: there are no session data").WithHint("paymentSessionData, or the answer of createPaymentSession that has them")
	case named != "" && session.PaymentRequestID != "" && named != session.PaymentRequestID:
		return nil, cli.Usagef("--request-id %q: the session is of payment %q", named, session.PaymentRequestID)
	case named == "" && session.PaymentRequestID == "":
		return nil, cli.Usagef("--session: session data do not name their payment, whose state antom asks for").
			WithHint("--request-id ID names it; the output of antom session create -o json does too")
	case named != "":
		session.PaymentRequestID = named
	}
	return session, cli.CheckID("--session", session.PaymentRequestID)
}

// inspect refuses a session that the SDK would reject, before a browser is opened.
func (r *run) inspect(s *openSession) (*rules.SessionData, error) {
	found := rules.InspectSession(s.Data)
	if found.Class != r.o.options.class() {
		found.For(r.o.options.class())
	}
	var messages, hints []string
	for _, finding := range found.Findings {
		if finding.Refused {
			messages, hints = append(messages, finding.Message), append(hints, finding.Hint)
			continue
		}
		if finding.Rule != "scripts" {
			r.p.Warn("the session data: %s: %s", finding.Message, finding.Hint)
		}
	}
	if at, err := s.Expires.Time(); err == nil && r.m.Emulator == nil && !r.o.c.Now().Before(at) {
		messages, hints = append(messages, "the session expired at "+string(s.Expires)), append(hints, "antom checkout with an amount makes a new one")
	}
	if len(messages) > 0 {
		return nil, cli.OutcomeError{Code: cli.ExitVerify, Message: "the web SDK would not accept the session: " + strings.Join(messages, "; "), Remedy: strings.Join(hints, "\n")}
	}
	return found, nil
}

// keptFile is the file of the open session. Session data allow a payment for up to an hour, so
// only the owner can read the file.
func (r *run) keptFile() (string, error) {
	dir := r.o.c.StateDir()
	if dir == "" {
		return "", &cli.SetupError{Message: "there is no place for the session", Remedy: "set HOME or ANTOM_STATE_DIR"}
	}
	return filepath.Join(dir, "checkout", r.profileName()+".json"), nil
}

func (r *run) profileName() string {
	if r.m.Profile.Name == "" {
		return cli.NamelessJournal
	}
	return r.m.Profile.Name
}

// keep stores the open session for --last. A failure is only a warning.
func (r *run) keep(s *openSession) {
	path, err := r.keptFile()
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err == nil {
		err = os.WriteFile(path, append(cli.Encode(s), '\n'), 0o600)
	}
	if err != nil {
		r.p.Warn("the session is not kept for --last: %s", err)
	}
}

// forget removes the stored session once it can no longer be paid.
func (r *run) forget() {
	path, err := r.keptFile()
	if err != nil {
		return
	}
	text, err := os.ReadFile(path)
	var s openSession
	if err == nil && json.Unmarshal(text, &s) == nil && s.PaymentRequestID == r.session.PaymentRequestID {
		os.Remove(path)
	}
}

// kept is the session that the last checkout left open.
func (r *run) kept() (*openSession, error) {
	none := cli.Usagef("--last: no checkout of %s left a session open", r.m.Profile.Title()).WithHint("antom checkout --amount 42.00 --currency SGD")
	path, err := r.keptFile()
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, none
	}
	var s openSession
	if err != nil || json.Unmarshal(text, &s) != nil || s.Data == "" {
		return nil, none
	}
	if at, err := s.Expires.Time(); err == nil && r.m.Emulator == nil && !r.o.c.Now().Before(at) { // the emulator's clock may be another
		os.Remove(path)
		return nil, cli.Usagef("--last: the session that was left open expired at %s", s.Expires).WithHint("antom checkout with an amount makes a new one")
	}
	return &s, nil
}

// expiry is how long the session is still valid; empty if that is not known.
func expiry(now time.Time, t antom.DateTime) string {
	at, err := t.Time()
	if err != nil || at.Sub(now) <= 0 || at.Sub(now) > sessionflags.LongestSession {
		return ""
	}
	return cli.Seconds(at.Sub(now))
}
