package notifycmd

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/sign"
)

// verdict is what is said of one message. Its fields, in this order, are its
// JSON form and its columns as CSV: a promise.
type verdict struct {
	source     string
	kind       string
	verified   bool
	keyVersion string
	reason     string
	cause      string
	remedy     string
	told       intake.Told
	client     string // that the message names; not a part of the verdict's forms

	words   *words
	notes   []diagnose.Remark
	finding *diagnose.Finding
	short   bool // the cause was explained at length before
	err     error
}

// Reasons beside those of pkg/sign.
const (
	reasonOK         = "ok"
	reasonUnreadable = "unreadable"  // not a saved message
	reasonKeyMissing = "key-missing" // no key for this kind of message
	reasonURLMissing = "url-missing" // the message does not say where it was sent to
)

// verdictColumns are the names of the fields.
var verdictColumns = [...]string{
	"source", "kind", "verified", "keyVersion", "reason", "cause", "remedy", "notifyType", "paymentRequestId", "paymentId", "resultStatus", "resultCode",
}

// AppendRow appends the verdict as a row of a table.
func (v *verdict) AppendRow(fields []string) []string {
	t := &v.told
	return append(fields, v.source, v.kind, strconv.FormatBool(v.verified), v.keyVersion, v.reason, v.cause, v.remedy, t.NotifyType, t.PaymentRequestID, t.PaymentID, t.ResultStatus, t.ResultCode)
}

// AppendJSON appends the verdict as one object.
func (v *verdict) AppendJSON(dst []byte) []byte {
	t := &v.told
	dst = appendJSONString(append(dst, `{"source":`...), v.source)
	dst = appendJSONString(append(dst, `,"kind":`...), v.kind)
	dst = strconv.AppendBool(append(dst, `,"verified":`...), v.verified)
	dst = appendJSONString(append(dst, `,"keyVersion":`...), v.keyVersion)
	dst = appendJSONString(append(dst, `,"reason":`...), v.reason)
	dst = appendJSONString(append(dst, `,"cause":`...), v.cause)
	dst = appendJSONString(append(dst, `,"remedy":`...), v.remedy)
	dst = appendJSONString(append(dst, `,"notifyType":`...), t.NotifyType)
	dst = appendJSONString(append(dst, `,"paymentRequestId":`...), t.PaymentRequestID)
	dst = appendJSONString(append(dst, `,"paymentId":`...), t.PaymentID)
	dst = appendJSONString(append(dst, `,"resultStatus":`...), t.ResultStatus)
	dst = appendJSONString(append(dst, `,"resultCode":`...), t.ResultCode)
	return append(dst, '}')
}

// appendJSONString writes what encoding/json writes; nearly all texts here need
// no escape.
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

// words are the styled words that begin a line of text.
type words struct{ ok, failed string }

func wordsOf(p *output.Printer) *words {
	return &words{ok: p.Styled("ok", output.OK), failed: p.Styled("FAILED", output.Bad)}
}

// Text is the verdict in words, and below it what was found out.
func (v *verdict) Text() string {
	w := v.words
	if !v.verified {
		return fmt.Sprintf("%s  %s  %s: %s%s", w.failed, output.Clean(v.source), v.reason, output.Clean(v.why()), output.Indented(v.explanation()))
	}
	t := &v.told
	return strings.Join([]string{w.ok, output.Clean(v.source), output.Clean(cmp.Or(t.NotifyType, v.kind)), output.Clean(cmp.Or(t.PaymentRequestID, t.OtherID, t.PaymentID)), output.Clean(t.ResultCode)}, "  ")
}

// why is the error without the place that the row begins with.
func (v *verdict) why() string {
	text := strings.TrimPrefix(v.err.Error(), v.source+": ")
	name, _, _ := strings.Cut(v.source, ":")
	if rest, found := strings.CutPrefix(text, name+":"); found { // another line of it
		return "line " + rest
	}
	return text
}

// explanation are the lines below a message that does not verify.
func (v *verdict) explanation() [][2]string {
	f := v.finding
	if f == nil {
		return nil
	}
	var lines [][2]string
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
	if v.short {
		return lines
	}
	if len(f.Causes) > 0 {
		add("remedy", f.Remedy())
	}
	for _, advice := range f.Advice() {
		add("  "+advice.Framework, advice.How)
	}
	for _, cause := range slices.Concat(f.Causes, f.See) {
		add("more", cause.Page())
	}
	return lines
}

var _ output.Record = (*verdict)(nil)

