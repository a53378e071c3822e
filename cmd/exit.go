package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/internal/secret"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// The exit codes, a promise to scripts.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitRefused     = 3
	exitSetup       = 4
	exitPending     = 5
	exitVerify      = 6
	exitBadOutcome  = 7
	exitInterrupted = 130
	exitTerminated  = 143
)

// exitCodes is the table that `antom help exit-codes` prints. The names stand
// in JSON errors as "code".
var exitCodes = [...]struct {
	code    int
	name    string
	meaning string
}{
	{exitOK, "ok", "done; for a wait: every payment or capture ended in SUCCESS"},
	{exitFailed, "failed", "failed: network, file or internal error"},
	{exitUsage, "usage", "used wrongly: unknown flag, bad value, or a request that breaks Antom's field rules"},
	{exitRefused, "refused", "refused: the gateway answered this call with F"},
	{exitSetup, "setup", "not set up: no profile, no key, or a key that can't be read"},
	{exitPending, "pending", "outcome not known yet: U, or the time-out passed while still in progress"},
	{exitVerify, "verification", "verification failed: a signature does not hold, or an endpoint fails a check or does not acknowledge"},
	{exitBadOutcome, "outcome", "the call worked, and the payment or capture it tells of ended in FAIL or CANCELLED"},
	{exitInterrupted, "interrupted", "interrupted (Ctrl-C)"},
	{exitTerminated, "terminated", "terminated"},
}

// hinter is what an error implements to tell the user what to do next.
type hinter interface{ Hint() string }

// usageError is a command line that can't be carried out as it stands.
type usageError struct {
	message string
	hints   []string
}

func usagef(format string, args ...any) *usageError {
	return &usageError{message: fmt.Sprintf(format, args...)}
}

func (e *usageError) hint(format string, args ...any) *usageError {
	e.hints = append(e.hints, fmt.Sprintf(format, args...))
	return e
}

func (e *usageError) Error() string { return e.message }

// Hint says what to type instead, one hint a line.
func (e *usageError) Hint() string { return strings.Join(e.hints, "\n") }

// setupError is something missing before any work can begin.
type setupError struct {
	message string
	remedy  string
}

func (e *setupError) Error() string { return e.message }

// Hint says how to complete the set-up.
func (e *setupError) Hint() string { return e.remedy }

// saidError carries an exit code for an outcome that is not a fault of the
// command. With an empty message it prints nothing: all has been said.
type saidError struct {
	code    int
	message string
	remedy  string
}

func (e saidError) Error() string { return e.message }

// Hint says what to do about the outcome.
func (e saidError) Hint() string { return e.remedy }

var (
	_ hinter = (*usageError)(nil)
	_ hinter = (*setupError)(nil)
	_ hinter = saidError{}
)

// exitCode maps an error to the documented exit code; several joined errors to
// the one that weighs most.
func exitCode(err error) int {
	if err == nil {
		return exitOK
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		code := exitOK
		for _, each := range joined.Unwrap() {
			code = worse(code, exitCode(each))
		}
		return code
	}
	if stopped, ok := errors.AsType[stoppedError](err); ok {
		return stopped.exitCode()
	}
	if errors.Is(err, context.Canceled) {
		return exitInterrupted
	}
	if said, ok := errors.AsType[saidError](err); ok {
		return said.code
	}
	return exitCodeOfType(err)
}

func exitCodeOfType(err error) int {
	switch {
	case is[*usageError](err), is[*antom.AmountError](err), is[*output.UsageError](err), is[*output.JQError](err):
		return exitUsage
	case is[*setupError](err), is[*profile.Error](err), is[*secret.Error](err), is[*sign.KeyError](err):
		return exitSetup
	case is[*sign.Error](err), errors.Is(err, intake.ErrNoTarget):
		return exitVerify
	}
	if refused, ok := errors.AsType[*antom.ResultError](err); ok {
		if refused.Result.ResultStatus == antom.StatusU {
			return exitPending
		}
		return exitRefused
	}
	if refused, ok := errors.AsType[*emulator.Refusal](err); ok && refused != nil {
		return exitRefused
	}
	return exitFailed
}

func is[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

// worse picks the code that a run of several outcomes ends with. A termination
// is an interrupt by another name, and a misuse makes a run as worthless as a
// failure; the rest of the order is documented.
func worse(a, b int) int {
	order := [...]int{exitInterrupted, exitTerminated, exitFailed, exitUsage, exitSetup, exitRefused, exitVerify, exitBadOutcome, exitPending}
	for _, code := range order {
		if a == code || b == code {
			return code
		}
	}
	return exitOK
}

// report is what is printed of err: its text, its hints, and the gateway's
// result where there is one.
func report(err error, code int) output.ErrorReport {
	r := output.ErrorReport{Message: err.Error(), Exit: code, Hints: hintsOf(err)}
	for _, row := range exitCodes {
		if row.code == code {
			r.Code = row.name
		}
	}
	if refused, ok := errors.AsType[*antom.ResultError](err); ok {
		r.ResultCode = refused.Result.ResultCode
		r.ResultStatus = string(refused.Result.ResultStatus)
		if refused.Response != nil {
			r.TraceID = refused.Response.TraceID
		}
	}
	if open, ok := errors.AsType[*unsettledError](err); ok {
		r.PaymentRequestID = open.id
	}
	return r
}

func hintsOf(err error) []string {
	h, ok := errors.AsType[interface {
		error
		hinter
	}](err)
	if !ok || h.Hint() == "" {
		return nil
	}
	return strings.Split(h.Hint(), "\n")
}

// stoppedError is the signal that ended the command.
type stoppedError struct{ signal os.Signal }

func (e stoppedError) Error() string {
	if e.signal == syscall.SIGTERM {
		return "terminated"
	}
	return "interrupted"
}

func (e stoppedError) exitCode() int {
	if e.signal == syscall.SIGTERM {
		return exitTerminated
	}
	return exitInterrupted
}

// joined is one error of several, and none of none.
func joined(errs []error) error {
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}
