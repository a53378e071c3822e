// Package view shows payments, sessions and captures as cells, cards and tables. The columns
// and JSON fields that it names are frozen.
package view

import (
	"strings"

	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/pkg/antom"
)

// paymentCard shows a payment as labels and values.
func paymentCard(p *antom.Payment) output.Card {
	card := output.Card{Pairs: []output.Pair{
		{Label: "Payment request", Name: "paymentRequestId", Value: output.Cell{Text: p.PaymentRequestID, Style: output.Key}},
		{Label: "Payment", Name: "paymentId", Value: output.Cell{Text: p.PaymentID}},
		{Label: "Status", Name: "paymentStatus", Value: StatusCell(p.PaymentStatus)},
		{Label: "Result", Name: "paymentResultCode", Value: CodeCell(p.PaymentResultCode, p.PaymentResultMessage)},
		{Label: "Amount", Name: "paymentAmount", Value: AmountCell(p.PaymentAmount)},
	}}
	card.Pairs = append(card.Pairs, CardPairs(p.PaymentResultInfo)...)
	card.Pairs = append(card.Pairs,
		output.Pair{Label: "Created", Name: "paymentCreateTime", Value: output.Cell{Text: string(p.PaymentCreateTime)}},
		output.Pair{Label: "Paid", Name: "paymentTime", Value: output.Cell{Text: string(p.PaymentTime)}},
		output.Pair{Label: "Capture until", Name: "authExpiryTime", Value: output.Cell{Text: string(p.AuthExpiryTime)}},
	)
	card.Pairs = Present(card.Pairs)
	return card
}

// CardPairs returns the card of a payment and the issuer's answer.
func CardPairs(info *antom.PaymentResultInfo) []output.Pair {
	if info == nil {
		return nil
	}
	card := strings.TrimSpace(info.CardBrand + " " + maskedCard(info.CardNo))
	refusal := strings.TrimSpace(info.RefusalCodeRaw + " " + info.RefusalReasonRaw)
	return []output.Pair{
		{Label: "Card", Name: "card", Value: output.Cell{Text: card}},
		{Label: "Issuer said", Name: "refusal", Value: output.Cell{Text: refusal}},
	}
}

// maskedCard returns a card number that is safe to show. Antom masks it; this is for a gateway
// that does not.
func maskedCard(number string) string {
	digits := 0
	for _, r := range number {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	if digits < 12 {
		return number
	}
	return redact.CardNumber(number)
}

// Present removes the pairs without a value.
func Present(pairs []output.Pair) []output.Pair {
	kept := pairs[:0]
	for _, pair := range pairs {
		if pair.Value.Text != "" {
			kept = append(kept, pair)
		}
	}
	return kept
}

// statusStyles are the styles of Antom's states, in addition to their names.
var statusStyles = [...]struct {
	status antom.PaymentStatus
	style  output.Style
}{
	{antom.PaymentCancelled, output.Bad},
	{antom.PaymentFail, output.Bad},
	{antom.PaymentPending, output.Warn},
	{antom.PaymentProcessing, output.Warn},
	{antom.PaymentSuccess, output.OK},
}

// StatusCell returns a status in its style.
func StatusCell(status antom.PaymentStatus) output.Cell {
	for _, row := range statusStyles {
		if row.status == status {
			return output.Cell{Text: string(status), Style: row.style}
		}
	}
	return output.Cell{Text: string(status)}
}

// AmountCell returns an amount in major units with its currency.
func AmountCell(a antom.Amount) output.Cell {
	if a.Currency == "" {
		return output.Cell{}
	}
	return output.Cell{Text: a.String()}
}

// dateTimeCell shows a time as the gateway wrote it. On a narrow terminal it shows minutes,
// still in the gateway's zone.
func dateTimeCell(t antom.DateTime) output.Cell {
	cell := output.Cell{Text: string(t)}
	if at, err := t.Time(); err == nil {
		cell.Short = at.Format("02 Jan 15:04")
	}
	return cell
}

// CodeCell explains a result code by its row, or by the gateway's message if it has no row.
// Programs get only the code.
func CodeCell(code, message string) output.Cell {
	if code == "" {
		return output.Cell{}
	}
	row, known := antom.LookupResultCode(code)
	switch {
	case !known:
		return output.Cell{Text: strings.TrimSuffix(code+": "+message, ": "), Plain: code}
	case row.Status == antom.StatusS: // the code is clear enough
		return output.Cell{Text: code}
	}
	return output.Cell{Text: code + ": " + row.Meaning, Plain: code}
}

// ActionFor returns hints: what to do about a result code, and where to read more. For a
// success it returns none.
func ActionFor(code string) string {
	row, known := antom.LookupResultCode(code)
	if !known || row.Status == antom.StatusS {
		return ""
	}
	return row.Action + "\nantom explain " + row.Code + " explains it"
}
