package emulator

import (
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
)

// FaultKind is a row of the table of faults.
type FaultKind struct {
	Name     string `json:"kind"`
	Argument string `json:"argument,omitempty"` // the form of the argument; empty if the kind takes none
	Default  string `json:"default,omitempty"`
	Calls    bool   `json:"calls"`         // possible for calls
	Notifies bool   `json:"notifications"` // possible for notifications
	Checked  bool   `json:"checked"`       // affects only calls that pass the gateway's own checks
	Submit   bool   `json:"submit"`        // possible only when the card form is submitted
	Does     string `json:"does"`
	Client   string `json:"client"` // how a client reacts, with antom's exit code
}

// faultRow is a kind and its effect.
type faultRow struct {
	FaultKind
	pages bool // possible for requests of the browser's pages
	named bool // only of operations whose answers name what they are about
	valid func(string) bool
	call  func(*faultyCall, Fault) // at a call; see faultyCall
	when  stage
	send  func(*faultySend, Fault) // when a notification is sent; see faultySend

	turn  turn   // order among several faults at once
	needs aspect // must not be taken by another fault for this one to show
	takes aspect // no longer available to later faults
}

// stage is when a fault of a call takes effect.
type stage int

const (
	beforeWork  stage = iota // the call has arrived and nothing was done
	afterWork                // carried out; the answer is known
	atTheAnswer              // the answer is being sent
)

// addsUp reports whether a second fault of the same kind adds to the first, as delays do.
func (r faultRow) addsUp() bool { return r.Name == "latency" || r.Name == "late-answer" }

// turn orders faults of the same call or send: those that make others meaningless come first.
type turn int

const (
	turnNever   turn = iota - 6 // it is not sent
	turnDelay                   // it starts later
	turnInstead                 // something else happens instead of the work
	turnLost                    // the answer is lost
	turnAnswer                  // it has another content
	turnHeader                  // a header is left out
	// 0: all others
)

// aspect is a part of a call or send that faults affect.
type aspect int

const (
	theMessage   aspect = 1 << iota // it exists at all: a call with an answer, a notification
	theWork                         // the gateway carries out or refuses the call
	theAnswer                       // it reaches the client
	theSignature                    // it has a signature
	theTime                         // it has a response-time
	theOrder                        // no other notification of the payment is held back
	theSubject                      // the answer names what it is about

	everything = theMessage | theWork | theAnswer | theSignature | theTime | theOrder | theSubject
)

// faultRows is the table, sorted by name. These faults are facts about networks, not about
// Antom.
func faultRows() []faultRow {
	rows := slices.Concat(wireFaults(), signatureFaults(), resultFaults(), formFaults(), sendFaults())
	sort.Slice(rows, func(i, j int) bool { return rows[i].Name < rows[j].Name }) // slices.SortFunc of such rows adds 18 kB
	return rows
}

// wireFaults are faults of the connection.
func wireFaults() []faultRow {
	rows := []faultRow{
		{FaultKind: FaultKind{Name: "cut-body", Argument: "a number of bytes", Default: "20",
			Does:   "the call is carried out; the answer and its connection end after that many bytes of the body",
			Client: "cut-short (1); payment wait asks again"},
			valid: isCount, call: cutBody, when: atTheAnswer, needs: theMessage | theAnswer},
		{FaultKind: FaultKind{Name: "html",
			Does:   "nothing is done; the answer is a web page with HTTP 200, as a proxy's login page",
			Client: "web-page (1); not asked again"},
			call: answerHTML, when: beforeWork, turn: turnInstead, needs: theWork, takes: theWork | theSignature | theTime | theSubject},
		{FaultKind: FaultKind{Name: "late-answer", Argument: "a duration such as 500ms", Default: "20s",
			Does:   "the call is carried out at once and answered late",
			Client: "timed-out (1) after --request-timeout; payment wait asks again"},
			valid: isDuration, call: waitAWhile, when: afterWork, needs: theMessage},
		{FaultKind: FaultKind{Name: "latency", Argument: "a duration such as 500ms", Default: "1s",
			Does:   "the call starts that much later",
			Client: "waits, at most --request-timeout"},
			valid: isDuration, call: waitAWhile, when: beforeWork, send: sendLater, turn: turnDelay, needs: theMessage},
		{FaultKind: FaultKind{Name: "lost-answer",
			Does:   "the call is carried out; instead of an answer the connection is reset",
			Client: "dropped (1); payment wait asks again"},
			call: resetConnection, when: atTheAnswer, turn: turnLost, needs: theWork, takes: theAnswer | theSignature | theTime | theSubject},
		{FaultKind: FaultKind{Name: "reset",
			Does:   "nothing is done; the connection is reset",
			Client: "dropped (1); payment wait asks again"},
			call: resetConnection, when: beforeWork, turn: turnInstead, needs: theWork, takes: everything},
		{FaultKind: FaultKind{Name: "status", Argument: "an HTTP status from 400 to 599", Default: "503",
			Does:   "nothing is done; the answer has this HTTP status",
			Client: "server-fault (1) from 500 on; payment wait asks again"},
			valid: isStatus, call: answerStatus, when: beforeWork, turn: turnInstead, needs: theWork, takes: theWork | theSignature | theTime | theSubject},
	}
	for i := range rows {
		rows[i].pages = true
	}
	return rows
}

