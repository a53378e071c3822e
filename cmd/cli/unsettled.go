package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/internal/trace"
	"github.com/antom-cli/antom/pkg/antom"
)

// UnsettledError is a call after which nobody here knows whether it was carried
// out. The row of its operation says how to make sure.
type UnsettledError struct {
	Err      error
	ID       string // of the request; empty if the operation has none
	IDName   string // Antom's name of that id
	Recourse antom.Recourse
	Repeat   string // the command that sends the same request again
}

func (e *UnsettledError) Error() string {
	if e.ID == "" {
		return e.Err.Error()
	}
	return fmt.Sprintf("%s; %s %s", e.Err, e.IDName, e.ID)
}

// Unwrap gives what the call ended with, which the exit code goes by.
func (e *UnsettledError) Unwrap() error { return e.Err }

// sureWords say how to make sure, by the recourse of an operation.
var sureWords = [...]struct {
	recourse antom.Recourse
	words    string
}{
	{antom.InquireFirst, "ask for the payment first, then call again if it did not happen: "},
	{antom.SameID, "send the same request again, by the same id it is carried out once: "},
	{antom.SameRequest, "send the same request again, by the same id one payment at most comes of it: "},
}

// Hint says how to make sure, after what to mend first.
func (e *UnsettledError) Hint() string {
	again := "send the same request again: "
	for _, row := range sureWords {
		if row.recourse == e.Recourse {
			again = row.words
		}
	}
	again += e.Repeat
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
		return trace.ShellQuote(text)
	}
	return text
}
