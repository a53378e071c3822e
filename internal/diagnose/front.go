package diagnose

import (
	"net/url"
	"strings"
)

// frontControllers are the shops and frameworks of PHP whose one script serves all
// paths: a rewrite moves the path into a parameter of the query, or back. The
// application sees one form and Antom called the other.
var frontControllers = [...]struct {
	framework string
	parameter string // that holds the path
	pretty    string // the path without the script; % is the parameter's value
}{
	{"ThinkPHP", "s", "/%"},
	{"Yii", "r", "/%"},
	{"OpenCart", "route", "/%"},
	{"OpenCart", "_route_", "/%"},
	{"Drupal", "q", "/%"},
	{"WooCommerce", "wc-api", "/wc-api/%"},
	{"WordPress", "rest_route", "/wp-json/%"},
	{"Joomla", "option", "/component/%"},
	{"CakePHP", "url", "/%"},
	{"Kohana", "kohana_uri", "/%"},
}

// frontScripts are the scripts that stand before such a query, or before the path
// itself, as in Magento's /index.php/a/b.
var frontScripts = [...]string{"/index.php", "/", "/app.php", "/app_dev.php", "/public/index.php", "/web/index.php", "/index_dev.php", "/public/", "/api.php"}

// endpointNames are names under which plugins register an endpoint that the path
// does not show: WooCommerce calls it wc-api.
var endpointNames = [...]string{
	"antom", "antom_notify", "antom_webhook", "antom_callback", "antom_payment", "antom_ipn", "antom-notify", "wc_antom", "wc_gateway_antom",
	"wc_antom_gateway", "wc_antom_payment", "wc_antom_notify", "alipay", "alipay_notify", "wc_alipay", "wc_gateway_alipay", "alipay_plus", "alipayplus", "ant_payment",
}

func frontController(c *Case) []change {
	path, query := cut(c.Message.Target)
	if !strings.HasPrefix(path, "/") {
		return nil
	}
	query = strings.TrimPrefix(query, "?")
	known := append(behindScript(path, query), beforeScript(path, query)...)
	return c.targets(append(known, plugins(path)...)...)
}

// behindScript are the targets with a script, of a path that the application sees.
// A shop may live in a folder: each folder of the path may be that.
func behindScript(path, query string) []Known {
	var known []Known
	for base, rest := range splits(path) {
		if rest == "" {
			continue
		}
		for _, script := range frontScripts {
			known = append(known, Known{withQuery(base+strings.TrimSuffix(script, "/")+"/"+rest, query), ""})
			for _, row := range frontControllers {
				if value, ok := valueOf(row.pretty, rest); ok {
					if bare, html := strings.CutSuffix(value, ".html"); html {
						known = append(known, Known{withQuery(base+script+"?"+row.parameter+"=/"+bare, query), row.framework})
					}
					for _, form := range [...]string{value, "/" + value, url.QueryEscape(value), url.QueryEscape("/" + value), "com_" + value} {
						known = append(known, Known{withQuery(base+script+"?"+row.parameter+"="+form, query), row.framework})
					}
				}
			}
		}
		known = append(known, Known{withQuery(base+"/"+rest+".php", query), ""}, Known{withQuery(base+"/"+strings.TrimSuffix(rest, ".php"), query), ""})
		if first, after, found := strings.Cut(rest, "/"); found {
			known = append(known, Known{withQuery(base+"/"+first+".php/"+after, query), ""})
		}
		known = append(known, moduleOf(base, rest)...)
	}
	return known
}

// moduleOf is PrestaShop's form of /module/name/controller.
func moduleOf(base, rest string) []Known {
	parts := strings.Split(strings.Trim(rest, "/"), "/")
	if len(parts) != 3 || parts[0] != "module" {
		return nil
	}
	return []Known{{base + "/index.php?fc=module&module=" + parts[1] + "&controller=" + parts[2], "PrestaShop"}}
}

// splits yields each folder that a path begins with, and what follows.
func splits(path string) func(func(base, rest string) bool) {
	const deepest = 4
	return func(yield func(base, rest string) bool) {
		at := 0
		for range deepest {
			if !yield(path[:at], strings.TrimPrefix(path[at:], "/")) {
				return
			}
			next := strings.IndexByte(path[at+1:], '/')
			if next < 0 {
				return
			}
			at += 1 + next
		}
	}
}

// valueOf is what the parameter has for a path in its pretty form.
func valueOf(pretty, rest string) (string, bool) {
	value, found := strings.CutPrefix("/"+rest, strings.TrimSuffix(pretty, "%"))
	value = strings.TrimSuffix(value, "/")
	return value, found && value != ""
}

// beforeScript are the pretty targets of a script with the path in its query, as
// the application sees it, and without the script's name.
func beforeScript(path, query string) []Known {
	var known []Known
	parameters := strings.Split(query, "&")
	for _, script := range frontScripts {
		base, behind := strings.CutSuffix(path, strings.TrimSuffix(script, "/"))
		if !behind {
			continue
		}
		base = strings.TrimSuffix(base, "/")
		for i, parameter := range parameters {
			name, value, _ := strings.Cut(parameter, "=")
			for _, row := range frontControllers {
				if row.parameter == name && value != "" {
					others := strings.Join(append(append([]string{}, parameters[:i]...), parameters[i+1:]...), "&")
					known = append(known, prettyForms(base, row.pretty, value, others, row.framework)...)
				}
			}
		}
	}
	for _, script := range frontScripts {
		if base, rest, found := strings.Cut(path, script+"/"); found && script != "/" {
			known = append(known, Known{withQuery(base+"/"+rest, query), ""})
		}
	}
	return known
}

// prettyForms are the paths that a rewrite may have had for a value.
func prettyForms(base, pretty, value, others, framework string) []Known {
	plain := strings.TrimPrefix(unescaped(value), "/")
	target := base + strings.Replace(pretty, "%", strings.TrimPrefix(plain, "com_"), 1)
	var known []Known
	for _, end := range [...]string{"", "/", ".html"} {
		known = append(known, Known{withQuery(target+end, others), framework})
	}
	if pretty != "/%" {
		known = append(known, Known{withQuery(base+"/?"+strings.TrimSuffix(strings.Trim(pretty, "/%"), "/")+"="+value, others), framework})
	}
	for _, script := range frontScripts { // the same parameter, before another script
		for _, row := range frontControllers {
			if row.framework == framework {
				known = append(known, Known{withQuery(base+script+"?"+row.parameter+"="+value, others), framework})
			}
		}
	}
	return known
}

// plugins are the endpoints of plugins whose name the path lost.
func plugins(path string) []Known {
	base, bare := strings.CutSuffix(path, "/index.php")
	if !bare {
		base, bare = strings.CutSuffix(path, "/")
	}
	if !bare {
		return nil
	}
	var known []Known
	for _, name := range endpointNames {
		for _, form := range [...]string{"/?wc-api=", "/index.php?wc-api=", "/wc-api/"} {
			known = append(known, Known{base + form + name, "WooCommerce"})
		}
		known = append(known, Known{base + "/wc-api/" + name + "/", "WooCommerce"}, Known{base + "/index.php?option=com_" + name, "Joomla"})
	}
	return known
}

func withQuery(target, query string) string {
	switch {
	case query == "":
		return target
	case strings.Contains(target, "?"):
		return target + "&" + query
	}
	return target + "?" + query
}
