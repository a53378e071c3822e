package browser

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
)

// inspectPath is the prefix of the inspector's calls.
const inspectPath = "/inspector/api/"

// Limits of the inspector.
const (
	mostOrders = 500
	heartbeat  = 15 * time.Second // on a stream without events
)

// inspector answers the calls of the inspector page. The emulator's own pages may read
// everything; making changes requires a token, for which a code is exchanged once. The token
// of the control API stays in the process.
type inspector struct {
	h       *handler
	server  *emulator.Server
	control http.Handler

	mu    sync.Mutex
	code  string // empty after use
	token string
}

func (h *handler) inspector(s *emulator.Server, code string) http.Handler {
	i := &inspector{h: h, server: s, control: s.Control(), code: code}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+inspectPath+"state", i.state)
	mux.HandleFunc("GET "+inspectPath+"order", i.order)
	mux.HandleFunc("GET "+inspectPath+"events", i.events)
	mux.HandleFunc("POST "+inspectPath+"login", i.login)
	for _, route := range [...]string{"POST pay", "POST clock", "DELETE clock", "POST faults", "DELETE faults", "POST scenarios", "DELETE scenarios", "POST settle", "POST reset"} {
		method, name, _ := strings.Cut(route, " ")
		mux.HandleFunc(method+" "+inspectPath+name, i.act)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ownPage(r) {
			writeError(w, http.StatusForbidden, "ACCESS_DENIED", "only the emulator's own pages may call")
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, longestCall)
		mux.ServeHTTP(w, r)
	})
}

// inspected is the state as the page shows it.
type inspected struct {
	Clock    emulator.Clock     `json:"clock"`
	Payments []emulator.Summary `json:"payments"`
	Faults   []inspectedFault   `json:"faults"`
	Digits   map[string]int     `json:"digits"` // of the currencies of the payments
	CanWrite bool               `json:"canWrite"`
}

type inspectedFault struct {
	ID       int    `json:"id"`
	Fault    string `json:"fault"`
	Injected int    `json:"struck"`
}

func (i *inspector) state(w http.ResponseWriter, r *http.Request) {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 || limit > mostOrders {
		limit = mostOrders
	}
	shown := inspected{Payments: []emulator.Summary{}, Faults: []inspectedFault{}, CanWrite: i.may(r)}
	if shown.Clock, err = i.h.emulator.Clock(r.Context()); err != nil {
		answer(w, nil, err)
		return
	}
	list, err := i.h.emulator.List(r.Context(), limit)
	shown.Payments, shown.Digits = append(shown.Payments, list...), digitsOf(list)
	for _, f := range i.server.Faults() {
		shown.Faults = append(shown.Faults, inspectedFault{f.ID, f.String(), f.Injected})
	}
	answer(w, shown, err)
}

// digitsOf are the decimals of the currencies of orders.
func digitsOf(list []emulator.Summary) map[string]int {
	digits := map[string]int{}
	for _, order := range list {
		if currency, known := antom.LookupCurrency(order.Amount.Currency); known {
			digits[currency.Code] = currency.Digits
		}
	}
	return digits
}

// order answers with the details of an order, without anything that could be used to pay and
// without the answers of endpoints.
func (i *inspector) order(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	details, err := i.h.emulator.Show(r.Context(), emulator.OrderOf(query.Get("id"), query.Get("clientId")))
	if refused, ok := errors.AsType[*emulator.Refusal](err); ok {
		writeError(w, http.StatusNotFound, "ORDER_NOT_EXIST", refused.Error())
		return
	}
	if err != nil {
		answer(w, nil, err)
		return
	}
	text, err := json.Marshal(details)
	if err != nil {
		answer(w, nil, err)
		return
	}
	var shown any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&shown); err != nil {
		answer(w, nil, err)
		return
	}
	withhold(shown)
	answer(w, shown, nil)
}

// withhold removes what the page must not receive.
func withhold(value any) {
	switch value := value.(type) {
	case map[string]any:
		delete(value, "cardToken")
		delete(value, "body")
		for _, member := range value {
			withhold(member)
		}
	case []any:
		for _, element := range value {
			withhold(element)
		}
	}
}

// events notifies the page of changes; the page then reads the state.
func (i *inspector) events(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{}) // the server's write deadline is for ordinary answers
	w.Header().Set("Content-Type", "text/event-stream")
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for version := 1; ; version++ {
		changed := i.server.Changed()
		fmt.Fprintf(w, "event: changed\ndata: {\"version\":%d}\n\n", version)
		for again := true; again; {
			if control.Flush() != nil {
				return
			}
			select {
			case <-changed:
				again = false
			case <-beat.C:
				fmt.Fprint(w, ": still here\n\n")
			case <-r.Context().Done():
				return
			case <-i.server.Ending():
				return
			}
		}
	}
}

// login exchanges the code for the token. It works once, so that a link in a terminal's
// history is worthless.
func (i *inspector) login(w http.ResponseWriter, r *http.Request) {
	var request struct{ Code string }
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		answer(w, nil, &malformedError{err})
		return
	}
	token := i.exchange(request.Code)
	if token == "" {
		writeError(w, http.StatusConflict, "ACCESS_DENIED", "This link was used already, or belongs to another server. antom emulator serve prints a new one when it starts.")
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"token": token})
}

func (i *inspector) exchange(code string) (token string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.code == "" || !same(code, i.code) {
		return ""
	}
	i.code, i.token = "", rand.Text()
	return i.token
}

// same compares in constant time.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

func (i *inspector) may(r *http.Request) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.token != "" && same(r.Header.Get("Authorization"), "Bearer "+i.token)
}

// act forwards a call to the control API.
func (i *inspector) act(w http.ResponseWriter, r *http.Request) {
	if !i.may(r) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		writeError(w, http.StatusUnauthorized, "ACCESS_DENIED", "To act here, open the link that antom emulator serve printed.")
		return
	}
	call := r.Clone(r.Context())
	call.URL = &url.URL{Path: "/_emulator/" + strings.TrimPrefix(r.URL.Path, inspectPath), RawQuery: r.URL.RawQuery}
	i.control.ServeHTTP(w, call)
}
