package cli

import (
	"errors"
	"time"

	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/internal/wait"
	"github.com/antom-cli/antom/pkg/antom"
)

// WaitFlags say how to wait.
type WaitFlags struct {
	Interval time.Duration
	Timeout  time.Duration
	missing  string
}

// Bind adds --interval, --timeout and --missing.
func (f *WaitFlags) Bind(flags *pflag.FlagSet) {
	flags.DurationVar(&f.Interval, "interval", antom.DefaultPollInterval, "time from one inquiry to the next")
	flags.DurationVar(&f.Timeout, "timeout", DefaultWait, "time limit of the whole wait")
	flags.Var(NewEnum(&f.missing, "wait", "fail"), "missing", "after three ORDER_NOT_EXIST answers: wait or fail")
}

// DefaultWait is the time limit of a wait.
const DefaultWait = 15 * time.Minute

// ErrWaitTimeout is the cause when --timeout ends a wait.
var ErrWaitTimeout = errors.New("wait timed out")

// Validate returns an error for times that are not positive.
func (f *WaitFlags) Validate() error {
	if f.Interval <= 0 || f.Timeout <= 0 {
		return Usagef("--interval and --timeout must be more than 0")
	}
	return nil
}

// MissingFails reports whether the wait ends if the subject is not found.
func (f *WaitFlags) MissingFails() bool { return f.missing == "fail" }

// MaxMissing returns after how many "does not exist" answers the wait ends; 0 means never.
func (f *WaitFlags) MaxMissing() int {
	if f.MissingFails() {
		return wait.MissingAnswers
	}
	return 0
}

// Seconds formats a duration without fractions of a second.
func Seconds(d time.Duration) string { return d.Round(time.Second).String() }

// Pause formats the time until the next try; under a second it is not shown as zero.
func Pause(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return Seconds(d)
}
