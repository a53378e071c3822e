package sessioncmd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/view"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// sessionInspect is `antom session inspect`.
type sessionInspect struct {
	c     *cli.CLI
	class string
}

func newInspectCmd(c *cli.CLI) *cobra.Command {
	o := &sessionInspect{c: c}
	cmd := &cobra.Command{
		Use:   "inspect DATA|-",
		Short: "Parse session data: would the web SDK accept it?",
		Long: `Parse paymentSessionData: show its parts, the region, the form that it asks for, and
whether the web SDK would accept it, with the reasons if not. DATA is the session
data or a whole answer of createPaymentSession as JSON; - reads it from standard
input. Nothing is sent, and no profile is needed.

Each class of the web SDK shows its own forms. The class for this session is
printed, and --class checks whether the class that your page uses is the right one.

The first part is a secret that grants access to one payment: only its length is
shown.

Exit code 0: the SDK would accept it (warnings do not count). 6: it would not. 2:
the input is not session data at all.

JSON output has accepted, region, gateway, form, class, scene, category, version,
parts, findings ({"refused","rule","message","hint"}) and config, the fourth part
decoded. The columns of CSV are part, name, length and value. With --quiet nothing
is printed.`,
		Example: `  antom session create --amount 42.00 --currency SGD -o json |
    antom session inspect -
  antom session create --amount 42.00 --currency SGD -o json >session.json &&
    antom session inspect - <session.json
  antom session create --amount 42.00 --currency SGD --scene element -o json |
    antom session inspect - --class AMSElement`,
		Args: cli.OneArg("DATA or -"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), args[0])
		},
	}
	cmd.Flags().Var(cli.NewEnum(&o.class, append([]string{""}, rules.SessionClasses()...)...), "class", "class of the web SDK to check the session for, such as AMSCashierPayment")
	return cmd
}

func (o *sessionInspect) run(ctx context.Context, data string) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	if data == cli.StdinName {
		text, err := o.c.ReadInput(ctx, cli.StdinName, cli.LargestRequest)
		if err != nil {
			return err
		}
		data = string(text)
	}
	session, err := o.session(strings.TrimSpace(data))
	if err != nil {
		return err
	}
	s := rules.InspectSession(session.PaymentSessionData)
	if o.class != "" {
		s.For(o.class)
	}
	o.compare(s, session)
	if err := p.Print(inspection(s)); err != nil {
		return err
	}
	for _, finding := range s.Findings {
		if !finding.Refused {
			p.Warn("the session data: %s: %s", finding.Message, finding.Hint)
		}
	}
	return sessionVerdict(s)
}

