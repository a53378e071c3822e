package cli

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/antom-cli/antom/pkg/antom"
)

// curlCommand is the curl command that sends a request byte for byte, for any
// POSIX shell.
func curlCommand(r *http.Request, body []byte, caCert string) string {
	words := []string{"curl --silent --show-error --globoff --request " + r.Method + " " + shellQuote(r.URL.String())}
	if caCert != "" {
		words = append(words, "--cacert "+shellQuote(caCert))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, value := range r.Header[name] {
			words = append(words, "--header "+shellQuote(name+": "+value))
		}
	}
	data := "--data-binary "
	if len(body) > 0 && body[0] == '@' {
		data = "--data-raw " // the other one would read a file of that name
	}
	words = append(words, data+shellQuote(string(body)))
	return strings.Join(words, " \\\n  ") + "\n"
}

// shellQuote makes one word of a text for sh: between single quotes everything
// stands for itself, but for the single quote.
func shellQuote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// trustFor is the file of certificates that a request needs: that of --cacert or,
// for the emulator that is served, its own.
func (c *CLI) trustFor(ctx context.Context, r *http.Request) (string, error) {
	if c.Global.CACert != "" {
		return c.Abs(c.Global.CACert), nil
	}
	if r.URL.Scheme != "https" || !antom.IsLoopback(r.URL.Hostname()) {
		return "", nil
	}
	served, err := c.RunningEmulator(ctx)
	if err != nil || served == nil || !strings.HasSuffix(served.Address.URL, "://"+r.URL.Host) {
		return "", err
	}
	return served.Address.CACert, nil
}
