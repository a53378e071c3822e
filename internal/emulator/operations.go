package emulator

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/antom-cli/antom/pkg/antom"
)

// operation is a row of the table of operations: what it does, and where Antom's
// pages list the codes that it may answer with. An error of do that is no
// refusal is answered with SYSTEM_ERROR.
type operation struct {
	op    antom.Operation
	do    func(*Emulator, *exchange) (any, error)
	place antom.Place
}

// lookupOperation finds the operations that the emulator has; the others of
// Antom's are answered with NO_INTERFACE_DEF.
func lookupOperation(op antom.Operation) (operation, bool) {
	for _, row := range operations() {
		if row.op == op {
			return row, true
		}
	}
	return operation{}, false
}

func operations() [6]operation {
	return [...]operation{
		{antom.CreatePaymentSession, perform(createPaymentSession), antom.InSession},
		{antom.InquiryPayment, look(inquiryPayment), antom.InInquiry},
		{antom.Capture, perform(captureOperation), antom.InCapture},
		{antom.Cancel, perform(cancelOperation), antom.InCancel},
		{antom.Refund, perform(refundOperation), antom.InRefund},
		{antom.InquiryRefund, look(inquiryRefund), antom.InRefundInquiry},
	}
}

// act is what an operation does in its transaction. A *refusal that it returns
// as a value is an answer: what was written stays; as an error it undoes that.
type act[R any] func(tx *transaction, request *R) (answer any, err error)

// perform makes an operation of one that writes.
func perform[R any](do act[R]) func(*Emulator, *exchange) (any, error) {
	return func(e *Emulator, x *exchange) (any, error) {
		request := new(R)
		if err := decode(x.body, request); err != nil {
			return nil, err
		}
		var answer any
		err := e.store.update(x.request.Context(), func(tx *transaction) (err error) {
			x.now, tx.clientID = tx.now, x.clientID
			answer, err = do(tx, request)
			return err
		})
		return settle(answer, err)
	}
}

// look makes an operation of one that only reads, unless a scenario is set for
// it, which is used up.
func look[R any](do act[R]) func(*Emulator, *exchange) (any, error) {
	writing := perform(do)
	return func(e *Emulator, x *exchange) (any, error) {
		request := new(R)
		if err := decode(x.body, request); err != nil {
			return nil, err
		}
		var answer any
		err := e.store.view(x.request.Context(), func(tx *transaction) (err error) {
			x.now, tx.clientID = tx.now, x.clientID
			answer, err = do(tx, request)
			return err
		})
		if errors.Is(err, errWrites) {
			return writing(e, x)
		}
		return settle(answer, err)
	}
}

// decode reads a body that broke no field rule; what can't be read all the same
// is named.
func decode(body []byte, request any) error {
	err := json.Unmarshal(body, request)
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return &refusal{"PARAM_ILLEGAL", fmt.Sprintf("%s: must not be a %s", mismatch.Field, mismatch.Value)}
	}
	if err != nil {
		return &refusal{"PARAM_ILLEGAL", err.Error()}
	}
	return nil
}

// refusedWith answers with a refusal: what the transaction wrote stays.
func refusedWith(r *refusal) (any, error) { return r, nil }

// settle turns a refusal that was answered into the error that it is.
func settle(answer any, err error) (any, error) {
	if refused, ok := answer.(*refusal); ok && err == nil {
		return nil, refused
	}
	return answer, err
}

// rule is a row of what an operation refuses. The first one that applies decides.
type rule[T any] struct {
	code   string
	on     string // when, in words
	when   func(T) bool
	says   func(T) string // the message; nil: on
	source string
}

// refuse finds the first rule that applies.
func refuse[T any](rules []rule[T], subject T) *refusal {
	for _, row := range rules {
		if !row.when(subject) {
			continue
		}
		if row.says != nil {
			return &refusal{row.code, row.says(subject)}
		}
		return &refusal{row.code, row.on}
	}
	return nil
}
