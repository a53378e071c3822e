package checkout

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/antom-cli/antom/internal/serve"
)

//go:embed static
var files embed.FS

// Bounds of what a page sends.
const (
	longestReport = 64 << 10 // what browsers send with keepalive at most
	mostReports   = 10_000   // of one page
)

// beat is how often an empty line is sent on the stream, so that a page that is gone
// is found out.
const beat = 5 * time.Second

// Limits bound the connections of the server.
func Limits() serve.Limits {
	return serve.Limits{Header: 10 * time.Second, Read: 30 * time.Second, Idle: time.Minute, HeaderBytes: 32 << 10, Connections: 64}
}

// ServeHTTP serves the page with the strictest policy that lets it work.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Content-Security-Policy", s.policy)
	if status, why := s.refuse(r); status != 0 {
		http.Error(w, why, status)
		return
	}
	if serve.Health(w, r, "") {
		return
	}
	api := map[string]func(http.ResponseWriter, *http.Request){
		"POST /api/bootstrap": s.serveBootstrap, "POST /api/event": s.serveEvent, "GET /api/stream": s.serveStream, "POST /api/end": s.serveEnd,
		"GET " + ReturnPath: s.serveReturn,
	}
	if answer, known := api[r.Method+" "+r.URL.Path]; known {
		answer(w, r)
		return
	}
	s.serveFile(w, r)
}

// refuse rejects requests that the page itself never sends: for another host (DNS rebinding),
// from another origin, or with a query string.
func (s *Server) refuse(r *http.Request) (status int, why string) {
	site := r.Header.Get("Sec-Fetch-Site")
	isAPI := strings.HasPrefix(r.URL.Path, "/api/")
	origin := r.Header.Get("Origin")
	switch {
	case "http://"+r.Host != s.origin:
		return http.StatusMisdirectedRequest, "the page is at " + s.origin + " and has no other name"
	case origin != "" && origin != s.origin, r.Method == http.MethodPost && origin == "", isAPI && site != "" && site != "same-origin":
		return http.StatusForbidden, "only the page of antom checkout may ask"
	case (r.URL.RawQuery != "" || r.URL.ForceQuery) && r.URL.Path != ReturnPath:
		return http.StatusBadRequest, "this page takes no query: the web SDK would take settings from it"
	}
	return 0, ""
}

// bearer is the bearer token of a request; empty if it has none.
func bearer(r *http.Request) string {
	token, is := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !is {
		return ""
	}
	return token
}

// serveBootstrap exchanges the token of a link for the settings.
func (s *Server) serveBootstrap(w http.ResponseWriter, r *http.Request) {
	p, err := s.exchange(bearer(r))
	if err != nil {
		status := http.StatusUnauthorized
		if errors.Is(err, errUsedToken) {
			status = http.StatusGone
		}
		http.Error(w, err.Error(), status)
		return
	}
	text, err := s.encode(p)
	if err != nil {
		http.Error(w, "the settings can't be encoded", http.StatusInternalServerError)
		return
	}
	s.tell(Event{Kind: PageOpened, Page: p.number})
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(text) // a browser that left needs no answer
}

// serveEvent accepts one report of the open page.
func (s *Server) serveEvent(w http.ResponseWriter, r *http.Request) {
	p := s.at(bearer(r))
	if p == nil {
		http.Error(w, "another page is open", http.StatusGone)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestReport))
	if err != nil {
		http.Error(w, "the report is too long", http.StatusRequestEntityTooLarge)
		return
	}
	var sent report
	if err := json.Unmarshal(body, &sent); err != nil || sent.Seq < 0 || sent.Seq >= mostReports || !slices.Contains(kinds[:], Kind(sent.Kind)) {
		http.Error(w, "this is no report", http.StatusBadRequest)
		return
	}
	p.order.take(sent)
	w.WriteHeader(http.StatusNoContent)
}

