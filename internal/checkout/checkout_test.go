package checkout_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/checkout"
)

// served is a server of a test's own on a real port.
type served struct {
	t      *testing.T
	server *checkout.Server
	url    string

	mu    sync.Mutex
	heard []checkout.Event
	news  chan struct{}
}

func serve(t *testing.T, options checkout.Options) *served {
	t.Helper()
	s := &served{t: t, news: make(chan struct{}, 1)}
	holder := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.server.ServeHTTP(w, r) }))
	options.Address, options.Observe, options.Now = holder.Listener.Addr(), s.hear, time.Now
	s.server = checkout.New(options)
	holder.Start()
	t.Cleanup(holder.Close)
	t.Cleanup(s.server.Close)
	s.url = holder.URL
	return s
}

func (s *served) hear(e checkout.Event) {
	s.mu.Lock()
	s.heard = append(s.heard, e)
	s.mu.Unlock()
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// await waits until so many events were told.
func (s *served) await(n int) []checkout.Event {
	s.t.Helper()
	limit := time.After(20 * time.Second)
	for {
		s.mu.Lock()
		heard := slices.Clone(s.heard)
		s.mu.Unlock()
		if len(heard) >= n {
			return heard
		}
		select {
		case <-s.news:
		case <-limit:
			s.t.Fatalf("%d events, want %d: %+v", len(heard), n, heard)
		}
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// request is one as the page sends it; change makes it another one's.
func (s *served) request(method, path, token, body string, change func(*http.Request)) *http.Request {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Origin", s.url)
	if change != nil {
		change(request)
	}
	return request
}

func (s *served) call(method, path, token, body string, change func(*http.Request)) answer {
	s.t.Helper()
	got, err := http.DefaultTransport.RoundTrip(s.request(method, path, token, body, change))
	if err != nil {
		s.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{got.StatusCode, got.Header, string(text)}
}

// open uses a link and returns the page's own token.
func (s *served) open() string {
	s.t.Helper()
	answer := s.call(http.MethodPost, "/api/bootstrap", s.link(), "", nil)
	var told struct{ EventToken string }
	if err := json.Unmarshal([]byte(answer.body), &told); err != nil || answer.status != http.StatusOK {
		s.t.Fatalf("%d, %v", answer.status, err)
	}
	return told.EventToken
}

func (s *served) link() string {
	_, token, _ := strings.Cut(s.server.Link(), "/#")
	return token
}

func (s *served) report(token string, seq int, kind checkout.Kind, data string) int {
	s.t.Helper()
	return s.call(http.MethodPost, "/api/event", token, fmt.Sprintf(`{"seq":%d,"kind":%q,"data":%s}`, seq, kind, data), nil).status
}

// TestServer_guard: whatever a page of ours would not send is refused, and nothing of
// the settings is told.
func TestServer_guard(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		method, path string
		change       func(*http.Request)
		want         int
	}{
		"another name":         {"GET", "/", func(r *http.Request) { r.Host = "shop.example" }, 421},
		"another port":         {"GET", "/", func(r *http.Request) { r.Host = "127.0.0.1:1" }, 421},
		"localhost":            {"GET", "/", func(r *http.Request) { r.Host = strings.Replace(r.Host, "127.0.0.1", "localhost", 1) }, 421},
		"another origin":       {"POST", "/api/bootstrap", func(r *http.Request) { r.Header.Set("Origin", "http://shop.example") }, 403},
		"no origin":            {"POST", "/api/bootstrap", func(r *http.Request) { r.Header.Del("Origin") }, 403},
		"the origin null":      {"POST", "/api/bootstrap", func(r *http.Request) { r.Header.Set("Origin", "null") }, 403},
		"https":                {"POST", "/api/event", func(r *http.Request) { r.Header.Set("Origin", "https://"+r.Host) }, 403},
		"another site":         {"GET", "/api/stream", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, 403},
		"a query":              {"GET", "/?_moreEnv=true", nil, 400},
		"an empty query":       {"GET", "/?", nil, 400},
		"a query of a file":    {"GET", "/page.js?LOCAL_MOCK=1", nil, 400},
		"a file that is none":  {"GET", "/page.exe", nil, 404},
		"a folder":             {"GET", "/../checkout.go", nil, 404},
		"an SDK that is none":  {"GET", checkout.SDKPath, nil, 404},
		"another method":       {"DELETE", "/", nil, 405},
		"a call by GET":        {"GET", "/api/bootstrap", nil, 404},
		"a stream, no token":   {"GET", "/api/stream", nil, 410},
		"an event, no token":   {"POST", "/api/event", nil, 410},
		"the end, no token":    {"POST", "/api/end", nil, 410},
		"a bootstrap, no link": {"POST", "/api/bootstrap", nil, 401},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, checkout.Options{Settings: checkout.Settings{SessionData: "SECRET"}})
			s.server.Link()
			answer := s.call(test.method, test.path, "", "", test.change)
			if answer.status != test.want || strings.Contains(answer.body, "SECRET") {
				t.Errorf("%d, want %d; %s", answer.status, test.want, answer.body)
			}
		})
	}
}

