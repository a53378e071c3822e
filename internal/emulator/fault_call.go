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

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// struckCall is a call that may meet faults, on its way through their stages:
// before the work, after it, at the answer. The gateway's own checks came first:
// whatever the faults do, a call that they refuse is never carried out, and never
// answered as if it had been.
type struckCall struct {
	server   *Server
	w        http.ResponseWriter
	exchange *exchange
	refused  *refusal // by the checks
	op       antom.Operation
	answer   recorder // what is to be answered
	settled  bool     // the answer is there
	gone     bool     // the connection is, and nothing can be answered
	work     func()   // what carries it out, if not the gateway

	resigned bool // by one of these:
	signer   string
	key      *sign.PrivateKey // another than the emulator's
	wrongly  bool             // of another body
}

// carryOut carries out the call with the faults that it meets.
func (x *struckCall) carryOut(met []Fault) {
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

func (x *struckCall) doWork() {
	if x.work != nil {
		x.work()
		return
	}
	x.server.emulator.respond(&x.answer, x.exchange, x.refused)
}

func (x *struckCall) run(at stage, met []Fault) {
	for _, f := range met {
		if row, _ := lookupFault(f.Kind); row.call != nil && row.when == at && !x.gone {
			row.call(x, f)
		}
	}
}

// write sends the answer, byte for byte as the gateway would have.
func (x *struckCall) write() {
	if x.gone {
		return
	}
	maps.Copy(x.w.Header(), x.answer.header)
	x.w.WriteHeader(x.answer.statusCode())
	_, _ = x.w.Write(x.answer.body.Bytes()) // a client that left needs no answer
}

// replace puts another answer in the place of what there may be.
func (x *struckCall) replace(status int, contentType string, body []byte) {
	x.answer = recorder{header: http.Header{"Content-Type": {contentType}}, status: status}
	x.answer.body.Write(body)
	x.settled = true
}

// waitAWhile holds the call back, or until its client leaves.
func waitAWhile(x *struckCall, f Fault) {
	if pause(x.exchange.request.Context(), f.duration()) != nil {
		x.gone = true
	}
}

// pause waits; the error is the end of ctx.
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

// resetConnection ends the connection with an RST where the system lets us.
func resetConnection(x *struckCall, _ Fault) {
	x.gone = true
	connection, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		return // HTTP/2 is never offered, so every connection can be taken over
	}
	abort(connection)
}

func abort(connection net.Conn) {
	if encrypted, ok := connection.(interface{ NetConn() net.Conn }); ok {
		connection = encrypted.NetConn()
	}
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // without it the client sees an orderly end
	}
	connection.Close()
}

// cutBody announces the whole body and sends the beginning of it.
func cutBody(x *struckCall, f Fault) {
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

func answerHTML(x *struckCall, _ Fault) {
	x.replace(http.StatusOK, "text/html; charset=UTF-8", []byte("<!doctype html><title>Sign in</title><p>Please sign in to the network.</p>\n"))
}

func answerStatus(x *struckCall, f Fault) {
	x.replace(f.number(), "text/plain; charset=UTF-8", []byte(http.StatusText(f.number())+"\n"))
}

// answerUnknown says U, in the place of the true answer if there is one.
func answerUnknown(x *struckCall, f Fault) {
	x.answerResult(f.Argument, "the outcome is not known (fault)")
}

func limitRate(x *struckCall, _ Fault) {
	x.answerResult("REQUEST_TRAFFIC_EXCEED_LIMIT", "too many requests (fault)")
}

// answerResult is a signed answer that is only a result. The status of an
// unknown outcome is U whatever the code's own is.
func (x *struckCall) answerResult(code, message string) {
	x.resultOf(antom.Result{ResultStatus: antom.StatusU, ResultCode: code, ResultMessage: message})
}

func (x *struckCall) resultOf(result antom.Result) {
	body, err := encode(struct {
		Result antom.Result `json:"result"`
	}{result})
	if err != nil {
		return // texts always encode
	}
	x.replace(http.StatusOK, antom.ContentType, body)
	if key := x.server.emulator.NotifyKey(); key != nil { // else the server says so and ends
		x.sign(signing{x.clientID(), x.answer.body.Bytes(), key, keyVersion})
	}
}

func (x *struckCall) clientID() string { return x.exchange.clientID }

// signing is how an answer is signed.
type signing struct {
	clientID string
	body     []byte
	key      *sign.PrivateKey
	version  int
}

// sign puts a signature into the answer.
func (x *struckCall) sign(how signing) {
	at := string(wireTime(x.server.emulator.timeOr(x.exchange.request.Context(), x.server.emulator.now())))
	signature, err := how.key.Sign(sign.Message{
		Method: x.exchange.request.Method, Target: x.exchange.target, ClientID: how.clientID, Time: at, Body: how.body,
	}, how.version)
	if err != nil {
		return // the gateway's own answers were signed with the same parts
	}
	header := x.wire()
	header["client-id"], header["response-time"], header["signature"] = []string{how.clientID}, []string{at}, []string{signature}
}

// resign signs the answer anew, in all the ways at once that its faults ask for. A
// header that one of them left out stays out.
func (x *struckCall) resign() {
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

// wire is the header of the answer by the names that go over the wire: those of
// the signature are in lower case, which net/http has no other way to send.
func (x *struckCall) wire() map[string][]string { return x.answer.header }

// isSigned keeps the signature faults from signing what the gateway did not.
func (x *struckCall) isSigned() bool { return len(x.wire()["signature"]) == 1 }

func signWrongly(x *struckCall, _ Fault) { x.resigned, x.wrongly = true, true }

// otherClientID is nobody's.
const otherClientID = "SANDBOX_5XSOMEONEELSE1"

func signForAnother(x *struckCall, _ Fault) { x.resigned, x.signer = true, otherClientID }

func rotateKey(x *struckCall, _ Fault) {
	if key, err := x.server.rotatedKey(); err == nil { // AddFault has made it
		x.resigned, x.key = true, key
	}
}

func dropHeader(names ...string) func(*struckCall, Fault) {
	return func(x *struckCall, _ Fault) {
		for _, name := range names {
			delete(x.answer.header, name)
		}
	}
}

// failLate answers U and remembers to refuse every repeat.
func failLate(x *struckCall, f Fault) {
	x.server.doom(x.identity(), f.Argument)
	x.answerResult("UNKNOWN_EXCEPTION", "the outcome is not known (fault)")
}

// refuseDoomed answers a repeat of what failed late.
func (x *struckCall) refuseDoomed() bool {
	code, doomed := x.server.doomed(x.identity())
	if doomed {
		x.resultOf(antom.Result{ResultStatus: antom.StatusF, ResultCode: code, ResultMessage: "failed after all (fault)"})
		x.write()
	}
	return doomed
}

// identity is what makes two calls of a client the same one: the operation's
// idempotency key, or else the whole body.
func (x *struckCall) identity() string {
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

// notifyFirst sends what is due before the answer leaves.
func notifyFirst(x *struckCall, _ Fault) {
	ctx, cancel := context.WithTimeout(x.exchange.request.Context(), settleTimeout)
	defer cancel()
	_ = x.server.Settle(ctx) // an answer too late is better than none
}

// kindsOf are the kinds of faults, for a log.
func kindsOf(met []Fault) []string {
	var kinds []string
	for _, f := range met {
		kinds = append(kinds, f.Kind)
	}
	return slices.Compact(kinds)
}
