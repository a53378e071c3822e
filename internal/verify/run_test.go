package verify_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/verify"
	"github.com/antom-cli/antom/pkg/sign"
)

const clientID = "SANDBOX_5X00000000000000"

// letterbox signs notifications and writes them as envelopes, one a line.
type letterbox struct{ key *sign.PrivateKey }

func newLetterbox(t *testing.T) letterbox {
	t.Helper()
	key, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return letterbox{key}
}

func (l letterbox) line(t *testing.T, id string) string {
	t.Helper()
	body := fmt.Appendf(nil, `{"notifyType":"PAYMENT_RESULT","paymentRequestId":%q,"result":{"resultCode":"SUCCESS","resultStatus":"S"}}`, id)
	at := "2026-11-24T09:00:00Z"
	signature, err := l.key.Sign(sign.Message{Method: http.MethodPost, Target: "/notify", ClientID: clientID, Time: at, Body: body}, 1)
	if err != nil {
		t.Fatal(err)
	}
	line, err := json.Marshal(map[string]any{
		"url": "/notify", "body": string(body), "headers": map[string]string{"client-id": clientID, "request-time": at, "signature": signature},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(line) + "\n"
}

// run verifies a log and returns what was written, and one line for each verdict.
func run(t *testing.T, log io.Reader, options verify.Options) (written string, verdicts []string, err error) {
	t.Helper()
	var out strings.Builder
	options.Surroundings = func() *verify.Surroundings { return &verify.Surroundings{} }
	options.Renderer = func() verify.Render {
		return func(dst []byte, v *verify.Verdict) ([]byte, error) {
			return fmt.Appendf(dst, "%s %s\n", v.Source, v.Reason), nil
		}
	}
	options.Write = func(rendered []byte) error { out.Write(rendered); return nil }
	options.Verdict = func(v *verify.Verdict, duplicateOf string) {
		verdicts = append(verdicts, strings.TrimSpace(fmt.Sprint(v.Summary.PaymentRequestID, " ", v.Reason, " ", v.Cause, " ", duplicateOf)))
	}
	options.Progress = func() {}
	err = verify.Run(t.Context(), intake.Units(log, "log", options.Defaults), options)
	return out.String(), verdicts, err
}

func (l letterbox) options() verify.Options {
	key := diagnose.Key{Name: "the key", Public: l.key.Public()}
	return verify.Options{Keys: verify.NewKeys(key, key), Defaults: intake.Defaults{Kind: intake.Notification, Method: http.MethodPost}}
}

// Verdicts come in the order of the input, however many cores made them, and what
// was written is theirs.
func TestRun_order(t *testing.T) {
	t.Parallel()
	l := newLetterbox(t)
	var log strings.Builder
	var want []string
	for i := range 300 {
		id := fmt.Sprintf("order-%d", i)
		line, reason := l.line(t, id), "ok"
		if i%7 == 3 {
			line, reason = strings.Replace(line, id, id[:len(id)-1]+"x", 1), "mismatch"
		}
		log.WriteString(line)
		want = append(want, fmt.Sprintf("log:%d %s\n", i+1, reason))
	}
	written, verdicts, err := run(t, strings.NewReader(log.String()), l.options())
	if err != nil || len(verdicts) != 300 {
		t.Fatalf("%d verdicts, %v", len(verdicts), err)
	}
	if written != strings.Join(want, "") {
		t.Errorf("written:\n%s", written)
	}
}

// A genuine body that came before is a duplicate; a forged one never is.
func TestRun_duplicates(t *testing.T) {
	t.Parallel()
	l := newLetterbox(t)
	forged := newLetterbox(t).line(t, "order-1")
	log := l.line(t, "order-1") + forged + l.line(t, "order-2") + l.line(t, "order-1")
	_, verdicts, err := run(t, strings.NewReader(log), l.options())
	want := []string{"order-1 ok", "order-1 mismatch", "order-2 ok", "order-1 ok  log:1"}
	for i := range verdicts {
		verdicts[i] = strings.TrimSpace(verdicts[i])
	}
	if err != nil || !slices.Equal(verdicts, want) {
		t.Errorf("%q, %v; want %q", verdicts, err, want)
	}
}

// With FailFast nothing after the first message that does not verify is told.
func TestRun_failFast(t *testing.T) {
	t.Parallel()
	l := newLetterbox(t)
	options := l.options()
	options.FailFast = true
	log := l.line(t, "order-1") + "no message\n" + l.line(t, "order-2")
	_, verdicts, err := run(t, strings.NewReader(log), options)
	if err != nil || len(verdicts) != 2 || !strings.Contains(verdicts[1], verify.ReasonUnreadable) {
		t.Errorf("%q, %v", verdicts, err)
	}
}

// A message for another client is refused though its signature is true, and so is
// one of a kind without a key.
func TestRun_refused(t *testing.T) {
	t.Parallel()
	l := newLetterbox(t)
	options := l.options()
	options.Defaults.ClientID = "5X00000000000001"
	if _, verdicts, _ := run(t, strings.NewReader(l.line(t, "order-1")), options); len(verdicts) != 1 || !strings.Contains(verdicts[0], string(sign.ClientIDOther)) {
		t.Errorf("%q", verdicts)
	}
	options = l.options()
	options.Keys = nil
	if _, verdicts, _ := run(t, strings.NewReader(l.line(t, "order-1")), options); len(verdicts) != 1 || !strings.Contains(verdicts[0], verify.ReasonKeyMissing) {
		t.Errorf("%q", verdicts)
	}
}

// An error of the writer ends the run, and so does the context while the input is
// still open.
func TestRun_ends(t *testing.T) {
	t.Parallel()
	l := newLetterbox(t)
	full := errors.New("the disk is full")
	options := l.options()
	options.Renderer = func() verify.Render {
		return func(dst []byte, _ *verify.Verdict) ([]byte, error) { return append(dst, 'x'), nil }
	}
	options.Write = func([]byte) error { return full }
	options.Verdict, options.Progress = func(*verify.Verdict, string) {}, func() {}
	if err := verify.Run(t.Context(), intake.Units(strings.NewReader(l.line(t, "a")), "log", options.Defaults), options); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	in, feed := io.Pipe()
	defer feed.Close()
	line := l.line(t, "a")
	go func() {
		_, _ = io.WriteString(feed, line) // a write to a closed pipe ends too
		cancel()
	}()
	if err := verify.Run(ctx, intake.Units(in, "log", options.Defaults), options); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
