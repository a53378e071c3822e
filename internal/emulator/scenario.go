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

// Scenario makes the next calls of an operation answer with a code, as the error
// scenario simulation of Antom's Dashboard does.
type Scenario struct {
	Operation antom.Operation `json:"operation"`
	Code      string          `json:"resultCode"`
	Then      string          `json:"then,omitempty"`  // of CAPTURE_IN_PROCESS and REFUND_IN_PROCESS: the code it ends with
	Times     int             `json:"times,omitempty"` // 0 is once
}

// inProcessCodes are the codes with which a capture or refund is accepted and
// ends later.
var inProcessCodes = [...]string{"CAPTURE_IN_PROCESS", "REFUND_IN_PROCESS"}

// errWrites says that an operation that was only to read has to write.
var errWrites = errors.New("emulator: the transaction has to write")

// SetScenario sets a scenario, after those that are set already. The error is a
// [*Refusal] if Antom does not document the code for the operation.
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

// Scenarios returns those that are set and not used up.
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

// ClearScenarios forgets those that are set.
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

// Validate wants a code that Antom documents for the operation. The error is a
// [*Refusal].
func (s Scenario) Validate() error {
	row, known := lookupOperation(s.Operation)
	if !known {
		return &Refusal{fmt.Sprintf("operation %q is none of the emulator's", s.Operation), "one of " + strings.Join(operationNames(), ", ")}
	}
	if !slices.Contains(ScenarioCodes(s.Operation), s.Code) {
		return &Refusal{fmt.Sprintf("%s does not answer with %q, as far as Antom's pages tell", s.Operation, s.Code), "one of " + strings.Join(ScenarioCodes(s.Operation), ", ")}
	}
	if s.Then == "" {
		return nil
	}
	if !slices.Contains(inProcessCodes[:], s.Code) {
		return &Refusal{fmt.Sprintf("%s is a final answer: nothing comes after it", s.Code), "only " + strings.Join(inProcessCodes[:], " and ") + " go on"}
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

// ScenarioCodes are the codes that Antom documents for an operation, and those
// of the gateway before every operation, without SUCCESS.
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

// scenario uses up the scenario of an operation, if there is one.
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

// refusal is the scenario as an answer; nil where the call goes on.
func (s Scenario) refusal() *refusal {
	if slices.Contains(inProcessCodes[:], s.Code) {
		return nil
	}
	return &refusal{s.Code, meaning(s.Code) + " (as asked for with antom emulator scenario)"}
}

// outcome is how a capture or refund ends that begins now: at once and well,
// unless a scenario says otherwise or it is asked to take its time.
func (s Scenario) outcome(now time.Time, later bool) (final time.Time, code, message string) {
	final, code, message = now, antom.CodeSuccess, "success."
	if s.Code != "" || later {
		final = now.Add(asyncDelay)
	}
	if s.Then != "" && s.Then != antom.CodeSuccess {
		code, message = s.Then, meaning(s.Then)+" (as asked for with antom emulator scenario)"
	}
	return final, code, message
}