// TestServer_headers: every answer says what a browser may do with it, and none sets a
// cookie.
func TestServer_headers(t *testing.T) {
	t.Parallel()
	s := serve(t, checkout.Options{Policy: checkout.Policy{Emulator: "http://127.0.0.1:9", SDK: "http://127.0.0.1:9/sdk.js"}})
	for _, path := range [...]string{"/", "/page.js", "/page.css", checkout.ReturnPath, "/none", "/?x=1"} {
		header := s.call(http.MethodGet, path, "", "", nil).header
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin", "Set-Cookie": "",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if policy := header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: %q", path, policy)
		}
	}
}

// TestServer_link: a link works once; a new one takes the page over.
func TestServer_link(t *testing.T) {
	t.Parallel()
	s := serve(t, checkout.Options{Settings: checkout.Settings{SessionData: "data&&SG"}})
	first := s.link()
	answer := s.call(http.MethodPost, "/api/bootstrap", first, "", nil)
	var told map[string]any
	if err := json.Unmarshal([]byte(answer.body), &told); err != nil || told["sessionData"] != "data&&SG" {
		t.Fatalf("%v, %v", told, err)
	}
	old, _ := told["eventToken"].(string)
	if again := s.call(http.MethodPost, "/api/bootstrap", first, "", nil); again.status != http.StatusGone {
		t.Errorf("the second use: %d", again.status)
	}
	if other := s.call(http.MethodPost, "/api/bootstrap", old, "", nil); other.status != http.StatusUnauthorized {
		t.Errorf("the page's own token as a link: %d", other.status)
	}
	unused := s.link()
	token := s.open() // makes another link, after which the one before is none
	if late := s.call(http.MethodPost, "/api/bootstrap", unused, "", nil); late.status != http.StatusUnauthorized {
		t.Errorf("a link that was taken back: %d", late.status)
	}
	if status := s.report(old, 0, checkout.SDKEvent, `{"code":"X"}`); status != http.StatusGone {
		t.Errorf("a report of the page before: %d", status)
	}
	if status := s.report(token, 0, checkout.SDKEvent, `{"code":"X"}`); status != http.StatusNoContent {
		t.Errorf("a report: %d", status)
	}
	heard := s.await(3)
	if heard[0].Page != 1 || heard[1].Page != 2 || heard[2].Code != "X" || heard[2].Seq != 3 {
		t.Errorf("%+v", heard)
	}
}

// TestServer_order: reports are told in the order in which the page heard them, however
// they come; one that never comes holds the others up for a moment only.
func TestServer_order(t *testing.T) {
	t.Parallel()
	s := serve(t, checkout.Options{})
	token := s.open()
	for _, seq := range []int{2, 1, 0, 0, 5, 4} { // 3 never comes
		if status := s.report(token, seq, checkout.SDKEvent, fmt.Sprintf(`{"code":"E%d"}`, seq)); status != http.StatusNoContent {
			t.Errorf("%d: %d", seq, status)
		}
	}
	var codes []string
	for _, e := range s.await(6)[1:] {
		codes = append(codes, e.Code)
	}
	if want := []string{"E0", "E1", "E2", "E4", "E5"}; !slices.Equal(codes, want) {
		t.Errorf("%q, want %q", codes, want)
	}
	for _, bad := range []string{`{"seq":-1,"kind":"onLog"}`, `{"seq":10000,"kind":"onLog"}`, `{"seq":7,"kind":"page-opened"}`, `{`, ``, strings.Repeat("x", 65<<10)} {
		if answer := s.call(http.MethodPost, "/api/event", token, bad, nil); answer.status != 400 && answer.status != 413 {
			t.Errorf("%.40q: %d", bad, answer.status)
		}
	}
}

