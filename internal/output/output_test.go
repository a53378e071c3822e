package output_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/output"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with testdata/<test name>.golden.
func golden(t *testing.T, got string) {
	t.Helper()
	path := filepath.Join("testdata", strings.ReplaceAll(t.Name(), "/", "_")+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// captures is a list that uses every feature of lists.
func captures() output.Result {
	table := output.Table{
		Cols: []output.Col{
			{Name: "transactionId", Title: "TRANSACTION", Shrinks: true},
			{Name: "goods", Title: "GOODS"},
			{Name: "amount", Title: "AMOUNT", Align: output.Decimal},
			{Name: "currency", MachineOnly: true},
			{Name: "status", Title: "STATUS"},
			{Name: "time", Title: "TIME"},
		},
		Rows: [][]output.Cell{
			{{Text: "20220000010000000001", Style: output.Key}, {Text: "订单 茶"}, {Text: "42.00 SGD", Plain: "42.00"}, {Text: "SGD"}, {Text: "SUCCESS", Style: output.OK}, {Text: "2022-11-10T00:34:52-08:00", Short: "10 Nov 00:34"}},
			{{Text: "20220000010000000002", Style: output.Key}, {Text: "tea\ttwo\nlines"}, {Text: "1000 JPY", Plain: "1000"}, {Text: "JPY"}, {Text: "FAIL", Style: output.Bad}, {Text: ""}},
			{{Text: "20220000010000000003", Style: output.Key}, {Text: "\x1b[2Jclear\u202e"}, {Text: "1.234 KWD", Plain: "1.234"}, {Text: "KWD"}, {Text: "PROCESSING", Style: output.Warn}, {Text: ""}},
		},
		Totals: []output.Pair{
			{Label: "Authorised", Value: output.Cell{Text: "142.00 SGD"}},
			{Label: "Captured", Value: output.Cell{Text: "42.00 SGD", Style: output.OK}},
			{Label: "Open", Value: output.Cell{Text: "0.00 SGD"}},
		},
		Empty: "no captures yet",
	}
	return output.Result{
		JSON: []byte(`{"big":123456789012345678901234567890,"html":"<&>","list":[{"a":1},{"a":2}]}`),
		Raw:  []byte("{ \"raw\" : 1 }"), Text: []output.Block{table}, Table: &table,
		Rows: [][]byte{[]byte(`{"a": 1}`), []byte("{\n\"a\": 2}")}, Quiet: []string{"20220000010000000001", "20220000010000000002"},
	}
}

func printed(t *testing.T, o output.Options, r output.Result) string {
	t.Helper()
	var out bytes.Buffer
	o.Out, o.Err = &out, io.Discard
	if o.Format == "" {
		o.Format = output.FormatText
	}
	p, err := output.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Print(r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTable(t *testing.T) {
	t.Parallel()
	for _, width := range []int{60, 70, 80, 120} {
		t.Run(fmt.Sprintf("tty_%d", width), func(t *testing.T) {
			t.Parallel()
			got := printed(t, output.Options{OutTTY: true, Width: width}, captures())
			golden(t, got)
		})
	}
	t.Run("tty_colour", func(t *testing.T) {
		t.Parallel()
		golden(t, printed(t, output.Options{OutTTY: true, Width: 120, Color: true}, captures()))
	})
	t.Run("pipe", func(t *testing.T) {
		t.Parallel()
		golden(t, printed(t, output.Options{Width: 60, Header: true}, captures()))
	})
	t.Run("empty", func(t *testing.T) {
		t.Parallel()
		table := *captures().Table
		table.Rows = nil
		golden(t, printed(t, output.Options{OutTTY: true, Width: 80}, output.Result{Text: []output.Block{table}}))
	})
}

// A line that is wider than the terminal, even if only by blanks, would take two lines.
func TestTable_neverWiderThanTheTerminal(t *testing.T) {
	t.Parallel()
	for width := 40; width <= 130; width++ {
		got := printed(t, output.Options{OutTTY: true, Width: width, Color: true}, captures())
		for line := range strings.Lines(got) {
			if w := lipgloss.Width(strings.TrimSuffix(line, "\n")); w > width {
				t.Fatalf("width %d: a line has %d columns: %q", width, w, line)
			}
		}
	}
}

func TestCard(t *testing.T) {
	t.Parallel()
	card := output.Card{Pairs: []output.Pair{
		{Label: "Payment request", Name: "paymentRequestId", Value: output.Cell{Text: "order-1 (filled in)", Plain: "order-1", Style: output.Key}},
		{Label: "Status", Name: "paymentStatus", Value: output.Cell{Text: "SUCCESS", Style: output.OK}},
	}}
	result := output.Result{Text: []output.Block{card}}
	if got, want := printed(t, output.Options{OutTTY: true}, result), "Payment request  order-1 (filled in)\nStatus           SUCCESS\n"; got != want {
		t.Errorf("on a terminal: %q", got)
	}
	if got, want := printed(t, output.Options{}, result), "paymentRequestId\torder-1\npaymentStatus\tSUCCESS\n"; got != want {
		t.Errorf("off a terminal: %q", got)
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		options output.Options
		want    string
	}{
		{"json is as received", output.Options{Format: output.FormatJSON}, "{\"big\":123456789012345678901234567890,\"html\":\"<&>\",\"list\":[{\"a\":1},{\"a\":2}]}\n"},
		{"jq keeps big numbers", output.Options{JQ: ".big, .html, .list[].a"}, "123456789012345678901234567890\n<&>\n1\n2\n"},
		{"jq beats quiet", output.Options{JQ: ".html", Quiet: true}, "<&>\n"},
		{"jq over lines", output.Options{Format: output.FormatJSONL, JQ: ".a"}, "1\n2\n"},
		{"jsonl", output.Options{Format: output.FormatJSONL}, "{\"a\":1}\n{\"a\":2}\n"},
		{"raw is byte for byte", output.Options{Raw: true}, "{ \"raw\" : 1 }"},
		{"quiet", output.Options{Quiet: true}, "20220000010000000001\n20220000010000000002\n"},
		{"csv", output.Options{Format: output.FormatCSV}, "transactionId,goods,amount,currency,status,time\n" +
			"20220000010000000001,订单 茶,42.00,SGD,SUCCESS,2022-11-10T00:34:52-08:00\n20220000010000000002,tea two lines,1000,JPY,FAIL,\n20220000010000000003,\" [2Jclear\",1.234,KWD,PROCESSING,\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, printed(t, test.options, captures())); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestUsageErrors(t *testing.T) {
	t.Parallel()
	for _, o := range []output.Options{
		{JQ: ".a", Raw: true}, {JQ: ".a", Format: output.FormatCSV}, {Raw: true, Format: output.FormatCSV},
	} {
		if _, err := output.New(o); !isA[*output.UsageError](err) {
			t.Errorf("New(%+v): %v", o, err)
		}
	}
	if _, err := output.New(output.Options{JQ: ".["}); !isA[*output.JQError](err) {
		t.Errorf("bad expression: %v", err)
	}
	var out bytes.Buffer
	for _, o := range []output.Options{{Raw: true, Format: output.FormatText}, {Format: output.FormatCSV}} {
		o.Out = &out
		p, err := output.New(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Print(output.Result{JSON: []byte("{}")}); !isA[*output.UsageError](err) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if out.Len() > 0 {
		t.Errorf("printed %q", out.String())
	}
	p, err := output.New(output.Options{Out: &out, JQ: ".a.b", Format: output.FormatJSON})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Print(output.Result{JSON: []byte(`{"a":1}`)}); !isA[*output.JQError](err) {
		t.Errorf("failing expression: %v", err)
	}
}

func isA[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

func TestInsertFirst(t *testing.T) {
	t.Parallel()
	for object, want := range map[string]string{
		`{"a":1e400,"b":"\u003c"}`: `{"id":"x<","a":1e400,"b":"\u003c"}`,
		` { }`:                     `{"id":"x<" }`,
		"{\n \"a\": 1\n}":          "{\"id\":\"x<\",\n \"a\": 1\n}",
		`[1]`:                      `[1]`,
	} {
		if got := string(output.InsertFirst([]byte(object), "id", "x<")); got != want {
			t.Errorf("InsertFirst(%s) = %s, want %s", object, got, want)
		}
	}
}

func TestClosedPipe(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	r.Close()
	p, err := output.New(output.Options{Out: w, Format: output.FormatText})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Print(captures()); !errors.Is(err, output.ErrClosedPipe) {
		t.Errorf("error = %v", err)
	}
}

func TestPrintError(t *testing.T) {
	t.Parallel()
	report := output.ErrorReport{Message: "inquiryPayment: refused: \x1b[31mX", Hints: []string{"check the id", "ask again"}, Code: "refused", Exit: 3, ResultCode: "ORDER_NOT_EXIST", ResultStatus: "F"}
	var text, object bytes.Buffer
	output.PrintError(&text, report, output.FormatText, false)
	if want := "antom: inquiryPayment: refused:  [31mX\nhint: check the id\nhint: ask again\n"; text.String() != want {
		t.Errorf("text = %q", text.String())
	}
	output.PrintError(&object, report, output.FormatJSON, false)
	want := `{"error":{"code":"refused","message":"inquiryPayment: refused: \u001b[31mX","hint":"check the id\nask again","exit":3,"resultCode":"ORDER_NOT_EXIST","resultStatus":"F"}}` + "\n"
	if object.String() != want {
		t.Errorf("json = %s", object.String())
	}
}

func TestProgress_terminal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var errs bytes.Buffer
		p, err := output.New(output.Options{Err: &errs, ErrTTY: true, Width: 30})
		if err != nil {
			t.Fatal(err)
		}
		state := "PROCESSING"
		progress := p.Progress(func(elapsed time.Duration) string {
			return fmt.Sprintf("order-1 %s %s and more than fits", state, elapsed.Round(time.Second))
		})
		time.Sleep(2 * time.Second)
		progress.Say(func() { state = "SUCCESS"; p.Note("changed") })
		progress.Done()
		got := errs.String()
		for _, want := range []string{"\x1b[?25l", "order-1 PROCESSING 2s", "\r\x1b[Knote: changed\n", "order-1 SUCCESS 2s and mor", "…"} {
			if !strings.Contains(got, want) {
				t.Errorf("%q is not in %q", want, got)
			}
		}
		if !strings.HasSuffix(got, "\r\x1b[K\x1b[?25h") {
			t.Errorf("the line was not removed or the cursor is still hidden: %q", got[len(got)-20:])
		}
	})
}

func TestProgress_accessible(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var errs bytes.Buffer
		p, err := output.New(output.Options{Err: &errs, ErrTTY: true, Accessible: true})
		if err != nil {
			t.Fatal(err)
		}
		progress := p.Progress(func(elapsed time.Duration) string { return "waiting " + elapsed.String() })
		time.Sleep(61 * time.Second)
		progress.Done()
		if want := "waiting 30s\nwaiting 1m0s\n"; errs.String() != want {
			t.Errorf("printed %q, want %q", errs.String(), want)
		}
	})
}

func TestProgress_pipe(t *testing.T) {
	t.Parallel()
	var errs bytes.Buffer
	p, err := output.New(output.Options{Err: &errs})
	if err != nil {
		t.Fatal(err)
	}
	progress := p.Progress(func(time.Duration) string { return "never shown" })
	progress.Line("order-1  PROCESSING after 0s")
	progress.Done()
	if want := "order-1  PROCESSING after 0s\n"; errs.String() != want {
		t.Errorf("printed %q", errs.String())
	}
}
