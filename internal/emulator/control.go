package emulator

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/antom-cli/antom/internal/redact"
)

// controlPath is the prefix of the control API; none of Antom's paths begins with it.
const controlPath = "/_emulator/"

// longestControl limits the bodies of the control API.
const longestControl = 4 << 20

// controlRoute is a row of the control API.
type controlRoute struct {
	pattern string
	does    string
	do      func(*Server, *http.Request) (any, error)
}

// controlRoutes is the control API, sorted by pattern. Every route answers JSON; a refusal is
// a 409 that gives the reason and the remedy.
func controlRoutes() []controlRoute {
	return []controlRoute{
		{"DELETE /_emulator/clock", "makes the clock real again", controlResetClock},
		{"DELETE /_emulator/faults", "clears the faults with ?id=N, or all", controlClearFaults},
		{"DELETE /_emulator/scenarios", "clears the scenarios", controlClearScenarios},
		{"GET /_emulator/clock", "reads the clock", controlClock},
		{"GET /_emulator/due", "sends the due notifications, and lists those still due (with --notify off)", controlDue},
		{"GET /_emulator/export", "exports the orders, payments, captures and refunds in the form that serve --state reads", controlExport},
		{"GET /_emulator/faults", "lists the active faults", controlFaults},
		{"GET /_emulator/notifications/{id}", "lists the due notifications of a payment, signed; ?open=true only unacknowledged ones, ?clientId=ID of this client", controlNotifications},
		{"GET /_emulator/payments/{id}", "shows a payment by its paymentRequestId; ?clientId=ID if several clients use it", controlShow},
		{"GET /_emulator/scenarios", "lists the scenarios", controlScenarios},
		{"GET /_emulator/state", "lists the payments, the newest first; ?limit=N", controlState},
		{"POST /_emulator/attempts", `{"id":"…","attempt":{"httpStatus":200,"acknowledged":true,"verdict":"acknowledged"}}: records a delivery attempt that was made elsewhere`, controlAttempt},
		{"POST /_emulator/clock", `{"advance":"24h"} or {"set":"2026-12-01T00:00:00Z"}: moves the clock; notifications that become due are sent`, controlMoveClock},
		{"POST /_emulator/faults", `{"fault":"inquiryPayment:2=latency:500ms"}: adds a fault`, controlAddFault},
		{"POST /_emulator/pay", `{"paymentRequestId":"…","card":"…"}: submits the card form, as the buyer would`, controlPay},
		{"POST /_emulator/reset", "deletes every session and payment, and restores those of serve --state", controlReset},
		{"POST /_emulator/scenarios", `{"operation":"refund","resultCode":"RISK_REJECT","times":1}: sets a scenario; "then" is the final code after CAPTURE_IN_PROCESS and REFUND_IN_PROCESS`, controlSetScenario},
		{"POST /_emulator/seed", `{"seed":7}: makes ids repeatable`, controlSeed},
		{"POST /_emulator/settle", "waits until every due notification has been tried", controlSettle},
		{"POST /_emulator/sign", `{"url":"…","clientId":"…","bodyBase64":"…"}: signs a notification, such as one of GET /_emulator/due`, controlSign},
	}
}

// badControl is a control request that can't be read.
type badControl struct{ text string }

func (e *badControl) Error() string { return e.text }

// controlHint lists all controls.
func controlHint() string {
	var patterns []string
	for _, route := range controlRoutes() {
		patterns = append(patterns, route.pattern)
	}
	return "the controls are " + strings.Join(patterns, ", ")
}

func (s *Server) controlHandler() http.Handler { return s.guard(s.controlMux()) }

// controlMux is the control API without the token check.
func (s *Server) controlMux() http.Handler {
	mux := http.NewServeMux()
	for _, route := range controlRoutes() {
		mux.HandleFunc(route.pattern, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, longestControl)
			value, err := route.do(s, r)
			s.sender.wake()
			if kept, ok := r.Context().Value(keptError{}).(*error); ok {
				*kept = err
			}
			answerControl(w, value, err)
		})
	}
	mux.HandleFunc(controlPath, func(w http.ResponseWriter, r *http.Request) {
		writeControl(w, http.StatusNotFound, controlError(fmt.Sprintf("no control for %s %s", r.Method, redact.Clip(r.URL.Path, longestExcerpt)), controlHint()))
	})
	return mux
}

