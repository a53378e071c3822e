package sign_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/antom-cli/antom/pkg/sign"
)

func genuine() sign.Message {
	return sign.Message{
		Method: "POST", Target: "/antom/notify", ClientID: "SANDBOX_5X00000000000000",
		Time: "2026-11-24T09:00:00Z", Body: []byte(`{"notifyType":"PAYMENT_RESULT"}`),
	}
}

func signed(tb testing.TB, m sign.Message) string {
	tb.Helper()
	header, err := privateKey(tb, "antom").Sign(m, 1)
	if err != nil {
		tb.Fatal(err)
	}
	return header
}

func TestVerify_reasons(t *testing.T) {
	t.Parallel()
	header := signed(t, genuine())
	badTime := genuine()
	badTime.Time = "yesterday"
	noTime := genuine()
	noTime.Time = ""
	noClient := genuine()
	noClient.ClientID = ""
	tampered := genuine()
	tampered.Body = bytes.ToUpper(tampered.Body)
	tests := []struct {
		name    string
		message sign.Message
		header  string
		want    sign.Reason
		text    string
	}{
		{"no header", genuine(), "", sign.SignatureMissing, "the signature header is missing"},
		{"blank header", genuine(), "  ", sign.SignatureMissing, "the signature header is missing"},
		{"bare value", genuine(), strings.TrimPrefix(header, "algorithm=RSA256,keyVersion=1,signature="), sign.SignatureMalformed, "is not a parameter"},
		{"no signature parameter", genuine(), "algorithm=RSA256,keyVersion=1", sign.SignatureMalformed, "no signature= parameter"},
		{"empty signature", genuine(), "algorithm=RSA256,signature=", sign.SignatureMalformed, "is empty"},
		{"two signatures", genuine(), header + "," + header, sign.SignatureMalformed, "two algorithm= parameters"},
		{"blanks for plus signs", genuine(), "signature=ab cd", sign.SignatureMalformed, "decoded it as a form"},
		{"encoded twice", genuine(), strings.ReplaceAll(header, "%", "%25"), sign.SignatureMalformed, "encoded twice"},
		{"cut escape", genuine(), "signature=abc%3", sign.SignatureMalformed, "ends within a percent escape"},
		{"too long", genuine(), "signature=" + strings.Repeat("A", 9000), sign.SignatureMalformed, "longer than 8 kB"},
		{"other algorithm", genuine(), strings.Replace(header, "RSA256", "none", 1), sign.AlgorithmUnknown, `the signature matches, but the signature algorithm is unknown: "none"`},
		{"other algorithm, other body", tampered, strings.Replace(header, "RSA256", "none", 1), sign.AlgorithmUnknown, "the signature algorithm is unknown"},
		{"no client id", noClient, header, sign.ClientIDMissing, "the client id is missing"},
		{"no time", noTime, header, sign.TimeMissing, "the time header is missing"},
		{"odd time, not signed", badTime, header, sign.TimeMalformed, "the time header is malformed"},
		{"odd time, signed", badTime, signed(t, badTime), sign.TimeMalformed, `the signature matches, but the time header is malformed: "yesterday"`},
		{"tampered body", tampered, header, sign.Mismatch, "the signature does not match"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := publicKey(t, "antom").Verify(test.message, test.header)
			if !errors.Is(err, &sign.Error{Reason: test.want}) {
				t.Fatalf("error = %v, want reason %s", err, test.want)
			}
			if !strings.Contains(err.Error(), test.text) {
				t.Errorf("error = %q, want it to say %q", err, test.text)
			}
			if refused, _ := errors.AsType[*sign.Error](err); refused.Hint() == "" {
				t.Error("no hint")
			}
		})
	}
}

