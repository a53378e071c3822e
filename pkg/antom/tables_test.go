package antom_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/pkg/antom"
)

// pages are the names of the places in testdata/resultcodes.txt.
var pages = [...]struct {
	name  string
	place antom.Place
}{
	{"gateway", antom.InGateway},
	{"createPaymentSession", antom.InSession},
	{"inquiryPayment", antom.InInquiry},
	{"transactions", antom.InTransaction},
	{"capture", antom.InCapture},
	{"cancel", antom.InCancel},
	{"refund", antom.InRefund},
	{"inquiryRefund", antom.InRefundInquiry},
	{"refundResult", antom.InRefundResult},
	{"notifyPayment", antom.InNotification},
	{"paymentResult", antom.InPaymentResult},
}

// readPages returns the codes of each page as code:status, sorted, with the table's names for
// aliases.
func readPages(t *testing.T) map[string][]string {
	t.Helper()
	found := make(map[string][]string)
	for line := range strings.Lines(string(readFile(t, "resultcodes.txt"))) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		page, codes, _ := strings.Cut(line, ": ")
		for item := range strings.FieldsSeq(codes) {
			code, status, _ := strings.Cut(item, ":")
			row, known := antom.LookupResultCode(code)
			if !known {
				t.Errorf("%s: %s is not in the table", page, code)
			}
			found[page] = append(found[page], row.Code+":"+status)
		}
	}
	for page := range found {
		slices.Sort(found[page])
	}
	return found
}

// TestResultCodes_pages compares the table with the pages in both directions: each code of a
// page is in the table with that status and place, and the table has no other code for the
// page.
func TestResultCodes_pages(t *testing.T) {
	t.Parallel()
	documented := readPages(t)
	if len(documented) != len(pages) {
		t.Errorf("%d pages are transcribed, want %d", len(documented), len(pages))
	}
	var all antom.Place
	for _, page := range pages {
		var got []string
		for _, row := range antom.ResultCodes() {
			if row.Places.Has(page.place) {
				got = append(got, row.Code+":"+string(row.Status))
			}
		}
		if diff := cmp.Diff(documented[page.name], got); diff != "" {
			t.Errorf("%s (- page, + table):\n%s", page.name, diff)
		}
		all |= page.place
	}
	for _, row := range antom.ResultCodes() {
		if row.Places == 0 || !all.Has(row.Places) {
			t.Errorf("%s is in the places %b", row.Code, row.Places)
		}
	}
}

// A class says who can do what, so the status must permit it.
func TestResultCodes_classes(t *testing.T) {
	t.Parallel()
	statuses := map[antom.RetryClass]string{
		antom.ClassFinal: "S", antom.ClassSameRequest: "U", antom.ClassWait: "FU", antom.ClassNewRequest: "F", antom.ClassFix: "F",
		antom.ClassBuyer: "F", antom.ClassCard: "F", antom.ClassHard: "F", antom.ClassSupport: "F",
	}
	sources := []string{"3P", "DOC", "G24", "J24"}
	for _, row := range antom.ResultCodes() {
		if !strings.Contains(statuses[row.Class], string(row.Status)) {
			t.Errorf("%s has status %s and class %q", row.Code, row.Status, row.Class)
		}
		if !slices.Contains(sources, row.Source) {
			t.Errorf("%s is from %q", row.Code, row.Source)
		}
		if row.Status == antom.StatusF && row.Class == antom.ClassWait && row.Code != antom.CodeOrderNotExist {
			t.Errorf("%s is a refusal that a wait goes on after", row.Code)
		}
		for _, text := range []string{row.Meaning, row.Action} {
			if strings.HasSuffix(text, ".") || text != strings.TrimSpace(text) || strings.ContainsAny(text, "\n\t") {
				t.Errorf("%s: %q is not a plain phrase", row.Code, text)
			}
		}
	}
}

