// Package trace shows HTTP exchanges: as they happen, without their secrets, and as the
// curl command that sends a request again.
package trace

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/antom-cli/antom/internal/redact"
)

// Transport shows each exchange on Out as curl -v does, without its secrets: > is what goes
// out, < what comes back.
type Transport struct {
	Next http.RoundTripper
	Out  io.Writer
	Now  func() time.Time
}

// mostBody bounds what is kept of a body to show it.
const mostBody = 64 << 10

// RoundTrip shows a request, sends it, and has the answer shown once its body
// has been read.
func (t Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	begin := t.Now()
	t.show(">", []string{fmt.Sprintf("%s %s", r.Method, redact.URL(r.URL.String()))}, r.Header, requestBody(r))
	answer, err := t.Next.RoundTrip(r)
	if err != nil {
		t.show("<", []string{"no answer"}, nil, nil)
		return answer, err
	}
	status := fmt.Sprintf("%s %d %s", answer.Proto, answer.StatusCode, http.StatusText(answer.StatusCode))
	answer.Body = &shownBody{ReadCloser: answer.Body, show: func(body []byte) {
		took := t.Now().Sub(begin).Round(time.Millisecond)
		t.show("<", []string{fmt.Sprintf("%s (%s)", strings.TrimSpace(status), took)}, answer.Header, body)
	}}
	return answer, nil
}

// requestBody reads a body without taking it away.
func requestBody(r *http.Request) []byte {
	if r.GetBody == nil {
		return nil
	}
	again, err := r.GetBody()
	if err != nil {
		return nil
	}
	defer again.Close()
	body, _ := io.ReadAll(io.LimitReader(again, mostBody)) // of a bytes.Reader: never fails
	return body
}

// show prints one side of an exchange in one write, so that several exchanges
// do not mix.
func (t Transport) show(mark string, lines []string, header http.Header, body []byte) {
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			lines = append(lines, strings.ToLower(name)+": "+redact.HeaderValue(name, value))
		}
	}
	if len(body) > 0 {
		lines = append(lines, "", redact.JSONBody(body))
	}
	var text bytes.Buffer
	for _, line := range lines {
		fmt.Fprintf(&text, "%s %s\n", mark, redact.Line(line))
	}
	_, _ = t.Out.Write(text.Bytes()) // what is shown in passing may get lost
}

// shownBody keeps what is read of a body and shows it when it is closed.
type shownBody struct {
	io.ReadCloser
	kept bytes.Buffer
	show func([]byte)
	once sync.Once
}

func (b *shownBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.kept.Write(p[:min(n, mostBody-b.kept.Len())])
	return n, err
}

func (b *shownBody) Close() error {
	b.once.Do(func() { b.show(b.kept.Bytes()) })
	return b.ReadCloser.Close()
}
