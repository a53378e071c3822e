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

// ErrWaitTimeout is the cause of a wait that --timeout ended.
var ErrWaitTimeout = errors.New("wait timed out")

// Validate refuses times that are none.
func (f *WaitFlags) Validate() error {
	if f.Interval <= 0 || f.Timeout <= 0 {
		return Usagef("--interval and --timeout must be more than 0")
	}
	return nil
}

// MissingFails says whether a thing that is not found ends its wait.
func (f *WaitFlags) MissingFails() bool { return f.missing == "fail" }

// MaxMissing is after how many answers that a thing does not exist its wait ends;
// 0: never.
func (f *WaitFlags) MaxMissing() int {
	if f.MissingFails() {
		return wait.MissingAnswers
	}
	return 0
}

// Seconds is a duration without fractions of a second.
func Seconds(d time.Duration) string { return d.Round(time.Second).String() }

// Pause is a time to come: one under a second is not none.
func Pause(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return Seconds(d)
}