func TestResultCodes_aliases(t *testing.T) {
	t.Parallel()
	seen := make(map[string]string)
	for _, row := range antom.ResultCodes() {
		for alias := range strings.SplitSeq(row.Aliases, ",") {
			if alias == "" {
				continue
			}
			if other, twice := seen[alias]; twice {
				t.Errorf("%s stands for %s and %s", alias, other, row.Code)
			}
			seen[alias] = row.Code
			if got, known := antom.LookupResultCode(alias); !known || got.Code != row.Code {
				t.Errorf("LookupResultCode(%q) = %q, %t; want %q", alias, got.Code, known, row.Code)
			}
		}
		if got, known := antom.LookupResultCode(row.Code); !known || got != row {
			t.Errorf("LookupResultCode(%q) = %+v, %t", row.Code, got, known)
		}
	}
	for _, code := range []string{"", ",", "success", "SUCCESS ", "INSUFFICIENT_BALANCE"} {
		if row, known := antom.LookupResultCode(code); known {
			t.Errorf("LookupResultCode(%q) = %+v", code, row)
		}
	}
}

// The tables are returned as copies.
func TestTables_areCopies(t *testing.T) {
	t.Parallel()
	antom.ResultCodes()[0].Code = "X"
	antom.Currencies()[0].Digits = 9
	antom.MinimumAmounts()[0].Amount.Value = 9
	antom.Endpoints()[0].Repeat = false
	antom.SDKEvents()[0].Code = "X"
	if antom.ResultCodes()[0].Code == "X" || antom.SDKEvents()[0].Code == "X" || antom.Currencies()[0].Digits == 9 || antom.MinimumAmounts()[0].Amount.Value == 9 || !antom.Endpoints()[0].Repeat {
		t.Error("a caller can change a table")
	}
}

