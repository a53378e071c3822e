package antom_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/antom-cli/antom/pkg/antom"
)

// documentedEvents are the codes in the guide's table, in the newer reference and in the
// enumeration of the SDK 1.47.2.
const documentedEvents = `
SDK_PAYMENT_SUCCESSFUL SDK_PAYMENT_PROCESSING SDK_PAYMENT_FAIL SDK_PAYMENT_CANCEL SDK_PAYMENT_ERROR
SDK_START_OF_LOADING SDK_END_OF_LOADING SDK_INTERNAL_ERROR SDK_CREATEPAYMENT_PARAMETER_ERROR SDK_INIT_PARAMETER_ERROR
SDK_CREATECOMPONENT_ERROR SDK_CREATE_COMPONENT_ERROR SDK_CALL_URL_ERROR SDK_CALL_URL_SUCCESS SDK_FORM_VERIFICATION_FAILED
SDK_DUPLICATE_SUBMISSION_BEHAVIOR SDK_PAYMENT_AUTHORIZATION_SUCCESSFUL SDK_PAYMENT_CHALLENGE SDK_PAYMENT_RETRY SDK_SUBMIT_NETWORK_ERROR
SDK_LAUNCH_PAYMENT_APP_ERROR SDK_REDIRECT SDK_PAYMENT_WARN SDK_PAYMENT_SHIPPINGCHANGE SDK_PAYMENT_APPROVE SDK_PAYMENT_CLICK_BACK_TO_MERCHANT
PARAM_INVALID UI_STATE_ERROR INITIALIZE_API_TIMEOUT INITIALIZE_WEB_TIMEOUT ERR_DATA_STRUCT_UNRECOGNIZED REPEAT_REQ_REJECT
INQUIRY_PAYMENT_SESSION_FAILED`

func TestSDKEvents(t *testing.T) {
	t.Parallel()
	rows := antom.SDKEvents()
	if !slices.IsSortedFunc(rows, func(a, b antom.SDKEvent) int { return strings.Compare(a.Code, b.Code) }) {
		t.Error("the table is not sorted")
	}
	for code := range strings.FieldsSeq(documentedEvents) {
		if _, known := antom.LookupSDKEvent(code); !known {
			t.Errorf("%s is not in the table", code)
		}
	}
	kinds := []antom.SDKEventKind{antom.SDKResult, antom.SDKStatus, antom.SDKError, antom.SDKAnswer}
	for _, row := range rows {
		if got, known := antom.LookupSDKEvent(row.Code); !known || got != row {
			t.Errorf("LookupSDKEvent(%q) = %+v, %t", row.Code, got, known)
		}
		if _, both := antom.LookupResultCode(row.Code); both {
			t.Errorf("%s is a result code too: which of the two is meant?", row.Code)
		}
		if !slices.Contains(kinds, row.Kind) || !slices.Contains([]string{"G24", "DOC", "JS", "3P"}, row.Source) {
			t.Errorf("%s: kind %q, source %q", row.Code, row.Kind, row.Source)
		}
		if strings.HasPrefix(row.Code, "SDK_") == (row.Kind == antom.SDKAnswer) {
			t.Errorf("%s is of kind %s", row.Code, row.Kind)
		}
		if row.Kind == antom.SDKResult && !row.Inquire {
			t.Errorf("%s: the browser's word is only a hint, and nothing asks", row.Code)
		}
		checkPhrases(t, row.Code, row.Meaning, row.Action)
	}
}

func checkPhrases(t *testing.T, code string, phrases ...string) {
	t.Helper()
	for _, text := range phrases {
		if text == "" || strings.HasSuffix(text, ".") || text != strings.TrimSpace(text) || strings.ContainsAny(text, "\n\t") {
			t.Errorf("%s: %q is not a plain phrase", code, text)
		}
	}
}

// The guide's event table swaps two meanings; ours follows the SDK and says so.
func TestSDKEvents_swappedPair(t *testing.T) {
	t.Parallel()
	for code, about := range map[string]string{"SDK_CREATEPAYMENT_PARAMETER_ERROR": "session data", "SDK_INIT_PARAMETER_ERROR": "constructor"} {
		row, _ := antom.LookupSDKEvent(code)
		if !strings.Contains(row.Meaning, about) || !strings.Contains(row.Dispute, "the other way round") {
			t.Errorf("%s: %q (%q)", code, row.Meaning, row.Dispute)
		}
	}
}

func TestExplainSDKEvent(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ code, message, want string }{
		{"SDK_CREATECOMPONENT_ERROR", "", "the payment component could not be shown"},
		{"SDK_CREATECOMPONENT_ERROR", "Network request error", "the browser can't reach Antom's gateway"},
		{"SDK_CREATECOMPONENT_ERROR", "Load resource timeout", "the page of the form did not load within 15 s"},
		{"SDK_CREATECOMPONENT_ERROR", "Only one component can be rendered simultaneously", "a component is already shown"},
		{"SDK_CREATE_COMPONENT_ERROR", "The order has been closed", "Antom refused the session: expired, paid, cancelled, or of another environment"},
		{"SDK_CREATEPAYMENT_PARAMETER_ERROR", "no such message", "the SDK could not read the session data: wrong, cut, or without the fourth part"},
		{"SDK_PAYMENT_FAIL", "Network request error", "the payment failed"},
	} {
		if got, known := antom.ExplainSDKEvent(test.code, test.message); !known || got.Meaning != test.want {
			t.Errorf("ExplainSDKEvent(%q, %q) = %q, %t", test.code, test.message, got.Meaning, known)
		}
	}
	if row, known := antom.ExplainSDKEvent("SDK_NEW", "x"); known || row != (antom.SDKEvent{}) {
		t.Errorf("an unknown code is %+v", row)
	}
}

// Every cause belongs to a code in the table; the one for all other messages comes last.
func TestSDKCauses(t *testing.T) {
	t.Parallel()
	for _, row := range antom.SDKEvents() {
		causes := antom.SDKCauses(row.Code)
		for i, cause := range causes {
			checkPhrases(t, row.Code, cause.Meaning, cause.Action)
			if cause.Message == "" && i != len(causes)-1 {
				t.Errorf("%s: causes after the one that takes every message: %+v", row.Code, causes[i+1:])
			}
		}
	}
	if got := len(antom.SDKCauses("SDK_CREATECOMPONENT_ERROR")); got != 4 {
		t.Errorf("%d causes, want 4", got)
	}
	if causes := antom.SDKCauses("SDK_NEW"); causes != nil {
		t.Errorf("causes of an unknown code: %v", causes)
	}
}