// session reads session data, or the whole answer that contains it.
func (o *sessionInspect) session(text string) (*antom.Session, error) {
	if text == "" {
		return nil, cli.Usagef("no session data: the input is empty").WithHint("antom session inspect \"$data\"")
	}
	if !strings.HasPrefix(text, "{") {
		return &antom.Session{PaymentSessionData: strings.Trim(text, `"`)}, nil
	}
	var session antom.Session
	if err := json.Unmarshal([]byte(text), &session); err != nil {
		return nil, cli.Usagef("no session data: the input begins like JSON but is not valid: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if session.PaymentSessionData == "" {
		return nil, cli.Usagef("no session data: the JSON has no paymentSessionData").WithHint("an answer of createPaymentSession has it if its resultStatus is S")
	}
	return &session, nil
}

// compare checks what only a whole answer shows: when the session expires, and its id.
func (o *sessionInspect) compare(s *rules.SessionData, session *antom.Session) {
	if at, err := session.PaymentSessionExpiryTime.Time(); err == nil && !o.c.Now().Before(at) {
		s.Findings = append(s.Findings, rules.SessionFinding{
			Refused: true, Rule: "expired", Message: "the session expired at " + string(session.PaymentSessionExpiryTime), Hint: "antom session create creates a new one",
		})
	}
	if same, readable := s.SameSession(session.PaymentSessionID); readable && !same {
		s.Findings = append(s.Findings, rules.SessionFinding{
			Rule: "session-id", Message: "paymentSessionId belongs to another session", Hint: "the data and the id are from two answers",
		})
	}
}

func sessionVerdict(s *rules.SessionData) error {
	var messages, hints []string
	for _, finding := range s.Findings {
		if finding.Refused {
			messages = append(messages, finding.Message)
			hints = append(hints, finding.Hint)
		}
	}
	if len(messages) == 0 {
		return nil
	}
	return cli.OutcomeError{Code: cli.ExitVerify, Message: "the web SDK would not accept the session: " + strings.Join(messages, "; "), Remedy: strings.Join(hints, "\n")}
}

// partNames are the names of the parts of session data.
var partNames = [...]string{"secret", "region", "number", "config"}

// shownParts are the parts whose values are shown: not the secret and the encoded
// configuration.
const shownParts = "region number"

// inspection shows the findings in every form of output.
func inspection(s *rules.SessionData) output.Result {
	report := inspectReport{
		Accepted: s.Accepted(), Region: s.Region.Sign, Gateway: s.Region.Gateway, Form: s.Form(), Class: s.Class,
		Scene: s.Scene, Category: s.Category, Version: s.Version, Config: s.Config,
		Parts: []inspectPart{}, Findings: []inspectFinding{},
	}
	table := output.Table{Cols: []output.Col{{Name: "part"}, {Name: "name"}, {Name: "length"}, {Name: "value"}}}
	for i, part := range s.Parts {
		row := inspectPart{Name: "unknown", Length: len(part)}
		if i < len(partNames) {
			row.Name = partNames[i]
		}
		if strings.Contains(shownParts, row.Name) {
			row.Value = part
		}
		report.Parts = append(report.Parts, row)
		table.Rows = append(table.Rows, []output.Cell{{Text: strconv.Itoa(i + 1)}, {Text: row.Name}, {Text: strconv.Itoa(row.Length)}, {Text: row.Value}})
	}
	for _, f := range s.Findings {
		report.Findings = append(report.Findings, inspectFinding(f))
	}
	return output.Result{JSON: cli.Encode(report), Table: &table, Rows: [][]byte{cli.Encode(report)}, Text: []output.Block{inspectCard(s, report)}}
}

func inspectCard(s *rules.SessionData, report inspectReport) output.Card {
	verdict := output.Cell{Text: "ok", Style: output.OK}
	if !report.Accepted {
		verdict = output.Cell{Text: "FAILED", Style: output.Bad}
	}
	var parts []string
	for _, part := range report.Parts {
		parts = append(parts, fmt.Sprintf("%s (%d characters)", part.Name, part.Length))
	}
	return output.Card{Pairs: view.Present([]output.Pair{
		{Label: "Web SDK", Name: "accepted", Value: verdict},
		{Label: "Parts", Name: "parts", Value: output.Cell{Text: strings.Join(parts, ", "), Plain: strconv.Itoa(len(report.Parts))}},
		{Label: "Region", Name: "region", Value: output.Cell{Text: s.Region.Sign}},
		{Label: "Gateway", Name: "gateway", Value: output.Cell{Text: s.Region.Gateway}},
		{Label: "Form", Name: "form", Value: output.Cell{Text: report.Form}},
		{Label: "Class", Name: "class", Value: output.Cell{Text: s.Class}},
		{Label: "Version", Name: "version", Value: output.Cell{Text: report.Version}},
		{Label: "Scripts from", Name: "scripts", Value: output.Cell{Text: strings.Join(s.Hosts, ", ")}},
	})}
}

// inspectReport is the JSON form of session inspect.
type inspectReport struct {
	Accepted bool             `json:"accepted"`
	Region   string           `json:"region"`
	Gateway  string           `json:"gateway"`
	Form     string           `json:"form"`
	Class    string           `json:"class"`
	Scene    string           `json:"scene"`
	Category string           `json:"category"`
	Version  string           `json:"version"`
	Parts    []inspectPart    `json:"parts"`
	Findings []inspectFinding `json:"findings"`
	Config   sessionJSON      `json:"config,omitempty"`
}

type inspectPart struct {
	Name   string `json:"name"`
	Length int    `json:"length"`
	Value  string `json:"value,omitempty"`
}

type inspectFinding struct {
	Refused bool   `json:"refused"`
	Rule    string `json:"rule"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

// sessionJSON is valid JSON, written on one line.
type sessionJSON []byte

// MarshalJSON inserts the value unchanged, on one line.
func (s sessionJSON) MarshalJSON() ([]byte, error) {
	var line bytes.Buffer
	err := json.Compact(&line, s)
	return line.Bytes(), err
}
