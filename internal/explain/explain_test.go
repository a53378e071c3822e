package explain_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/explain"
	"github.com/antom-cli/antom/pkg/antom"
)

// book is made of the real tables and of one exit code and one code of the emulator.
func book() *explain.Book {
	return explain.New(explain.Sources{
		Exits: []explain.Exit{{Code: "3", Name: "refused", Meaning: "refused: F"}},
		Scenarios: func(operation antom.Operation) []string {
			return map[antom.Operation][]string{antom.Refund: {"REFUND_IN_PROCESS", "MERCHANT_BALANCE_NOT_ENOUGH"}, antom.Cancel: {"MERCHANT_BALANCE_NOT_ENOUGH"}}[operation]
		},
		Outcomes: []string{"DO_NOT_HONOR"},
	})
}

func TestBook_complete(t *testing.T) {
	t.Parallel()
	b := book()
	want := map[explain.Kind]int{
		explain.KindResult: len(antom.ResultCodes()), explain.KindSDK: len(antom.SDKEvents()), explain.KindNotify: len(antom.NotifyMeanings()),
		explain.KindRefusal: len(antom.RefusalCodes()), explain.KindExit: 1,
	}
	verdicts := []explain.Retry{explain.Never, explain.SameID, explain.NewID, explain.Inquire, explain.Fix}
	for _, kind := range explain.Kinds() {
		entries := b.Entries(kind)
		if len(entries) != want[kind] {
			t.Errorf("%s: %d entries, want %d", kind, len(entries), want[kind])
		}
		for _, e := range entries {
			if e.Meaning == "" || e.Source == "" || len(e.Source) < 4 {
				t.Errorf("%s %s: no meaning, or a source that is not in words: %q", kind, e.Code, e.Source)
			}
			judged := kind == explain.KindResult || kind == explain.KindRefusal
			if judged && (!slices.Contains(verdicts, e.Retry) || e.Next == "" || len(e.Operations) == 0) {
				t.Errorf("%s %s: verdict %q, next %q, operations %q", kind, e.Code, e.Retry, e.Next, e.Operations)
			}
		}
	}
}

// A verdict of one operation is of a code that stands there, and differs from the rest.
func TestBook_differs(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, e := range book().Entries(explain.KindResult) {
		for _, differ := range e.Differs {
			seen++
			if !slices.Contains(e.Operations, differ.Operation) {
				t.Errorf("%s does not stand in %s", e.Code, differ.Operation)
			}
			if differ.Retry == e.Retry && differ.Next == e.Next || differ.Next == "" {
				t.Errorf("%s: %s says nothing of its own", e.Code, differ.Operation)
			}
		}
	}
	if seen < 10 {
		t.Errorf("%d verdicts of one operation: rows are lost, probably a code is misspelt", seen)
	}
}

