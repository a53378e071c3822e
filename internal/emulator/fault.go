package emulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// Fault is a deliberate error of a served gateway: at a call of an operation, or when a
// notification is sent. Occurrences are counted from the moment the fault is added, so that
// the same calls always meet the same faults.
type Fault struct {
	ID        int    `json:"id"`
	Operation string `json:"operation"` // an operation, a notification, or * for any operation
	First     int    `json:"first"`     // the first occurrence affected, from 1
	Last      int    `json:"last"`      // the last one; 0 for no end
	Kind      string `json:"kind"`
	Argument  string `json:"argument,omitempty"`
	Seen      int    `json:"seen"`   // occurrences counted so far
	Injected  int    `json:"struck"` // how often it was injected
}

// anyOperation stands for every operation of the API.
const anyOperation = "*"

// notifications are the names that faults use for Antom's messages, and their notifyTypes.
// Sorted by name.
var notificationNames = [...]struct {
	name  string
	types []antom.NotifyType
}{
	{"notifyCapture", []antom.NotifyType{antom.NotifyCaptureResult}},
	{"notifyPayment", []antom.NotifyType{antom.NotifyPaymentResult, antom.NotifyPaymentPending}},
	{"notifyRefund", []antom.NotifyType{antom.NotifyRefundResult}},
}

// notificationName is the name that faults use for a notification.
func notificationName(kind antom.NotifyType) string {
	for _, row := range notificationNames {
		if slices.Contains(row.types, kind) {
			return row.name
		}
	}
	return ""
}

// ParseFault reads OPERATION[:OCCURRENCE]=KIND[:ARGUMENT]. The occurrence is a number, a range
// (2-4) or open (3+); without it, every occurrence is meant. The error is a [*Refusal].
func ParseFault(text string) (Fault, error) {
	where, what, found := strings.Cut(strings.TrimSpace(text), "=")
	if !found || where == "" || what == "" {
		return Fault{}, faultRefusal(text, "must be OPERATION[:OCCURRENCE]=KIND[:ARGUMENT]", "for example inquiryPayment:2=latency:500ms")
	}
	f := Fault{First: 1}
	var counted bool
	var occurrence string
	f.Operation, occurrence, counted = strings.Cut(where, ":")
	f.Kind, f.Argument, _ = strings.Cut(what, ":")
	if counted && !f.setOccurrence(occurrence) {
		return Fault{}, faultRefusal(text, fmt.Sprintf("occurrence %q must be a number from 1, a range or open", occurrence), "forms: 2, 2-4, 3+")
	}
	return f, f.check(text)
}

// ParseFaults reads a file of faults, one per line; # begins a comment.
func ParseFaults(text string) ([]Fault, error) {
	var list []Fault
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) { // a byte order mark, which some editors add
		number++
		line, _, _ = strings.Cut(line, "#")
		if strings.TrimSpace(line) == "" {
			continue
		}
		f, err := ParseFault(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		list = append(list, f)
	}
	return list, nil
}

func (f *Fault) setOccurrence(text string) bool {
	first, last, isRange := strings.Cut(text, "-")
	first, open := strings.CutSuffix(first, "+")
	n, err := strconv.Atoi(first)
	if err != nil || n < 1 || (open && isRange) {
		return false
	}
	f.First, f.Last = n, n
	if open {
		f.Last = 0
	}
	if isRange {
		if f.Last, err = strconv.Atoi(last); err != nil || f.Last < n {
			return false
		}
	}
	return true
}

// check checks a fault against the tables, and fills in the default argument of its kind.
func (f *Fault) check(text string) error {
	row, known := lookupFault(f.Kind)
	if !known {
		return faultRefusal(text, fmt.Sprintf("kind %q is unknown", f.Kind), nearestHint(f.Kind, faultNames(), "antom emulator fault kinds lists them"))
	}
	isNotification := slices.Contains(notificationOperations(), f.Operation)
	isPage := slices.Contains(browserOperations(), f.Operation)
	switch {
	case !isNotification && !slices.Contains(faultOperations(), f.Operation):
		all := append(faultOperations(), notificationOperations()...)
		return faultRefusal(text, fmt.Sprintf("operation %q is unknown", f.Operation), nearestHint(f.Operation, all, "one of "+strings.Join(all, ", ")))
	case isNotification && row.send == nil && !row.Submit:
		return faultRefusal(text, f.Kind+" is a fault of calls, not of notifications", "antom emulator fault kinds says which is which")
	case isPage && !row.pages:
		return faultRefusal(text, f.Kind+" is a fault of signed messages, not of the browser's pages", "kinds for "+f.Operation+": "+strings.Join(pageFaults(), ", "))
	case !isNotification && row.call == nil:
		return faultRefusal(text, f.Kind+" is a fault of notifications, not of calls", "operations: "+strings.Join(notificationOperations(), ", "))
	case row.Submit && f.Operation != FaultSubmit:
		return faultRefusal(text, f.Kind+" is a fault of the submitted card form alone", FaultSubmit+"="+f.Kind)
	case row.named && !isNotification && f.Operation != anyOperation && len(antom.Operation(f.Operation).Endpoint().Names) == 0:
		return faultRefusal(text, "the answer of "+f.Operation+" names nothing of its request, so it can't be about another", "operations: "+strings.Join(namedOperations(), ", "))
	case f.Argument != "" && row.Argument == "":
		return faultRefusal(text, f.Kind+" takes no argument", f.Operation+"="+f.Kind)
	}
	if f.Argument == "" {
		f.Argument = row.Default
	}
	if row.valid != nil && !row.valid(f.Argument) {
		example := fmt.Sprintf("for example %s=%s:%s", f.Operation, f.Kind, row.Default)
		if row.Argument == resultCode {
			example = nearestHint(f.Argument, resultCodes(), example)
		}
		return faultRefusal(text, fmt.Sprintf("argument %q of %s must be %s", f.Argument, f.Kind, row.Argument), example)
	}
	return nil
}

