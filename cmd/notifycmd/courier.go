package notifycmd

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// gatewaySigner is who signs notifications here: the emulator and nobody else.
type gatewaySigner struct {
	clientID string
	key      *sign.PrivateKey
}

// newSigner finds the emulator's key; clientID replaces the emulator's.
func newSigner(c *cli.CLI, p *output.Printer, deed, clientID string) (gatewaySigner, error) {
	chosen, err := c.LoadProfile(p)
	if err != nil {
		return gatewaySigner{}, err
	}
	if !chosen.Builtin {
		return gatewaySigner{}, cli.Usagef("%s: can't %s: only the emulator can sign as Antom here, nobody has Antom's own key", chosen.Title(), deed).
			WithHint("--profile emulator, and give the endpoint the emulator's public key: antom emulator keys")
	}
	gateway, err := c.OpenEmulator()
	if err != nil {
		return gatewaySigner{}, err
	}
	return gatewaySigner{cmp.Or(clientID, gateway.ClientID()), gateway.NotifyKey()}, nil
}

// request signs a notification for an endpoint.
func (s gatewaySigner) request(ctx context.Context, to *url.URL, body []byte) (*http.Request, error) {
	return antom.NewNotificationRequest(ctx, to.String(), s.clientID, s.key, body)
}

// sentEvent is what became of one notification that was sent; its JSON form is a
// promise.
type sentEvent struct {
	ID               string `json:"id,omitzero"` // of a delivery that was sent again
	NotifyType       string `json:"notifyType"`
	PaymentRequestID string `json:"paymentRequestId"`
	PaymentID        string `json:"paymentId"`
	URL              string `json:"url"`
	Status           int    `json:"status"`
	Acknowledged     bool   `json:"acknowledged"`
	Message          string `json:"message"`         // why it was not acknowledged
	Answer           string `json:"answer,omitzero"` // the beginning of the body that is no acknowledgement
	ElapsedMs        int64  `json:"elapsedMs"`
	subject          string
}

// courier sends notifications one after another and judges the answers.
type courier struct {
	c      *cli.CLI
	p      *output.Printer
	client *http.Client
	sent   int
	last   error // why the last one was not acknowledged
	failed int
}

func newCourier(c *cli.CLI, p *output.Printer) (*courier, error) {
	client, err := c.EndpointClient(c.Global.RequestTimeout, 1)
	return &courier{c: c, p: p, client: client}, err
}

// carry sends one notification and prints what came of it. The error is that
// nobody was there.
func (k *courier) carry(request *http.Request, about *receiver.Record) error {
	begin := k.c.Now()
	answer := antom.Deliver(k.client, request)
	if answer.Status == 0 {
		return cli.EndpointError{URL: request.URL.String(), Err: answer.Lost}
	}
	judgement := answer.Err()
	event := sentEvent{
		ID: about.ID, NotifyType: about.NotifyType, PaymentRequestID: about.PaymentRequestID, PaymentID: about.PaymentID,
		URL: request.URL.String(), Status: answer.Status, Acknowledged: judgement == nil, ElapsedMs: k.c.Now().Sub(begin).Milliseconds(),
		subject: about.Subject(),
	}
	k.sent++
	if judgement != nil {
		k.failed++
		k.last = judgement
		event.Message, event.Answer = judgement.Error(), cli.Said(answer.Body)
	}
	return k.p.Event(cli.Encode(event), k.line(event))
}

func (k *courier) line(e sentEvent) string {
	subject := cmp.Or(redact.Line(e.NotifyType), "no notifyType") + "  " + redact.Line(e.subject)
	if e.ID != "" {
		subject = redact.Line(e.ID) + "  " + subject
	}
	if e.Acknowledged {
		return fmt.Sprintf("%s  %s  %d, acknowledged in %s", k.p.Styled("ok", output.OK), subject, e.Status, time.Duration(e.ElapsedMs)*time.Millisecond)
	}
	return fmt.Sprintf("%s  %s  %s", k.p.Styled("FAILED", output.Bad), subject, refusedAnswer(e.Status, e.Message)+cli.ItSaid(e.Answer))
}

// refusedAnswer is an answer that is no acknowledgement, in words.
func refusedAnswer(status int, why string) string {
	switch status {
	case 0:
		return redact.Line(why)
	case http.StatusOK:
		return fmt.Sprintf("%d, not acknowledged: %s", status, redact.Line(why))
	}
	return fmt.Sprintf("%d, not acknowledged", status) // the status is the reason
}

// verdict is the command's error once all were sent.
func (k *courier) verdict(to *url.URL) error {
	remedy := "Antom would send it again; answer " + string(antom.AcknowledgementBody())
	switch {
	case k.failed == 0:
		return nil
	case k.sent == 1:
		return cli.OutcomeError{Code: cli.ExitVerify, Message: fmt.Sprintf("%s did not acknowledge: %s", to, k.last), Remedy: remedy}
	}
	return cli.OutcomeError{Code: cli.ExitVerify, Message: fmt.Sprintf("%s did not acknowledge %d of %d notifications, the last one: %s", to, k.failed, k.sent, k.last), Remedy: remedy}
}
