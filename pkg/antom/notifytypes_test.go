package antom_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/pkg/antom"
)

// Every type of notification with all documented fields is written back as it was read.
func TestParseNotification_everyField(t *testing.T) {
	t.Parallel()
	bodies := map[string]struct {
		body  func(*antom.Notification) any
		types []antom.NotifyType
	}{
		"payment": {func(n *antom.Notification) any { return n.Payment }, []antom.NotifyType{
			antom.NotifyPaymentResult, antom.NotifyPaymentPending, antom.NotifyUpdateAmount,
		}},
		"capture":       {func(n *antom.Notification) any { return n.Capture }, []antom.NotifyType{antom.NotifyCaptureResult}},
		"refund":        {func(n *antom.Notification) any { return n.Refund }, []antom.NotifyType{antom.NotifyRefundResult}},
		"authorization": {func(n *antom.Notification) any { return n.Authorization }, []antom.NotifyType{antom.NotifyTokenCreated, antom.NotifyAuthCodeCreated, antom.NotifyTokenCancelled}},
		"vaulting":      {func(n *antom.Notification) any { return n.Vaulting }, []antom.NotifyType{""}},
		"dispute": {func(n *antom.Notification) any { return n.Dispute }, []antom.NotifyType{
			antom.NotifyDisputeJudged, antom.NotifyDisputeCreated, antom.NotifyDisputeCancelled, antom.NotifyDefenseSupplied, antom.NotifyDefenseDueAlert,
			antom.NotifyDisputeAccepted, antom.NotifyRDRResolved,
		}},
	}
	for name, kind := range bodies {
		golden := readFile(t, "notifications/"+name+".json")
		for _, notifyType := range kind.types {
			text := bytes.Replace(golden, []byte(`"`+string(kind.types[0])+`"`), []byte(`"`+string(notifyType)+`"`), 1)
			if notifyType == "" {
				text = golden
			}
			n, err := antom.ParseNotification(text)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if n.Type != notifyType || n.Unread != nil || !bytes.Equal(n.Raw, text) {
				t.Errorf("%s: type = %q, unread = %v", name, n.Type, n.Unread)
			}
			got, err := json.Marshal(kind.body(n))
			if err != nil {
				t.Fatal(err)
			}
			sameJSON(t, text, got)
			if missing := neverSet(kind.body(n)); missing != nil {
				t.Errorf("%s does not set %v", name, missing)
			}
			if set := bodiesOf(n); len(set) != 1 || set[0] != name {
				t.Errorf("%s sets the bodies %v", name, set)
			}
		}
	}
}

// bodiesOf returns the names of the bodies that are set.
func bodiesOf(n *antom.Notification) (set []string) {
	for _, body := range []struct {
		name string
		set  bool
	}{
		{"payment", n.Payment != nil}, {"capture", n.Capture != nil}, {"refund", n.Refund != nil}, {"authorization", n.Authorization != nil},
		{"vaulting", n.Vaulting != nil}, {"dispute", n.Dispute != nil},
	} {
		if body.set {
			set = append(set, body.name)
		}
	}
	return set
}

func TestParseNotification_unusual(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		wantType   antom.NotifyType
		want       []string // bodies
		unread     []string
	}{
		{"a type of the future", `{"notifyType":"MOON_RESULT","paymentId":"1"}`, "MOON_RESULT", nil, nil},
		{"in store", `{"notifyType":"OFFLINE_PAYMENT_CODE"}`, "OFFLINE_PAYMENT_CODE", nil, nil},
		{"no discriminator at all", `{"a":1}`, "", nil, nil},
		{"a dispute of the future", `{"disputeNotificationType":"DISPUTE_SUNG","disputeId":"d1"}`, "DISPUTE_SUNG", []string{"dispute"}, nil},
		{"a failed vaulting", `{"result":{"resultStatus":"F","resultCode":"PROCESS_FAIL"},"vaultingRequestId":"v1"}`, "", []string{"vaulting"}, nil},
		{"a payment with odd fields", strings.TrimSuffix(notifyBody, "}") + `,"metadata":{"a":1},"retryInfo":[]}`, "PAYMENT_RESULT", []string{"payment"}, []string{"metadata", "retryInfo"}},
		{"unknown fields", strings.TrimSuffix(notifyBody, "}") + `,"brandNew":{"a":[1]}}`, "PAYMENT_RESULT", []string{"payment"}, nil},
		{"blanks around it", "\n " + notifyBody + "\n", "PAYMENT_RESULT", []string{"payment"}, nil},
		{"the text form of a boolean", `{"disputeNotificationType":"DISPUTE_CREATED","disputeId":"d1","defendable":"true"}`, "DISPUTE_CREATED", []string{"dispute"}, nil},
	}
	for _, test := range tests {
		n, err := antom.ParseNotification([]byte(test.text))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if n.Type != test.wantType || !cmp.Equal(bodiesOf(n), test.want) || !cmp.Equal(n.Unread, test.unread) || string(n.Raw) != test.text {
			t.Errorf("%s: type %q, bodies %v, unread %v", test.name, n.Type, bodiesOf(n), n.Unread)
		}
	}
	for _, text := range []string{
		``, `null and void`, `[]`, `"PAYMENT_RESULT"`, `{"notifyType":{}}`, `{"notifyType":"PAYMENT_RESULT","result":"S"}`,
		`{"notifyType":"PAYMENT_RESULT","paymentAmount":{"currency":"SGD","value":"42.00"}}`, `{"notifyType":"CAPTURE_RESULT","captureId":1}`,
		`{"notifyType":"CAPTURE_RESULT","captureAmount":4200}`, `{"notifyType":"REFUND_RESULT","refundStatus":true}`,
	} {
		if n, err := antom.ParseNotification([]byte(text)); err == nil {
			t.Errorf("%s is read as %+v", text, n)
		}
	}
}

func TestReadSummary(t *testing.T) {
	t.Parallel()
	got, err := antom.ReadSummary([]byte(notifyBody))
	if err != nil || got.NotifyType != "PAYMENT_RESULT" || got.PaymentRequestID != "order-1001" || got.PaymentID != "pi1" || got.Result.ResultStatus != antom.StatusS {
		t.Errorf("summary = %+v, %v", got, err)
	}
	got, err = antom.ReadSummary([]byte(`{"paymentId":17,"paymentRequestId":"r"}`))
	if err != nil || got.PaymentID != "" || got.PaymentRequestID != "r" {
		t.Errorf("summary = %+v, %v", got, err)
	}
}
