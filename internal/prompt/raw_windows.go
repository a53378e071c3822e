package prompt

import (
	"os"

	"golang.org/x/term"
)

// rawInput puts the console into a mode in which each byte arrives as sent. It returns a
// function that restores the mode.
func rawInput(file *os.File) (restore func(), err error) {
	fd := int(file.Fd())
	before, err := term.MakeRaw(fd)
	if err != nil {
		return nil, err
	}
	return func() { _ = term.Restore(fd, before) }, nil
}
