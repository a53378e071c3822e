package emulator_test

import (
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/emulator"
)

// A card number that was given as a card token came back in the refusal.
func TestPay_numberAsToken(t *testing.T) {
	for _, number := range []string{"4054695723100768", "4054 6957 2310 0768"} {
		_, err := new(emulator.Emulator).Pay(t.Context(), emulator.PayRequest{PaymentRequestID: "order-1", CardToken: number})
		if err == nil || !strings.Contains(err.Error(), "is a card number") || strings.Contains(err.Error(), "0768") {
			t.Errorf("card token %q: %v", number, err)
		}
	}
}
