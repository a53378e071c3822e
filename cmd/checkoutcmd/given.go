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

// given is the session that is paid.
type given struct {
	PaymentRequestID string         `json:"paymentRequestId"`
	Data             string         `json:"paymentSessionData"`
	ID               string         `json:"paymentSessionId,omitzero"`
	Expires          antom.DateTime `json:"paymentSessionExpiryTime,omitzero"`
	Amount           string         `json:"amount,omitzero"` // in words
}

// obtain makes, takes or finds the session. Nil without an error: --dry-run has shown
// the request.
func (r *run) obtain(ctx context.Context) (*given, error) {
	switch {
	case r.o.last:
		return r.kept()
	case r.o.given != "":
		return r.o.read(ctx)
	}
	created, err := r.o.session.Create(ctx, r.p, r.m, r.client, "antom checkout")
	if created == nil {
		return nil, err
	}
	r.returns = created.Request.Text("paymentRedirectUrl") == r.ownReturn()
	return &given{
		PaymentRequestID: created.Request.ID(), Data: created.Session.PaymentSessionData, ID: created.Session.PaymentSessionID,
		Expires: created.Session.PaymentSessionExpiryTime, Amount: created.Request.Money(),
	}, nil
}

// read reads --session.
func (o *checkoutCmd) read(ctx context.Context) (*given, error) {
	text := o.given
	if text == cli.StdinName {
		input, err := o.c.ReadInput(ctx, cli.StdinName, cli.LargestRequest)
		if err != nil {
			return nil, err
		}
		text = string(input)
	}
	text = strings.TrimSpace(text)
	session := &given{Data: strings.Trim(text, `"`)}
	if strings.HasPrefix(text, "{") {
		session = new(given)
		if err := json.Unmarshal([]byte(text), session); err != nil {
			return nil, cli.Usagef("--session: begins like JSON and is none: %s", strings.TrimPrefix(err.Error(), "json: "))
		}
	}
	named := o.session.Write.RequestID
	switch {
	case session.Data == "":
		return nil, cli.Usagef("--session: there are no session data").WithHint("paymentSessionData, or the answer of createPaymentSession that has them")
	case named != "" && session.PaymentRequestID != "" && named != session.PaymentRequestID:
		return nil, cli.Usagef("--request-id %q: the session is of payment %q", named, session.PaymentRequestID)
	case named == "" && session.PaymentRequestID == "":
		return nil, cli.Usagef("--session: session data do not name their payment, and its state is to be asked for").
			WithHint("--request-id ID names it; the output of antom session create -o json does too")
	case named != "":
		session.PaymentRequestID = named
	}
	return session, cli.CheckID("--session", session.PaymentRequestID)
}

// inspect refuses a session that the SDK would not accept, before a browser is opened.
func (r *run) inspect(s *given) (*rules.SessionData, error) {
	found := rules.InspectSession(s.Data)
	if found.Class != r.o.look.class() {
		found.For(r.o.look.class())
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

// keptFile is where the session is while it is open: it stands for one payment, for an
// hour at most, and only its owner can read it.
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

// keep writes the open session down, for --last. That it can't is no reason to end.
func (r *run) keep(s *given) {
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

// forget removes the session once nothing is open.
func (r *run) forget() {
	path, err := r.keptFile()
	if err != nil {
		return
	}
	text, err := os.ReadFile(path)
	var s given
	if err == nil && json.Unmarshal(text, &s) == nil && s.PaymentRequestID == r.session.PaymentRequestID {
		os.Remove(path)
	}
}

// kept is the session that the last checkout left open.
func (r *run) kept() (*given, error) {
	none := cli.Usagef("--last: no checkout of %s left a session open", r.m.Profile.Title()).WithHint("antom checkout --amount 42.00 --currency SGD")
	path, err := r.keptFile()
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, none
	}
	var s given
	if err != nil || json.Unmarshal(text, &s) != nil || s.Data == "" {
		return nil, none
	}
	if at, err := s.Expires.Time(); err == nil && r.m.Emulator == nil && !r.o.c.Now().Before(at) { // the emulator's clock may be another
		os.Remove(path)
		return nil, cli.Usagef("--last: the session that was left open expired at %s", s.Expires).WithHint("antom checkout with an amount makes a new one")
	}
	return &s, nil
}

// expiry says how long the session lives on.
func expiry(now time.Time, t antom.DateTime) string {
	at, err := t.Time()
	if err != nil || at.Sub(now) <= 0 || at.Sub(now) > sessionflags.LongestSession {
		return ""
	}
	return cli.Seconds(at.Sub(now))
}
