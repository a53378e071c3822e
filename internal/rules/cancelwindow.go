package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// cancelLimit is how long a payment that succeeded can be cancelled.
type cancelLimit struct {
	methods string        // payment methods; "" for all others
	span    time.Duration // from its success; 0 for not at all; untilMidnight for the same day
	level   Level
}

// untilMidnight means 00:15 UTC+8 of the day after the success.
const untilMidnight = -1

// cancelLimits are from Antom's cancel guides (DOC cashierpay). "Most others" end at 00:15
// UTC+8, so that row only warns. A payment whose method is not told is taken for a card's.
var cancelLimits = [...]cancelLimit{
	{"CARD MERCADOPAGO_BR MERCADOPAGO_CL MERCADOPAGO_MX MERCADOPAGO_PE", 7 * 24 * time.Hour, Documented},
	{"ATMTRANSFER_ID BANKTRANSFER_BNI BANKTRANSFER_BSI BANKTRANSFER_MAYBANK BANKTRANSFER_PERMATA CIMBNIAGA DANA GOPAY_ID JKOPAY KREDIVO_ID OVO QRIS SHOPEEPAY_ID", 0, Documented},
	{"BANKAPP_BANGKOKBANK BANKAPP_BANKOFAYUDHYA BANKAPP_KRUNGTHAIBANK BANKAPP_SIAMCOMMERCIALBANK BANKTRANSFER_BANGKOKBANK BANKTRANSFER_BANKOFAYUDHYA BANKTRANSFER_GOVERNMENTSAVINGSBANK " +
		"BANKTRANSFER_KASIKORNBANK BANKTRANSFER_KRUNGTHAIBANK BANKTRANSFER_SIAMCOMMERCIALBANK ONLINEBANKING_BANGKOKBANK ONLINEBANKING_BANKOFAYUDHYA ONLINEBANKING_KASIKORNBANK " +
		"ONLINEBANKING_KRUNGTHAIBANK ONLINEBANKING_SIAMCOMMERCIALBANK", 0, Documented},
	{"", untilMidnight, Inferred},
}

func cancelLimitOf(method string) cancelLimit {
	if method == "" {
		return cancelLimits[0]
	}
	for _, row := range cancelLimits {
		if row.methods == "" || slices.Contains(strings.Fields(row.methods), method) {
			return row
		}
	}
	return cancelLimits[0]
}

// end returns the time from which a payment that succeeded at a time can't be cancelled.
func (l cancelLimit) end(succeeded time.Time) time.Time {
	if l.span != untilMidnight {
		return succeeded.Add(l.span)
	}
	day := succeeded.In(time.FixedZone("UTC+8", 8*60*60))
	return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 15, 0, 0, day.Location())
}

// cancelTooLate reports whether a limit of this level has passed.
func cancelTooLate(m Money, level Level) bool {
	limit := cancelLimitOf(m.Payment.PaymentMethodType)
	succeeded, err := m.Payment.PaymentTime.Time()
	return err == nil && limit.level == level && m.Now.After(limit.end(succeeded))
}

func cancelText(m Money, _ antom.Balance) string {
	method, at := m.Payment.PaymentMethodType, m.Payment.PaymentTime
	switch limit := cancelLimitOf(method); limit.span {
	case 0:
		return fmt.Sprintf("the payment succeeded at %s: one by %s can be cancelled only before it succeeds", at, method)
	case untilMidnight:
		return fmt.Sprintf("the payment succeeded at %s: most payment methods can be cancelled until 00:15 UTC+8 of the next day, and %s may be one of them", at, method)
	default:
		return fmt.Sprintf("the payment succeeded at %s, more than %d days ago: the time to cancel has passed", at, int(limit.span.Hours()/24))
	}
}