// signatureFaults make an answer's signature unusable.
func signatureFaults() []faultRow {
	return []faultRow{
		{FaultKind: FaultKind{Name: "answer-of-another",
			Does:   "carried out; the answer is signed and about another payment, capture or refund, as from a mixed-up cache",
			Client: "verification failed (6): the answer does not name what was asked for"},
			call: nameAnother, when: afterWork, needs: theSignature | theSubject, named: true},
		{FaultKind: FaultKind{Name: "key-rotation",
			Does:   "signed with a new key of Antom's, keyVersion 2; antom emulator keys shows it as ANTOM_PUBLIC_KEY_2",
			Client: "verification failed (6) until the new public key is set up"},
			call: rotateKey, when: afterWork, send: sendRotated, needs: theSignature},
		{FaultKind: FaultKind{Name: "no-response-time",
			Does:   "carried out; the answer has a signature and no response-time",
			Client: "verification failed (6): half a pair is refused"},
			call: dropHeader("response-time"), when: afterWork, turn: turnHeader, needs: theTime, takes: theTime},
		{FaultKind: FaultKind{Name: "no-signature",
			Does:   "carried out; the answer has a response-time and no signature",
			Client: "verification failed (6): half a pair is refused"},
			call: dropHeader("signature"), when: afterWork, send: sendWithout(antom.HeaderSignature), turn: turnHeader, needs: theSignature, takes: theSignature},
		{FaultKind: FaultKind{Name: "stale-time", Argument: "a duration such as 10m; -10m is ahead", Default: "10m",
			Does:   "carried out; signed with a response-time that is so much behind the clock",
			Client: "accepted; a note says how far the clocks are apart, but not on loopback"},
			valid: isOffset, call: signAtAnotherTime, when: afterWork, needs: theSignature | theTime},
		{FaultKind: FaultKind{Name: "unsigned",
			Does:   "carried out; neither signature nor response-time",
			Client: "verification failed (6) if it is an S; an F or U is reported as not signed"},
			call: dropHeader("response-time", "signature"), when: afterWork, send: sendWithout(antom.HeaderSignature, antom.HeaderRequestTime), turn: turnHeader, needs: theSignature | theTime, takes: theSignature | theTime},
		{FaultKind: FaultKind{Name: "wrong-client-id",
			Does:   "carried out; signed for another client id",
			Client: "verification failed (6)"},
			call: signForAnother, when: afterWork, send: sendForAnother, needs: theSignature},
		{FaultKind: FaultKind{Name: "wrong-signature",
			Does:   "carried out; the signature is of another body",
			Client: "verification failed (6)"},
			call: signWrongly, when: afterWork, send: sendSignedWrongly, needs: theSignature},
	}
}

// resultCode is the argument of the kinds that choose a result code.
const resultCode = "a result code that Antom documents"

