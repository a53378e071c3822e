package emulator

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/antom-cli/antom/internal/jsontree"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// faultyCall is a call with its faults, on its way through their stages: before the work,
// after it, and at the answer. The gateway's own checks come first: whatever the faults do, a
// call that fails the checks is never carried out, and never answered as if it had been.
type faultyCall struct {
	server   *Server
	w        http.ResponseWriter
	exchange *exchange
	refused  *resultError // by the checks
	op       antom.Operation
	answer   recorder // the answer to send
	settled  bool     // the answer is decided
	gone     bool     // the connection is gone, so nothing can be answered
	work     func()   // carries it out instead of the gateway

	resigned bool // added by one of these:
	signer   string
	key      *sign.PrivateKey // instead of the emulator's
	wrongly  bool             // the signature is of another body
	behind   time.Duration    // the signed time is behind the clock
}

// carryOut carries out the call and injects its faults.
func (x *faultyCall) carryOut(met []Fault) {
	x.run(beforeWork, met)
	if !x.settled && !x.gone {
		x.doWork()
		x.settled = true
	}
	x.run(afterWork, met)
	if x.resigned {
		x.resign()
	}
	x.run(atTheAnswer, met)
	x.write()
}

func (x *faultyCall) doWork() {
	if x.work != nil {
		x.work()
		return
	}
	x.server.emulator.respond(&x.answer, x.exchange, x.refused)
}

func (x *faultyCall) run(at stage, met []Fault) {
	for _, f := range met {
		if row, _ := lookupFault(f.Kind); row.call != nil && row.when == at && !x.gone {
			row.call(x, f)
		}
	}
}

// write sends the answer, byte for byte as the gateway would.
func (x *faultyCall) write() {
	if x.gone {
		return
	}
	maps.Copy(x.w.Header(), x.answer.header)
	x.w.WriteHeader(x.answer.statusCode())
	_, _ = x.w.Write(x.answer.body.Bytes()) // nobody to answer: the client has left
}

// replace replaces the answer, if there is one yet.
func (x *faultyCall) replace(status int, contentType string, body []byte) {
	x.answer = recorder{header: http.Header{"Content-Type": {contentType}}, status: status}
	x.answer.body.Write(body)
	x.settled = true
}

// waitAWhile delays the call, at most until its client leaves.
func waitAWhile(x *faultyCall, f Fault) {
	if pause(x.exchange.request.Context(), f.duration()) != nil {
		x.gone = true
	}
}

// pause waits; the error is that of ctx.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// resetConnection ends the connection with an RST, where the operating system allows it.
func resetConnection(x *faultyCall, _ Fault) {
	x.gone = true
	connection, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		return // HTTP/2 is never offered, so every connection can be hijacked
	}
	abort(connection)
}

func abort(connection net.Conn) {
	if encrypted, ok := connection.(interface{ NetConn() net.Conn }); ok {
		connection = encrypted.NetConn()
	}
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // without it, the client sees an orderly end
	}
	connection.Close()
}

// cutBody announces the whole body and sends only its beginning.
func cutBody(x *faultyCall, f Fault) {
	body := x.answer.body.Bytes()
	x.answer.header.Set("Content-Length", strconv.Itoa(len(body)))
	x.answer.body.Truncate(min(f.number(), max(0, len(body)-1)))
	x.write()
	x.gone = true
	control := http.NewResponseController(x.w)
	if control.Flush() != nil {
		return
	}
	if connection, _, err := control.Hijack(); err == nil {
		connection.Close()
	}
}

func answerHTML(x *faultyCall, _ Fault) {
	x.replace(http.StatusOK, "text/html; charset=UTF-8", []byte("<!doctype html><title>Sign in</title><p>Please sign in to the network.</p>\n"))
}

func answerStatus(x *faultyCall, f Fault) {
	x.replace(f.number(), "text/plain; charset=UTF-8", []byte(http.StatusText(f.number())+"\n"))
}

// cancelForm answers a submitted form as if the buyer had cancelled on the way. The order
// stays open, so the form may be submitted again.
func cancelForm(x *faultyCall, _ Fault) {
	x.replace(http.StatusOK, antom.ContentType, []byte(`{"status":"CANCELLED","retry":true}`))
}

// answerUnknown answers U instead of the real answer, if there is one.
func answerUnknown(x *faultyCall, f Fault) {
	x.answerResult(f.Argument, "the outcome is not known (fault)")
}

func limitRate(x *faultyCall, _ Fault) {
	x.answerResult("REQUEST_TRAFFIC_EXCEED_LIMIT", "too many requests (fault)")
}

// answerResult answers with a signed result and nothing else. The status of an unknown outcome
// is U, whatever status the code has.
func (x *faultyCall) answerResult(code, message string) {
	x.resultOf(antom.Result{ResultStatus: antom.StatusU, ResultCode: code, ResultMessage: message})
}

func (x *faultyCall) resultOf(result antom.Result) {
	body, err := encode(struct {
		Result antom.Result `json:"result"`
	}{result})
	if err != nil {
		return // strings always encode
	}
	x.replace(http.StatusOK, antom.ContentType, body)
	if key := x.server.emulator.NotifyKey(); key != nil { // the server logs it and ends the connection
		x.sign(signing{x.clientID(), x.answer.body.Bytes(), key, keyVersion})
	}
}

