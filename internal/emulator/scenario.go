package emulator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// Scenario makes the next calls of an operation answer with a code, like the error scenario
// simulation of Antom's Dashboard.
type Scenario struct {
	Operation antom.Operation `json:"operation"`
	Code      string          `json:"resultCode"`
	Then      string          `json:"then,omitempty"`  // the final code after CAPTURE_IN_PROCESS or REFUND_IN_PROCESS
	Times     int             `json:"times,omitempty"` // 0 means once
}

// inProcessCodes are the codes with which a capture or refund is accepted before its final
// result.
var inProcessCodes = [...]string{"CAPTURE_IN_PROCESS", "REFUND_IN_PROCESS"}

// errWrites reports that an operation in a read-only transaction has to write.
var errWrites = errors.New("emulator: the transaction must be writable")

// SetScenario adds a scenario after the existing ones. If Antom does not document the code for
// the operation, the error is a [*Refusal].
func (e *Emulator) SetScenario(ctx context.Context, s Scenario) error {
	if err := s.Validate(); err != nil {
		return err
	}
	s.Times = max(s.Times, 1)
	return e.store.update(ctx, func(tx *transaction) error {
		list, err := tx.scenarios(s.Operation)
		if err != nil {
			return err
		}
		return tx.save(scenariosBucket, string(s.Operation), append(list, s))
	})
}

// Scenarios returns the scenarios that are not used up.
func (e *Emulator) Scenarios(ctx context.Context) (all []Scenario, err error) {
	err = e.store.view(ctx, func(tx *transaction) error {
		for _, row := range operations() {
			list, err := tx.scenarios(row.op)
			if err != nil {
				return err
			}
			all = append(all, list...)
		}
		return nil
	})
	return all, err
}

// ClearScenarios removes all scenarios.
func (e *Emulator) ClearScenarios(ctx context.Context) error {
	return e.store.update(ctx, func(tx *transaction) error {
		for _, row := range operations() {
			if err := tx.remove(scenariosBucket, string(row.op)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Validate checks that Antom documents the code for the operation. The error is a [*Refusal].
func (s Scenario) Validate() error {
	row, known := lookupOperation(s.Operation)
	if !known {
		return &Refusal{fmt.Sprintf("the emulator has no operation %q", s.Operation), "one of " + strings.Join(operationNames(), ", ")}
	}
	if !slices.Contains(ScenarioCodes(s.Operation), s.Code) {
		return &Refusal{fmt.Sprintf("%s does not answer with %q, as far as Antom's pages tell", s.Operation, s.Code), "one of " + strings.Join(ScenarioCodes(s.Operation), ", ")}
	}
	if s.Then == "" {
		return nil
	}
	if !slices.Contains(inProcessCodes[:], s.Code) {
		return &Refusal{fmt.Sprintf("%s is a final answer: no other result follows", s.Code), "only " + strings.Join(inProcessCodes[:], " and ") + " go on"}
	}
	if code, documented := antom.LookupResultCode(s.Then); !documented || code.Status == antom.StatusU || !code.Places.Has(row.place) {
		return &Refusal{fmt.Sprintf("a %s does not end with %q, as far as Antom's pages tell", s.Operation, s.Then), "SUCCESS, or a code of " + strings.Join(ScenarioCodes(s.Operation), ", ")}
	}
	return nil
}

func operationNames() []string {
	var names []string
	for _, row := range operations() {
		names = append(names, string(row.op))
	}
	return names
}

// ScenarioCodes are the codes that Antom documents for an operation, and those that the
// gateway may answer before every operation, without SUCCESS.
func ScenarioCodes(op antom.Operation) []string {
	row, _ := lookupOperation(op)
	var codes []string
	for _, code := range antom.ResultCodes() {
		if code.Code != antom.CodeSuccess && (code.Places.Has(row.place) || code.Places.Has(antom.InGateway)) {
			codes = append(codes, code.Code)
		}
	}
	return codes
}

func (t *transaction) scenarios(op antom.Operation) (list []Scenario, err error) {
	err = t.load(scenariosBucket, string(op), &list)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return list, err
}

// scenario uses up the next scenario of an operation, if there is one.
func (t *transaction) scenario(op antom.Operation) (Scenario, bool, error) {
	list, err := t.scenarios(op)
	if err != nil || len(list) == 0 {
		return Scenario{}, false, err
	}
	if !t.tx.Writable() {
		return Scenario{}, false, errWrites
	}
	next := list[0]
	if list[0].Times--; list[0].Times <= 0 {
		list = list[1:]
	}
	if len(list) == 0 {
		return next, true, t.remove(scenariosBucket, string(op))
	}
	return next, true, t.save(scenariosBucket, string(op), list)
}

// refusal is the scenario's answer; nil if the call continues.
func (s Scenario) refusal() *resultError {
	if slices.Contains(inProcessCodes[:], s.Code) {
		return nil
	}
	return &resultError{s.Code, meaning(s.Code) + " (requested with antom emulator scenario)"}
}

// outcome is how a new capture or refund ends: at once and successfully, unless a scenario or
// a requested delay says otherwise.
func (s Scenario) outcome(now time.Time, later bool) (final time.Time, code, message string) {
	final, code, message = now, antom.CodeSuccess, "success."
	if s.Code != "" || later {
		final = now.Add(asyncDelay)
	}
	if s.Then != "" && s.Then != antom.CodeSuccess {
		code, message = s.Then, meaning(s.Then)+" (requested with antom emulator scenario)"
	}
	return final, code, message
}