// serveStream sends commands to the page, one JSON object a line, while it is open. The end of
// the stream shows that the page was closed.
func (s *Server) serveStream(w http.ResponseWriter, r *http.Request) {
	p := s.at(bearer(r))
	if p == nil {
		http.Error(w, "another page is open", http.StatusGone)
		return
	}
	control := http.NewResponseController(w)
	if err := control.SetReadDeadline(time.Time{}); err != nil { // that of the request, which has come: the stream goes on
		http.Error(w, "this connection can't stream", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	s.reading(p)
	defer s.left(p)
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	line := []byte("\n")
	for {
		if _, err := w.Write(line); err != nil || control.Flush() != nil {
			return
		}
		select {
		case c := <-p.says:
			text, err := json.Marshal(c)
			if err != nil {
				return
			}
			line = append(text, '\n')
		case <-ticker.C:
			line = []byte("\n")
		case <-p.gone:
			return
		case <-r.Context().Done():
			return
		case <-s.done:
			return
		}
	}
}

// serveEnd clears what the SDK stored in the browser for this origin. Clear-Site-Data with
// "cookies" would clear those of every server on this machine, so the cookie of the fingerprint
// is expired by name.
func (s *Server) serveEnd(w http.ResponseWriter, r *http.Request) {
	p := s.at(bearer(r))
	if p == nil {
		http.Error(w, "another page is open", http.StatusGone)
		return
	}
	w.Header().Set("Clear-Site-Data", `"storage"`)
	for _, cookie := range r.Cookies() {
		if strings.HasPrefix(cookie.Name, "j_s_") {
			http.SetCookie(w, &http.Cookie{Name: cookie.Name, Path: "/", MaxAge: -1, SameSite: http.SameSiteLaxMode})
		}
	}
	w.WriteHeader(http.StatusNoContent)
	p.clear()
}

// serveReturn serves the page for returning buyers. Of the parameters added to its address only
// the names are reported.
func (s *Server) serveReturn(w http.ResponseWriter, r *http.Request) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, plainMessage(name))
	}
	slices.Sort(names)
	message := strings.Join(names[:min(len(names), 20)], ", ")
	if err != nil {
		message = "a query that can't be read"
	}
	s.tell(Event{Kind: PageReturned, Message: message})
	s.writeReturn(w)
}

// writeReturn writes that page in one piece, as the command may end before the browser requests
// a second file.
func (s *Server) writeReturn(w http.ResponseWriter) {
	page, err := files.ReadFile("static/return.html")
	style, failed := files.ReadFile("static/page.css")
	if errors.Join(err, failed) != nil {
		http.Error(w, "there is no such file", http.StatusNotFound)
		return
	}
	sum := sha256.Sum256(style)
	w.Header().Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; img-src data:; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	link := []byte(`<link rel="stylesheet" href="/page.css">`)
	_, _ = w.Write(bytes.Replace(page, link, slices.Concat([]byte("<style>"), style, []byte("</style>")), 1)) // a browser that left needs no answer
}

// serveFile serves a file of the page, or the SDK.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET", http.StatusMethodNotAllowed)
		return
	}
	switch {
	case r.URL.Path == "/":
		s.writeFile(w, "page.html")
	case r.URL.Path == SDKPath && s.o.SDK != nil:
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write(s.o.SDK)
	default:
		s.writeFile(w, strings.TrimPrefix(r.URL.Path, "/"))
	}
}

// types are the types of the files by their endings.
var types = [...]struct{ ending, kind string }{
	{".css", "text/css; charset=utf-8"}, {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"},
}

func (s *Server) writeFile(w http.ResponseWriter, name string) {
	text, err := files.ReadFile("static/" + name)
	if err != nil {
		http.Error(w, "there is no such file", http.StatusNotFound)
		return
	}
	for _, row := range types {
		if row.ending == path.Ext(name) {
			w.Header().Set("Content-Type", row.kind)
		}
	}
	_, _ = w.Write(text) // a browser that left needs no answer
}
