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
	good := []string{
		"1785913200123", "2026-08-05T07:00:00Z", "2026-08-05T07:00:00+00:00", "2026-08-05T07:00:00+0000",
		"2026-08-05T07:00:00.123Z", "2026-08-05T07:00:00.123456789-07:00",
	}
	bad := []string{
		"", "178591320012", "17859132001234", "1785913200123 ", "2026-08-05", "2026-08-05 07:00:00Z", "2026-08-05T07:00:00",
		"2026-08-05T07:00:00z", "2026-08-05T07:00:00.Z", "2026-08-05T07:00:00+08", "2026-08-05T07:00:00+08:00.{",
		"2026-08-05T07:00:00Z.{\"a\":1}", "１785913200123",
	}
	for _, s := range good {
		if err := sign.CheckTime(s); err != nil {
			t.Errorf("CheckTime(%q) = %v", s, err)
		}
	}
	for _, s := range bad {
		if err := sign.CheckTime(s); err == nil {
			t.Errorf("CheckTime(%q) accepts it", s)
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
