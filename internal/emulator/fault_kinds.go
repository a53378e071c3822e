package emulator

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// FaultKind is a row of the table of faults.
type FaultKind struct {
	Name     string `json:"kind"`
	Argument string `json:"argument,omitempty"` // what the argument must be; empty if the kind takes none
	Default  string `json:"default,omitempty"`
	Calls    bool   `json:"calls"`         // whether calls can have it
	Notifies bool   `json:"notifications"` // whether notifications can have it
	Checked  bool   `json:"checked"`       // whether it strikes only calls that pass the gateway's own checks
	Does     string `json:"does"`
	Client   string `json:"client"` // what the client of antom makes of it
}

// faultRow is a kind and what it does.
type faultRow struct {
	FaultKind
	valid func(string) bool
	call  func(*struckCall, Fault) // at a call; see struckCall
	when  stage
	send  func(*struckSend, Fault) // at a send of a notification; see struckSend
}

// stage is when a fault of calls acts.
type stage int

const (
	beforeWork  stage = iota // the call has come and nothing was done
	afterWork                // it was done, the answer is there
	atTheAnswer              // the answer leaves
)

// faultRows is the table, sorted by name. That there are such faults is no fact
// about Antom but about networks.
func faultRows() []faultRow {
	rows := slices.Concat(wireFaults(), signatureFaults(), resultFaults(), sendFaults())
	slices.SortFunc(rows, func(a, b faultRow) int { return strings.Compare(a.Name, b.Name) })
	return rows
}

// wireFaults are those of the connection.
func wireFaults() []faultRow {
	return []faultRow{
		{FaultKind: FaultKind{Name: "cut-body", Argument: "a number of bytes", Default: "20",
			Does:   "the call is carried out; its answer ends after so many bytes of the body and the connection with it",
			Client: "cut-short (1); payment wait asks again"},
			valid: isCount, call: cutBody, when: atTheAnswer},
		{FaultKind: FaultKind{Name: "html",
			Does:   "nothing is done; the answer is a web page with HTTP 200, as a proxy's login page",
			Client: "web-page (1); not asked again"},
			call: answerHTML, when: beforeWork},
		{FaultKind: FaultKind{Name: "late-answer", Argument: "a duration such as 500ms", Default: "20s",
			Does:   "the call is carried out at once and answered late",
			Client: "timed-out (1) after --request-timeout; payment wait asks again"},
			valid: isDuration, call: waitAWhile, when: afterWork},
		{FaultKind: FaultKind{Name: "latency", Argument: "a duration such as 500ms", Default: "1s",
			Does:   "everything begins so much later",
			Client: "waits, at most --request-timeout"},
			valid: isDuration, call: waitAWhile, when: beforeWork, send: sendLater},
		{FaultKind: FaultKind{Name: "lost-answer",
			Does:   "the call is carried out; instead of an answer the connection is reset",
			Client: "dropped (1); payment wait asks again"},
			call: resetConnection, when: atTheAnswer},
		{FaultKind: FaultKind{Name: "reset",
			Does:   "nothing is done; the connection is reset",
			Client: "dropped (1); payment wait asks again"},
			call: resetConnection, when: beforeWork},
		{FaultKind: FaultKind{Name: "status", Argument: "an HTTP status from 400 to 599", Default: "503",
			Does:   "nothing is done; the answer has this HTTP status",
			Client: "server-fault (1) from 500 on; payment wait asks again"},
			valid: isStatus, call: answerStatus, when: beforeWork},
	}
}