// TestCurrencies_documented compares the table with Antom's own list.
func TestCurrencies_documented(t *testing.T) {
	t.Parallel()
	want := map[int]string{
		0: "CLP JPY KRW VND",
		2: "AUD BDT BRL CAD CNY EUR GBP HKD IDR MXN MYR NZD PEN PHP PKR PLN SGD THB TWD USD",
	}
	got := make(map[int]string)
	for _, row := range antom.Currencies() {
		if len(row.Code) != 3 || strings.ToUpper(row.Code) != row.Code || row.Digits < 0 || row.Digits > 4 {
			t.Errorf("odd row %+v", row)
		}
		if row.Listed {
			got[row.Digits] = strings.TrimSpace(got[row.Digits] + " " + row.Code)
		}
		if wantSource := map[bool]string{true: "DOC", false: "INF"}[row.Listed]; row.Source != wantSource {
			t.Errorf("%s is from %q, want %q", row.Code, row.Source, wantSource)
		}
		if wantMultiple := map[string]int64{"IDR": 100}[row.Code]; row.Multiple != wantMultiple {
			t.Errorf("%s comes in multiples of %d, want %d", row.Code, row.Multiple, wantMultiple)
		}
		if found, ok := antom.LookupCurrency(row.Code); !ok || found != row {
			t.Errorf("LookupCurrency(%q) = %+v, %t", row.Code, found, ok)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, code := range []string{"", "sgd", "SGX", "XAU", "SG", "SGDD"} {
		if row, ok := antom.LookupCurrency(code); ok {
			t.Errorf("LookupCurrency(%q) = %+v", code, row)
		}
	}
}

func TestNearestCurrency(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"SGD": "SGD", "sgd": "SGD", " usd ": "USD", "RMB": "CNY", "euro": "EUR", "YEN": "JPY", "NTD": "TWD",
		"SG": "SGD", "US": "USD", "SGX": "SGD", "UDS": "USD", "EUD": "EUR", "GPB": "GBP", "": "", "S": "", "BITCOIN": "", "§§§": "",
	} {
		if got := antom.NearestCurrency(word); got != want {
			t.Errorf("NearestCurrency(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestMinimumAmounts(t *testing.T) {
	t.Parallel()
	want := []string{
		"ALIPAY_HK 0.01 HKD", "DANA 300.00 IDR", "GCASH 1.00 PHP", "JKOPAY 1.00 TWD", "KAKAOPAY 50 KRW", "TNG 0.05 MYR", "TRUEMONEY 1.00 THB",
	}
	var got []string
	for _, row := range antom.MinimumAmounts() {
		got = append(got, fmt.Sprintf("%s %s", row.PaymentMethodType, row.Amount))
		if row.Source != "DOC" {
			t.Errorf("%s is from %q", row.PaymentMethodType, row.Source)
		}
		if _, err := antom.NewAmount(row.Amount.Value, row.Amount.Currency); err != nil {
			t.Errorf("%s: %v", row.PaymentMethodType, err)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	byPayment := []string{"paymentId", "paymentRequestId"}
	want := []antom.Endpoint{
		{Operation: "cancel", Path: "/ams/api/v1/payments/cancel", Repeat: true, Names: byPayment, Recourse: antom.InquireFirst},
		{Operation: "capture", Path: "/ams/api/v1/payments/capture", Key: "captureRequestId", Repeat: true, Names: []string{"captureRequestId", "paymentId"}, Recourse: antom.SameID, Amount: "captureAmount"},
		{Operation: "createPaymentSession", Path: "/ams/api/v1/payments/createPaymentSession", Recourse: antom.SameRequest, Amount: "paymentAmount"},
		{Operation: "inquiryPayment", Path: "/ams/api/v1/payments/inquiryPayment", Repeat: true, Names: byPayment, Recourse: antom.AskAgain},
		{Operation: "inquiryRefund", Path: "/ams/api/v1/payments/inquiryRefund", Repeat: true, Names: []string{"refundId", "refundRequestId"}, Recourse: antom.AskAgain},
		{Operation: "refund", Path: "/ams/api/v1/payments/refund", Key: "refundRequestId", Repeat: true, Names: []string{"refundRequestId", "paymentId"}, Recourse: antom.SameID, Amount: "refundAmount"},
	}
	if diff := cmp.Diff(want, antom.Endpoints()); diff != "" {
		t.Error(diff)
	}
	if !slices.IsSorted(antom.Operations()) || len(antom.Operations()) != len(want) {
		t.Errorf("operations = %v", antom.Operations())
	}
	for _, row := range want {
		if got, ok := antom.LookupEndpoint(row.Operation); !ok || !cmp.Equal(got, row) {
			t.Errorf("LookupEndpoint(%q) = %+v, %t", row.Operation, got, ok)
		}
	}
	if got, ok := antom.LookupEndpoint("pay"); ok {
		t.Errorf("LookupEndpoint(pay) = %+v", got)
	}
}

func TestSandboxPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/ams/api/v1/payments/pay":                     "/ams/sandbox/api/v1/payments/pay",
		"/ams/api/v1/ams/api":                          "/ams/sandbox/api/v1/ams/api",
		"/ams/api//v1/payments/retrievePaymentSession": "/ams/sandbox/api//v1/payments/retrievePaymentSession",
		"/ams/sandbox/api/v1/payments/pay":             "/ams/sandbox/api/v1/payments/pay",
		"/other":                                       "/other",
	} {
		if got := antom.SandboxPath(path); got != want {
			t.Errorf("SandboxPath(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST": true, "localhost.": true, "shop.localhost": true, "127.0.0.1": true, "127.9.8.7": true, "::1": true, "[::1]": true, "::ffff:127.0.0.1": true,
		"": false, "127.0.0.1.evil.example": false, "localhost.evil.example": false, "evillocalhost": false, "0.0.0.0": false, "10.0.0.1": false, "::": false, "127.1": false, "example.com": false,
	} {
		if got := antom.IsLoopback(host); got != want {
			t.Errorf("IsLoopback(%q) = %t, want %t", host, got, want)
		}
	}
}
