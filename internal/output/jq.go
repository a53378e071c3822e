package output

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/itchyny/gojq"
)

// JQError means that an expression can't be compiled or fails on a value.
type JQError struct {
	expression string
	err        error
}

func (e *JQError) Error() string { return fmt.Sprintf("--jq %q: %s", e.expression, e.err) }

// Hint says where jq is documented.
func (e *JQError) Hint() string { return "a jq expression such as .paymentStatus" }

// Unwrap returns the error of gojq.
func (e *JQError) Unwrap() error { return e.err }

// query is a compiled expression. It can access neither the environment nor modules.
type query struct {
	expression string
	code       *gojq.Code
}

func compile(expression string) (*query, error) {
	parsed, err := gojq.Parse(expression)
	if err != nil {
		return nil, &JQError{expression, err}
	}
	code, err := gojq.Compile(parsed)
	if err != nil {
		return nil, &JQError{expression, err}
	}
	return &query{expression, code}, nil
}

func (q *query) run(w *bufio.Writer, value []byte) error { return q.write(w, value) }

// write prints each result of the expression on its own line: strings without quotes,
// everything else as JSON.
func (q *query) write(w io.Writer, value []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	var input any
	if err := decoder.Decode(&input); err != nil {
		return &JQError{q.expression, err}
	}
	outputs := q.code.RunWithContext(context.Background(), input)
	for {
		output, ok := outputs.Next()
		if !ok {
			return nil
		}
		if err, failed := output.(error); failed {
			return &JQError{q.expression, err}
		}
		if err := printOutput(w, output); err != nil {
			return &JQError{q.expression, err}
		}
	}
}

func printOutput(w io.Writer, output any) error {
	if text, ok := output.(string); ok {
		_, err := fmt.Fprintln(w, text)
		return err
	}
	text, err := gojq.Marshal(output)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", text)
	return err
}
