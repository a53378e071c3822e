package rules

import (
	"fmt"

	"github.com/antom-cli/antom/internal/jsontree"
	"github.com/antom-cli/antom/pkg/antom"
)

// methodMultiple is a payment method's rule that amounts in minor units must be a
// multiple of a number, in addition to the rule of the currency.
type methodMultiple struct {
	method   string
	currency string
	multiple int64
	source   string
}

// methodMultiples are from Antom's currency page (ref/cc). Sorted by method. The
// minimum amounts are in [antom.MinimumAmounts].
var methodMultiples = [...]methodMultiple{
	{"JKOPAY", "TWD", 100, "DOC"},
	{"OCTOPUS", "HKD", 10, "DOC"},
}

// compareMethod checks the amount against the rules of its payment methods: the one of the
// classic cashier, or those that an element or a checkout page offers. An amount that breaks
// the rules of its currency is reported elsewhere.
func (c *checker) compareMethod(object *jsontree.Node) {
	amount, known := amountOf(object.Member("paymentAmount"))
	if !known {
		return
	}
	c.checkMethod(object.Member("paymentMethod").Member("paymentMethodType").Str(), amount, false)
	if list := object.Member("availablePaymentMethod").Member("paymentMethodTypeList"); list != nil {
		for _, item := range list.Items {
			c.checkMethod(item.Member("paymentMethodType").Str(), amount, true)
		}
	}
}

// checkMethod checks the amount against the rules of one method. If others are offered
// too, the finding is inferred: Antom may leave the method out.
func (c *checker) checkMethod(method string, amount antom.Amount, offered bool) {
	source := func(documented string) *Field {
		if offered {
			return &Field{source: inferred}
		}
		return &Field{source: documented}
	}
	if c.belowMinimum(method, amount, source) {
		return
	}
	for _, row := range methodMultiples {
		if row.method != method || row.currency != amount.Currency || amount.Value%row.multiple == 0 {
			continue
		}
		c.at(source(row.source), amountPath).add(string(antom.AmountNotMultiple), row.neighbours(amount),
			"is %s, %s takes multiples of %s only", amount, method, antom.Amount{Currency: row.currency, Value: row.multiple})
	}
}

// neighbours names the nearest valid amounts in major and in minor units, because the
// user may have given either.
func (m methodMultiple) neighbours(amount antom.Amount) string {
	low, high := amount, amount
	low.Value -= amount.Value % m.multiple
	high.Value = low.Value + m.multiple
	if low.Value == 0 {
		return fmt.Sprintf("write %s, in minor units %d", high, high.Value)
	}
	return fmt.Sprintf("write %s or %s, in minor units %d or %d", low, high, low.Value, high.Value)
}

const amountPath = "paymentAmount.value"

func (c *checker) belowMinimum(method string, amount antom.Amount, source func(string) *Field) bool {
	for _, row := range antom.MinimumAmounts() {
		if row.PaymentMethodType != method || row.Amount.Currency != amount.Currency || amount.Value >= row.Amount.Value {
			continue
		}
		c.at(source(row.Source), amountPath).add("below-minimum", fmt.Sprintf("write %s or more, in minor units %d", row.Amount, row.Amount.Value),
			"is %s, %s takes at least %s", amount, method, row.Amount)
		return true
	}
	return false
}
