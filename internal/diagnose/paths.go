package diagnose

import (
	"net/url"
	"strings"

	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/pkg/antom"
)

// cut splits a target into its path and its query with the question mark.
func cut(target string) (path, query string) {
	if i := strings.IndexByte(target, '?'); i >= 0 {
		return target[:i], target[i:]
	}
	return target, ""
}

// pathHeaders are headers in which proxies and servers keep the original target.
var pathHeaders = [...]string{
	"X-Original-Uri", "X-Original-Url", "X-Original-Path", "X-Forwarded-Uri", "X-Forwarded-Path", "X-Rewrite-Url", "X-Envoy-Original-Path",
	"X-Replaced-Path", "Request-Uri", "Request_uri",
}

// elsewhere are the targets in the configuration and in the message's own headers.
func (c *Case) elsewhere() []Known {
	var known []Known
	for _, name := range pathHeaders {
		if value := c.Message.Header.Get(name); value != "" {
			known = append(known, Known{targetOf(value), "header " + strings.ToLower(name)})
		}
	}
	for _, name := range [...]string{"X-Forwarded-Prefix", "X-Script-Name"} {
		if value := c.Message.Header.Get(name); value != "" {
			known = append(known, Known{strings.TrimSuffix(value, "/") + c.Message.Target, "header " + strings.ToLower(name)})
		}
	}
	for _, u := range c.URLs {
		known = append(known, Known{targetOf(u.Value), u.From})
	}
	return known
}

// targetOf is the unchanged path and query of a URL.
func targetOf(text string) string {
	_, rest, found := strings.Cut(text, "://")
	if !found {
		return text
	}
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		if rest[i] == '?' {
			return "/" + rest[i:]
		}
		return rest[i:]
	}
	return "/"
}

// targets makes changes from targets.
func (c *Case) targets(known ...Known) []change { return texts(partTarget, c.Message.Target, known) }

// related are the known targets that are related to the given one.
func (c *Case) related(is func(path, query, otherPath, otherQuery string) bool) []Known {
	path, query := cut(c.Message.Target)
	var found []Known
	for _, k := range c.elsewhere() {
		if otherPath, otherQuery := cut(k.Value); is(path, query, otherPath, otherQuery) {
			found = append(found, k)
		}
	}
	return found
}

func queryLost(c *Case) []change {
	known := c.related(func(path, query, otherPath, otherQuery string) bool {
		return path == otherPath && query == "" && otherQuery != ""
	})
	if path, query := cut(c.Message.Target); query == "" && path != "" {
		known = append(known, Known{path + "?", "an empty query"})
	}
	return c.targets(known...)
}

func queryAdded(c *Case) []change {
	path, query := cut(c.Message.Target)
	if query == "" {
		return nil
	}
	known := append(c.related(func(path, query, otherPath, otherQuery string) bool {
		return path == otherPath && query != "" && len(otherQuery) < len(query)
	}), Known{path, ""})
	parameters := strings.Split(query[1:], "&")
	for i := range parameters {
		if len(parameters) > 1 && len(parameters) <= 16 {
			rest := append(append([]string{}, parameters[:i]...), parameters[i+1:]...)
			known = append(known, Known{path + "?" + strings.Join(rest, "&"), ""})
		}
	}
	return c.targets(known...)
}

func trailingSlash(c *Case) []change {
	path, query := cut(c.Message.Target)
	if bare := strings.TrimRight(path, "/"); bare != path {
		return c.targets(Known{bare + query, ""}, Known{"/" + strings.TrimLeft(bare, "/") + query, ""})
	}
	return c.targets(Known{path + "/" + query, ""})
}

func sandboxPrefix(c *Case) []change {
	target := c.Message.Target
	return c.targets(Known{antom.SandboxPath(target), ""}, Known{strings.Replace(target, "/ams/sandbox/api", "/ams/api", 1), ""})
}

