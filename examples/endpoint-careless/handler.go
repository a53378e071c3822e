package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// slowWork is longer than a gateway waits: antom notify check allows 10 s for an answer.
const slowWork = 12 * time.Second

// briefWork is long enough for a second notification to arrive in the meantime.
const briefWork = 30 * time.Millisecond

// ServeHTTP handles a notification, with the planted faults.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		e.answer(w, e.unless("answers-get", errors.New("only POST")))
		return
	}
	if e.has("trusts-forms") && r.FormValue("result") == "SUCCESS" {
		e.answer(w, nil)
		return
	}
	in := r.Body
	if !e.has("unlimited") {
		in = http.MaxBytesReader(w, r.Body, antom.DefaultBodyLimit)
	}
	body, err := io.ReadAll(in)
	if err == nil && len(body) == 0 && e.has("answers-empty") {
		e.answer(w, nil)
		return
	}
	if err == nil {
		err = e.verify(r, body)
	}
	if err == nil {
		err = e.handle(body)
	}
	e.answer(w, err)
}

// unless returns an error, unless a fault ignores it.
func (e *endpoint) unless(fault string, err error) error {
	if e.has(fault) {
		return nil
	}
	return err
}

func (e *endpoint) answer(w http.ResponseWriter, err error) {
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
	case e.has("says-ok"):
		_, _ = io.WriteString(w, "OK")
	case e.has("forgets-code"):
		_, _ = io.WriteString(w, `{"result":{"resultStatus":"S"}}`)
	default:
		_ = antom.Acknowledge(w)
	}
}

// verify checks the signature.
func (e *endpoint) verify(r *http.Request, body []byte) error {
	header := r.Header.Get("Signature")
	switch {
	case len(r.Header.Values("Signature")) > 1 && !e.has("picks-a-header"):
		return errors.New("two signatures")
	case header == "":
		return e.unless("accepts-unsigned", errors.New("no signature"))
	case e.has("accepts-any-signature"):
		return nil
	case e.has("accepts-none") && strings.Contains(header, "algorithm=none"):
		return nil
	case e.has("splits-at-commas") && !strings.HasPrefix(header[strings.LastIndexByte(header, ',')+1:], "signature="):
		return errors.New("no signature")
	}
	message := sign.Message{Method: r.Method, Target: r.RequestURI, ClientID: r.Header.Get("Client-Id"), Time: r.Header.Get("Request-Time"), Body: e.mangled(body)}
	if message.ClientID == "" && e.has("fills-in-client-id") {
		message.ClientID = e.clientID
	}
	if _, err := time.Parse(time.RFC3339, message.Time); err != nil && e.has("parses-time") {
		return err
	}
	if _, err := e.key.Verify(message, header); err != nil {
		return err
	}
	if message.ClientID != e.clientID {
		return e.unless("ignores-client-id", errors.New("for another client"))
	}
	return nil
}

// mangled returns the body that is verified.
func (e *endpoint) mangled(body []byte) []byte {
	if e.has("verifies-parsed-body") {
		var compact bytes.Buffer
		if json.Compact(&compact, body) == nil {
			body = bytes.ReplaceAll(compact.Bytes(), []byte(`\/`), []byte("/"))
		}
	}
	if e.has("decodes-latin1") {
		var text []rune
		for _, c := range body {
			text = append(text, rune(c))
		}
		body = []byte(string(text))
	}
	return body
}

// handle acts on a genuine notification.
func (e *endpoint) handle(body []byte) error {
	if e.has("locks") {
		if !e.busy.TryLock() {
			return errors.New("busy")
		}
		defer e.busy.Unlock()
		<-time.After(briefWork)
	}
	if e.has("slow") {
		<-time.After(e.work)
	}
	n, err := antom.ParseNotification(body)
	if err != nil {
		return err
	}
	switch {
	case n.Refund != nil:
		return e.refund()
	case n.Capture != nil:
		return e.capture(n.Capture.PaymentID)
	case n.Payment != nil:
		return e.payment(n)
	case e.has("knows-its-types"):
		return errors.New("unknown type")
	}
	return nil
}

func (e *endpoint) refund() error {
	if e.has("wants-payment-id") {
		return errors.New("no paymentId")
	}
	return nil
}

func (e *endpoint) capture(paymentID string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.has("wants-order") && e.states[paymentID] == "" {
		return errors.New("unknown payment")
	}
	return nil
}

func (e *endpoint) payment(n *antom.Notification) error {
	if e.has("knows-its-fields") {
		strict := json.NewDecoder(bytes.NewReader(n.Raw))
		strict.DisallowUnknownFields()
		if err := strict.Decode(new(antom.PaymentNotification)); err != nil {
			return err
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	state := string(n.Payment.NotifyType) + " " + string(n.Payment.Result.ResultStatus)
	before := e.states[n.Payment.PaymentID]
	e.states[n.Payment.PaymentID] = state
	switch {
	case e.has("refuses-failures") && n.Payment.Result.ResultStatus != antom.StatusS:
		return errors.New("payment failed")
	case e.has("refuses-duplicates") && before == state:
		return errors.New("duplicate")
	case e.has("pending-is-paid") && before == "PAYMENT_PENDING S":
		return errors.New("paid already")
	case e.has("final-is-final") && before == "PAYMENT_RESULT F" && state != before:
		return errors.New("closed")
	}
	return nil
}
