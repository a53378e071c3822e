package cmd

import "github.com/antom-cli/antom/pkg/antom"

// wholePayment awaits the payment's own status.
type wholePayment struct{}

func (wholePayment) noun() string    { return "payment" }
func (wholePayment) command() string { return "antom payment wait" }

func (wholePayment) stages(payment *antom.Payment) []stage {
	return []stage{{text: string(payment.PaymentStatus)}}
}

func (wholePayment) done(payment *antom.Payment) bool { return payment.PaymentStatus.Final() }

func (wholePayment) judge(payment *antom.Payment, expect string) error {
	return outcome(payment, expect)
}