func (x *faultyCall) clientID() string { return x.exchange.clientID }

// signing says how an answer is signed.
type signing struct {
	clientID string
	body     []byte
	key      *sign.PrivateKey
	version  int
}

// sign adds a signature to the answer.
func (x *faultyCall) sign(how signing) {
	at := string(wireTime(x.server.emulator.timeOr(x.exchange.request.Context(), x.server.emulator.now()).Add(-x.behind)))
	signature, err := how.key.Sign(sign.Message{
		Method: x.exchange.request.Method, Target: x.exchange.target, ClientID: how.clientID, Time: at, Body: how.body,
	}, how.version)
	if err != nil {
		return // the gateway's own answers have the same parts
	}
	header := x.wire()
	header["client-id"], header["response-time"], header["signature"] = []string{how.clientID}, []string{at}, []string{signature}
}

// resign signs the answer again, in all the ways that its faults ask for together. A header
// that one of them removed stays removed.
func (x *faultyCall) resign() {
	how := signing{cmp.Or(x.signer, x.clientID()), x.answer.body.Bytes(), x.key, rotatedVersion}
	if how.key == nil {
		how.key, how.version = x.server.emulator.NotifyKey(), keyVersion
	}
	if how.key == nil || !x.isSigned() {
		return
	}
	if x.wrongly {
		how.body = slices.Concat(how.body, []byte{' '})
	}
	_, timed := x.wire()["response-time"]
	x.sign(how)
	if !timed {
		delete(x.wire(), "response-time")
	}
}

// wire is the header of the answer with the names that are sent: those of the signature are in
// lower case, for which net/http needs direct access to the map.
func (x *faultyCall) wire() map[string][]string { return x.answer.header }

// isSigned keeps the signature faults from signing what the gateway did not sign.
func (x *faultyCall) isSigned() bool { return len(x.wire()["signature"]) == 1 }

func signWrongly(x *faultyCall, _ Fault) { x.resigned, x.wrongly = true, true }

// otherClientID is not assigned to anybody.
const otherClientID = "SANDBOX_5XSOMEONEELSE1"

func signForAnother(x *faultyCall, _ Fault) { x.resigned, x.signer = true, otherClientID }

func signAtAnotherTime(x *faultyCall, f Fault) { x.resigned, x.behind = true, f.duration() }

// ofAnother is put before the ids of an answer that is about another payment.
const ofAnother = "another-"

// nameAnother makes the answer one about another payment: it names other ids than the request,
// and is signed as Antom's answer about those is.
func nameAnother(x *faultyCall, _ Fault) {
	answer, err := jsontree.ParseBytes(x.answer.body.Bytes())
	if err != nil {
		return // the gateway's answers are JSON
	}
	for _, name := range x.op.Endpoint().Names {
		if id := answer.Member(name); id != nil && id.Kind == jsontree.String {
			id.Text = jsontree.Quote(ofAnother + id.Str())
			x.resigned = true
		}
	}
	x.answer.body.Reset()
	x.answer.body.Write(answer.Append(nil))
	x.answer.header.Set("Content-Length", strconv.Itoa(x.answer.body.Len()))
}

func rotateKey(x *faultyCall, _ Fault) {
	if key, err := x.server.rotatedKey(); err == nil { // AddFault has made it
		x.resigned, x.key = true, key
	}
}

func dropHeader(names ...string) func(*faultyCall, Fault) {
	return func(x *faultyCall, _ Fault) {
		for _, name := range names {
			delete(x.answer.header, name)
		}
	}
}

// failLate answers U and stores that every repeat is refused.
func failLate(x *faultyCall, f Fault) {
	x.server.failRepeats(x.idempotencyKey(), f.Argument)
	x.answerResult("UNKNOWN_EXCEPTION", "the outcome is not known (fault)")
}

// refuseRepeat answers a repeat of a call that failed late.
func (x *faultyCall) refuseRepeat() bool {
	code, failed := x.server.failureOf(x.idempotencyKey())
	if failed {
		x.resultOf(antom.Result{ResultStatus: antom.StatusF, ResultCode: code, ResultMessage: "failed after all (fault)"})
		x.write()
	}
	return failed
}

// idempotencyKey identifies repeats of a client's call: the operation's idempotency key, or
// else the whole body.
func (x *faultyCall) idempotencyKey() string {
	of := x.clientID() + " " + string(x.op) + " "
	if row, _ := antom.LookupEndpoint(x.op); row.Key != "" {
		var members map[string]any
		if json.Unmarshal(x.exchange.body, &members) == nil {
			if id, ok := members[row.Key].(string); ok {
				return of + id
			}
		}
	}
	sum := sha256.Sum256(x.exchange.body)
	return of + hex.EncodeToString(sum[:])
}

// notifyFirst sends due notifications before the answer.
func notifyFirst(x *faultyCall, _ Fault) {
	ctx, cancel := context.WithTimeout(x.exchange.request.Context(), settleTimeout)
	defer cancel()
	_ = x.server.Settle(ctx) // a late answer is better than none
}

// kindsOf returns the kinds of faults, for a log.
func kindsOf(met []Fault) []string {
	var kinds []string
	for _, f := range met {
		kinds = append(kinds, f.Kind)
	}
	return slices.Compact(kinds)
}
