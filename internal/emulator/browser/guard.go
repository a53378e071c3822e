package browser

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/antom-cli/antom/pkg/antom"
)

// guard answers only requests for the emulator's own host names. This stops DNS rebinding: a
// page on the internet whose name resolves to this address has another host name.
func (h *handler) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cache-Control", "no-store")
		if !h.knows(r.Host) {
			http.Error(w, "the emulator does not serve host "+quoted(r.Host)+": use 127.0.0.1, or set --public-url", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// knows reports whether a host, with or without a port, is one of the emulator's.
func (h *handler) knows(hostPort string) bool {
	host := hostPort
	if name, _, err := net.SplitHostPort(hostPort); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	return antom.IsLoopback(host) || slices.Contains(h.hosts, host)
}

// ownPage reports whether a request comes from one of the emulator's pages, according to the
// browser. Sec-Fetch-Site counts first: behind a proxy, Host may differ from the page's. A
// client that is not a browser sends neither, and may call.
func ownPage(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host
}

// merchantPage reports whether a page of another origin may call: one of this machine or of a
// configured host.
func (h *handler) merchantPage(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && h.knows(u.Host)
}

// quoted quotes received text and removes terminal control characters.
func quoted(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
	return `"` + text[:min(len(text), 80)] + `"`
}