// signatureFaults are those that make an answer worthless.
func signatureFaults() []faultRow {
	return []faultRow{
		{FaultKind: FaultKind{Name: "key-rotation",
			Does:   "signed with a new key of Antom's, keyVersion 2; antom emulator keys shows it as ANTOM_PUBLIC_KEY_2",
			Client: "verification failed (6) until the new public key is set up"},
			call: rotateKey, when: afterWork, send: sendRotated},
		{FaultKind: FaultKind{Name: "no-response-time",
			Does:   "carried out; the answer has a signature and no response-time",
			Client: "verification failed (6): half a pair is refused"},
			call: dropHeader("response-time"), when: afterWork},
		{FaultKind: FaultKind{Name: "no-signature",
			Does:   "carried out; the answer has a response-time and no signature",
			Client: "verification failed (6): half a pair is refused"},
			call: dropHeader("signature"), when: afterWork, send: sendWithout("Signature")},
		{FaultKind: FaultKind{Name: "unsigned",
			Does:   "carried out; neither signature nor response-time",
			Client: "verification failed (6) if it is an S; an F or U is reported as not signed"},
			call: dropHeader("response-time", "signature"), when: afterWork, send: sendWithout("Signature", "Request-Time")},
		{FaultKind: FaultKind{Name: "wrong-client-id",
			Does:   "carried out; signed for another client id",
			Client: "verification failed (6)"},
			call: signForAnother, when: afterWork, send: sendForAnother},
		{FaultKind: FaultKind{Name: "wrong-signature",
			Does:   "carried out; the signature is of another body",
			Client: "verification failed (6)"},
			call: signWrongly, when: afterWork, send: sendSignedWrongly},
	}
}

// resultFaults are those of what the gateway says: answers that Antom documents
// for U (G24). They are signed answers, so a call must pass the gateway's checks
// to get one: an unknown client or a bad signature is refused, fault or not.
func resultFaults() []faultRow {
	return []faultRow{
		{FaultKind: FaultKind{Name: "late-failure", Argument: "a result code", Default: "PROCESS_FAIL", Checked: true,
			Does:   "nothing is done; the answer is U, and every repeat of the call is refused with the code",
			Client: "outcome not known (5), then refused (3)"},
			valid: isCode, call: failLate, when: beforeWork},
		{FaultKind: FaultKind{Name: "rate-limit", Checked: true,
			Does:   "nothing is done; the answer is U REQUEST_TRAFFIC_EXCEED_LIMIT",
			Client: "outcome not known (5); payment wait asks again, ever more slowly"},
			call: limitRate, when: beforeWork},
		{FaultKind: FaultKind{Name: "unknown", Argument: "a result code", Default: "UNKNOWN_EXCEPTION", Checked: true,
			Does:   "nothing is done; the answer is U, and a repeat succeeds",
			Client: "outcome not known (5); payment wait asks again"},
			valid: isCode, call: answerUnknown, when: beforeWork},
		{FaultKind: FaultKind{Name: "unknown-done", Argument: "a result code", Default: "UNKNOWN_EXCEPTION", Checked: true,
			Does:   "the call is carried out and answered with U; a repeat tells its success",
			Client: "outcome not known (5); payment wait asks again"},
			valid: isCode, call: answerUnknown, when: afterWork},
	}
}

// sendFaults are those of notifications.
func sendFaults() []faultRow {
	return []faultRow{
		{FaultKind: FaultKind{Name: "never",
			Does:   "this attempt is not made; the schedule goes on as if it had failed",
			Client: "hears nothing: inquire"},
			send: sendNever},
		{FaultKind: FaultKind{Name: "notify-first",
			Does:   "carried out; every notification that is due is sent before the answer",
			Client: "is told twice, the notification first"},
			call: notifyFirst, when: afterWork},
		{FaultKind: FaultKind{Name: "out-of-order",
			Does:   "sent after the next notification of the same payment, or after 10 s without one",
			Client: "a capture's notification comes before its payment's"},
			send: sendBehind},
		{FaultKind: FaultKind{Name: "twice",
			Does:   "sent two times, one after the other, whatever the first one's answer",
			Client: "gets a duplicate"},
			send: sendTwice},
	}
}

// FaultKinds returns the table of faults, sorted by name.
func FaultKinds() []FaultKind {
	rows := faultRows()
	kinds := make([]FaultKind, len(rows))
	for i, row := range rows {
		kinds[i] = row.FaultKind
		kinds[i].Calls, kinds[i].Notifies = row.call != nil, row.send != nil
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

func isCount(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n >= 0
}

func isStatus(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n >= 400 && n <= 599
}

// isCode takes what looks like a result code, known or not: Antom invents more.
func isCode(text string) bool {
	for _, c := range text {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return text != "" && len(text) <= 64
}
