package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/pkg/antom"
)

// UnsettledError is a call after which nobody here knows whether the session was
// made. The same request again makes sure, so its id must be known.
type UnsettledError struct {
	Err    error
	ID     string // paymentRequestId
	Repeat string // the command that sends the same request again
}

func (e *UnsettledError) Error() string {
	return fmt.Sprintf("%s; paymentRequestId %s", e.Err, e.ID)
}

// Unwrap gives what the call ended with, which the exit code goes by.
func (e *UnsettledError) Unwrap() error { return e.Err }

// Hint says how to make sure, after what to mend first.
func (e *UnsettledError) Hint() string {
	again := "send the same request again, by the same id one payment at most comes of it: " + e.Repeat
	if _, ok := errors.AsType[*antom.ResultError](e.Err); ok {
		return again
	}
	return strings.Join(append(hintsOf(e.Err), again), "\n")
}

var _ Hinter = (*UnsettledError)(nil)

// FlagsAsTyped are the flags of a command line, for a shell, but for one.
func FlagsAsTyped(flags *pflag.FlagSet, but string) string {
	var b strings.Builder
	flags.Visit(func(f *pflag.Flag) {
		if f.Name == but {
			return
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, value := range values {
			switch {
			case f.NoOptDefVal == value && value == "true":
				fmt.Fprintf(&b, " --%s", f.Name)
			case f.NoOptDefVal != "":
				fmt.Fprintf(&b, " --%s=%s", f.Name, ShellWord(value))
			default:
				fmt.Fprintf(&b, " --%s %s", f.Name, ShellWord(value))
			}
		}
	})
	return b.String()
}

// ShellWord quotes a text where a shell would not take it as it is.
func ShellWord(text string) string {
	if text == "" || slices.ContainsFunc([]byte(text), func(c byte) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,@%+=", rune(c))
	}) {
		return shellQuote(text)
	}
	return text
}
