package browser

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/antom-cli/antom/internal/emulator"
)

// Options configure the browser side.
type Options struct {
	// Hosts are further host names of the emulator, without ports. Pages on them may frame the
	// form.
	Hosts []string
	// UnlockCode can be exchanged once, in the inspector, for the right to make changes;
	// empty: the inspector is read-only.
	UnlockCode string
}

// handler is the browser side of one emulator.
type handler struct {
	emulator *emulator.Emulator
	hosts    []string
	changed  func() // after each change of the state
	routes   routes
}

// New makes the browser side of a served emulator.
func New(e *emulator.Emulator, s *emulator.Server, options Options) http.Handler {
	h := &handler{emulator: e, changed: s.Wake}
	for _, host := range options.Hosts {
		h.hosts = append(h.hosts, strings.ToLower(host))
	}
	h.routes = h.apiRoutes()
	form := s.WithFaults(emulator.FaultForm, http.HandlerFunc(h.serveFile))
	inspect := h.inspector(s, options.UnlockCode)
	submit := s.WithFaults(emulator.FaultSubmit, http.HandlerFunc(h.serveAPI))
	return h.guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, isPage := lookupPage(r.URL.Path)
		isPage = isPage && r.URL.Path != inspectorPath
		switch {
		case r.URL.Path == apiPath+"submit":
			submit.ServeHTTP(w, r)
		case r.URL.Path == queryPath:
			h.serveQuery(w, r)
		case strings.HasPrefix(r.URL.Path, inspectPath):
			inspect.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, apiPath):
			h.serveAPI(w, r)
		case isPage:
			form.ServeHTTP(w, r)
		default:
			h.serveFile(w, r)
		}
	}))
}

// queryAnswer is what the SDK receives about a session, as from the real gateway.
type queryAnswer struct {
	Success      bool   `json:"success"`
	ErrorCode    string `json:"errorCode,omitempty"`
	ErrorMessage string `json:"errorMessage,omitempty"`
}

// serveQuery answers the SDK on a merchant's page. It reports whether the session accepts a
// payment, and nothing else about it.
func (h *handler) serveQuery(w http.ResponseWriter, r *http.Request) {
	origin := r.Header.Get("Origin")
	if origin != "" && !h.merchantPage(origin) {
		writeError(w, http.StatusForbidden, "ACCESS_DENIED", "pages of "+quoted(origin)+" may not ask: only those of this machine, and of the host in --public-url")
		return
	}
	if origin != "" {
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Vary", "Origin")
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		writeError(w, http.StatusMethodNotAllowed, "METHOD_NOT_SUPPORTED", "only POST")
		return
	}
	var key wireKey
	if err := json.NewDecoder(io.LimitReader(r.Body, longestCall)).Decode(&key); err != nil {
		writeError(w, http.StatusBadRequest, "PARAM_ILLEGAL", "the body is not JSON")
		return
	}
	_, err := h.emulator.BrowserSession(r.Context(), key.key())
	answer := queryAnswer{Success: err == nil}
	if refused, ok := errors.AsType[*emulator.PageError](err); ok {
		answer.ErrorCode, answer.ErrorMessage = refused.Code, refused.Error()
	} else if err != nil {
		answer.ErrorCode, answer.ErrorMessage = "SYSTEM_ERROR", "the emulator can't answer"
	}
	writeJSON(w, http.StatusOK, answer)
}
