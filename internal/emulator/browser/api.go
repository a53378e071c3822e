package browser

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
)

// apiPath is the prefix of the pages' calls; none of Antom's paths begins with it.
const apiPath = "/browser/"

// queryPath is where the SDK on the merchant's page asks for a session's state, as the real
// SDK asks the gateway.
const queryPath = "/sdk/query"

// longestCall limits the bodies of the pages' calls.
const longestCall = 64 << 10

// routes are calls by the rest of their path.
type routes map[string]func(context.Context, []byte) (any, error)

// apiRoutes are the calls of the pages. Each is a POST with a JSON body, since a session or a
// card number must not appear in a URL.
func (h *handler) apiRoutes() routes {
	return routes{
		"session":          h.session,
		"submit":           h.submit,
		"payment":          h.payment,
		"challenge":        h.challenge,
		"challenge/answer": h.answerChallenge,
	}
}

// serveAPI answers the calls of the emulator's own pages.
func (h *handler) serveAPI(w http.ResponseWriter, r *http.Request) {
	route, known := h.routes[r.URL.Path[len(apiPath):]]
	switch {
	case !known:
		writeError(w, http.StatusNotFound, "NOT_FOUND", "unknown call")
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		writeError(w, http.StatusMethodNotAllowed, "METHOD_NOT_SUPPORTED", "only POST")
		return
	case !ownPage(r):
		writeError(w, http.StatusForbidden, "ACCESS_DENIED", "only the emulator's own pages may call")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestCall))
	if err != nil {
		writeError(w, http.StatusRequestEntityTooLarge, "PARAM_ILLEGAL", "the body is too long or incomplete")
		return
	}
	value, err := route(r.Context(), body)
	answer(w, value, err)
}

func answer(w http.ResponseWriter, value any, err error) {
	if err == nil {
		writeJSON(w, http.StatusOK, value)
		return
	}
	if refused, ok := errors.AsType[*emulator.PageError](err); ok {
		writeError(w, http.StatusConflict, refused.Code, refused.Error())
		return
	}
	if _, malformed := errors.AsType[*malformedError](err); malformed {
		writeError(w, http.StatusBadRequest, "PARAM_ILLEGAL", err.Error())
		return
	}
	writeError(w, http.StatusInternalServerError, "SYSTEM_ERROR", "the emulator can't answer: "+err.Error())
}

// malformedError is a body that can't be parsed.
type malformedError struct{ err error }

func (e *malformedError) Error() string { return "malformed body: " + e.err.Error() }
func (e *malformedError) Unwrap() error { return e.err }

// read decodes a body.
func read[T any](body []byte) (value T, err error) {
	if err := json.Unmarshal(body, &value); err != nil {
		return value, &malformedError{err}
	}
	return value, nil
}

// failure is how the calls say what is wrong.
type failure struct {
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

func writeError(w http.ResponseWriter, status int, code, message string) {
	var f failure
	f.Error.Code, f.Error.Message = code, message
	writeJSON(w, status, f)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(text) // nobody to answer: the browser has left
}

// wireAmount is an amount with its currency's number of decimal places.
type wireAmount struct {
	Currency string `json:"currency"`
	Value    int64  `json:"value"`
	Digits   int    `json:"digits"`
}

func amountOf(a antom.Amount) wireAmount {
	currency, known := antom.LookupCurrency(a.Currency)
	w := wireAmount{Currency: a.Currency, Value: a.Value}
	if known {
		w.Digits = currency.Digits
	}
	return w
}

// wireCard is the part of a stored card that may be shown.
type wireCard struct {
	Brand  string `json:"brand"`
	Masked string `json:"masked"`
}

// wireSession is what the form shows.
type wireSession struct {
	Success     bool       `json:"success"`
	Amount      wireAmount `json:"amount"`
	Description string     `json:"description"`
	Brands      []string   `json:"brands"`
	Stored      *wireCard  `json:"stored"`
	Samples     []sample   `json:"samples"`
}

// wireKey identifies the session of a call.
type wireKey struct {
	PaymentSessionData string `json:"paymentSessionData"`
	CheckoutID         string `json:"checkoutId"`
}
