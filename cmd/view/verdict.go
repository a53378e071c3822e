package view

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/verify"
	"github.com/antom-cli/antom/pkg/sign"
)

// Verdict is a verdict in every form of output. Its fields, in the order of
// VerdictColumns, are its JSON form and its columns as CSV: a promise.
type Verdict struct {
	*verify.Verdict
	Words *VerdictWords
}

// VerdictColumns are the names of the fields.
var VerdictColumns = [...]string{
	"source", "kind", "verified", "keyVersion", "reason", "cause", "remedy", "notifyType", "paymentRequestId", "paymentId", "resultStatus", "resultCode",
}

// AppendRow appends the verdict as a table row.
func (v *Verdict) AppendRow(fields []string) []string {
	t := &v.Summary
	return append(fields, v.Source, v.Kind, strconv.FormatBool(v.Verified), v.KeyVersion, v.Reason, v.Cause, v.Remedy, t.NotifyType, t.PaymentRequestID, t.PaymentID, t.ResultStatus, t.ResultCode)
}

// AppendJSON appends the verdict as one JSON object.
func (v *Verdict) AppendJSON(dst []byte) []byte {
	t := &v.Summary
	dst = appendJSONString(append(dst, `{"source":`...), v.Source)
	dst = appendJSONString(append(dst, `,"kind":`...), v.Kind)
	dst = strconv.AppendBool(append(dst, `,"verified":`...), v.Verified)
	dst = appendJSONString(append(dst, `,"keyVersion":`...), v.KeyVersion)
	dst = appendJSONString(append(dst, `,"reason":`...), v.Reason)
	dst = appendJSONString(append(dst, `,"cause":`...), v.Cause)
	dst = appendJSONString(append(dst, `,"remedy":`...), v.Remedy)
	dst = appendJSONString(append(dst, `,"notifyType":`...), t.NotifyType)
	dst = appendJSONString(append(dst, `,"paymentRequestId":`...), t.PaymentRequestID)
	dst = appendJSONString(append(dst, `,"paymentId":`...), t.PaymentID)
	dst = appendJSONString(append(dst, `,"resultStatus":`...), t.ResultStatus)
	dst = appendJSONString(append(dst, `,"resultCode":`...), t.ResultCode)
	if a := v.Answer; a != nil {
		dst = strconv.AppendInt(append(dst, `,"acknowledgement":{"status":`...), int64(a.Status), 10)
		dst = strconv.AppendBool(append(dst, `,"acknowledged":`...), a.Err == nil)
		dst = append(appendJSONString(append(dst, `,"judgement":`...), a.String()), '}')
	}
	return append(dst, '}')
}

// appendJSONString writes a string like encoding/json, but faster: nearly all texts here need
// no escapes.
func appendJSONString(dst []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			escaped, err := json.Marshal(text)
			if err != nil {
				panic(err) // a string can always be encoded
			}
			return append(dst, escaped...)
		}
	}
	return append(append(append(dst, '"'), text...), '"')
}

// VerdictWords are the styled words at the beginning of a line of text.
type VerdictWords struct{ ok, failed string }

// VerdictWordsOf styles the words for a printer.
func VerdictWordsOf(p *output.Printer) *VerdictWords {
	return &VerdictWords{ok: p.Styled("ok", output.OK), failed: p.Styled("FAILED", output.Bad)}
}

// Text returns the verdict as a line, with the explanation below it.
func (v *Verdict) Text() string {
	w := v.Words
	if !v.Verified {
		return fmt.Sprintf("%s  %s  %s: %s%s", w.failed, output.Clean(v.Source), v.Reason, output.Clean(v.why()), output.Indented(v.explanation()))
	}
	t := &v.Summary
	line := strings.Join([]string{w.ok, output.Clean(v.Source), output.Clean(cmp.Or(t.NotifyType, v.Kind)), output.Clean(cmp.Or(t.PaymentRequestID, t.OtherID, t.PaymentID)), output.Clean(t.ResultCode)}, "  ")
	return line + output.Indented(v.answer(nil))
}

// why returns the error without the source, with which the row begins.
func (v *Verdict) why() string {
	text := strings.TrimPrefix(v.Err.Error(), v.Source+": ")
	name, _, _ := strings.Cut(v.Source, ":")
	if rest, found := strings.CutPrefix(text, name+":"); found { // another line of it
		return "line " + rest
	}
	return text
}

// answer adds the check of the answer that a notification got.
func (v *Verdict) answer(lines [][2]string) [][2]string {
	if v.Answer == nil {
		return lines
	}
	return append(lines, [2]string{"answer", output.Clean(v.Answer.String())})
}

// explanation returns the lines below a message that does not verify.
func (v *Verdict) explanation() [][2]string {
	f := v.Finding
	lines := v.answer(nil)
	if f == nil {
		return lines
	}
	add := func(label, text string) { lines = append(lines, [2]string{label, text}) }
	if len(f.Causes) > 0 {
		add("cause", f.ID()+": "+f.Title())
	}
	for _, detail := range f.Details {
		add(detail.Label, detail.Value)
	}
	if f.Key != "" && len(f.Causes) > 0 {
		add("signed by", f.Key)
	}
	if f.Noticed != "" {
		add("noticed", f.Noticed)
	}
	for _, text := range f.RuledOut {
		add("ruled out", text)
	}
	if v.Short {
		return lines
	}
	if len(f.Causes) > 0 {
		add("remedy", f.Remedy())
	}
	for _, advice := range f.Advice() {
		add("  "+advice.Framework, advice.How)
	}
	for _, cause := range slices.Concat(f.Causes, f.See) {
		add("more", cause.Command())
	}
	return lines
}

var _ output.Record = (*Verdict)(nil)

// refusedError is the error for a message that does not verify, with its remedy.
type refusedError struct {
	source string
	err    error
	title  string
	remedy string
}

func (e *refusedError) Error() string {
	text := fmt.Sprintf("verify %s: %s", e.source, e.err)
	if e.title != "" {
		text += ": " + e.title
	}
	return text
}

// Unwrap returns the reason.
func (e *refusedError) Unwrap() error { return e.err }

// Hint returns what to do about it.
func (e *refusedError) Hint() string { return e.remedy }

var _ cli.Hinter = (*refusedError)(nil)

// verdictError returns the error for a message that does not verify.
func verdictError(v *verify.Verdict) error {
	e := &refusedError{source: v.Source, err: v.Err, remedy: v.Remedy}
	if h, ok := v.Err.(cli.Hinter); ok && e.remedy == "" {
		e.remedy = h.Hint()
	}
	if v.Finding != nil && v.Cause != "" && v.Reason != string(sign.ClientIDOther) { // whose cause would repeat the reason
		e.title = v.Finding.Title()
		if strings.HasPrefix(v.Finding.Target, "/") && len(v.Finding.Causes) == 1 {
			e.remedy += "\nwith --url '" + v.Finding.Target + "' it verifies"
		}
	}
	if v.Finding != nil {
		for _, cause := range slices.Concat(v.Finding.Causes, v.Finding.See) {
			e.remedy += "\nmore: " + cause.Command()
		}
	}
	return e
}