// What must not be got wrong: these move money twice, or leave the buyer unpaid.
func TestFor(t *testing.T) {
	t.Parallel()
	b := book()
	for _, row := range []struct {
		code      string
		operation antom.Operation
		want      explain.Retry
	}{
		{"REFUND_IN_PROCESS", antom.Refund, explain.Inquire},
		{"CAPTURE_IN_PROCESS", antom.Capture, explain.Inquire},
		{"MERCHANT_BALANCE_NOT_ENOUGH", antom.Refund, explain.NewID},
		{"MERCHANT_BALANCE_NOT_ENOUGH", antom.Cancel, explain.SameID},
		{"UNKNOWN_EXCEPTION", antom.Refund, explain.SameID},
		{"MULTIPLE_REFUNDS_NOT_SUPPORTED", antom.Refund, explain.Never},
		{"PROCESS_FAIL", antom.Capture, explain.Never},
		{"ORDER_NOT_EXIST", antom.Refund, explain.Fix},
		{"ORDER_NOT_EXIST", antom.InquiryPayment, explain.Inquire},
		{"INVALID_SIGNATURE", antom.Cancel, explain.Fix}, // of the gateway, so of every operation
	} {
		got := explain.For(b.Lookup(row.code), row.operation)
		if len(got) != 1 || got[0].Retry != row.want {
			t.Errorf("%s of %s: %+v, want %s", row.code, row.operation, got, row.want)
		}
	}
	if got := explain.For(b.Lookup("DO_NOT_HONOR"), antom.Capture); len(got) != 0 {
		t.Errorf("capture does not answer DO_NOT_HONOR, got %+v", got)
	}
	got := explain.For(b.Lookup("MERCHANT_BALANCE_NOT_ENOUGH"), antom.Cancel)
	if want := []string{"antom emulator scenario cancel MERCHANT_BALANCE_NOT_ENOUGH"}; !cmp.Equal(got[0].Emulator, want) || got[0].Buyer != "" {
		t.Errorf("commands %q, buyer %q; want %q and nothing", got[0].Emulator, got[0].Buyer, want)
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	b := book()
	for code, want := range map[string][]string{
		"do_not_honor":               {"result DO_NOT_HONOR"},
		"SIGNATURE_INVALID":          {"result INVALID_SIGNATURE"},
		"SDK_CREATE_COMPONENT_ERROR": {"web-sdk SDK_CREATECOMPONENT_ERROR"},
		"01":                         {"card-refusal 01", "card-refusal 01"},
		"3":                          {"exit 3"},
		"03":                         {"card-refusal 03", "card-refusal 03"},
		"NOSUCH":                     nil,
	} {
		var got []string
		for _, e := range b.Lookup(code) {
			got = append(got, string(e.Kind)+" "+e.Code)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", code, diff)
		}
	}
	for word, want := range map[string]string{"DO_NOT_HONR": "DO_NOT_HONOR", "sdk_payment_sxccessful": "SDK_PAYMENT_SUCCESSFUL", "PAYMENT_RESLT": "PAYMENT_RESULT", "9": "", "xyz": ""} {
		if got := b.Nearest(word); got != want {
			t.Errorf("nearest to %q is %q, want %q", word, got, want)
		}
	}
}

// The pair of codes that Antom's own table swaps is told as it is, with the dispute.
func TestLookup_swapped(t *testing.T) {
	t.Parallel()
	init := book().Lookup("SDK_INIT_PARAMETER_ERROR")
	if len(init) != 1 || !strings.Contains(init[0].Meaning, "constructor") || !strings.Contains(init[0].Dispute, "other way round") {
		t.Errorf("%+v", init)
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	all := book().Entries("")
	got := explain.Search(all, "Balance refundRequestId")
	if len(got) != 1 || got[0].Code != "MERCHANT_BALANCE_NOT_ENOUGH" {
		t.Errorf("%+v", got)
	}
	if got := explain.Search(all, ""); len(got) != len(all) {
		t.Errorf("no words: %d of %d", len(got), len(all))
	}
	if got := explain.Search(all, "no such words"); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// What a table of ways names is a code of the SDK; a refusal names the outcomes that show it.
func TestBook_provoke(t *testing.T) {
	t.Parallel()
	b := explain.New(explain.Sources{
		Exits: []explain.Exit{{Code: "3", Name: "refused", Meaning: "refused: F", Provoke: []string{"antom payment inquire nosuch"}}},
		Refusals: func(kind antom.RefusalKind, code string) []string {
			if kind == antom.RefusalOfIssuer && code == "51" {
				return []string{"USER_BALANCE_NOT_ENOUGH"}
			}
			return nil
		},
	})
	ways := 0
	for _, e := range b.Entries(explain.KindSDK) {
		for _, way := range e.Emulator {
			ways++
			if !strings.HasPrefix(way, "antom ") {
				t.Errorf("%s: %q is no command", e.Code, way)
			}
		}
	}
	if want := explain.SDKWays(); ways != want {
		t.Errorf("%d ways are shown, the table has %d: one names a code that there is not", ways, want)
	}
	for _, row := range []struct{ code, want string }{{"51", `antom emulator pay "$id" --outcome USER_BALANCE_NOT_ENOUGH`}, {"3", "antom payment inquire nosuch"}} {
		if got := b.Lookup(row.code)[0].Emulator; !slices.Equal(got, []string{row.want}) {
			t.Errorf("%s: %q, want %q", row.code, got, row.want)
		}
	}
}
