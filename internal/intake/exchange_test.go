package intake_test

import (
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/intake"
)

// looking are defaults with which answers are looked for.
func looking() intake.Defaults {
	return intake.Defaults{Kind: intake.Notification, Search: func([]byte, string) []intake.Found { return nil }}
}

// TestRead_exchangeOfCall: the request of a call verifies with the merchant's key, and
// its answer, which does not say what it answers, with Antom's.
func TestRead_exchangeOfCall(t *testing.T) {
	t.Parallel()
	request, answer := genuine(t, "go/req-iso-colon"), genuine(t, "go/rsp-success")
	if request.Path != answer.Path {
		t.Fatalf("the vectors are of %s and %s", request.Path, answer.Path)
	}
	messages, errs := read(t, request.raw("\r\n", false)+"\r\n"+answer.raw("\r\n", false), looking())
	if len(messages) != 2 || len(errs) > 0 {
		t.Fatalf("%d messages, %v; want both", len(messages), errs)
	}
	for i, want := range []struct {
		kind intake.Kind
		key  string
	}{{intake.Request, "merchant"}, {intake.Response, "antom"}} {
		m := messages[i]
		if got := m.Verify(keys(t)[want.key]); got.Err != nil || m.Kind != want.kind || m.Target != request.Path {
			t.Errorf("%s %s: %v; want a %s", m.Kind, m.Target, got.Err, want.kind)
		}
	}
}

// TestRead_exchange reads what a notification was answered with, and no message more.
func TestRead_exchange(t *testing.T) {
	t.Parallel()
	v := genuine(t, "go/ntf-pay")
	const answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
	open := strings.Replace(v.raw("\r\n", false), "Content-Length", "X-Length", 1)
	for name, test := range map[string]struct {
		text, body string
		status     int
	}{
		"with lengths":   {v.raw("\r\n", false) + answer + "Content-Length: 3\r\n\r\nyes", "yes", 200},
		"chunked":        {v.raw("\r\n", true) + "\r\n" + answer + "Transfer-Encoding: chunked\r\n\r\n3\r\nyes\r\n0\r\n\r\n", "yes", 200},
		"to the end":     {v.raw("\r\n", false) + "\r\n\r\n" + answer + "\r\nyes", "yes", 200},
		"both open":      {open + "\r\n" + answer + "\r\nyes", "yes", 200},
		"HTTP/2":         {v.raw("\r\n", false) + "\nHTTP/2 404\n\n", "", 404},
		"cut off":        {v.raw("\r\n", false) + "\nHTTP/1.1 200 OK\nContent-Length: 9\n\nyes", "", 0},
		"without answer": {v.raw("\r\n", false), "", 0},
	} {
		messages, _ := read(t, test.text, looking())
		if len(messages) != 1 || messages[0].Verify(keys(t)["antom"]).Err != nil {
			t.Errorf("%s: %d messages, want the notification alone, verified", name, len(messages))
			continue
		}
		got := messages[0].Answer
		if got == nil {
			got = &intake.Answer{}
		}
		if got.Status != test.status || string(got.Body) != test.body {
			t.Errorf("%s: answer %d %q, want %d %q", name, got.Status, got.Body, test.status, test.body)
		}
	}
}
