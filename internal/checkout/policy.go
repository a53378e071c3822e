package checkout

import (
	"net/url"
	"slices"
	"strings"
)

// Policy is the content security policy of the page: what it may load.
type Policy struct {
	SDK         string   // URL of the script; a path: this server has it
	Emulator    string   // origin of the emulator; empty: Antom's own hosts
	Scripts     []string // hosts from which the session makes the SDK load scripts
	NoAnalytics bool     // block the tracker
	NoDevice    bool     // block the device fingerprint
}

// Hosts that the SDK 1.47.2 asks (JS, measured: with these nothing is kept away, in a
// popup and embedded).
const (
	gatewayHosts   = "https://imgs-sea-global.alipay.com https://imgs-na-global.alipay.com https://imgs-de-global.alipay.com https://imgs-qk.alipay.com https://imgs-id.alipay.com https://imgs-sa.alipay.com"
	deviceHosts    = "https://open-sea-global.alipay.com https://open-na-global.alipay.com https://open-de-global.alipay.com"
	assetHost      = "https://gw.alipayobjects.com" // the tracker, and a picture of the fingerprint
	configHost     = "https://config.marmot-cloud.com"
	trackerHost    = "https://imdap-sea.alipay.com"
	imageHosts     = "https://cdn.marmot-cloud.com https://mdn.alipayobjects.com"
	wasm           = "'wasm-unsafe-eval'" // the fingerprint is WebAssembly
	inlineStyles   = "'unsafe-inline'"    // the popup of the genuine SDK needs them for its layout
	chosenAtRun    = "https:"             // the page of 3-D Secure is the card issuer's
	ownFiles       = "'self'"
	scriptsOfOther = "script-src"
)

// String is the value of the Content-Security-Policy header.
func (p Policy) String() string {
	rows := [][]string{{"default-src", "'none'"}, {"base-uri", "'none'"}, {"object-src", "'none'"}, {"frame-ancestors", "'none'"}}
	script := originOf(p.SDK)
	if p.Emulator != "" {
		styles := []string{"style-src", ownFiles}
		scripts := []string{scriptsOfOther, ownFiles, script}
		if script != p.Emulator { // the genuine SDK around the emulator's form
			styles, scripts = append(styles, inlineStyles), append(scripts, wasm)
		}
		rows = append(rows, scripts, styles, []string{"img-src", ownFiles, "data:"}, []string{"connect-src", ownFiles, p.Emulator},
			[]string{"frame-src", p.Emulator}, []string{"form-action", "'none'"})
		return join(rows)
	}
	scripts := slices.Concat([]string{scriptsOfOther, ownFiles, script, wasm}, secure(p.Scripts))
	images := []string{"img-src", ownFiles, "data:", imageHosts}
	connect := []string{"connect-src", ownFiles, gatewayHosts, configHost}
	if !p.NoDevice {
		connect = append(connect, deviceHosts)
	}
	if !p.NoAnalytics {
		scripts, images, connect = append(scripts, assetHost), append(images, trackerHost), append(connect, assetHost, trackerHost)
	}
	rows = append(rows, scripts, []string{"style-src", ownFiles, inlineStyles}, images, connect,
		[]string{"frame-src", chosenAtRun}, []string{"form-action", ownFiles, chosenAtRun})
	return join(rows)
}

// secure turns hosts into https sources. Texts that are not host names are left out, as they
// could end the directive.
func secure(hosts []string) []string {
	var sources []string
	for _, host := range hosts {
		if u, err := url.Parse("https://" + host); err == nil && u.Host == host && !strings.ContainsAny(host, "; ,'") {
			sources = append(sources, "https://"+host)
		}
	}
	return sources
}

// originOf is the origin of a URL; empty for a path of this server.
func originOf(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

func join(rows [][]string) string {
	var directives []string
	for _, row := range rows {
		directives = append(directives, strings.Join(slices.DeleteFunc(row, func(s string) bool { return s == "" }), " "))
	}
	return strings.Join(directives, "; ")
}
