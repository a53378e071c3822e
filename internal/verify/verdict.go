package verify

import (
	"cmp"
	"errors"

	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// Verdict is the result for one message.
type Verdict struct {
	Source     string // file and line, or a name
	Kind       string // of the message, an [intake.Kind]; empty if it can't be read
	Verified   bool
	KeyVersion string
	Reason     string // ok, a [sign.Reason], or one of the reasons below
	Cause      string // id of what explains a mismatch; empty if nothing does
	Remedy     string
	Summary    intake.Summary // of the body
	Client     string         // client id that the message names

	Answer  *Acknowledgement  // of a notification whose answer was saved with it; nil if none was
	Notes   []diagnose.Remark // on a message, whether it verifies or not
	Finding *diagnose.Finding // of a message that does not verify; nil if it was not looked for
	Short   bool              // the cause was explained at length before
	Err     error             // why it does not verify
}

// Reasons beside those of pkg/sign.
const (
	ReasonOK         = "ok"
	ReasonUnreadable = "unreadable"  // not a saved message
	ReasonKeyMissing = "key-missing" // no key for this kind of message
	ReasonURLMissing = "url-missing" // the message does not say where it was sent to
)

// NoKeyError reports a message of a kind for which there is no key.
type NoKeyError struct{ Kind intake.Kind }

func (e *NoKeyError) Error() string { return "no key to verify a " + string(e.Kind) + " with" }

// Hint says where a key comes from.
func (e *NoKeyError) Hint() string {
	return "name it with --public-key-file, or set it in the profile"
}

// Judge verifies a message with a key, and reads what it tells of. If clientID is
// not empty the message must be for that client.
func Judge(m *intake.Message, key diagnose.Key, clientID string) Verdict {
	v := judge(m, key)
	v.Client, v.Answer = m.ClientID(), acknowledgement(m)
	if !v.Verified {
		return v
	}
	if err := antom.CheckClientID(v.Client, clientID); err != nil {
		v.Verified = false
		v.fail(err)
	}
	return v
}

func judge(m *intake.Message, key diagnose.Key) Verdict {
	v := Verdict{Source: m.Source, Kind: string(m.Kind), Reason: ReasonOK, Summary: intake.Summarise(m.Body)}
	if !v.Summary.IsJSON {
		if problem := intake.BodyProblem(m.Body); problem != "" {
			v.Note("body", problem)
		}
	}
	if key.Public == nil {
		v.Reason, v.Err = ReasonKeyMissing, &NoKeyError{m.Kind}
		return v
	}
	checked := m.Verify(key.Public)
	v.KeyVersion, v.Verified = checked.Header.KeyVersion, checked.Err == nil
	switch {
	case checked.TrailingLineEndIgnored:
		v.Note("line-end", "trailing line end ignored")
	case checked.CompressedSigned:
		v.Note("gzip", "the signature covers the packed body, not the text in it")
	}
	for _, text := range m.Mended {
		v.Note("mended", text)
	}
	if checked.Err != nil {
		v.fail(checked.Err)
	}
	return v
}

// Note adds a remark; id is its sort.
func (v *Verdict) Note(id, text string) {
	v.Notes = append(v.Notes, diagnose.Remark{ID: id, Text: text})
}

func (v *Verdict) fail(err error) {
	v.Err = err
	if errors.Is(err, intake.ErrNoTarget) {
		v.Reason, v.Remedy = ReasonURLMissing, "say where it was sent to with --url"
		if v.Kind == string(intake.Response) {
			v.Remedy = "an answer does not say which call it answers: name the path of that request with --url"
		}
	}
	if refused, ok := errors.AsType[*sign.Error](err); ok {
		v.Reason, v.Remedy = string(refused.Reason), refused.Hint()
	}
}

// ContentChanged is what to do where the key is right and no cause fits.
const ContentChanged = "do not act on it; if Antom called another URL, give it with --url; otherwise compare the headers and the bytes of the body with those on the wire"

// Explain adds what a diagnosis found.
func (v *Verdict) Explain(f *diagnose.Finding) {
	v.Finding = f
	if len(f.Causes) > 0 && v.Reason == string(sign.SignatureMalformed) {
		v.Err = sign.NewError(sign.SignatureMalformed, "") // the cause says how, and better
	}
	if f.ContentChanged && v.Reason == string(sign.Mismatch) {
		v.Remedy = ContentChanged
	}
	v.Cause = f.ID()
	v.Remedy = cmp.Or(f.Remedy(), v.Remedy)
}

// unreadable is the verdict on what is no message.
func unreadable(source string, err error) Verdict {
	remedy := err.Error()
	if h, ok := err.(interface{ Hint() string }); ok && h.Hint() != "" {
		remedy += ": " + h.Hint()
	}
	return Verdict{Source: source, Reason: ReasonUnreadable, Remedy: remedy, Err: err}
}
