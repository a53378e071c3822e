package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/pkg/antom"
)

// unsettledError is a call after which nobody here knows whether the session was
// made. The same request again makes sure, so its id must be known.
type unsettledError struct {
	err    error
	id     string // paymentRequestId
	repeat string // the command that sends the same request again
}

func (e *unsettledError) Error() string {
	return fmt.Sprintf("%s; paymentRequestId %s", e.err, e.id)
}

// Unwrap gives what the call ended with, which the exit code goes by.
func (e *unsettledError) Unwrap() error { return e.err }

// Hint says how to make sure, after what to mend first.
func (e *unsettledError) Hint() string {
	again := "send the same request again, by the same id one payment at most comes of it: " + e.repeat
	if _, ok := errors.AsType[*antom.ResultError](e.err); ok {
		return again
	}
	return strings.Join(append(hintsOf(e.err), again), "\n")
}

var _ hinter = (*unsettledError)(nil)

// flagsAsTyped are the flags of a command line, for a shell, but for one.
func flagsAsTyped(flags *pflag.FlagSet, but string) string {
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
				fmt.Fprintf(&b, " --%s=%s", f.Name, shellWord(value))
			default:
				fmt.Fprintf(&b, " --%s %s", f.Name, shellWord(value))
			}
		}
	})
	return b.String()
}

// shellWord quotes a text where a shell would not take it as it is.
func shellWord(text string) string {
	if text == "" || slices.ContainsFunc([]byte(text), func(c byte) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,@%+=", rune(c))
	}) {
		return shellQuote(text)
	}
	return text
}
