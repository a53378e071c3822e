// Package explaincmd is antom explain: what a code means and what to do about it.
package explaincmd

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/explain"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// command is `antom explain`.
type command struct {
	c         *cli.CLI
	operation string
	kind      string
	search    string
}

// New makes antom explain.
func New(c *cli.CLI) *cobra.Command {
	o := &command{c: c}
	cmd := &cobra.Command{
		Use:   "explain [CODE...]",
		Short: "Say what a code means and what to do about it",
		Long: `Say what a code means, whether the call may be repeated, what to do next, what to
tell the buyer, and how to provoke it on the emulator. CODE is a result code, a code
of the web SDK, a notification type, a raw refusal code of a card or an exit code.
Without CODE the codes are listed; --search and --kind narrow the list. Nobody is
asked: the tables are those that antom itself goes by.

RETRY is never, same-id (the same request again, with the same request id), new-id
(again with a new request id), inquire (ask what became of it first) or fix (correct
the request or the set-up first). --operation gives the verdict of that operation.

The columns off a terminal and in CSV are code, kind, status, retry, operations,
meaning, next, buyer, emulator, source and aliases. Values of one cell are separated
by commas, commands by semicolons. JSON has more: differs, dispute and causes. With
--quiet the codes are printed.`,
		Example: `  antom explain DO_NOT_HONOR
  antom explain ORDER_NOT_EXIST --operation refund
  antom explain --search "other card"
  antom explain -o json --jq '.[] | select(.retry == "never") | .code'`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := o.validate(args); err != nil {
				return err
			}
			return o.run(args)
		},
	}
	flags := cmd.Flags()
	flags.Var(cli.NewEnum(&o.operation, append([]string{""}, operations()...)...), "operation", "only codes of this `operation`, with its verdict")
	flags.Var(cli.NewEnum(&o.kind, append([]string{""}, kinds()...)...), "kind", "only codes of this `list`: "+strings.Join(kinds(), ", "))
	flags.StringVar(&o.search, "search", "", "list the codes that have these `words` in name, meaning or advice")
	return cmd
}

func operations() []string {
	var names []string
	for _, operation := range antom.Operations() {
		names = append(names, string(operation))
	}
	return names
}

func kinds() []string {
	var names []string
	for _, kind := range explain.Kinds() {
		names = append(names, string(kind))
	}
	return names
}

// Book returns everything that antom knows about codes.
func Book() *explain.Book {
	from := explain.Sources{Scenarios: emulator.ScenarioCodes, Outcomes: emulator.OutcomeCodes(), Refusals: emulator.RefusalOutcomes}
	for _, row := range cli.ExitCodes {
		from.Exits = append(from.Exits, explain.Exit{Code: strconv.Itoa(row.Code), Name: row.Name, Meaning: row.Meaning, Provoke: endings(row.Code)})
	}
	return explain.New(from)
}

// exitWays are commands that end with an exit code, on the emulator.
var exitWays = [...]struct {
	code int
	way  string
}{
	{cli.ExitOK, "antom version"},
	{cli.ExitFailed, "antom emulator fault add inquiryPayment:1=reset   # then inquire"},
	{cli.ExitUsage, "antom session create --amount 42.00 --currency SGDD"},
	{cli.ExitRefused, "antom payment inquire nosuch --profile emulator"},
	{cli.ExitSetup, "antom payment inquire x --profile nosuch"},
	{cli.ExitPending, `antom payment wait "$id" --timeout 3s   # while nobody pays`},
	{cli.ExitVerify, "antom emulator fault add inquiryPayment:1=wrong-signature   # then inquire"},
	{cli.ExitBadOutcome, `antom emulator pay "$id" --outcome DO_NOT_HONOR; antom payment wait "$id"`},
	{cli.ExitInterrupted, `antom payment wait "$id"   # and Ctrl-C`},
	{cli.ExitTerminated, `antom payment wait "$id"   # and kill it`},
}

