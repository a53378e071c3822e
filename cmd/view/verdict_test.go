package view

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/verify"
	"github.com/antom-cli/antom/pkg/sign"
)

// TestVerdict_json: the hand-written JSON equals that of encoding/json, whatever a message
// contains.
func TestVerdict_json(t *testing.T) {
	t.Parallel()
	for _, odd := range []string{"", "plain", `"quoted" \ back`, "<&>", "line\nend\t\x00\x7f", "支付 \u2028 é", "\xff\xfe", "\x1b[2J"} {
		v := Verdict{Verdict: &verify.Verdict{Source: odd, Kind: odd, Verified: odd == "plain", KeyVersion: odd, Reason: odd, Cause: odd, Remedy: odd,
			Summary: intake.Summary{NotifyType: odd, PaymentRequestID: odd, PaymentID: odd, ResultStatus: odd, ResultCode: odd}}}
		want, err := json.Marshal(struct {
			Source           string `json:"source"`
			Kind             string `json:"kind"`
			Verified         bool   `json:"verified"`
			KeyVersion       string `json:"keyVersion"`
			Reason           string `json:"reason"`
			Cause            string `json:"cause"`
			Remedy           string `json:"remedy"`
			NotifyType       string `json:"notifyType"`
			PaymentRequestID string `json:"paymentRequestId"`
			PaymentID        string `json:"paymentId"`
			ResultStatus     string `json:"resultStatus"`
			ResultCode       string `json:"resultCode"`
		}{odd, odd, odd == "plain", odd, odd, odd, odd, odd, odd, odd, odd, odd})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(v.AppendJSON(nil))); diff != "" {
			t.Errorf("%q: (-want +got)\n%s", odd, diff)
		}
	}
}

// TestVerdict_csv: a row equals that of encoding/csv, including quotes.
func TestVerdict_csv(t *testing.T) {
	t.Parallel()
	p, err := output.New(output.Options{Format: output.FormatCSV})
	if err != nil {
		t.Fatal(err)
	}
	render := p.Renderer()
	for _, odd := range []string{"", "plain", `\.`, `a "quoted" text`, `back\slash`, "a,b", " a", "a b", "line\nend\t\x00", "支付", "\xff"} {
		v := Verdict{Verdict: &verify.Verdict{Source: "file:1", Remedy: odd, Reason: odd}}
		var want bytes.Buffer
		rows := csv.NewWriter(&want)
		fields := v.AppendRow(nil)
		for i, field := range fields {
			fields[i] = output.Clean(field)
		}
		if err := rows.Write(fields); err != nil {
			t.Fatal(err)
		}
		rows.Flush()
		got, err := render.Render([]byte("before\n"), &v)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff("before\n"+want.String(), string(got)); diff != "" {
			t.Errorf("%q: (-want +got)\n%s", odd, diff)
		}
	}
}

// TestVerdict_text: no control character of a message reaches the terminal.
func TestVerdict_text(t *testing.T) {
	t.Parallel()
	const hostile = "\x1b]0;title\x07\x1b[31m\r\u202e"
	w := &VerdictWords{ok: "ok", failed: "FAILED"}
	v := Verdict{Words: w, Verdict: &verify.Verdict{Verified: true, Source: "file:1", Summary: intake.Summary{NotifyType: hostile, PaymentRequestID: hostile, ResultCode: hostile}}}
	refused := Verdict{Words: w, Verdict: &verify.Verdict{Source: hostile, Reason: "mismatch", Err: errors.New(hostile),
		Finding: &diagnose.Finding{Details: []diagnose.Detail{{Label: "given path", Value: hostile}}}}}
	for _, text := range []string{v.Text(), refused.Text()} {
		if strings.ContainsAny(strings.ReplaceAll(text, "\n", ""), hostile[:1]+"\x07\r\u202e") {
			t.Errorf("%q", text)
		}
	}
	var _ output.Record = &v
}

// TestVerdict_causeTellsHow: if a cause is found, the problem is reported only once.
func TestVerdict_causeTellsHow(t *testing.T) {
	t.Parallel()
	v := Verdict{Words: &VerdictWords{"ok", "FAILED"}, Verdict: &verify.Verdict{
		Source: "file:1", Reason: string(sign.SignatureMalformed),
		Err: sign.NewError(sign.SignatureMalformed, "its signature is percent-encoded twice"),
	}}
	v.Explain(&diagnose.Finding{Causes: []diagnose.Cause{{ID: "signature-encoded-twice", Title: "the signature is percent-encoded twice", Remedy: "don't"}}})
	if got, want := verdictError(v.Verdict).Error(), "verify file:1: the signature header is malformed: the signature is percent-encoded twice"; got != want {
		t.Errorf("error %q, want %q", got, want)
	}
	if n := strings.Count(v.Text(), "percent-encoded twice"); n != 1 {
		t.Errorf("said %d times: %s", n, v.Text())
	}
}
