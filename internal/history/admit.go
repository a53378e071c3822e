package history

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// TooSoon is the time within which a second call that moves the same money of the same
// payment is more likely a mistake than meant (INF).
const TooSoon = 10 * time.Minute

// AdmitError says why a call that moves money is not sent.
type AdmitError struct {
	Again string // the id by which the earlier call can be asked for again; "" if that is not the remedy
	text  string
	hints []string
}

func (e *AdmitError) Error() string { return e.text }

// Hint says what to type instead.
func (e *AdmitError) Hint() string { return strings.Join(e.hints, "\n") }

// Admit refuses a call that the ledger forbids: another request by a used id, a call that
// is under way, an id that Antom refused with a code that needs a new one, and the same
// money of the same payment twice within [TooSoon], unless that is meant (again). The error is an [*AdmitError].
func Admit(e Entry, sameID, alike *Entry, again bool) error {
	switch {
	case sameID != nil && sameID.Hash != e.Hash:
		return differs(e, *sameID)
	case sameID != nil && sameID.Outcome == UnderWay:
		return &AdmitError{
			text:  fmt.Sprintf("%s %s is under way (%s): it is not sent again", e.Operation, e.RequestID, sameID.Code),
			hints: []string{"wait for it: " + waitCommand(e), "--no-check sends it anyway"},
		}
	case sameID != nil && sameID.Outcome == Refused && needsNewID(*sameID):
		return &AdmitError{
			text:  fmt.Sprintf("%s id %s was refused with %s: another try needs a new id", e.Operation, e.RequestID, sameID.Code),
			hints: []string{"leave --request-id out for a new one", "antom explain " + sameID.Code + " tells more", "--no-check sends it anyway"},
		}
	case sameID != nil || again || alike == nil || alike.Outcome == Refused || e.Time.Sub(alike.Time) > TooSoon:
		return nil
	}
	ago := e.Time.Sub(alike.Time).Round(time.Second)
	return &AdmitError{
		Again: alike.RequestID,
		text:  fmt.Sprintf("%s of the same payment over %s was sent %s ago, as %s", e.Operation, e.Amount, ago, alike.RequestID),
	}
}

// needsNewID reports whether the code of a refusal asks for a new request id.
func needsNewID(e Entry) bool {
	row, known := antom.LookupResultCode(e.Code)
	return known && row.For(e.Operation).Retry == antom.RetryNewID
}

// waitCommand returns the command that waits for a call that is under way. An id that would
// need quotes in a shell is left for the user to fill in.
func waitCommand(e Entry) string {
	command, id := "antom refund wait ", e.RequestID
	if e.Operation == antom.Capture {
		command, id = "antom capture wait --payment-id ", e.PaymentID
	}
	plain := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '_' || r == '-'
	}
	if id == "" || id[0] == '-' || strings.ContainsFunc(id, func(r rune) bool { return !plain(r) }) {
		return command + "ID"
	}
	return command + id
}

// differs says how a request differs from the one that the id was used for.
func differs(now, before Entry) error {
	what := "another field differs"
	if names := differing(now.Fields, before.Fields); len(names) > 0 && len(before.Fields) > 0 {
		what = "what differs is " + strings.Join(names, ", ")
	}
	switch {
	case before.Amount != now.Amount:
		what = fmt.Sprintf("the amount was %s, now it is %s", before.Amount, now.Amount)
	case before.PaymentID != now.PaymentID:
		what = fmt.Sprintf("the payment was %s, now it is %s", before.PaymentID, now.PaymentID)
	}
	return &AdmitError{
		text:  fmt.Sprintf("%s id %s was used for another request at %s: %s", now.Operation, now.RequestID, before.Time.Format(time.RFC3339), what),
		hints: []string{"an id is carried out once; leave --request-id out for a new one", "--no-check sends it anyway"},
	}
}

// differing returns the fields that one of two requests has alone, or with another value.
func differing(a, b []Field) []string {
	var names []string
	for _, f := range slices.Concat(a, b) {
		if slices.Contains(a, f) != slices.Contains(b, f) && !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	return names
}

// Fingerprint returns the hash of a request, and short ones of its members in order of their
// names. A body that is no JSON object has no members.
func Fingerprint(body []byte) (hash string, fields []Field) {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(body, &members) // its whole hash is enough
	for _, name := range slices.Sorted(maps.Keys(members)) {
		sum := sha256.Sum256(members[name])
		fields = append(fields, Field{name, hex.EncodeToString(sum[:3])})
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:]), fields
}

// Settle records what came of a call that ended with err; earlier is what the ledger knew
// of its id before. A call that never left leaves that as it was. If the outcome of the
// earlier call is open, it stays open until an answer decides it.
func (g *Ledger) Settle(e Entry, earlier *Entry, err error) error {
	if failed, ok := errors.AsType[*antom.TransportError](err); ok && !failed.Sent() {
		if earlier != nil {
			return g.End(*earlier, earlier.Outcome, earlier.Code)
		}
		return g.End(e, Refused, "")
	}
	open := earlier != nil && earlier.Outcome == Sent
	outcome, code := outcomeOf(err, open)
	if known := earlier != nil && (earlier.Outcome == Done || earlier.Outcome == UnderWay); known && outcome == Sent {
		outcome, code = earlier.Outcome, earlier.Code
	}
	return g.End(e, outcome, code)
}

// outcomeOf returns what is known of a call that was sent, and the code of its answer.
func outcomeOf(err error, open bool) (outcome Outcome, code string) {
	refused, ok := errors.AsType[*antom.ResultError](err)
	switch {
	case err == nil:
		return Done, antom.CodeSuccess
	case !ok:
		return Sent, ""
	}
	code = refused.Result.ResultCode
	switch {
	case refused.UnderWay():
		return UnderWay, code
	case refused.Result.ResultStatus == antom.StatusF && refused.Signed && (!open || refused.Decides()):
		return Refused, code
	}
	return Sent, code
}
