package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// settings configure the merchant's page; see testdata/merchant.js.
type settings struct {
	SDKURL      string         `json:"sdkUrl"`
	SessionData string         `json:"sessionData"`
	Link        string         `json:"link,omitempty"` // the form's address, for the genuine SDK
	Popup       bool           `json:"popup"`
	Redirect    bool           `json:"redirect"`
	Element     bool           `json:"element"`
	PayFirst    bool           `json:"payFirst"`
	Locale      string         `json:"locale"`
	Params      map[string]any `json:"params,omitempty"`
}

// told is one report of the page about the SDK.
type told struct {
	Seq  int             `json:"seq"`
	Kind string          `json:"kind"`
	Data json.RawMessage `json:"data"`
}

// code returns the code of an event or error; empty if it has none.
func (e told) code() string {
	var data struct{ Code string }
	_ = json.Unmarshal(e.Data, &data) // what is no object has no code
	return data.Code
}

// merchant is a shop's server with one page.
type merchant struct {
	t      *testing.T
	URL    string
	policy string

	settings settings
	genuine  string // path of the genuine script, if it is served

	mu       sync.Mutex
	heard    []told
	returned []string // queries with which /paid was asked for
	news     chan struct{}
}

// shop serves the page. policy is its content security policy.
func shop(t *testing.T, s settings) *merchant {
	t.Helper()
	m := &merchant{t: t, settings: s, news: make(chan struct{}, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /page/{id}", func(w http.ResponseWriter, r *http.Request) {
		if m.policy != "" {
			w.Header().Set("Content-Security-Policy", m.policy)
		}
		http.ServeFile(w, r, "testdata/merchant.html")
	})
	mux.HandleFunc("GET /merchant.js", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "testdata/merchant.js") })
	mux.HandleFunc("GET /merchant.css", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "testdata/merchant.css") })
	mux.HandleFunc("GET /genuine.js", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, m.genuine) })
	mux.HandleFunc("GET /settings/{id}", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(m.settings) })
	mux.HandleFunc("POST /told/{id}", m.hear)
	mux.HandleFunc("GET /paid", func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		m.returned = append(m.returned, r.URL.RawQuery)
		m.mu.Unlock()
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<!doctype html><html lang="en"><title>Paid?</title><link rel="icon" href="data:,"><p id="returned">Back in the shop</p></html>`))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	m.URL = server.URL
	return m
}

func (m *merchant) hear(_ http.ResponseWriter, r *http.Request) {
	var e told
	if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
		m.t.Errorf("the page told something that can't be read: %v", err)
		return
	}
	m.mu.Lock()
	m.heard = append(m.heard, e)
	m.mu.Unlock()
	select {
	case m.news <- struct{}{}:
	default:
	}
}

// log returns the reports of the page in their order. Reports sent at the same time may arrive
// in another.
func (m *merchant) log() []told {
	m.mu.Lock()
	defer m.mu.Unlock()
	sorted := slices.Clone(m.heard)
	slices.SortFunc(sorted, func(a, b told) int { return a.Seq - b.Seq })
	return sorted
}

// codes returns the log in short: kind and code.
func (m *merchant) codes() []string {
	var list []string
	for _, e := range m.log() {
		list = append(list, strings.TrimSuffix(e.Kind+" "+e.code(), " "))
	}
	return list
}

// await waits until the page has heard something, such as "event
// SDK_END_OF_LOADING", and returns the first of it.
func (m *merchant) await(what string) told {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), patience)
	defer cancel()
	for {
		for i, e := range m.log() {
			if e.Seq != i {
				break // what was said before it is still on its way
			}
			if strings.TrimSuffix(e.Kind+" "+e.code(), " ") == what {
				return e
			}
		}
		select {
		case <-m.news:
		case <-time.After(time.Second): // two at once may leave one piece of news
		case <-ctx.Done():
			m.t.Fatalf("the page never heard %q; it heard %q", what, m.codes())
		}
	}
}

// awaitMore waits until there are more than the given number of reports.
func (m *merchant) awaitMore(heard int) {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), patience)
	defer cancel()
	for len(m.log()) <= heard {
		select {
		case <-m.news:
		case <-time.After(time.Second): // two at once may leave one piece of news
		case <-ctx.Done():
			m.t.Fatalf("the page heard nothing more than %q", m.codes())
		}
	}
}

// quiet fails the test if the page violated its policy or its own script failed.
func (m *merchant) quiet() {
	m.t.Helper()
	for _, e := range m.log() {
		if e.Kind == "csp" || e.Kind == "page-error" || e.Kind == "page-rejection" {
			m.t.Errorf("%s: %s", e.Kind, e.Data)
		}
	}
}

// useGenuine lets the page load the genuine SDK, around the form of the emulator.
func (m *merchant) useGenuine(e *emulator) {
	m.t.Helper()
	script, err := genuine()
	if err != nil {
		m.t.Fatal(err)
	}
	m.genuine, m.settings.SDKURL, m.settings.Link = script, m.URL+"/genuine.js", e.URL+"/component/card.html"
}

var paymentIDs = regexp.MustCompile(`20\d{28,}`)

// lines returns all reports, without the parts that differ in every run.
func (m *merchant) lines(e *emulator) []string {
	m.t.Helper()
	var list []string
	for _, heard := range m.log() {
		var data any
		if err := json.Unmarshal(heard.Data, &data); err != nil {
			m.t.Fatal(err)
		}
		text, err := json.Marshal(data) // with sorted members
		if err != nil {
			m.t.Fatal(err)
		}
		line := heard.Kind + " " + strings.NewReplacer(e.URL, "EMULATOR", m.URL, "SHOP").Replace(string(text))
		list = append(list, paymentIDs.ReplaceAllString(line, "PAYMENT"))
	}
	return list
}
