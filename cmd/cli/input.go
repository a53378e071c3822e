package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
)

// largestInput limits a file that is read whole: a request has a few kilobytes, a list of a
// million ids 64 MB.
const (
	LargestRequest = 1 << 20
	LargestIDList  = 64 << 20
)

// ReadInput reads a file, or standard input if the name is "-", byte for byte. An interrupt
// ends it even while it waits for input.
func (c *CLI) ReadInput(ctx context.Context, name string, limit int64) ([]byte, error) {
	in := c.Stdin
	if name != StdinName {
		file, err := os.Open(c.Abs(name))
		if err != nil {
			return nil, fmt.Errorf("read %q: %w", name, withoutPath(err))
		}
		defer file.Close()
		in = file
	}
	var text bytes.Buffer
	done := make(chan error, 1)
	go func() {
		_, err := io.Copy(&text, io.LimitReader(in, limit+1))
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			return nil, fmt.Errorf("read %q: %w", name, withoutPath(err))
		}
	case <-ctx.Done(): // the reader is left behind: it ends with the process
		return nil, fmt.Errorf("read %q: %w", name, ctx.Err())
	}
	if int64(text.Len()) > limit {
		return nil, Usagef("%q is longer than %d bytes", name, limit).WithHint("is it the file that you mean?")
	}
	return text.Bytes(), nil
}

// StdinName is the file name for standard input.
const StdinName = "-"

// ShownName returns the name of an input in messages.
func ShownName(name string) string {
	if name == StdinName {
		return "standard input"
	}
	return name
}

// withoutPath removes the path from an error, because the message has it already.
func withoutPath(err error) error {
	if inner, ok := err.(*os.PathError); ok { //nolint:errorlint // os.Open and Read return it as it is
		return inner.Err
	}
	return err
}
