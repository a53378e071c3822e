package emulator

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/antom-cli/antom/pkg/antom"
)

// operation is a row of the table of operations: what it does, and where Antom's pages list
// the codes that it may answer with. If do returns an error other than a *resultError, the
// answer is SYSTEM_ERROR.
type operation struct {
	op    antom.Operation
	do    func(*Emulator, *exchange) (any, error)
	place antom.Place
}

// lookupOperation finds an operation that the emulator has; Antom's other operations are
// answered with NO_INTERFACE_DEF.
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
		{antom.CreatePaymentSession, writeOperation(createPaymentSession), antom.InSession},
		{antom.InquiryPayment, readOperation(inquiryPayment), antom.InInquiry},
		{antom.Capture, writeOperation(captureOperation), antom.InCapture},
		{antom.Cancel, writeOperation(cancelOperation), antom.InCancel},
		{antom.Refund, writeOperation(refundOperation), antom.InRefund},
		{antom.InquiryRefund, readOperation(inquiryRefund), antom.InRefundInquiry},
	}
}

// act is the work of an operation in its transaction. A *resultError returned as the value is
// an answer, and keeps what was written; returned as the error, it rolls that back.
type act[R any] func(tx *transaction, request *R) (answer any, err error)

// writeOperation makes an operation whose transaction writes.
func writeOperation[R any](do act[R]) func(*Emulator, *exchange) (any, error) {
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

// readOperation makes an operation that only reads, unless a scenario is set for it: using up
// a scenario writes.
func readOperation[R any](do act[R]) func(*Emulator, *exchange) (any, error) {
	writing := writeOperation(do)
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

// decode reads a body that passed the field rules, and names what can't be read nevertheless.
func decode(body []byte, request any) error {
	err := json.Unmarshal(body, request)
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return &resultError{"PARAM_ILLEGAL", fmt.Sprintf("%s: must not be a %s", mismatch.Field, mismatch.Value)}
	}
	if err != nil {
		return &resultError{"PARAM_ILLEGAL", err.Error()}
	}
	return nil
}

// answerWith answers with a resultError and keeps what the transaction wrote.
func answerWith(r *resultError) (any, error) { return r, nil }

// settle turns a resultError that was returned as a value into an error.
func settle(answer any, err error) (any, error) {
	if refused, ok := answer.(*resultError); ok && err == nil {
		return nil, refused
	}
	return answer, err
}

// rule is a case that an operation refuses. The first rule that applies decides.
type rule[T any] struct {
	code    string
	on      string // when, in words
	when    func(T) bool
	message func(T) string // nil: on
	source  string
}

// refuse finds the first rule that applies.
func refuse[T any](rules []rule[T], subject T) *resultError {
	for _, row := range rules {
		if !row.when(subject) {
			continue
		}
		if row.message != nil {
			return &resultError{row.code, row.message(subject)}
		}
		return &resultError{row.code, row.on}
	}
	return nil
}
