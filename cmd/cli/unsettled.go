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

// UnsettledError reports a call that may or may not have been carried out. The row of its
// operation says how to find out.
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

// Unwrap returns the error of the call, which determines the exit code.
func (e *UnsettledError) Unwrap() error { return e.Err }

// sureWords say how to find out, by the recourse of an operation.
var sureWords = [...]struct {
	recourse antom.Recourse
	words    string
}{
	{antom.InquireFirst, "ask for the payment first, then call again if it did not happen: "},
	{antom.SameID, "send the same request again, by the same id it is carried out once: "},
	{antom.SameRequest, "send the same request again, by the same id one payment at most comes of it: "},
}

// Hint says what to correct first, and how to find out.
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

// FlagsAsTyped returns the flags of a command line for a shell, except one.
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

// ShellWord quotes a text if a shell would change it.
func ShellWord(text string) string {
	if text == "" || slices.ContainsFunc([]byte(text), func(c byte) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,@%+=", rune(c))
	}) {
		return trace.ShellQuote(text)
	}
	return text
}