// judge verifies a message and reads what it tells of.
func judge(m *intake.Message, key diagnose.Key) verdict {
	v := verdict{source: m.Source, kind: string(m.Kind), reason: reasonOK, told: intake.Tell(m.Body)}
	if !v.told.IsJSON {
		if problem := intake.BodyProblem(m.Body); problem != "" {
			v.note("body", problem)
		}
	}
	if key.Public == nil {
		v.reason = reasonKeyMissing
		v.err = &cli.SetupError{Message: "no key to verify a " + string(m.Kind) + " with", Remedy: "name it with --public-key-file, or set it in the profile"}
		return v
	}
	checked := m.Verify(key.Public)
	v.keyVersion, v.verified = checked.Header.KeyVersion, checked.Err == nil
	switch {
	case checked.TrailingLineEndIgnored:
		v.note("line-end", "trailing line end ignored")
	case checked.CompressedSigned:
		v.note("gzip", "the signature covers the packed body, not the text in it")
	}
	for _, text := range m.Mended {
		v.note("mended", text)
	}
	if checked.Err != nil {
		v.fail(checked.Err)
	}
	return v
}

// nameHeaders is what to do where nothing but a body was saved.
const nameHeaders = "this is a body alone: name what its headers said with --signature and --time, and --client-id and --url where they are not the profile's; or save the whole request"

func (v *verdict) note(id, text string) {
	v.notes = append(v.notes, diagnose.Remark{ID: id, Text: text})
}

func (v *verdict) fail(err error) {
	v.err = err
	if errors.Is(err, intake.ErrNoTarget) {
		v.reason, v.remedy = reasonURLMissing, "say where it was sent to with --url"
		if v.kind == string(intake.Response) {
			v.remedy = "an answer does not say which call it answers: name the path of that request with --url"
		}
	}
	if refused, ok := errors.AsType[*sign.Error](err); ok {
		v.reason, v.remedy = string(refused.Reason), refused.Hint()
	}
}

// nameFlag says which flag gives what is missing of a body alone.
func (v *verdict) nameFlag(kind intake.Kind) {
	switch sign.Reason(v.reason) {
	case sign.TimeMissing:
		v.remedy = "name its " + strings.ToLower(kind.TimeHeader()) + " header with --time"
	case sign.ClientIDMissing:
		v.remedy = "name its client-id header with --client-id"
	case sign.SignatureMissing:
		v.remedy = nameHeaders
	}
}

// clientIDs are those that messages of a run were for.
type clientIDs []string

// mostClientIDs are remembered.
const mostClientIDs = 20

func (c *clientIDs) add(id string) {
	if len(*c) < mostClientIDs && !slices.Contains(*c, id) {
		*c = append(*c, id)
	}
}

func (c clientIDs) String() string {
	const shown = 3
	if len(c) <= shown {
		return "client id " + strings.Join(c, ", ")
	}
	return fmt.Sprintf("client id %s and %d more", strings.Join(c[:shown], ", "), len(c)-shown)
}

// contentChanged is what to do where the key is right and no cause fits.
const contentChanged = "don't act on it; if Antom called another URL, name that with --url; else compare the headers and the bytes of the body with those on the wire"

// explain adds what a diagnosis found.
func (v *verdict) explain(f *diagnose.Finding) {
	v.finding = f
	if len(f.Causes) > 0 && v.reason == string(sign.SignatureMalformed) {
		v.err = sign.NewError(sign.SignatureMalformed, "") // the cause says how, and better
	}
	switch {
	case !f.ContentChanged:
	case v.reason == string(sign.Mismatch):
		v.remedy = contentChanged
	}
	v.cause = f.ID()
	v.remedy = cmp.Or(f.Remedy(), v.remedy)
}

// unreadable is the verdict on what is no message.
func unreadable(source string, err error) verdict {
	remedy := err.Error()
	if h, ok := err.(cli.Hinter); ok && h.Hint() != "" {
		remedy += ": " + h.Hint()
	}
	return verdict{source: source, reason: reasonUnreadable, remedy: remedy, err: err}
}

// refusedError is a message that does not verify, with what there is to do.
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

// Unwrap returns why it was refused.
func (e *refusedError) Unwrap() error { return e.err }

// Hint says what to do about it.
func (e *refusedError) Hint() string { return e.remedy }

var _ cli.Hinter = (*refusedError)(nil)

func (v *verdict) refusal() error {
	e := &refusedError{source: v.source, err: v.err, remedy: v.remedy}
	if h, ok := v.err.(cli.Hinter); ok && e.remedy == "" {
		e.remedy = h.Hint()
	}
	if v.finding != nil && v.cause != "" && v.reason != string(sign.ClientIDOther) { // of which the cause says the same again
		e.title = v.finding.Title()
		if strings.HasPrefix(v.finding.Target, "/") && len(v.finding.Causes) == 1 {
			e.remedy += "\nwith --url '" + v.finding.Target + "' it verifies"
		}
	}
	if v.finding != nil {
		for _, cause := range slices.Concat(v.finding.Causes, v.finding.See) {
			e.remedy += "\nsee " + cause.Page()
		}
	}
	return e
}
