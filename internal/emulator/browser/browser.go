// Package browser is the emulator's browser side: the stand-in for the web SDK
// @alipay/ams-checkout, the card form that it shows in a frame, the 3-D Secure page and the
// hosted checkout page. The embedded files are served unchanged: plain JavaScript without a
// build step.
//
// A page holds no secret of the emulator: neither a key nor the token of the control API. A
// session is a bearer token for one payment, so it travels in bodies only.
package browser

import (
	"bytes"
	"embed"
	"fmt"
	"net/http"
	"path"
	"strings"
)

//go:embed static
var files embed.FS

// SDKPath is the path of the stand-in for the web SDK, which a merchant's page loads instead
// of the script on Antom's CDN.
const SDKPath = "/sdk/ams-checkout.js"

// challengePath is the prefix of the issuer's pages, by paymentId.
const challengePath = "/3ds/"

// sdkParts are served as one script, in this order.
var sdkParts = [...]string{"shared", "styles", "cashier", "element", "exports"}

// sdkScript puts the parts of the SDK into one scope, so that a page sees only the global
// names of the real script.
func sdkScript() ([]byte, error) {
	var script bytes.Buffer
	script.WriteString("(() => {\n'use strict';\n")
	for _, part := range sdkParts {
		text, err := files.ReadFile("static/sdk/" + part + ".js")
		if err != nil {
			return nil, fmt.Errorf("the web SDK's stand-in: %w", err)
		}
		script.WriteByte('\n')
		script.Write(text)
	}
	script.WriteString("})();\n")
	return script.Bytes(), nil
}

// page is a row of the table of pages.
type page struct {
	path   string // ends in / if an id follows, except for the inspector's
	file   string // below static
	framed bool   // may be framed by a merchant's page
}

// inspectorPath is the path of the inspector.
const inspectorPath = "/"

var pages = [...]page{
	{inspectorPath, "inspector/inspector.html", false},
	{"/checkout/", "component/form.html", false},
	{challengePath, "component/challenge.html", true},
	{"/component/card.html", "component/form.html", true},
	{"/component/element.html", "component/form.html", true},
}

// lookupPage finds the page at a path.
func lookupPage(target string) (page, bool) {
	for _, row := range pages {
		id, under := strings.CutPrefix(target, row.path)
		if target == row.path && (target == inspectorPath || !strings.HasSuffix(target, "/")) {
			return row, true
		}
		if under && row.path != inspectorPath && strings.HasSuffix(row.path, "/") && id != "" && !strings.Contains(id, "/") {
			return row, true
		}
	}
	return page{}, false
}

// contentType by file extension.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".js":
		return "text/javascript; charset=utf-8"
	default:
		return "text/html; charset=utf-8"
	}
}

// Owns reports whether a path belongs to the browser side.
func Owns(target string) bool {
	_, isPage := lookupPage(target)
	return isPage || strings.HasPrefix(target, "/component/") || strings.HasPrefix(target, "/inspector/") ||
		strings.HasPrefix(target, "/sdk/") || strings.HasPrefix(target, apiPath)
}

// serveFile answers with an embedded file, under the strictest policy with which it works.
func (h *handler) serveFile(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET", http.StatusMethodNotAllowed)
		return
	}
	name, framed := strings.TrimPrefix(r.URL.Path, "/"), false
	if row, is := lookupPage(r.URL.Path); is {
		name, framed = row.file, row.framed
	}
	text, err := files.ReadFile("static/" + name)
	if r.URL.Path == SDKPath {
		text, err = sdkScript()
	}
	if err != nil {
		http.NotFound(w, r)
		return
	}
	header := w.Header()
	header.Set("Content-Type", contentType(name))
	header.Set("Content-Security-Policy", h.policy(framed))
	if r.URL.Path == SDKPath {
		header.Set("Cross-Origin-Resource-Policy", "cross-origin") // a merchant's page loads it
	}
	if r.Method == http.MethodGet {
		_, _ = w.Write(text) // nobody to answer: the browser has left
	}
}

// policy allows what the emulator itself serves, and nothing from elsewhere.
func (h *handler) policy(framed bool) string {
	ancestors := "'none'"
	if framed {
		ancestors = strings.Join(h.ancestors(), " ")
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors " + ancestors
}

// ancestors are the pages that may frame the form: those of this machine and of the configured
// hosts.
func (h *handler) ancestors() []string {
	list := []string{"'self'"}
	for _, host := range append([]string{"127.0.0.1", "localhost", "*.localhost"}, h.hosts...) {
		list = append(list, "http://"+host+":*", "https://"+host+":*")
	}
	return list
}