// TestVerify_order breaks a message in two ways at once: the first one in the documented order
// is reported.
func TestVerify_order(t *testing.T) {
	t.Parallel()
	type attempt struct {
		message sign.Message
		header  string
	}
	faults := []struct {
		want    sign.Reason
		inflict func(*attempt)
	}{
		{sign.SignatureMissing, func(a *attempt) { a.header = "" }},
		{sign.SignatureMalformed, func(a *attempt) { a.header += "*" }},
		{sign.AlgorithmUnknown, func(a *attempt) { a.header = strings.Replace(a.header, "RSA256", "RSA512", 1) }},
		{sign.ClientIDMissing, func(a *attempt) { a.message.ClientID = "" }},
		{sign.TimeMissing, func(a *attempt) { a.message.Time = "" }},
		{sign.TimeMalformed, func(a *attempt) { a.message.Time += "." }},
		{sign.Mismatch, func(a *attempt) { a.message.Body = nil }},
	}
	key, header := publicKey(t, "antom"), signed(t, genuine())
	for i, first := range faults {
		for _, second := range faults[i:] {
			a := attempt{genuine(), header}
			second.inflict(&a)
			first.inflict(&a)
			_, err := key.Verify(a.message, a.header)
			refused, ok := errors.AsType[*sign.Error](err)
			if !ok || refused.Reason != first.want {
				t.Errorf("%s and %s: error = %v", first.want, second.want, err)
				continue
			}
			untouched := first.want == second.want && first.want == sign.AlgorithmUnknown
			if refused.Matches != untouched {
				t.Errorf("%s and %s: Matches = %t, want %t", first.want, second.want, refused.Matches, untouched)
			}
		}
	}
}

// The policy vectors by name: why each is refused, and whether its signature matches
// nevertheless.
func TestVerify_policyVectors(t *testing.T) {
	t.Parallel()
	policy := map[string]struct {
		want    sign.Reason
		matches bool
	}{
		"alg-other": {sign.AlgorithmUnknown, true}, "alg-none": {sign.AlgorithmUnknown, true}, "policy-split-shift": {sign.TimeMalformed, true},
		"double-encoded": {sign.SignatureMalformed, false}, "bare": {sign.SignatureMalformed, false}, "plus-to-space": {sign.SignatureMalformed, false},
		"dup-good-last": {sign.SignatureMalformed, false}, "dup-good-first": {sign.SignatureMalformed, false},
		"junk-after-padding": {sign.SignatureMalformed, false}, "junk-inside": {sign.SignatureMalformed, false},
	}
	keys := map[string]*sign.PublicKey{"merchant": publicKey(t, "merchant"), "antom": publicKey(t, "antom")}
	seen := 0
	for _, v := range readVectors(t) {
		if v.Class != "policy" {
			continue
		}
		seen++
		_, name, _ := strings.Cut(v.ID, "/")
		name = strings.TrimPrefix(strings.TrimPrefix(name, "ntf-h-"), "rsp-h-")
		row, ok := policy[name]
		if !ok {
			t.Errorf("%s: no decision about it", v.ID)
			continue
		}
		_, err := keys[v.Key].Verify(v.Message(), v.Header())
		refused, ok := errors.AsType[*sign.Error](err)
		if !ok || refused.Reason != row.want || refused.Matches != row.matches {
			t.Errorf("%s: error = %v, want reason %s, matches = %t", v.ID, err, row.want, row.matches)
		}
	}
	if seen != 38 {
		t.Errorf("%d policy rows, want 38", seen)
	}
}

func TestVerify_returnsHeader(t *testing.T) {
	t.Parallel()
	header, err := publicKey(t, "antom").Verify(genuine(), signed(t, genuine()))
	if err != nil {
		t.Fatal(err)
	}
	if header.KeyVersion != "1" || header.Algorithm != sign.Algorithm || len(header.Signature) != 256 {
		t.Errorf("header = %+v", header)
	}
}

