package checkoutcmd

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/checkout"
	"github.com/antom-cli/antom/internal/emulator/browser"
	"github.com/antom-cli/antom/internal/output"
)

// snippets are the integrations that --print prints: our own text, with marks where the
// options stand.
//
//go:embed snippets
var snippets embed.FS

// forms are the words of --print and their files.
var forms = [...]struct{ word, file string }{
	{"html", "page.html"}, {"node", "node.mjs"}, {"react", "react.jsx"}, {"vue", "vue.vue"},
}

func formWords() []string {
	words := []string{""}
	for _, row := range forms {
		words = append(words, row.word)
	}
	return words
}

// printSnippet prints the smallest integration with the options of the flags. Nothing is sent
// or served.
func (o *checkoutCmd) printSnippet(ctx context.Context, p *output.Printer) error {
	chosen, err := o.c.LoadProfile(p)
	if err != nil {
		return err
	}
	m := &cli.Merchant{Profile: chosen}
	source := o.sdk.source()
	switch {
	case o.sdk.file != "":
		source = "/ams-checkout.min.js"
		p.Note("serve the file of --sdk-file at %s", source)
	case chosen.Builtin && !o.sdk.named():
		if source, err = o.servedSDK(ctx, p); err != nil {
			return err
		}
	}
	environment := sandbox
	if chosen.Live() {
		environment = production
	}
	text := ""
	for _, row := range forms {
		if row.word == o.print {
			file, err := snippets.ReadFile("snippets/" + row.file)
			if err != nil {
				return fmt.Errorf("read the snippet: %w", err)
			}
			text = string(file)
		}
	}
	settings := o.options.settings(environment)
	marks := []string{"__SDK_URL__", html.EscapeString(source), "__INTEGRITY__", o.integrityAttributes()}
	marks = append(marks, o.pageMarks(settings)...)
	if o.print == "node" {
		request, err := o.order(ctx, m)
		if err != nil {
			return err
		}
		marks = append(marks, "__REQUEST__", jsValue(request, ""))
	}
	o.options.advise(p)
	record := struct {
		Print string `json:"print"`
		Text  string `json:"text"`
	}{o.print, strings.NewReplacer(marks...).Replace(text)}
	if p.Streams() || p.WantsJSON() {
		return p.Print(output.Result{JSON: cli.Encode(record)})
	}
	_, err = fmt.Fprint(o.c.Stdout, record.Text)
	return err
}

// servedSDK is the URL of the stand-in that a running emulator serves or, if none runs, the URL
// from the examples in the documentation.
func (o *checkoutCmd) servedSDK(ctx context.Context, p *output.Printer) (string, error) {
	served, err := o.c.RunningEmulator(ctx)
	if err != nil {
		return "", err
	}
	if served != nil {
		return served.Address.URL + browser.SDKPath, nil
	}
	p.Note("start the emulator first: antom emulator serve --listen 127.0.0.1:4300")
	return "http://127.0.0.1:4300" + browser.SDKPath, nil
}

func (o *checkoutCmd) integrityAttributes() string {
	if o.sdk.integrity == "" {
		return ""
	}
	return ` integrity="` + o.sdk.integrity + `" crossorigin="anonymous"`
}

// order is the request that the node snippet sends, without the fields that the snippet
// generates for each order.
func (o *checkoutCmd) order(ctx context.Context, m *cli.Merchant) (map[string]any, error) {
	m.Profile.RedirectURL = cmp.Or(m.Profile.RedirectURL, "http://127.0.0.1/")
	body, err := o.session.Body(ctx, m)
	if err != nil {
		return nil, err
	}
	var request map[string]any
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	delete(request, "paymentRequestId")
	if request["paymentRedirectUrl"] == "http://127.0.0.1/" {
		delete(request, "paymentRedirectUrl") // the snippet's own page
	}
	if order, is := request["order"].(map[string]any); is {
		delete(order, "referenceOrderId")
	}
	return request, nil
}

// dialects are the parts of a snippet that differ by form: pay is the action of the button,
// with __CALL__ for the call, and holds declares the variable for it.
var dialects = [...]struct{ word, indent, button, holds, pay string }{
	{"html", "", "<button id=\"pay\" type=\"button\">Pay</button>\n", "", "document.querySelector('#pay').addEventListener('click', () => __CALL__);"},
	{"react", "    ", "      <button type=\"button\" onClick={() => pay.current()}>\n        Pay\n      </button>\n", "  const pay = useRef(() => {});\n", "pay.current = () => __CALL__;"},
	{"vue", "  ", "  <button type=\"button\" @click=\"pay()\">Pay</button>\n", "let pay = () => {};\n", "pay = () => __CALL__;"},
}

