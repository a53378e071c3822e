package browser

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/antom-cli/antom/pkg/antom"
)

// guard answers only under names that the emulator has: a page of the internet
// whose name was made to lead here (DNS rebinding) has another one.
func (h *handler) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cache-Control", "no-store")
		if !h.knows(r.Host) {
			http.Error(w, "the emulator has no name "+quoted(r.Host)+": use 127.0.0.1, or say it with --public-url", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// knows reports whether a host with or without a port is one of the emulator's.
func (h *handler) knows(hostPort string) bool {
	host := hostPort
	if name, _, err := net.SplitHostPort(hostPort); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	return antom.IsLoopback(host) || slices.Contains(h.hosts, host)
}

// ownPage reports whether a request was made by a page of the emulator's, as
// browsers say it. Their own word counts first: behind a proxy the Host may be
// another than the page's. What is no browser says nothing, and may.
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

// merchantPage reports whether a page that asks from another origin may: one of
// this machine, or of a host that the emulator was told of.
func (h *handler) merchantPage(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && h.knows(u.Host)
}

// quoted shows a text that somebody sent, without what a terminal would obey.
func quoted(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
	return `"` + text[:min(len(text), 80)] + `"`
}