// TestServer_stream: the page is told the end, and its own end is found out.
func TestServer_stream(t *testing.T) {
	t.Parallel()
	s := serve(t, checkout.Options{})
	token := s.open()
	stream, err := http.DefaultTransport.RoundTrip(s.request(http.MethodGet, "/api/stream", token, "", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	lines := bufio.NewScanner(stream.Body)
	done := make(chan struct{})
	lines.Scan() // the empty line that says that it is open
	go func() {
		defer close(done)
		s.server.Finish(checkout.Outcome{Good: true, Title: "Paid", Text: "42.00 SGD"}, time.Minute)
	}()
	for lines.Scan() && lines.Text() == "" {
	}
	if want := `{"do":"finish","outcome":{"good":true,"title":"Paid","text":"42.00 SGD"}}`; lines.Text() != want {
		t.Errorf("%q, want %q", lines.Text(), want)
	}
	ended := s.call(http.MethodPost, "/api/end", token, "", func(r *http.Request) { r.Header.Set("Cookie", "j_s_1=a; shop=b") })
	if got := ended.header.Get("Clear-Site-Data"); got != `"storage"` {
		t.Errorf("Clear-Site-Data: %s", got)
	}
	if got := ended.header.Values("Set-Cookie"); len(got) != 1 || !strings.HasPrefix(got[0], "j_s_1=;") || !strings.Contains(got[0], "Max-Age=0") {
		t.Errorf("Set-Cookie: %q", got)
	}
	<-done
	stream.Body.Close()
	if heard := s.await(2); heard[1].Kind != checkout.PageGone {
		t.Errorf("%+v", heard)
	}
	s.server.Finish(checkout.Outcome{}, time.Hour) // nobody reads, so nobody is waited for
}

// TestServer_return: the page of paymentRedirectUrl takes what is added to it, and tells
// the names only.
func TestServer_return(t *testing.T) {
	t.Parallel()
	s := serve(t, checkout.Options{})
	answer := s.call(http.MethodGet, checkout.ReturnPath+"?token=SECRET&order=7", "", "", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site"); r.Header.Del("Origin") })
	if e := s.await(1)[0]; answer.status != http.StatusOK || e.Kind != checkout.PageReturned || e.Message != "order, token" {
		t.Errorf("%d, %+v", answer.status, e)
	}
	_, style, _ := strings.Cut(answer.body, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	if policy := answer.header.Get("Content-Security-Policy"); strings.Contains(answer.body, "/page.css") || !strings.Contains(policy, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
		t.Errorf("the page needs a second answer, or its policy forbids its style: %s", policy)
	}
}

// TestServer_sdk: the script of a file is served as it is, to the page alone.
func TestServer_sdk(t *testing.T) {
	t.Parallel()
	s := serve(t, checkout.Options{SDK: []byte("window.AMSElement = class {};")})
	answer := s.call(http.MethodGet, checkout.SDKPath, "", "", nil)
	if answer.body != "window.AMSElement = class {};" || !strings.HasPrefix(answer.header.Get("Content-Type"), "text/javascript") {
		t.Errorf("%+v", answer)
	}
}

// TestEvent: what the SDK says is read as far as it can be, and shown without secrets.
func TestEvent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		data string
		want checkout.Event
		none string // is not in what may be shown
	}{
		"a result":       {`{"code":"SDK_PAYMENT_FAIL","result":{"paymentResultCode":"DO_NOT_HONOR","paymentStatus":"FAIL","cardNo":"4054695723100768"}}`, checkout.Event{Code: "SDK_PAYMENT_FAIL", Result: "DO_NOT_HONOR", Status: "FAIL"}, "4054695723100768"},
		"a promise":      {`{"status":"FAIL","error":{"code":"UI_STATE_ERROR","message":"no"}}`, checkout.Event{Code: "UI_STATE_ERROR", Message: "no", Status: "FAIL"}, ""},
		"a text":         {`"script-src https://a.example/x.js?token=SECRET"`, checkout.Event{Message: "script-src https://a.example/x.js?…"}, "SECRET"},
		"a URL inside":   {`{"code":"SDK_CALL_URL_SUCCESS","message":"opened: https://bank.example/3ds?id=SECRET"}`, checkout.Event{Code: "SDK_CALL_URL_SUCCESS", Message: "opened: https://bank.example/3ds?…"}, "SECRET"},
		"odd members":    {`{"code":7,"message":["x"]}`, checkout.Event{}, ""},
		"a list":         {`[1,2]`, checkout.Event{}, ""},
		"nothing":        {`null`, checkout.Event{}, ""},
		"doubled":        {`{"code":"A","code":"B"}`, checkout.Event{Code: "B"}, ""},
		"a terminal's":   {`{"code":"\u001b[2J","message":"\u0007"}`, checkout.Event{Code: " [2J", Message: " "}, "\\u001b"},
		"an odd surface": {`{"message":"\ud800"}`, checkout.Event{Message: "\ufffd"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, checkout.Options{})
			if status := s.report(s.open(), 0, checkout.SDKEvent, test.data); status != http.StatusNoContent {
				t.Fatal(status)
			}
			got := s.await(2)[1]
			if got.Code != test.want.Code || got.Message != test.want.Message || got.Result != test.want.Result || got.Status != test.want.Status {
				t.Errorf("%+v, want %+v", got, test.want)
			}
			text, err := json.Marshal(got)
			if err != nil || test.none != "" && strings.Contains(string(text), test.none) {
				t.Errorf("%s, %v", text, err)
			}
		})
	}
}
