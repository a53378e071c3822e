package receiver_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/receiver"
)

// TestReceiver_loop: the receiver rejects a notification that it has forwarded itself, and
// accepts one that other listeners have forwarded.
func TestReceiver_loop(t *testing.T) {
	t.Parallel()
	e := open(t, func(o *receiver.Options) { o.Hop = "own" })
	for hop, want := range map[string]int{"other": http.StatusOK, "own": http.StatusLoopDetected} {
		answer := httptest.NewRecorder()
		e.ServeHTTP(answer, delivered(t, "/n", paid(hop, 1), func(r *http.Request) {
			r.Header.Add(receiver.HopHeader, "first")
			r.Header.Add(receiver.HopHeader, hop)
		}))
		if answer.Code != want || (want == http.StatusOK) != strings.Contains(answer.Body.String(), `"resultStatus":"S"`) {
			t.Errorf("hop %s: %d %s, want %d", hop, answer.Code, answer.Body, want)
		}
	}
	if n := len(e.records(t)); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
}
