package cmd_test

import (
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd"
)

// notRun are examples that the suite does not run as printed, with the reason. Sorted by line.
var notRun = [...]struct{ line, why string }{
	{"antom checkout --amount 42.00 --currency SGD", "a buyer must pay; the script checkout and the tests in a browser do"},
	{"antom checkout --amount 42.00 --currency SGD --embedded --locale pt_BR --no-open", "a buyer must pay; the tests in a browser do"},
	{"antom checkout --last", "a buyer must pay; the script checkout_last does"},
	{"antom demo", "TestReadme runs it"},
	{"antom profile add sandbox", "asks on a terminal; the script profile_add_terminal answers"},
	{"antom session create --amount 42.00 --currency SGD -o json | antom checkout --session -", "a buyer must pay; the script checkout_session does"},
}

// serving starts a server on the shop's emulator, which stops with the example.
const serving = `antom emulator serve --listen 127.0.0.1:0 --ready-file "$PWD/ready" >/dev/null 2>&1 &
trap "kill $!; wait" EXIT
until [ -s ready ]; do sleep 0.02; done`

// authorised is a payment that waits for its capture.
const authorised = `id=$(antom session create --amount 42.00 --currency SGD --capture manual -q)
antom emulator pay "$id" --processing 0s -q`

// before is the setup, beyond a shop, for examples that begin with a text.
var before = [...]struct{ start, line string }{
	{"antom api /ams", `echo "{\"paymentRequestId\":\"$id\"}" >inquiry.json`},
	{"antom api capture", `echo '{"captureRequestId":"c-1","paymentId":"1","captureAmount":{"currency":"SGD","value":"4200"}}' >capture.json`},
	{"antom capture create", authorised},
	{"antom emulator fault add", serving},
	{"antom emulator fault clear", serving},
	{"antom emulator fault list", serving},
	{"antom emulator pay", `id=$(antom session create --amount 42.00 --currency SGD --quiet)`},
	{"antom emulator serve --state", `antom emulator export >orders.yaml`},
	{"antom payment wait -f ids.txt", `echo "$id" >ids.txt; : >first.jsonl`},
	{"antom payment cancel", authorised},
	{"antom refund inquire --refund-id", `payment_id=$(antom refund create "$id" --jq .refundId)`},
	{"antom refund inquire 2", `id=$(antom refund create "$id" -q)`},
	{"antom refund wait", `id=$(antom refund create "$id" -q)`},
	{"antom profile add", `antom profile remove sandbox --yes`},
}

// exampleCodes are the exit codes of examples with an outcome other than success: the payments
// of the shop have succeeded.
var exampleCodes = [...]struct {
	part string
	code int
}{
	{"--expect FAIL", 7},
	{"--require both", 5}, // no notification comes: the payment was final before
}

// servers are commands that run until they are stopped.
var servers = [...]string{"antom emulator serve", "antom notify listen"}

// TestTreeIsDocumented checks that every command describes its purpose and usage in the form
// that the manual and the completion rely on.
func TestTreeIsDocumented(t *testing.T) {
	t.Parallel()
	root, _ := cmd.Reference()
	for _, command := range tree(root) {
		path := command.CommandPath()
		if command.Short == "" || strings.HasSuffix(command.Short, ".") {
			t.Errorf("%s: Short %q: one phrase, no full stop", path, command.Short)
		}
		if command.Long == "" {
			t.Errorf("%s has no Long", path)
		}
		if len(examplesOf(command)) == 0 {
			t.Errorf("%s has no Example", path)
		}
		for line := range strings.Lines(command.Example) {
			if !strings.HasPrefix(line, "  ") {
				t.Errorf("%s: example %q: must begin with two spaces", path, line)
			}
		}
	}
}

// TestExamples runs the examples of every command as printed, each with sh in a shop where $id,
// $first and $second are paid.
func TestExamples(t *testing.T) {
	t.Parallel()
	root, topics := cmd.Reference()
	model := openShop(t)
	for _, command := range tree(root) {
		for _, line := range examplesOf(command) {
			if reasonNotToRun(line) == "" {
				runExample(t, model, line)
			}
		}
	}
	for _, topic := range topics {
		checkCommandsNamed(t, root, topic.Name, topic.Page(), false)
	}
}

// tree yields a command and all visible commands below it.
func tree(command *cobra.Command) []*cobra.Command {
	found := []*cobra.Command{command}
	for _, child := range command.Commands() {
		if !child.Hidden {
			found = append(found, tree(child)...)
		}
	}
	return found
}

// continued matches the end of a command line that continues on the next, indented line.
var continued = regexp.MustCompile(` *\\?\n {3,}`)

// examplesOf returns the command lines of an example.
func examplesOf(command *cobra.Command) []string {
	text := continued.ReplaceAllString(command.Example, " ")
	var found []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			found = append(found, line)
		}
	}
	return found
}

func reasonNotToRun(line string) string {
	for _, row := range notRun {
		if row.line == line {
			return row.why
		}
	}
	return ""
}

func runExample(t *testing.T, model *shop, line string) {
	t.Run(line, func(t *testing.T) {
		t.Parallel()
		s := model.copy(t)
		script := withIDs(line)
		for _, row := range before {
			if strings.HasPrefix(line, row.start) {
				script = row.line + "\n" + script
			}
		}
		want := 0
		for _, row := range exampleCodes {
			if strings.Contains(line, row.part) {
				want = row.code
			}
		}
		for _, server := range servers {
			if strings.HasPrefix(line, server) { // the port that it takes by itself may be taken; what the line says wins
				s.serve(t, strings.Replace(script, server, "exec "+server+" --listen 127.0.0.1:0", 1))
				return
			}
		}
		code, said := s.sh(t.Context(), script)
		if code != want {
			t.Errorf("exit code %d, want %d\n%s%s", code, want, &said.out, &said.err)
		}
	})
}

// withIDs replaces placeholders in an example with the paid payment or a plausible id.
func withIDs(line string) string {
	for _, row := range [...]struct{ pattern, value string }{
		{`\bPAYMENT_REQUEST_ID\b`, `"$$id"`},
		{`\b20\d{12}-[a-z0-9]{8,}\b`, `"$$id"`},
		{`\b20\d{16,}[0-9A-Z]*\b`, `"$$payment_id"`},
	} {
		line = regexp.MustCompile(row.pattern).ReplaceAllString(line, row.value)
	}
	return line
}

// serve starts a server, waits for its first output, and stops it.
func (s *shop) serve(t *testing.T, line string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "sh", "-c", line)
	command.Dir, command.Env = s.dir, s.env
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	command.Stdout, command.Stderr = writer, writer
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	first := make([]byte, 4096)
	n, _ := reader.Read(first) // nothing at its end, which the exit code explains
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Error(err)
	}
	rest, _ := io.ReadAll(reader)
	if err := command.Wait(); err != nil {
		t.Errorf("%s\n%s%s", err, first[:n], rest)
	}
}

// checkCommandsNamed checks that the commands named in a text exist. In code each "antom WORD"
// is a command; in prose the word may be any.
func checkCommandsNamed(t *testing.T, root *cobra.Command, where, text string, code bool) {
	t.Helper()
	for _, match := range regexp.MustCompile("antom((?: [a-z][a-z-]*)+)").FindAllStringSubmatch(text, -1) {
		found, rest, err := root.Find(strings.Fields(match[1]))
		unknown := err != nil || found.HasSubCommands() && len(rest) > 0
		if unknown && (code || found != root) {
			t.Errorf("%s names %q, which is not a command", where, "antom"+match[1])
		}
	}
}