// guard admits requests with the token. The comparison takes constant time.
func (s *Server) guard(next http.Handler) http.Handler {
	want := sha256.Sum256([]byte("Bearer " + s.token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := sha256.Sum256([]byte(r.Header.Get("Authorization")))
		if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			writeControl(w, http.StatusUnauthorized, controlError("the control API requires its token", "send the header Authorization: Bearer TOKEN, with the token in "+s.emulator.TokenFile()))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func answerControl(w http.ResponseWriter, value any, err error) {
	if err == nil {
		writeControl(w, http.StatusOK, value)
		return
	}
	if refused, ok := errors.AsType[*Refusal](err); ok {
		writeControl(w, http.StatusConflict, controlError(err.Error(), refused.remedy))
		return
	}
	status := http.StatusInternalServerError
	if _, bad := errors.AsType[*badControl](err); bad {
		status = http.StatusBadRequest
	}
	writeControl(w, status, controlError(err.Error(), ""))
}

// controlFailure is an error of the control API on the wire.
type controlFailure struct {
	Error struct {
		Message string `json:"message"`
		Hint    string `json:"hint,omitempty"`
	} `json:"error"`
}

func controlError(message, hint string) controlFailure {
	var f controlFailure
	f.Error.Message, f.Error.Hint = message, hint
	return f
}

func writeControl(w http.ResponseWriter, status int, value any) {
	body, err := encode(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // nobody to answer: the client has left
}

// readControl reads a request body strictly, so that a misspelt member is an error.
func readControl[T any](r *http.Request) (value T, err error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return value, &badControl{"read the body: " + err.Error()}
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&value); err != nil {
		text := strings.TrimPrefix(err.Error(), "json: ")
		if strings.HasPrefix(text, "unknown field") {
			text += "; known are " + strings.Join(membersOf(reflect.TypeFor[T](), ""), ", ")
		}
		return value, &badControl{"read the body: " + text}
	}
	return value, nil
}

// membersOf returns the paths of the members that a body may have.
func membersOf(t reflect.Type, under string) []string {
	var paths []string
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch of := field.Type; {
		case name == "-", !field.IsExported() && !field.Anonymous:
		case field.Anonymous:
			paths = append(paths, membersOf(of, under)...)
		case of.Kind() == reflect.Struct && of != reflect.TypeFor[time.Time]():
			paths = append(paths, membersOf(of, under+name+".")...)
		default:
			paths = append(paths, under+name)
		}
	}
	return paths
}

// wireDuration is a duration as people write it.
type wireDuration time.Duration

// UnmarshalText reads 3s or 1h30m.
func (d *wireDuration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = wireDuration(parsed)
	return err
}

// MarshalText writes the same form.
func (d wireDuration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// done is the answer when there is nothing to report.
type done struct {
	Done bool `json:"done"`
}

// wirePay is a PayRequest in JSON.
type wirePay struct {
	PayRequest
	Processing *wireDuration `json:"processing,omitempty"`
}

func controlPay(s *Server, r *http.Request) (any, error) {
	request, err := readControl[wirePay](r)
	if err != nil {
		return nil, err
	}
	pay := request.PayRequest
	pay.Processing = DefaultProcessing
	if request.Processing != nil {
		pay.Processing = time.Duration(*request.Processing)
	}
	return s.emulator.Pay(r.Context(), pay)
}

// moved is the answer to moving the clock.
type moved struct {
	Clock  Clock   `json:"clock"`
	Events []Event `json:"events"`
}

func controlClock(s *Server, r *http.Request) (any, error) { return s.emulator.Clock(r.Context()) }

func controlResetClock(s *Server, r *http.Request) (any, error) {
	s.moving.Lock()
	defer s.moving.Unlock()
	return s.emulator.ResetClock(r.Context())
}

// wireMove moves the clock: forward by a duration, or to a time.
type wireMove struct {
	Advance *wireDuration `json:"advance"`
	Set     *time.Time    `json:"set"`
}

func controlMoveClock(s *Server, r *http.Request) (any, error) {
	move, err := readControl[wireMove](r)
	switch {
	case err != nil:
		return nil, err
	case (move.Advance == nil) == (move.Set == nil):
		return nil, &badControl{`give either "advance" or "set"`}
	case move.Set != nil:
		return s.setClock(r.Context(), *move.Set)
	case *move.Advance < 0: // the emulator explains the error
		_, _, err := s.emulator.AdvanceClock(r.Context(), time.Duration(*move.Advance))
		return nil, err
	}
	return s.advanceClock(r.Context(), time.Duration(*move.Advance))
}

func (s *Server) setClock(ctx context.Context, to time.Time) (moved, error) {
	s.moving.Lock()
	defer s.moving.Unlock()
	return s.stepClock(ctx, to)
}

// advanceClock moves the clock forward from its current time; of several concurrent calls,
// each counts.
func (s *Server) advanceClock(ctx context.Context, by time.Duration) (moved, error) {
	s.moving.Lock()
	defer s.moving.Unlock()
	now, err := s.emulator.Time(ctx)
	if err != nil {
		return moved{}, err
	}
	return s.stepClock(ctx, now.Add(by))
}

// stepClock sets the clock in steps, one for every time at which a notification is due, so
// that attempts are made at their own times and in order.
func (s *Server) stepClock(ctx context.Context, to time.Time) (moved, error) {
	total := moved{Events: []Event{}}
	for {
		if err := s.Settle(ctx); err != nil {
			return total, err
		}
		next, planned, err := s.emulator.NextDue(ctx)
		if err != nil {
			return total, err
		}
		last := s.options.Hold || !planned || !next.Before(to)
		if last {
			next = to
		} else if next, err = s.notBeforeNow(ctx, next); err != nil {
			return total, err
		}
		clock, events, err := s.emulator.SetClock(ctx, next)
		if err != nil {
			return total, err
		}
		total.Clock, total.Events = clock, append(total.Events, events...)
		if last {
			return total, s.Settle(ctx)
		}
	}
}

// notBeforeNow makes the smallest step forward if something stays due that can't be sent yet.
func (s *Server) notBeforeNow(ctx context.Context, at time.Time) (time.Time, error) {
	now, err := s.emulator.Time(ctx)
	if err == nil && !at.After(now) {
		at = now.Add(time.Second)
	}
	return at, err
}

func controlReset(s *Server, r *http.Request) (any, error) {
	s.moving.Lock()
	defer s.moving.Unlock()
	s.clearLateFailures()
	return done{true}, s.emulator.Reset(r.Context())
}

func controlExport(s *Server, r *http.Request) (any, error) {
	state, err := s.emulator.Export(r.Context())
	return json.RawMessage(state), err
}

func controlSettle(s *Server, r *http.Request) (any, error) { return done{true}, s.Settle(r.Context()) }

type wireSeed struct {
	Seed uint64 `json:"seed"`
}

func controlSeed(s *Server, r *http.Request) (any, error) {
	seed, err := readControl[wireSeed](r)
	if err != nil {
		return nil, err
	}
	return done{true}, s.emulator.Seed(r.Context(), seed.Seed)
}

func controlShow(s *Server, r *http.Request) (any, error) {
	return s.emulator.Show(r.Context(), orderIn(r))
}

// orderIn is the order named in a request.
func orderIn(r *http.Request) string {
	return OrderOf(r.PathValue("id"), r.URL.Query().Get("clientId"))
}

// serverState is the state of a served emulator.
type serverState struct {
	Clock    Clock     `json:"clock"`
	Payments []Summary `json:"payments"`
	Faults   []Fault   `json:"faults"`
}

func controlState(s *Server, r *http.Request) (any, error) {
	limit, err := queryNumber(r, "limit")
	if err != nil {
		return nil, err
	}
	clock, err := s.emulator.Clock(r.Context())
	if err != nil {
		return nil, err
	}
	payments, err := s.emulator.List(r.Context(), limit)
	return serverState{clock, append([]Summary{}, payments...), append([]Fault{}, s.faults.all()...)}, err
}

func queryNumber(r *http.Request, name string) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, &badControl{fmt.Sprintf("%s=%q must be a number from 0", name, redact.Clip(text, longestExcerpt))}
	}
	return n, nil
}

func controlFaults(s *Server, _ *http.Request) (any, error) {
	return append([]Fault{}, s.faults.all()...), nil
}

type wireFault struct {
	Fault string `json:"fault"`
}

func controlAddFault(s *Server, r *http.Request) (any, error) {
	request, err := readControl[wireFault](r)
	if err != nil {
		return nil, err
	}
	f, err := ParseFault(request.Fault)
	if err != nil {
		return nil, err
	}
	return s.AddFault(f)
}

func controlClearFaults(s *Server, r *http.Request) (any, error) {
	var ids []int
	for _, text := range r.URL.Query()["id"] {
		id, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return nil, &badControl{fmt.Sprintf("id=%q is not a number", redact.Clip(text, longestExcerpt))}
		}
		ids = append(ids, id)
	}
	return append([]Fault{}, s.ClearFaults(ids...)...), nil
}

func controlScenarios(s *Server, r *http.Request) (any, error) {
	return s.emulator.Scenarios(r.Context())
}

func controlClearScenarios(s *Server, r *http.Request) (any, error) {
	return done{true}, s.emulator.ClearScenarios(r.Context())
}

func controlSetScenario(s *Server, r *http.Request) (any, error) {
	scenario, err := readControl[Scenario](r)
	if err != nil {
		return nil, err
	}
	return done{true}, s.emulator.SetScenario(r.Context(), scenario)
}
