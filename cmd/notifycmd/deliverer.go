package notifycmd

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/endpoint"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// gatewaySigner signs notifications as the emulator.
type gatewaySigner struct {
	clientID string
	key      *sign.PrivateKey
}

// newSigner returns the emulator's signer; clientID, if not empty, replaces the emulator's.
func newSigner(c *cli.CLI, p *output.Printer, action, clientID string) (gatewaySigner, error) {
	chosen, err := c.LoadProfile(p)
	if err != nil {
		return gatewaySigner{}, err
	}
	if !chosen.Builtin {
		return gatewaySigner{}, cli.Usagef("%s: can't %s: only the emulator can sign as Antom here, because only Antom has its own key", chosen.Title(), action).
			WithHint("use --profile emulator, and configure the endpoint with the emulator's public key: antom emulator keys")
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

// sentEvent is the result of sending one notification. Its JSON form is stable.
type sentEvent struct {
	ID               string `json:"id,omitzero"` // of a delivery that is replayed
	NotifyType       string `json:"notifyType"`
	PaymentRequestID string `json:"paymentRequestId"`
	PaymentID        string `json:"paymentId"`
	URL              string `json:"url"`
	Status           int    `json:"status"`
	Acknowledged     bool   `json:"acknowledged"`
	Message          string `json:"message"`         // why it was not acknowledged
	Answer           string `json:"answer,omitzero"` // the beginning of a body that is not an acknowledgement
	ElapsedMs        int64  `json:"elapsedMs"`
	subject          string
}

// deliverer sends notifications one after another and checks the answers.
type deliverer struct {
	c      *cli.CLI
	p      *output.Printer
	client *http.Client
	sent   int
	last   error // why the last unacknowledged one was not acknowledged
	failed int
}

func newDeliverer(c *cli.CLI, p *output.Printer) (*deliverer, error) {
	client, err := endpoint.Client(c, c.Global.RequestTimeout, 1)
	return &deliverer{c: c, p: p, client: client}, err
}

// deliver sends one notification and prints the result. It returns an error if there was no
// answer.
func (k *deliverer) deliver(request *http.Request, about *receiver.Record) error {
	begin := k.c.Now()
	answer := antom.Deliver(k.client, request)
	if answer.Status == 0 {
		return endpoint.Error{URL: request.URL.String(), Err: answer.Lost}
	}
	refused := answer.Err()
	event := sentEvent{
		ID: about.ID, NotifyType: about.NotifyType, PaymentRequestID: about.PaymentRequestID, PaymentID: about.PaymentID,
		URL: request.URL.String(), Status: answer.Status, Acknowledged: refused == nil, ElapsedMs: k.c.Now().Sub(begin).Milliseconds(),
		subject: about.Subject(),
	}
	k.sent++
	if refused != nil {
		k.failed++
		k.last = refused
		event.Message, event.Answer = refused.Error(), endpoint.Said(answer.Body)
	}
	return k.p.Event(cli.Encode(event), k.line(event))
}

func (k *deliverer) line(e sentEvent) string {
	subject := cmp.Or(redact.Line(e.NotifyType), "no notifyType") + "  " + redact.Line(e.subject)
	if e.ID != "" {
		subject = redact.Line(e.ID) + "  " + subject
	}
	if e.Acknowledged {
		return fmt.Sprintf("%s  %s  %d, acknowledged in %s", k.p.Styled("ok", output.OK), subject, e.Status, time.Duration(e.ElapsedMs)*time.Millisecond)
	}
	return fmt.Sprintf("%s  %s  %s", k.p.Styled("FAILED", output.Bad), subject, refusedAnswer(e.Status, e.Message)+endpoint.ItSaid(e.Answer))
}

// refusedAnswer describes an answer that is not an acknowledgement.
func refusedAnswer(status int, why string) string {
	switch status {
	case 0:
		return redact.Line(why)
	case http.StatusOK:
		return fmt.Sprintf("%d, not acknowledged: %s", status, redact.Line(why))
	}
	return fmt.Sprintf("%d, not acknowledged", status) // the status is the reason
}

// verdict returns the command's error after all were sent.
func (k *deliverer) verdict(to *url.URL) error {
	remedy := "Antom would send it again; answer " + string(antom.AcknowledgementBody())
	switch {
	case k.failed == 0:
		return nil
	case k.sent == 1:
		return cli.OutcomeError{Code: cli.ExitVerify, Message: fmt.Sprintf("%s did not acknowledge: %s", to, k.last), Remedy: remedy}
	}
	return cli.OutcomeError{Code: cli.ExitVerify, Message: fmt.Sprintf("%s did not acknowledge %d of %d notifications, the last one: %s", to, k.failed, k.sent, k.last), Remedy: remedy}
}
