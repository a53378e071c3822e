package verify_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/verify"
	"github.com/antom-cli/antom/pkg/sign"
)

// searching are the options of a run that searches what is in no known form.
func (l letterbox) searching() verify.Options {
	options := l.options()
	options.Defaults = verify.Searching(options.Defaults, options.Keys)
	return options
}

// entry is a notification as a program logs it.
func (l letterbox) entry(t *testing.T, id string) string {
	t.Helper()
	body := fmt.Sprintf(`{"notifyType":"PAYMENT_RESULT","paymentRequestId":%q,"result":{"resultCode":"SUCCESS","resultStatus":"S"}}`, id)
	const at = "2026-11-24T09:00:00Z"
	signature, err := l.key.Sign(sign.Message{Method: http.MethodPost, Target: "/notify", ClientID: clientID, Time: at, Body: []byte(body)}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("INFO notify path=/notify client-id=%s request-time=%s signature=%q body=%s", clientID, at, signature, body)
}

const ordinary = `2026-11-20T10:00:01.123Z INFO shop: GET /orders/17 took 12 ms for user c0ffee, nothing "special" about it`

// lines is a log of ordinary lines, of which some are others.
func lines(n int, others map[int]string) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		line, ok := others[i]
		if !ok {
			line = ordinary
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// A log that is longer than what is read at once is searched from end to end; the lines
// are those of the file, and one that was changed is told of in its place.
func TestRun_longLog(t *testing.T) {
	t.Parallel()
	l := newLetterbox(t)
	const all = 45_000 // more than 4 MiB
	others, want := map[int]string{}, []string{}
	for i := 1; i <= all; i += 1999 { // all over the joints of what is read at a time
		id := fmt.Sprintf("order-%d", i)
		others[i] = l.entry(t, id)
		reason := "ok"
		if i%5 == 0 {
			others[i], reason = strings.Replace(others[i], `"S"`, `"F"`, 1), "mismatch"
		}
		want = append(want, fmt.Sprintf("log:%d %s", i, reason))
	}
	written, _, err := run(t, strings.NewReader(lines(all, others)), l.searching())
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Split(strings.TrimSpace(written), "\n"); !slices.Equal(got, want) {
		t.Errorf("got %d verdicts, want %d:\n%s", len(got), len(want), written)
	}
}

// A long log without a message is one that can't be read, and a reader that fails is
// told of.
func TestRun_longLogOfNothing(t *testing.T) {
	t.Parallel()
	l := newLetterbox(t)
	text := lines(45_000, nil)
	_, verdicts, err := run(t, strings.NewReader(text), l.searching())
	if err != nil || len(verdicts) != 1 || !strings.Contains(verdicts[0], verify.ReasonUnreadable) {
		t.Errorf("%q, %v", verdicts, err)
	}
	broken := io.MultiReader(strings.NewReader(text), io.LimitReader(failing{}, 1))
	_, verdicts, err = run(t, broken, l.searching())
	if err != nil || len(verdicts) != 1 || !strings.Contains(verdicts[0], verify.ReasonUnreadable) {
		t.Errorf("%q, %v", verdicts, err)
	}
}

// failing is a disk that can't be read.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

// A log on one long line is searched too.
func TestRun_longLine(t *testing.T) {
	t.Parallel()
	l := newLetterbox(t)
	text := strings.ReplaceAll(lines(45_000, map[int]string{500: l.entry(t, "order-1"), 44_000: l.entry(t, "order-2")}), "\n", " ; ")
	_, verdicts, err := run(t, strings.NewReader(text), l.searching())
	if want := []string{"order-1 ok", "order-2 ok"}; err != nil || !slices.Equal(verdicts, want) {
		t.Errorf("%q, %v; want %q", verdicts, err, want)
	}
}

// A collector of logs keeps each line as an object: the parts of a message stand on
// several, and a body may be broken where the program's buffer ended.
func TestRun_collectedLog(t *testing.T) {
	t.Parallel()
	l := newLetterbox(t)
	for _, member := range [...]string{"log", "message", "textPayload"} {
		var text strings.Builder
		text.WriteString(collectedLine(t, member, "started"))
		for _, id := range [...]string{"order-1", "order-2"} {
			entry := l.entry(t, id)
			at, half := strings.Index(entry, " body="), len(entry)-40
			for _, part := range [...]string{"something else", entry[:at], entry[at+1 : half]} {
				end := "\n"
				if strings.HasPrefix(part, "body") {
					end = ""
				}
				if member != "log" {
					end = ""
				}
				if member != "log" && strings.HasPrefix(part, "body") {
					part = entry[at+1:]
				}
				text.WriteString(collectedLine(t, member, part+end))
			}
			if member == "log" {
				text.WriteString(collectedLine(t, member, entry[half:]+"\n"))
			}
		}
		_, verdicts, err := run(t, strings.NewReader(text.String()), l.searching())
		if want := []string{"order-1 ok", "order-2 ok"}; err != nil || !slices.Equal(verdicts, want) {
			t.Errorf("%s: %q, %v; want %q", member, verdicts, err, want)
		}
	}
}

func collectedLine(t *testing.T, member, text string) string {
	t.Helper()
	line, err := json.Marshal(map[string]string{member: text, "stream": "stdout", "time": "2026-11-20T02:00:01.123456789Z"})
	if err != nil {
		t.Fatal(err)
	}
	return string(line) + "\n"
}