// prefixes are usual prefixes that proxies, gateways, serverless platforms and
// frameworks remove from a path or add to it.
var prefixes = [...]string{
	"/api", "/v1", "/v2", "/api/v1", "/api/v2", "/webhook", "/webhooks", "/hook", "/hooks", "/callback", "/callbacks", "/notify", "/notification",
	"/notifications", "/antom", "/alipay", "/ams", "/payment", "/payments", "/pay", "/checkout", "/shop", "/store", "/app", "/backend", "/server",
	"/service", "/services", "/gateway", "/rest", "/public", "/index.php", "/web", "/site", "/prod", "/production", "/live", "/stage", "/staging",
	"/dev", "/test", "/sandbox", "/default", "/$default", "/latest", "/functions/v1", "/.netlify/functions", "/api/antom", "/api/webhooks",
	"/api/webhook", "/api/payments", "/api/payment", "/webhooks/antom", "/payments/antom", "/antom/api", "/en", "/zh",
}

func prefixLost(c *Case) []change {
	target := c.Message.Target
	path, query := cut(target)
	known := c.related(func(path, _, otherPath, _ string) bool {
		return len(otherPath) > len(path) && strings.HasSuffix(otherPath, strings.TrimSuffix(path, "/"))
	})
	for _, k := range known {
		if otherPath, _ := cut(k.Value); query != "" {
			known = append(known, Known{otherPath + query, k.From})
		}
	}
	for _, prefix := range prefixes {
		known = append(known, Known{prefix + target, ""})
		if path == "/" {
			known = append(known, Known{prefix + query, ""})
		}
	}
	return c.targets(known...)
}

func prefixAdded(c *Case) []change {
	path, query := cut(c.Message.Target)
	var known []Known
	for at := 1; at < len(path); at++ {
		if path[at] == '/' {
			known = append(known, Known{path[at:] + query, ""})
		}
	}
	known = append(known, Known{"/" + query, ""})
	return c.targets(append(known, c.related(func(path, _, otherPath, _ string) bool {
		return len(otherPath) < len(path) && strings.HasSuffix(path, otherPath)
	})...)...)
}

func slashes(c *Case) []change {
	target := c.Message.Target
	path, query := cut(target)
	merged := path
	for strings.Contains(merged, "//") {
		merged = strings.ReplaceAll(merged, "//", "/")
	}
	known := []Known{{merged + query, ""}, {strings.Replace(target, "/api/v1", "/api//v1", 1), ""}, {"/" + target, ""}}
	if !strings.HasPrefix(target, "/") {
		return c.targets(known...)
	}
	return c.targets(append(known, Known{strings.TrimPrefix(target, "/"), ""})...)
}

// pathEscapes decodes and encodes the path and the query as libraries do.
func pathEscapes(c *Case) []change {
	path, query := cut(c.Message.Target)
	known := []Known{
		{unescaped(path) + query, "decoded"}, {unescaped(path) + unescaped(query), "decoded"},
		{escapeCase(path+query, strings.ToUpper), "capitals"}, {escapeCase(path+query, strings.ToLower), "small letters"},
	}
	for _, encoded := range encodedPaths(unescaped(path)) {
		known = append(known, Known{encoded + query, "encoded"})
		if len(query) > 1 {
			for _, blank := range [...]string{"+", "%20"} {
				again := strings.ReplaceAll(encodedQuery(query), "+", blank)
				known = append(known, Known{encoded + again, "encoded"}, Known{path + again, "encoded"})
			}
		}
	}
	return c.targets(known...)
}

// encodedPaths percent-encodes a path as libraries do: characters without a meaning in
// a path, or in a segment, or all except letters and digits; in upper and lower case.
func encodedPaths(path string) []string {
	segments, parameters := strings.Split(path, "/"), strings.Split(path, "/")
	for i := range segments {
		segments[i] = url.PathEscape(segments[i])
		parameters[i] = strings.ReplaceAll(url.QueryEscape(parameters[i]), "+", "%20")
	}
	all := []string{(&url.URL{Path: path}).EscapedPath(), strings.Join(segments, "/"), strings.Join(parameters, "/")}
	for _, encoded := range all[:3] {
		all = append(all, escapeCase(encoded, strings.ToLower))
	}
	return all
}

