package antom_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/antom-cli/antom/pkg/antom"
)

// TestPayment_Balance adds up transactions, given as type status value.
func TestPayment_Balance(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status, rows string
		want         string // authorised captured capturing open refunded refunding refundable
	}{
		{"SUCCESS", "", "4200 0 0 4200 0 0 4200"},
		{"PROCESSING", "", "0 0 0 0 0 0 0"},
		{"SUCCESS", "CAPTURE SUCCESS 1200", "4200 1200 0 3000 0 0 1200"},
		{"SUCCESS", "CAPTURE SUCCESS 1200, CAPTURE PROCESSING 1000, CAPTURE FAIL 2000", "4200 1200 1000 2000 0 0 1200"},
		{"SUCCESS", "CAPTURE SUCCESS 4200, REFUND SUCCESS 200, REFUND PROCESSING 1000", "4200 4200 0 0 200 1000 3000"},
		{"SUCCESS", "CAPTURE PROCESSING 4200", "4200 0 4200 0 0 0 0"},
		{"CANCELLED", "CAPTURE SUCCESS 1200", "0 1200 0 0 0 0 0"},
	} {
		var rows []string
		for row := range strings.SplitSeq(test.rows, ", ") {
			if f := strings.Fields(row); len(f) == 3 {
				rows = append(rows, fmt.Sprintf(`{"transactionType":%q,"transactionStatus":%q,"transactionAmount":{"currency":"SGD","value":%q}}`, f[0], f[1], f[2]))
			}
		}
		var p antom.Payment
		body := fmt.Sprintf(`{"paymentStatus":%q,"paymentAmount":{"currency":"SGD","value":"4200"},"transactions":[%s]}`, test.status, strings.Join(rows, ","))
		if err := json.Unmarshal([]byte(body), &p); err != nil {
			t.Fatal(err)
		}
		b := p.Balance()
		got := fmt.Sprint(b.Authorised.Value, b.Captured.Value, b.Capturing.Value, b.Open.Value, b.Refunded.Value, b.Refunding.Value, b.Refundable.Value)
		if got != test.want || b.Open.Currency != "SGD" {
			t.Errorf("%s %s: %s, want %s", test.status, test.rows, got, test.want)
		}
	}
}
