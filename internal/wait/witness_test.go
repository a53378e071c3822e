package wait_test

import (
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/wait"
	"github.com/antom-cli/antom/pkg/antom"
)

func TestAccord(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	says := func(status antom.PaymentStatus, value int64) *wait.Testimony {
		return &wait.Testimony{Status: status, Code: string(status), Amount: antom.Amount{Currency: "SGD", Value: value}, At: at}
	}
	for _, row := range []struct {
		name   string
		accord wait.Accord
		want   string
	}{
		{"agree", wait.Accord{Inquiry: says("SUCCESS", 4200), Notification: says("SUCCESS", 4200)}, ""},
		{"both failed", wait.Accord{Inquiry: says("FAIL", 4200), Notification: says("FAIL", 4200)}, ""},
		{"cancelled", wait.Accord{Inquiry: says("CANCELLED", 4200), Notification: says("FAIL", 4200)}, ""},
		{"one is silent", wait.Accord{Inquiry: says("SUCCESS", 4200)}, ""},
		{"no amount", wait.Accord{Inquiry: says("SUCCESS", 4200), Notification: &wait.Testimony{Status: "SUCCESS"}}, ""},
		{"status", wait.Accord{Inquiry: says("SUCCESS", 4200), Notification: says("FAIL", 4200)}, "inquiryPayment says SUCCESS over 42.00 SGD, the notification says FAIL over 42.00 SGD"},
		{"amount", wait.Accord{Inquiry: says("SUCCESS", 4200), Notification: says("SUCCESS", 1)}, "inquiryPayment says SUCCESS over 42.00 SGD, the notification says SUCCESS over 0.01 SGD"},
	} {
		if got := row.accord.Disagreement(); got != row.want {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
	}
	late := wait.Accord{Inquiry: says("SUCCESS", 1), Notification: &wait.Testimony{At: at.Add(-time.Second)}}
	if late.Delay() != -time.Second {
		t.Errorf("delay %v", late.Delay())
	}
	for result, want := range map[antom.ResultStatus]antom.PaymentStatus{"S": "SUCCESS", "F": "FAIL", "U": ""} {
		if got := wait.NotifiedStatus(result); got != want {
			t.Errorf("%s is %q, want %q", result, got, want)
		}
	}
}