func endings(code int) []string {
	for _, row := range exitWays {
		if row.code == code {
			return []string{row.way}
		}
	}
	return nil
}

func (o *command) validate(args []string) error {
	if o.search != "" && len(args) > 0 {
		return cli.Usagef("--search lists codes: it takes no CODE").WithHint("antom explain %s", cli.IDArg(args[0]))
	}
	if slices.Contains(args, "") {
		return cli.Usagef("CODE: must not be empty").WithHint("antom explain lists all codes")
	}
	return nil
}

func (o *command) run(args []string) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	book := Book()
	if len(args) == 0 {
		found := o.narrow(explain.Search(book.Entries(""), o.search))
		if len(found) == 0 {
			return cli.Usagef("no code has all of these words: %q", o.search).WithHint("antom explain lists all codes")
		}
		return p.Print(result(found, o.c.Term.Out, list))
	}
	var found []explain.Entry
	for _, code := range args {
		entries, err := o.lookup(book, code)
		if err != nil {
			return err
		}
		found = append(found, entries...)
	}
	return p.Print(result(found, o.c.Term.Out, pages))
}

// narrow keeps the entries of --kind and --operation.
func (o *command) narrow(entries []explain.Entry) []explain.Entry {
	if o.operation != "" {
		entries = explain.For(entries, antom.Operation(o.operation))
	}
	return slices.DeleteFunc(slices.Clone(entries), func(e explain.Entry) bool { return o.kind != "" && string(e.Kind) != o.kind })
}

// lookup finds a code. The error suggests the one that was probably meant.
func (o *command) lookup(book *explain.Book, code string) ([]explain.Entry, error) {
	entries := book.Lookup(code)
	if len(entries) == 0 {
		err := cli.Usagef("code %q: not in the tables", code)
		if near := book.Nearest(code); near != "" {
			return nil, err.WithHint("did you mean %q?", "antom explain "+near)
		}
		return nil, err.WithHint("antom explain --search %s", cli.IDArg(strings.ToLower(code))).
			WithHint("Antom may have codes that are newer: its message and traceId are for Antom's support")
	}
	if narrowed := o.narrow(entries); len(narrowed) > 0 {
		return narrowed, nil
	}
	where := entries[0].Operations
	err := cli.Usagef("code %s: not documented for what --operation or --kind names", entries[0].Code)
	if len(where) > 0 {
		err.WithHint("it stands in %s", strings.Join(where, ", "))
	}
	return nil, err.WithHint("antom explain %s", entries[0].Code)
}

// result returns the entries in every output form; people get the text of show.
func result(entries []explain.Entry, terminal bool, show func([]explain.Entry) []output.Block) output.Result {
	table := output.Table{Cols: []output.Col{
		{Name: "code"}, {Name: "kind"}, {Name: "status"}, {Name: "retry"}, {Name: "operations"}, {Name: "meaning"},
		{Name: "next"}, {Name: "buyer"}, {Name: "emulator"}, {Name: "source"}, {Name: "aliases"},
	}}
	r := output.Result{Rows: [][]byte{}}
	for _, e := range entries {
		row := []string{
			e.Code, string(e.Kind), e.Status, string(e.Retry), strings.Join(e.Operations, ","), e.Meaning,
			e.Next, e.Buyer, strings.Join(e.Emulator, "; "), e.Source, strings.Join(e.Aliases, ","),
		}
		cells := make([]output.Cell, len(row))
		for i, text := range row {
			cells[i].Text = text
		}
		table.Rows = append(table.Rows, cells)
		r.Rows = append(r.Rows, cli.Encode(e))
		if !slices.Contains(r.Quiet, e.Code) {
			r.Quiet = append(r.Quiet, e.Code)
		}
	}
	r.JSON, r.Table, r.Text = cli.JSONList(r.Rows), &table, []output.Block{table}
	if terminal {
		r.Text = show(entries)
	}
	return r
}