// resultFaults change the gateway's result to an answer that Antom documents for U (G24). Such
// answers are signed, so a call must pass the gateway's checks to get one: an unknown client
// or a bad signature is refused, with or without a fault.
func resultFaults() []faultRow {
	return []faultRow{
		{FaultKind: FaultKind{Name: "late-failure", Argument: resultCode, Default: "PROCESS_FAIL", Checked: true,
			Does:   "nothing is done; the answer is U, and every repeat of the call is refused with the code",
			Client: "outcome not known (5), then refused (3)"},
			valid: isCode, call: failLate, when: beforeWork, turn: turnInstead, needs: theWork, takes: theWork | theSubject},
		{FaultKind: FaultKind{Name: "rate-limit", Checked: true,
			Does:   "nothing is done; the answer is U REQUEST_TRAFFIC_EXCEED_LIMIT",
			Client: "outcome not known (5); payment wait asks again, ever more slowly"},
			call: limitRate, when: beforeWork, turn: turnInstead, needs: theWork, takes: theWork | theSubject},
		{FaultKind: FaultKind{Name: "unknown", Argument: resultCode, Default: "UNKNOWN_EXCEPTION", Checked: true,
			Does:   "nothing is done; the answer is U, and a repeat succeeds",
			Client: "outcome not known (5); payment wait asks again"},
			valid: isCode, call: answerUnknown, when: beforeWork, turn: turnInstead, needs: theWork, takes: theWork | theSubject},
		{FaultKind: FaultKind{Name: "unknown-done", Argument: resultCode, Default: "UNKNOWN_EXCEPTION", Checked: true,
			Does:   "the call is carried out and answered with U; a repeat reports its success",
			Client: "outcome not known (5); payment wait asks again"},
			valid: isCode, call: answerUnknown, when: afterWork, turn: turnAnswer, needs: theWork | theAnswer, takes: theSubject},
	}
}

// formFaults are faults of the card form alone.
func formFaults() []faultRow {
	return []faultRow{
		{FaultKind: FaultKind{Name: "cancelled", Submit: true,
			Does:   "nothing is done; the form tells that the buyer has cancelled: SDK_PAYMENT_CANCEL, or CANCELLED of submitPayment",
			Client: "ORDER_NOT_EXIST (3) when asked; the buyer may submit again until the session expires"},
			pages: true, call: cancelForm, when: beforeWork, turn: turnInstead, needs: theWork, takes: everything},
	}
}

// sendFaults are the faults of notifications.
func sendFaults() []faultRow {
	return []faultRow{
		{FaultKind: FaultKind{Name: "never",
			Does:   "this attempt is not made; the schedule goes on as if it had failed",
			Client: "receives nothing: inquire"},
			send: sendNever, turn: turnNever, takes: everything},
		{FaultKind: FaultKind{Name: "notify-first",
			Does:   "carried out; every notification that is due is sent before the answer",
			Client: "receives the result twice, first by notification"},
			call: notifyFirst, when: afterWork, needs: theWork},
		{FaultKind: FaultKind{Name: "out-of-order",
			Does:   "sent after the next notification of the same payment, or after 10 s without one",
			Client: "a capture's notification comes before its payment's"},
			send: sendBehind, needs: theMessage | theOrder},
		{FaultKind: FaultKind{Name: "twice",
			Does:   "sent twice, one after the other, whatever the answer to the first",
			Client: "gets a duplicate"},
			send: sendTwice, needs: theMessage},
	}
}

// FaultKinds returns the table of faults, sorted by name.
func FaultKinds() []FaultKind {
	rows := faultRows()
	kinds := make([]FaultKind, len(rows))
	for i, row := range rows {
		kinds[i] = row.FaultKind
		kinds[i].Calls, kinds[i].Notifies = row.call != nil && !row.Submit, row.send != nil
	}
	return kinds
}

func lookupFault(kind string) (faultRow, bool) {
	for _, row := range faultRows() {
		if row.Name == kind {
			return row, true
		}
	}
	return faultRow{}, false
}

func faultNames() []string {
	var names []string
	for _, kind := range FaultKinds() {
		names = append(names, kind.Name)
	}
	return names
}

func isDuration(text string) bool {
	d, err := time.ParseDuration(text)
	return err == nil && d >= 0
}

func isOffset(text string) bool {
	_, err := time.ParseDuration(text)
	return err == nil
}

func isCount(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n >= 0
}

func isStatus(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n >= 400 && n <= 599
}

// isCode accepts the result codes that Antom documents.
func isCode(text string) bool {
	_, known := antom.LookupResultCode(text)
	return known
}