// encodedQuery decodes and encodes each parameter, in order.
func encodedQuery(query string) string {
	var parts []string
	for parameter := range strings.SplitSeq(query[1:], "&") {
		name, value, found := strings.Cut(parameter, "=")
		part := url.QueryEscape(unescaped(name))
		if found {
			part += "=" + url.QueryEscape(unescaped(value))
		}
		parts = append(parts, part)
	}
	return "?" + strings.Join(parts, "&")
}

// escapeCase changes the case of the digits of each escape.
func escapeCase(text string, to func(string) string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			b.WriteString(to(text[i : i+3]))
			i += 2
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func fullURL(c *Case) []change {
	target := c.Message.Target
	var known []Known
	if c.Message.Origin != "" {
		known = append(known, Known{c.Message.Origin + target, ""})
	}
	for _, name := range [...]string{"Host", "X-Forwarded-Host"} {
		if host := c.Message.Header.Get(name); host != "" {
			known = append(known, Known{"https://" + host + target, "header " + strings.ToLower(name)},
				Known{"http://" + host + target, "header " + strings.ToLower(name)}, Known{host + target, "header " + strings.ToLower(name)})
		}
	}
	for _, u := range c.URLs {
		known = append(known, u)
		if _, rest, found := strings.Cut(u.Value, "://"); found {
			known = append(known, Known{rest, u.From})
		}
	}
	for region := range c.apiHosts() {
		known = append(known, Known{region + target, ""})
	}
	return c.targets(known...)
}

// apiHosts yields Antom's gateways, for requests signed with the full URL.
func (c *Case) apiHosts() func(func(string) bool) {
	return func(yield func(string) bool) {
		if c.Message.Kind == intake.Notification {
			return
		}
		for _, name := range [...]string{"sg", "us", "de"} {
			if region, err := antom.ParseRegion(name); err == nil && !yield(strings.TrimSuffix(region.URL(), "/")) {
				return
			}
		}
	}
}

func otherURL(c *Case) []change {
	known := c.elsewhere()
	if c.Message.Target == "" {
		known = append(known, Known{"/", ""})
	}
	return c.targets(known...)
}

// operations are the other paths of the API (SDK AntomPathConstants).
var operations = [...]string{
	"payments/updateAmount", "payments/pay", "payments/consult", "payments/updatePaymentSession", "payments/getCardInfo", "payments/fetchNonce",
	"payments/inquireInstallment", "payments/inquireExchangeRate", "payments/syncArrear", "payments/createDeviceCertificate", "payments/settle",
	"payments/acceptDispute", "payments/supplyDefenseDocument", "payments/downloadDisputeEvidence", "vaults/createVaultingSession",
	"vaults/vaultPaymentMethod", "vaults/inquireVaulting", "vaults/inquireToken", "vaults/updateToken", "vaults/deleteToken",
	"authorizations/consult", "authorizations/applyToken", "authorizations/revoke", "authorizations/query", "customs/declare",
	"customs/inquiryDeclarationRequests", "subscriptions/create", "subscriptions/change", "subscriptions/cancel", "subscriptions/update",
}

// otherOperation tries other operations: a saved response does not name its request.
func otherOperation(c *Case) []change {
	if c.Message.Kind == intake.Notification && c.Message.Header.Get("Response-Time") == "" {
		return nil
	}
	var known []Known
	for _, row := range antom.Endpoints() {
		known = append(known, Known{row.Path, ""}, Known{antom.SandboxPath(row.Path), ""})
	}
	for _, name := range append(operations[:len(operations):len(operations)], "/payments/retrievePaymentSession") {
		path := "/ams/api/v1/" + name
		if strings.HasPrefix(name, "/") {
			path = "/ams/api//v1" + name // as in the SDKs
		}
		known = append(known, Known{path, ""}, Known{antom.SandboxPath(path), ""})
	}
	return c.targets(known...)
}
