package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/internal/secret"
	"github.com/antom-cli/antom/internal/verify"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// The exit codes, which scripts rely on.
const (
	ExitOK          = 0
	ExitFailed      = 1
	ExitUsage       = 2
	ExitRefused     = 3
	ExitSetup       = 4
	ExitPending     = 5
	ExitVerify      = 6
	ExitBadOutcome  = 7
	ExitInterrupted = 130
	ExitTerminated  = 143
)

// ExitCodes is the table that `antom help exit-codes` prints. The names are used as "code" in
// JSON errors.
var ExitCodes = [...]struct {
	Code    int
	Name    string
	Meaning string
}{
	{ExitOK, "ok", "done; for a wait: every payment or capture ended in SUCCESS"},
	{ExitFailed, "failed", "failed: network, file or internal error"},
	{ExitUsage, "usage", "used wrongly: unknown flag, bad value, or a request that breaks Antom's field rules"},
	{ExitRefused, "refused", "refused: the gateway answered this call with F"},
	{ExitSetup, "setup", "not set up: no profile, no key, or a key that can't be read"},
	{ExitPending, "pending", "outcome not known yet: U, or the time-out passed while still in progress"},
	{ExitVerify, "verification", "verification failed: a signature does not hold, or an endpoint fails a check or does not acknowledge"},
	{ExitBadOutcome, "outcome", "the call worked, and the payment or capture it tells of ended in FAIL or CANCELLED"},
	{ExitInterrupted, "interrupted", "interrupted (Ctrl-C)"},
	{ExitTerminated, "terminated", "terminated"},
}

// Hinter is implemented by errors that tell the user what to do next.
type Hinter interface{ Hint() string }

// UsageError reports a command line that can't be carried out as given.
type UsageError struct {
	message string
	hints   []string
}

// Usagef returns a [UsageError] with a formatted message.
func Usagef(format string, args ...any) *UsageError {
	return &UsageError{message: fmt.Sprintf(format, args...)}
}

// WithHint adds what to type instead, on a line of its own, and returns e.
func (e *UsageError) WithHint(format string, args ...any) *UsageError {
	e.hints = append(e.hints, fmt.Sprintf(format, args...))
	return e
}

func (e *UsageError) Error() string { return e.message }

// Hint says what to type instead, one hint a line.
func (e *UsageError) Hint() string { return strings.Join(e.hints, "\n") }

// SetupError reports something that is missing before any work can begin.
type SetupError struct {
	Message string
	Remedy  string
}

func (e *SetupError) Error() string { return e.Message }

// Hint says how to complete the set-up.
func (e *SetupError) Hint() string { return e.Remedy }

// OutcomeError carries the exit code for an outcome that is not a fault of the command. With an
// empty message it prints nothing, because everything has been printed.
type OutcomeError struct {
	Code    int
	Message string
	Remedy  string
}

func (e OutcomeError) Error() string { return e.Message }

// Hint says what to do about the outcome.
func (e OutcomeError) Hint() string { return e.Remedy }

var (
	_ Hinter = (*UsageError)(nil)
	_ Hinter = (*SetupError)(nil)
	_ Hinter = OutcomeError{}
)

// ExitCode maps an error to the documented exit code. Of joined errors the most important code
// is returned.
func ExitCode(err error) int {
	if err == nil {
		return ExitOK
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		code := ExitOK
		for _, each := range joined.Unwrap() {
			code = worse(code, ExitCode(each))
		}
		return code
	}
	if stopped, ok := errors.AsType[StoppedError](err); ok {
		return stopped.exitCode()
	}
	if errors.Is(err, context.Canceled) {
		return ExitInterrupted
	}
	if said, ok := errors.AsType[OutcomeError](err); ok {
		return said.Code
	}
	return exitCodeOfType(err)
}

func exitCodeOfType(err error) int {
	switch {
	case Is[*UsageError](err), Is[*antom.AmountError](err), Is[*output.UsageError](err), Is[*output.JQError](err):
		return ExitUsage
	case Is[*SetupError](err), Is[*profile.Error](err), Is[*secret.Error](err), Is[*sign.KeyError](err), Is[*verify.NoKeyError](err):
		return ExitSetup
	case Is[*sign.Error](err), Is[*antom.BindingError](err), errors.Is(err, intake.ErrNoTarget):
		return ExitVerify
	}
	if refused, ok := errors.AsType[*antom.ResultError](err); ok {
		if refused.Result.ResultStatus == antom.StatusU {
			return ExitPending
		}
		return ExitRefused
	}
	if refused, ok := errors.AsType[*emulator.Refusal](err); ok && refused != nil {
		return ExitRefused
	}
	return ExitFailed
}

// Is reports whether err is, or wraps, an error of a type.
func Is[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

// worse returns the exit code for two outcomes of one run. A termination counts as an interrupt
// and a misuse as a failure; the rest of the order is documented.
func worse(a, b int) int {
	order := [...]int{ExitInterrupted, ExitTerminated, ExitFailed, ExitUsage, ExitSetup, ExitRefused, ExitVerify, ExitBadOutcome, ExitPending}
	for _, code := range order {
		if a == code || b == code {
			return code
		}
	}
	return ExitOK
}

// Report is the printed form of an error: its text, its hints and, if there is one, the
// gateway's result.
func Report(err error, code int) output.ErrorReport {
	r := output.ErrorReport{Message: err.Error(), Exit: code, Hints: hintsOf(err)}
	for _, row := range ExitCodes {
		if row.Code == code {
			r.Code = row.Name
		}
	}
	if refused, ok := errors.AsType[*antom.ResultError](err); ok {
		r.ResultCode = refused.Result.ResultCode
		r.ResultStatus = string(refused.Result.ResultStatus)
		if refused.Response != nil {
			r.TraceID = refused.Response.TraceID
		}
	}
	if open, ok := errors.AsType[*UnsettledError](err); ok {
		r.RequestIDName, r.RequestID = open.IDName, open.ID
	}
	return r
}

func hintsOf(err error) []string {
	h, ok := errors.AsType[interface {
		error
		Hinter
	}](err)
	if !ok || h.Hint() == "" {
		return nil
	}
	hints := strings.Split(h.Hint(), "\n")
	if refused, ok := errors.AsType[*antom.ResultError](err); ok && refused.Known {
		hints = append(hints, "antom explain "+refused.Row.Code+" explains it")
	}
	return hints
}

// StoppedError reports the signal that ended the command: an interrupt or a termination.
type StoppedError struct{ Terminated bool }

func (e StoppedError) Error() string {
	if e.Terminated {
		return "terminated"
	}
	return "interrupted"
}

func (e StoppedError) exitCode() int {
	if e.Terminated {
		return ExitTerminated
	}
	return ExitInterrupted
}

// Joined returns one error for several, and nil for none.
func Joined(errs []error) error {
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}