func TestCheckTime(t *testing.T) {
	t.Parallel()
	tests := []struct {
		time string
		want sign.Reason // empty: good
	}{
		{"1785913200123", ""},
		{"0000000000000", ""},
		{"1785913200123456789", ""}, // nanoseconds: Go SDK 1.2
		{"2026-08-05T07:00:00Z", ""},
		{"2026-08-05T07:00:00+00:00", ""},
		{"2026-08-05T07:00:00+0000", ""},
		{"2026-08-05T15:00:00+08:00", ""},
		{"2019-06-01T12:01:01+05:30", ""},
		{"2026-08-05T07:00:00.1Z", ""},
		{"2026-08-05T07:00:00.123Z", ""},
		{"2026-08-05T07:00:00.123456789-07:00", ""},
		{"", sign.TimeMissing},
		{" ", sign.TimeMalformed},
		{"178591320012", sign.TimeMalformed},   // 12 digits
		{"1785913200", sign.TimeMalformed},     // seconds
		{"17859132001234", sign.TimeMalformed}, // 14 digits
		{"178591320012345678", sign.TimeMalformed},
		{"17859132001234567890", sign.TimeMalformed},
		{"1785913200123456.{\"", sign.TimeMalformed},
		{"-785913200123", sign.TimeMalformed},
		{"1785913200.12", sign.TimeMalformed},
		{"1785913200123 ", sign.TimeMalformed},
		{" 1785913200123", sign.TimeMalformed},
		{"1785913200123\n", sign.TimeMalformed},
		{"１785913200123", sign.TimeMalformed},
		{"1785913200123.{", sign.TimeMalformed},
		{"2026-08-05", sign.TimeMalformed},
		{"2026-08-05 07:00:00Z", sign.TimeMalformed},
		{"2026-08-05T07:00Z", sign.TimeMalformed},
		{"2026-08-05T07:00:00", sign.TimeMalformed},
		{"2026-08-05T07:00:00z", sign.TimeMalformed},
		{"2026-08-05t07:00:00Z", sign.TimeMalformed},
		{"2026-08-05T07:00:00.Z", sign.TimeMalformed},
		{"2026-08-05T07:00:00,5Z", sign.TimeMalformed},
		{"2026-08-05T07:00:00+08", sign.TimeMalformed},
		{"2026-08-05T07:00:00+8:00", sign.TimeMalformed},
		{"2026-08-05T07:00:00+08:00:00", sign.TimeMalformed},
		{"2026-08-05T07:00:00 +08:00", sign.TimeMalformed},
		{"2026-08-05T07:00:00+08:00.{", sign.TimeMalformed},
		{"2026-08-05T07:00:00Z.{\"a\":1}", sign.TimeMalformed},
		{"2026-8-5T07:00:00Z", sign.TimeMalformed},
		{"+2026-08-05T07:00:00Z", sign.TimeMalformed},
		{"Wed, 05 Aug 2026 07:00:00 GMT", sign.TimeMalformed},
	}
	for _, test := range tests {
		err := sign.CheckTime(test.time)
		if test.want == "" {
			if err != nil {
				t.Errorf("CheckTime(%q) = %v", test.time, err)
			}
			continue
		}
		if !errors.Is(err, &sign.Error{Reason: test.want}) {
			t.Errorf("CheckTime(%q) = %v, want reason %s", test.time, err, test.want)
		}
	}
}

func TestContent(t *testing.T) {
	t.Parallel()
	want := "POST /antom/notify\nSANDBOX_5X00000000000000.2026-11-24T09:00:00Z." + `{"notifyType":"PAYMENT_RESULT"}`
	if got := string(genuine().Content()); got != want {
		t.Errorf("content = %q, want %q", got, want)
	}
}

func TestSign_refusesKeyVersion(t *testing.T) {
	t.Parallel()
	_, err := privateKey(t, "antom").Sign(genuine(), 0)
	if !errors.Is(err, &sign.KeyError{Reason: sign.KeyVersionInvalid}) {
		t.Errorf("error = %v", err)
	}
}
