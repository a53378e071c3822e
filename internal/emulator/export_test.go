package emulator

import (
	"context"
	"fmt"

	"github.com/antom-cli/antom/pkg/antom"
)

// RawRefusalCodes are the result codes that have a raw refusal.
func RawRefusalCodes() []string {
	var codes []string
	for _, row := range rawRefusals {
		codes = append(codes, row.code)
	}
	return codes
}

// Grow stores paid orders grown-0, grown-1, …, a thousand in a transaction.
func (e *Emulator) Grow(ctx context.Context, n int) error {
	for done := 0; done < n; {
		err := e.store.update(ctx, func(tx *transaction) error {
			for range min(1000, n-done) {
				if err := tx.grow(fmt.Sprintf("grown-%d", done)); err != nil {
					return err
				}
				done++
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *transaction) grow(id string) error {
	request := &sessionRequest{PaymentRequestID: id, PaymentAmount: antom.Amount{Currency: "SGD", Value: 4200}}
	request.PaymentMethod.PaymentMethodType, request.PaymentFactor.IsAuthorization = methodCard, true
	o := newOrder(sessionInput{request: request, now: t.now}, t.now.Add(sessionLife))
	o.ClientID, o.key, t.clientID = clientID, owned(id, clientID), clientID
	if err := t.set(recentBucket, timeKey(o.Created, o.key), []byte{}); err != nil {
		return err
	}
	f, err := t.fillIn(o, PayRequest{PaymentRequestID: id})
	if err != nil {
		return err
	}
	_, err = t.submit(f)
	return err
}
