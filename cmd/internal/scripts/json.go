package scripts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

// CmdJSONEq compares two JSON values by meaning. Each is a file, stdout or stderr of the last
// command, or a literal ('{"a":1}'). Numbers are compared by their text: 1 and 1.0 differ.
func CmdJSONEq(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: jsoneq FILE|JSON FILE|JSON")
	}
	a, err := decodeJSON(jsonText(ts, args[0]))
	ts.Check(err)
	b, err := decodeJSON(jsonText(ts, args[1]))
	ts.Check(err)
	switch diff := cmp.Diff(b, a); {
	case diff == "" && neg:
		ts.Fatalf("%s and %s are the same", args[0], args[1])
	case diff != "" && !neg:
		ts.Fatalf("%s differs from %s (-want +got):\n%s", args[0], args[1], diff)
	}
}

func jsonText(ts *testscript.TestScript, arg string) string {
	if strings.ContainsAny(arg, `{["`) {
		return arg
	}
	return ts.ReadFile(arg)
}

func decodeJSON(text string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("%w in %q", err, text)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("more than one value in %q", text)
	}
	return value, nil
}

// CmdJSONLines checks that every line of a file is a JSON value, and with -count how many there
// are.
func CmdJSONLines(ts *testscript.TestScript, args []string) {
	flags := quietFlags("jsonlines")
	count := flags.Int("count", -1, "")
	ts.Check(flags.Parse(args))
	if flags.NArg() != 1 {
		ts.Fatalf("usage: jsonlines [-count N] FILE")
	}
	n := 0
	for line := range bytes.Lines([]byte(ts.ReadFile(flags.Arg(0)))) {
		n++
		if !json.Valid(line) {
			ts.Fatalf("line %d is no JSON value: %s", n, strconv.Quote(string(line)))
		}
	}
	if *count >= 0 && n != *count {
		ts.Fatalf("%d lines, want %d", n, *count)
	}
}
