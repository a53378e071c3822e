package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Remote calls an emulator's control API: that of another process or, from [Emulator.Control],
// the one in this process. Its methods are those of [Emulator].
type Remote struct {
	Address Address // empty in this process
	token   string
	client  *http.Client

	transport *http.Transport // nil in this process
}

// Control returns a client without a server: the control API is called in this process,
// notifications are not sent automatically, and errors keep their type.
func (e *Emulator) Control() *Remote {
	s := &Server{emulator: e, options: ServeOptions{Hold: true}, lateFailures: map[string]string{}}
	s.sender = newSender(s)
	return &Remote{client: &http.Client{Transport: inProcess{s.controlMux()}}}
}

// localURL stands for the control API of this process.
const localURL = "http://" + Host

// Served reports whether another process serves the emulator.
func (r *Remote) Served() bool { return r.transport != nil }

// keptError is the context key of a *error, in which this process's control API leaves an
// error in addition to its answer.
type keptError struct{}

// RoundTrip sends a request to the server's address, whatever the URL's host, and verifies the
// certificate by the server's name.
func (r *Remote) RoundTrip(call *http.Request) (*http.Response, error) {
	call = call.Clone(call.Context())
	call.URL.Scheme, call.URL.Host, _ = strings.Cut(r.Address.URL, "://")
	call.Host = ""
	return r.transport.RoundTrip(call)
}

// longestAnswer limits the size of an answer, which may hold all orders.
const longestAnswer = 256 << 20

// call calls a route of the control API. The error is a [*Refusal] if the emulator refused.
func (r *Remote) call(ctx context.Context, method, path string, request, answer any) error {
	var body io.Reader
	if request != nil {
		text, err := json.Marshal(request)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	var kept error
	base := r.Address.URL
	if !r.Served() {
		ctx, base = context.WithValue(ctx, keptError{}, &kept), localURL
	}
	call, err := http.NewRequestWithContext(ctx, method, base+controlPath+path, body)
	if err != nil {
		return err
	}
	call.Header.Set("Authorization", "Bearer "+r.token)
	response, err := r.client.Do(call)
	if err != nil {
		return fmt.Errorf("the emulator at %s: %w", r.Address.URL, withoutURL(err))
	}
	defer response.Body.Close()
	if kept != nil {
		return kept
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, longestAnswer))
	if err != nil {
		return fmt.Errorf("the emulator at %s: read its answer: %w", r.Address.URL, err)
	}
	if response.StatusCode != http.StatusOK {
		return r.errorFrom(response.StatusCode, text)
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("the emulator at %s: read its answer: %w", r.Address.URL, err)
	}
	return nil
}

func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}

func (r *Remote) errorFrom(status int, text []byte) error {
	var failure controlFailure
	if json.Unmarshal(text, &failure) != nil || failure.Error.Message == "" {
		return fmt.Errorf("the emulator at %s answered with HTTP %d", r.Address.URL, status)
	}
	if status == http.StatusConflict {
		return &Refusal{failure.Error.Message, failure.Error.Hint}
	}
	return fmt.Errorf("the emulator at %s: %s", r.Address.URL, failure.Error.Message)
}

// Pay is [Emulator.Pay].
func (r *Remote) Pay(ctx context.Context, request PayRequest) (result PayResult, err error) {
	processing := wireDuration(request.Processing)
	err = r.call(ctx, http.MethodPost, "pay", wirePay{request, &processing}, &result)
	return result, err
}

// Clock is [Emulator.Clock].
func (r *Remote) Clock(ctx context.Context) (c Clock, err error) {
	err = r.call(ctx, http.MethodGet, "clock", nil, &c)
	return c, err
}

// SetClock is [Emulator.SetClock]; notifications that become due are sent.
func (r *Remote) SetClock(ctx context.Context, to time.Time) (Clock, []Event, error) {
	var m moved
	err := r.call(ctx, http.MethodPost, "clock", map[string]time.Time{"set": to}, &m)
	return m.Clock, m.Events, err
}

// AdvanceClock is [Emulator.AdvanceClock]; notifications that become due are sent.
func (r *Remote) AdvanceClock(ctx context.Context, by time.Duration) (Clock, []Event, error) {
	var m moved
	err := r.call(ctx, http.MethodPost, "clock", map[string]wireDuration{"advance": wireDuration(by)}, &m)
	return m.Clock, m.Events, err
}

// ResetClock is [Emulator.ResetClock].
func (r *Remote) ResetClock(ctx context.Context) (c Clock, err error) {
	err = r.call(ctx, http.MethodDelete, "clock", nil, &c)
	return c, err
}

// Reset is [Emulator.Reset].
func (r *Remote) Reset(ctx context.Context) error {
	return r.call(ctx, http.MethodPost, "reset", nil, &done{})
}

// Export is [Emulator.Export].
func (r *Remote) Export(ctx context.Context) ([]byte, error) {
	var state json.RawMessage
	err := r.call(ctx, http.MethodGet, "export", nil, &state)
	return state, err
}