// endCodes are the codes after which the snippet asks the server for the result.
var endCodes = [...]string{"SDK_PAYMENT_SUCCESSFUL", "SDK_PAYMENT_PROCESSING", "SDK_PAYMENT_FAIL", "SDK_PAYMENT_ERROR"}

// pageMarks are the marks of the snippets that run in a browser.
func (o *checkoutCmd) pageMarks(s checkout.Settings) []string {
	for _, way := range dialects {
		if way.word != o.print {
			continue
		}
		button, holds, hooks := way.button, way.holds, "useEffect, useRef"
		lines := mountLines(s)
		if s.OwnButton {
			lines = append(lines, strings.ReplaceAll(way.pay, "__CALL__", payCall(s)))
		} else {
			button, holds, hooks = "", "", "useEffect"
		}
		if o.print == "vue" {
			lines = append(lines, "remove = () => sdk."+removeCall(s)+"();")
		}
		return []string{
			"__BUTTON__", button, "__PAY__", holds, "__HOOKS__", hooks, "__REMOVE__", removeCall(s),
			"__HEARING__", indented(eventLines(s), way.indent), "__MOUNT__", indented(lines, way.indent),
		}
	}
	return nil
}

func eventLines(s checkout.Settings) []string {
	var codes []string
	for _, code := range endCodes {
		codes = append(codes, jsText(code))
	}
	lines := []string{"const over = [" + strings.Join(codes, ", ") + "];", "const options = {"}
	for _, name := range slices.Sorted(maps.Keys(s.Options)) {
		lines = append(lines, "  "+jsKey(name)+": "+jsValue(s.Options[name], "  ")+",")
	}
	lines = append(lines,
		"  onEventCallback: ({ code }) => {",
		"    if (over.includes(code)) tellResult();",
		"    if (code === 'SDK_PAYMENT_CANCEL') say('You have not paid.');",
		"  },")
	if s.Class == "AMSElement" {
		return append(lines, "};")
	}
	return append(lines, "  onError: ({ code, message }) => say(message ?? code), // a bad session is told here only", "};")
}

func mountLines(s checkout.Settings) []string {
	params := maps.Clone(s.Params)
	failed := "(error) => say(error.message ?? error.code)"
	if s.Class == "AMSElement" {
		params["type"] = "payment"
		return []string{
			"const sdk = new window.AMSElement({ ...options, sessionData });",
			"sdk.mount(" + jsValue(params, "") + ", '#form').then(({ error }) => error && say(error.message ?? error.code));",
		}
	}
	lines := []string{"const sdk = new window.AMSCashierPayment(options);"}
	call, place := "createComponent", ""
	if !s.Popup {
		call, place = "mountComponent", ", '#form'"
	}
	return append(lines, "const params = "+jsValue(params, "")+";", "sdk."+call+"({ sessionData, ...params }"+place+").catch("+failed+");")
}

func payCall(s checkout.Settings) string {
	if s.Class == "AMSElement" {
		return "sdk.submitPayment().then(tellResult)"
	}
	argument := ""
	if s.Submit != nil {
		argument = jsValue(s.Submit, "")
	}
	return "sdk.submit(" + argument + ").catch((error) => say(error.message ?? error.code))"
}

func removeCall(s checkout.Settings) string {
	if s.Class == "AMSElement" {
		return "destroy"
	}
	return "unmount"
}

// indented joins lines, which may contain several lines each, and indents them.
func indented(lines []string, by string) string {
	return by + strings.ReplaceAll(strings.Join(lines, "\n"), "\n", "\n"+by)
}

// jsValue formats a value as JavaScript; indent is the indentation of its last line.
func jsValue(value any, indent string) string {
	switch value := value.(type) {
	case map[string]any:
		if len(value) == 0 {
			return "{}"
		}
		var members []string
		for _, name := range slices.Sorted(maps.Keys(value)) {
			members = append(members, indent+"  "+jsKey(name)+": "+jsValue(value[name], indent+"  ")+",\n")
		}
		return "{\n" + strings.Join(members, "") + indent + "}"
	case []any:
		var members []string
		for _, each := range value {
			members = append(members, jsValue(each, indent))
		}
		return "[" + strings.Join(members, ", ") + "]"
	case string:
		return jsText(value)
	}
	return string(cli.Encode(value))
}

// jsText quotes text with single quotes. It is safe in HTML, where a script ends at the first
// end tag, even within a string.
func jsText(text string) string {
	quoted := strconv.Quote(text)
	inner := strings.NewReplacer(`\"`, `"`, "'", `\'`, "<", `\u003c`, "\u2028", `\u2028`, "\u2029", `\u2029`).Replace(quoted[1 : len(quoted)-1])
	return "'" + inner + "'"
}

// jsKey is the name of a member, quoted where necessary.
func jsKey(name string) string {
	for i, r := range name {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r == '$'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return jsText(name)
		}
	}
	if name == "" {
		return "''"
	}
	return name
}