func faultRefusal(text, why, remedy string) error {
	return &Refusal{fmt.Sprintf("fault %q: %s", strings.TrimSpace(text), why), remedy}
}

func nearestHint(word string, words []string, otherwise string) string {
	if near := rules.Nearest(word, words); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return otherwise
}

func resultCodes() []string {
	var codes []string
	for _, row := range antom.ResultCodes() {
		codes = append(codes, row.Code)
	}
	return codes
}

// faultOperations are the calls that a fault can name.
func faultOperations() []string {
	names := []string{anyOperation}
	for _, op := range antom.Operations() {
		names = append(names, string(op))
	}
	return append(names, browserOperations()...)
}

// namedOperations are those whose answers name what they are about.
func namedOperations() []string {
	var names []string
	for _, row := range antom.Endpoints() {
		if len(row.Names) > 0 {
			names = append(names, string(row.Operation))
		}
	}
	return names
}

// pageFaults are the kinds that the browser's pages can meet.
func pageFaults() []string {
	var names []string
	for _, row := range faultRows() {
		if row.pages {
			names = append(names, row.Name)
		}
	}
	return names
}

// notificationOperations are the notifications that a fault can name.
func notificationOperations() []string {
	var names []string
	for _, row := range notificationNames {
		names = append(names, row.name)
	}
	return names
}

// String is the fault in the form that ParseFault reads.
func (f Fault) String() string {
	text := f.Operation
	switch {
	case f.First == 1 && f.Last == 0:
	case f.Last == 0:
		text += fmt.Sprintf(":%d+", f.First)
	case f.First == f.Last:
		text += fmt.Sprintf(":%d", f.First)
	default:
		text += fmt.Sprintf(":%d-%d", f.First, f.Last)
	}
	text += "=" + f.Kind
	if f.Argument != "" {
		text += ":" + f.Argument
	}
	return text
}

func (f Fault) appliesAt(occurrence int) bool {
	return occurrence >= f.First && (f.Last == 0 || occurrence <= f.Last)
}

func (f Fault) duration() time.Duration {
	d, _ := time.ParseDuration(f.Argument) // checked by check
	return d
}

func (f Fault) number() int {
	n, _ := strconv.Atoi(f.Argument) // checked by check
	return n
}

// faults are the active faults.
type faults struct {
	mu   sync.Mutex
	list []Fault
	last int // the last id assigned
}

func (s *faults) add(f Fault) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	f.ID, f.Seen, f.Injected = s.last, 0, 0
	s.list = append(s.list, f)
	return f
}

func (s *faults) all() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list)
}

// clear removes the faults with these ids, or all, and returns them.
func (s *faults) clear(ids ...int) []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var gone []Fault
	s.list = slices.DeleteFunc(s.list, func(f Fault) bool {
		chosen := len(ids) == 0 || slices.Contains(ids, f.ID)
		if chosen {
			gone = append(gone, f)
		}
		return chosen
	})
	return gone
}

func (s *faults) any() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.list) > 0
}

// inject counts an occurrence of an operation and returns the faults to inject, in the order
// of their turns; within a turn, in the order in which they were added. A fault that can't
// show is not returned and not counted as injected: what it needs is in taken, or an earlier
// fault takes it. A call that the gateway's own checks refuse is not an occurrence for faults
// that concern the gateway's decision.
func (s *faults) inject(operation string, passes bool, taken aspect) []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var due []*Fault
	for i := range s.list {
		f := &s.list[i]
		if f.Operation != operation && (f.Operation != anyOperation || slices.Contains(slices.Concat(notificationOperations(), browserOperations()), operation)) {
			continue
		}
		if row, _ := lookupFault(f.Kind); row.Checked && !passes {
			continue
		}
		f.Seen++
		if f.appliesAt(f.Seen) {
			due = append(due, f)
		}
	}
	return injectInTurn(due, taken)
}

func injectInTurn(due []*Fault, taken aspect) []Fault {
	slices.SortStableFunc(due, func(a, b *Fault) int { return int(turnOf(a)) - int(turnOf(b)) })
	var met []Fault
	for _, f := range due {
		row, _ := lookupFault(f.Kind)
		again := !row.addsUp() && slices.ContainsFunc(met, func(other Fault) bool { return other.Kind == f.Kind })
		if again || taken&row.needs != 0 {
			continue
		}
		taken |= row.takes
		f.Injected++
		met = append(met, *f)
	}
	return met
}

func turnOf(f *Fault) turn {
	row, _ := lookupFault(f.Kind)
	return row.turn
}
