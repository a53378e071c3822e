package emulator_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
)

func provocations(t *testing.T) []emulator.Provocation {
	t.Helper()
	text, err := os.ReadFile("testdata/provocations.txt")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := emulator.ParseProvocations(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// codeAt is the code that the last step gave at a place.
func (p *play) codeAt(place string) (string, error) {
	var code string
	var err error
	switch place {
	case "payment":
		err = p.step([]string{"inquire"})
		code = fmt.Sprint(p.at("paymentResultCode"))
	case "transaction":
		err = p.step([]string{"inquire"})
		code = fmt.Sprint(p.at("transactions.-1.transactionResult.resultCode"))
	case "notifyPayment", "notifyCapture", "notifyRefund":
		if err = p.step([]string{"notifications"}); err != nil {
			return "", err
		}
		list := strings.Split(fmt.Sprint(p.at("list")), ",")
		code = fmt.Sprint(p.at(strconv.Itoa(len(list)-1) + ".result.resultCode"))
		kind := strings.ToUpper(strings.TrimPrefix(place, "notify")) + "_"
		if got := fmt.Sprint(p.at(strconv.Itoa(len(list)-1) + ".notifyType")); !strings.HasPrefix(got, kind) {
			err = fmt.Errorf("the last notification is %s, want one of %s", got, place)
		}
	default:
		code = fmt.Sprint(p.at("result.resultCode"))
	}
	return code, err
}

func TestProvocations(t *testing.T) {
	t.Parallel()
	for _, row := range provocations(t) {
		t.Run(row.Place+"/"+row.Code, func(t *testing.T) {
			t.Parallel()
			p := newPlay(t, emulator.Options{Merchants: []emulator.Merchant{{ClientID: "SANDBOX_KEYLESS"}}})
			for _, step := range row.Steps {
				if err := p.step(parseLine(step).words); err != nil {
					t.Fatalf("%s: %v", step, err)
				}
			}
			if got, err := p.codeAt(row.Place); err != nil || got != row.Code {
				t.Errorf("%s: %s gives %s, %v; want %s", row.Place, strings.Join(row.Steps, "; "), got, err, row.Code)
			}
		})
	}
}

// TestProvocations_complete wants a way to every row of the emulator's rules:
// as many ways to a code as rows that refuse with it.
func TestProvocations_complete(t *testing.T) {
	t.Parallel()
	ways, rules := map[string]int{}, map[string]int{}
	for _, row := range provocations(t) {
		ways[row.Place+" "+row.Code]++
	}
	for _, row := range emulator.RuleCodes() {
		rules[row.Place+" "+row.Code]++
	}
	for key, n := range rules {
		if key == "gateway PARAM_ILLEGAL" {
			n = 1 // the other row is the operations' own
		}
		if ways[key] < n {
			t.Errorf("%s: %d ways for %d rules", key, ways[key], n)
		}
	}
}

// TestScenarios_everyCode sets each code that Antom documents for an operation,
// as the page says.
func TestScenarios_everyCode(t *testing.T) {
	t.Parallel()
	steps := map[antom.Operation]string{
		antom.CreatePaymentSession: "session id=x", antom.InquiryPayment: "inquire", antom.Capture: "capture", antom.Cancel: "cancel", antom.Refund: "refund", antom.InquiryRefund: "inquireRefund",
	}
	for op, step := range steps {
		t.Run(string(op), func(t *testing.T) {
			t.Parallel()
			p := newPlay(t, emulator.Options{})
			prepare(t, p, "session capture=MANUAL", "pay", "capture amount=100", "refund amount=10")
			for _, code := range emulator.ScenarioCodes(op) {
				prepare(t, p, "scenario "+string(op)+" "+code, step+" amount=1")
				row, _ := antom.LookupResultCode(code)
				if got := fmt.Sprint(p.at("result.resultStatus"), p.at("result.resultCode")); got != string(row.Status)+code {
					t.Errorf("%s: %s, want %s%s", op, got, row.Status, code)
				}
			}
		})
	}
}

func prepare(t *testing.T, p *play, steps ...string) {
	t.Helper()
	for _, step := range steps {
		if err := p.step(parseLine(step).words); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
	}
}

// TestOutcomes_everyCode pays with each payment result code.
func TestOutcomes_everyCode(t *testing.T) {
	t.Parallel()
	p := newPlay(t, emulator.Options{})
	for _, code := range emulator.OutcomeCodes() {
		prepare(t, p, "session", "pay outcome="+code, "inquire")
		row, _ := antom.LookupResultCode(code)
		want := map[antom.ResultStatus]antom.PaymentStatus{antom.StatusS: antom.PaymentSuccess, antom.StatusF: antom.PaymentFail, antom.StatusU: antom.PaymentProcessing}[row.Status]
		if p.at("paymentResultCode") != code || p.at("paymentStatus") != string(want) {
			t.Errorf("%s: %v %v, want %s", code, p.at("paymentStatus"), p.at("paymentResultCode"), want)
		}
	}
}

// TestCodes_documented wants every code of the rules to be one of Antom's.
func TestCodes_documented(t *testing.T) {
	t.Parallel()
	for _, row := range append(emulator.RuleCodes(), provocations(t)...) {
		if _, known := antom.LookupResultCode(row.Code); !known {
			t.Errorf("%s: %s is in no table of result codes", row.Place, row.Code)
		}
	}
	for _, code := range emulator.RawRefusalCodes() {
		if _, known := antom.LookupResultCode(code); !known {
			t.Errorf("raw refusals: %s is in no table of result codes", code)
		}
	}
	if !slices.IsSorted(emulator.RawRefusalCodes()) {
		t.Error("the raw refusals are not sorted")
	}
}

func TestStatesPage_fresh(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/emulator-states.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(page, emulator.StatesPage(provocations(t))) {
		t.Error("docs/emulator-states.md is stale: run go generate ./internal/emulator")
	}
}