// Seed is [Emulator.Seed].
func (r *Remote) Seed(ctx context.Context, seed uint64) error {
	return r.call(ctx, http.MethodPost, "seed", map[string]uint64{"seed": seed}, &done{})
}

// List is [Emulator.List].
func (r *Remote) List(ctx context.Context, limit int) ([]Summary, error) {
	var state serverState
	err := r.call(ctx, http.MethodGet, "state?limit="+strconv.Itoa(limit), nil, &state)
	return state.Payments, err
}

// Show is [Emulator.Show].
func (r *Remote) Show(ctx context.Context, paymentRequestID string) (d Details, err error) {
	err = r.call(ctx, http.MethodGet, orderPath("payments/", paymentRequestID, nil), nil, &d)
	return d, err
}

// orderPath is the path and query of a route about an order.
func orderPath(route, name string, query url.Values) string {
	id, client, said := strings.Cut(name, ownerMark)
	if said {
		query = url.Values{"clientId": {client}, "open": query["open"]}
	}
	return route + url.PathEscape(id) + "?" + query.Encode()
}

// SetScenario is [Emulator.SetScenario].
func (r *Remote) SetScenario(ctx context.Context, s Scenario) error {
	return r.call(ctx, http.MethodPost, "scenarios", s, &done{})
}

// Scenarios is [Emulator.Scenarios].
func (r *Remote) Scenarios(ctx context.Context) (list []Scenario, err error) {
	err = r.call(ctx, http.MethodGet, "scenarios", nil, &list)
	return list, err
}

// ClearScenarios is [Emulator.ClearScenarios].
func (r *Remote) ClearScenarios(ctx context.Context) error {
	return r.call(ctx, http.MethodDelete, "scenarios", nil, &done{})
}

// Notifications is [Emulator.Notifications].
func (r *Remote) Notifications(ctx context.Context, paymentRequestID string) ([]*http.Request, error) {
	var list []wireRequest
	if err := r.call(ctx, http.MethodGet, orderPath("notifications/", paymentRequestID, nil), nil, &list); err != nil {
		return nil, err
	}
	var requests []*http.Request
	for _, wire := range list {
		request, err := wire.request(ctx)
		if err != nil {
			return nil, err
		}
		requests = append(requests, request)
	}
	return requests, nil
}

// Undelivered is [Emulator.Undelivered].
func (r *Remote) Undelivered(ctx context.Context, paymentRequestID string) (open []Delivery, acknowledged int, err error) {
	var answer wireUndelivered
	err = r.call(ctx, http.MethodGet, orderPath("notifications/", paymentRequestID, url.Values{"open": {"true"}}), nil, &answer)
	for _, wire := range answer.Open {
		open = append(open, wire.delivery())
	}
	return open, answer.Acknowledged, err
}

// DueDeliveries is [Emulator.DueDeliveries], after the server has sent what it sends
// automatically.
func (r *Remote) DueDeliveries(ctx context.Context) (due []Delivery, err error) {
	var list []wireDelivery
	err = r.call(ctx, http.MethodGet, "due", nil, &list)
	for _, wire := range list {
		due = append(due, wire.delivery())
	}
	return due, err
}

// NotificationRequest is [Emulator.NotificationRequest].
func (r *Remote) NotificationRequest(ctx context.Context, d Delivery) (*http.Request, error) {
	var wire wireRequest
	if err := r.call(ctx, http.MethodPost, "sign", wireDelivery{d, d.Body}, &wire); err != nil {
		return nil, err
	}
	return wire.request(ctx)
}

// RecordAttempt is [Emulator.RecordAttempt].
func (r *Remote) RecordAttempt(ctx context.Context, id string, attempt Attempt) error {
	return r.call(ctx, http.MethodPost, "attempts", wireAttempt{id, attempt}, &done{})
}

// Settle waits until every due notification has been tried.
func (r *Remote) Settle(ctx context.Context) error {
	return r.call(ctx, http.MethodPost, "settle", nil, &done{})
}

// Faults lists the active faults.
func (r *Remote) Faults(ctx context.Context) (list []Fault, err error) {
	err = r.call(ctx, http.MethodGet, "faults", nil, &list)
	return list, err
}

// AddFault adds a fault.
func (r *Remote) AddFault(ctx context.Context, fault string) (f Fault, err error) {
	err = r.call(ctx, http.MethodPost, "faults", map[string]string{"fault": fault}, &f)
	return f, err
}

// ClearFaults removes the faults with these ids, or all, and returns them.
func (r *Remote) ClearFaults(ctx context.Context, ids ...int) (gone []Fault, err error) {
	query := url.Values{}
	for _, id := range ids {
		query.Add("id", strconv.Itoa(id))
	}
	err = r.call(ctx, http.MethodDelete, "faults?"+query.Encode(), nil, &gone)
	return gone, err
}
