package trace

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Curl returns the curl command that sends a request byte for byte, for any
// POSIX shell.
func Curl(r *http.Request, body []byte, caCert string) string {
	words := []string{"curl --silent --show-error --globoff --request " + r.Method + " " + ShellQuote(r.URL.String())}
	if caCert != "" {
		words = append(words, "--cacert "+ShellQuote(caCert))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, value := range r.Header[name] {
			words = append(words, "--header "+ShellQuote(name+": "+value))
		}
	}
	data := "--data-binary "
	if len(body) > 0 && body[0] == '@' {
		data = "--data-raw " // the other one would read a file of that name
	}
	words = append(words, data+ShellQuote(string(body)))
	return strings.Join(words, " \\\n  ") + "\n"
}

// ShellQuote makes one word of a text for sh: between single quotes everything
// stands for itself, but for the single quote.
func ShellQuote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
