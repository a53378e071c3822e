package emulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// start is when every play begins.
var start = sync.OnceValue(func() time.Time { return time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC) })

// keyFiles are made once: two RSA keys take a second.
var keyFiles = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "keys")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if _, err := emulator.Open(dir, emulator.Options{}); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, name := range [...]string{"antom.pem", "merchant.pem"} {
		if files[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	return files, nil
})

// folder is a folder for an emulator that has its keys already.
func folder(tb testing.TB) string {
	tb.Helper()
	files, err := keyFiles()
	if err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// play is a merchant and a buyer with an emulator whose clock is virtual.
type play struct {
	tb      testing.TB
	dir     string // of the emulator; empty if it is not the play's own
	e       *emulator.Emulator
	handler http.Handler
	facts   emulator.Profile
	vars    map[string]string // what earlier answers told: paymentId, captureId, …
	counter map[string]int
	answer  map[string]any // of the last call
	refused error          // of the last form
}

func newPlay(tb testing.TB, options emulator.Options) *play {
	tb.Helper()
	dir := folder(tb)
	e, err := emulator.Open(dir, options)
	if err != nil {
		tb.Fatal(err)
	}
	if _, _, err := e.SetClock(tb.Context(), start()); err != nil {
		tb.Fatal(err)
	}
	return &play{tb: tb, dir: dir, e: e, handler: e, facts: e.Profile(), vars: map[string]string{}, counter: map[string]int{}}
}

// line is a step and what is expected of it.
type line struct {
	words  []string
	wanted []string
}

// parseLine reads: step word… => wanted…
func parseLine(text string) line {
	left, right, _ := strings.Cut(text, "=>")
	return line{fields(left), fields(right)}
}

// fields are words; a text in double quotes is one.
func fields(text string) []string {
	var words []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		end := strings.IndexByte(text, ' ')
		if quote := strings.IndexByte(text, '"'); quote >= 0 && (end < 0 || quote < end) {
			closing := strings.IndexByte(text[quote+1:], '"')
			end = quote + closing + 2
		}
		if end < 0 {
			end = len(text)
		}
		words = append(words, strings.ReplaceAll(text[:end], `"`, ""))
		text = text[end:]
	}
	return words
}

// options are the key=value words of a step; a bare word is true.
func (p *play) options(words []string) map[string]string {
	given := map[string]string{}
	for _, word := range words {
		key, value, has := strings.Cut(word, "=")
		if !has {
			value = "true"
		}
		if name, is := strings.CutPrefix(value, "$"); is {
			value = p.vars[name]
		}
		given[key] = value
	}
	return given
}

func or(given map[string]string, key, other string) string {
	if value, ok := given[key]; ok {
		return value
	}
	return other
}

// next is the next id of a kind: o1, c1, r1, …
func (p *play) next(kind string) string {
	p.counter[kind]++
	return kind + strconv.Itoa(p.counter[kind])
}

// step does what a line says.
func (p *play) step(words []string) error {
	verb, given := words[0], p.options(words[1:])
	switch verb {
	case "session":
		return p.session(given)
	case "pay":
		return p.pay(given)
	case "advance":
		by, err := time.ParseDuration(words[1])
		if err != nil {
			return err
		}
		_, _, err = p.e.AdvanceClock(p.tb.Context(), by)
		return err
	case "scenario":
		times, _ := strconv.Atoi(given["times"])
		return p.e.SetScenario(p.tb.Context(), emulator.Scenario{Operation: antom.Operation(words[1]), Code: words[2], Then: given["then"], Times: times})
	case "notifications":
		return p.notifications(or(given, "of", p.vars["paymentRequestId"]))
	case "raw":
		return p.raw(given)
	}
	return p.operation(verb, given)
}

// amount is the JSON of an amount in minor units.
func amount(given map[string]string) map[string]any {
	return map[string]any{"currency": or(given, "currency", "SGD"), "value": or(given, "amount", "4200")}
}

func (p *play) session(given map[string]string) error {
	id := given["id"]
	if id == "" {
		id = p.next("o")
	}
	factor := map[string]any{"isAuthorization": given["sale"] == "", "captureMode": or(given, "capture", "AUTOMATIC")}
	meta := map[string]any{}
	if given["3ds"] != "" {
		meta["is3DSAuthentication"] = or(given, "3ds", "")
	}
	if given["noupgrade"] != "" {
		meta["enableAuthenticationUpgrade"] = false
	}
	if given["brands"] != "" {
		meta["supportedBrands"] = strings.Split(given["brands"], ",")
	}
	method := map[string]any{"paymentMethodType": or(given, "method", "CARD"), "paymentMethodMetaData": meta}
	if given["token"] != "" {
		method["paymentMethodId"] = given["token"]
	}
	body := map[string]any{
		"productCode": "CASHIER_PAYMENT", "paymentRequestId": id, "paymentAmount": amount(given), "paymentMethod": method,
		"paymentRedirectUrl": "https://shop.example/paid", "paymentNotifyUrl": "https://shop.example/notify", "paymentFactor": factor,
		"order": map[string]any{"referenceOrderId": id, "orderDescription": "tea", "orderAmount": amount(given)},
	}
	for _, name := range [...]string{"productScene", "paymentSessionExpiryTime", "paymentExpiryTime", "locale", "paymentRedirectUrl", "metadata"} {
		if value, ok := given[name]; ok {
			body[name] = value
		}
	}
	if path, ok := given["without"]; ok {
		delete(body, path)
	}
	p.vars["paymentRequestId"] = id
	return p.call("createPaymentSession", body)
}

func (p *play) pay(given map[string]string) error {
	processing, err := time.ParseDuration(or(given, "processing", "0s"))
	if err != nil {
		return err
	}
	result, err := p.e.Pay(p.tb.Context(), emulator.PayRequest{
		PaymentRequestID: or(given, "id", p.vars["paymentRequestId"]), Card: given["card"], CardToken: given["token"], Expiry: given["expiry"], CVV: given["cvv"], Holder: given["holder"],
		Challenge: given["challenge"], Outcome: given["outcome"], CaptureOutcome: given["captureOutcome"], Pending: given["pending"] != "", Processing: processing,
		Billing: antom.Address{Region: given["region"], State: given["state"], Address1: given["address1"], ZipCode: given["zip"]},
	})
	p.refused = nil
	if _, is := errors.AsType[*emulator.Refusal](err); is {
		p.refused = err
		return nil
	}
	if err == nil {
		p.vars["paymentId"] = result.PaymentID
	}
	return err
}

// operation calls an operation with the fields of the step; what most calls need
// is filled in.
func (p *play) operation(verb string, given map[string]string) error {
	body := map[string]any{}
	fill := func(key, value string) {
		if value != "" {
			body[key] = value
		}
	}
	op := verb
	switch verb {
	case "inquire":
		op = "inquiryPayment"
		if given["paymentId"] == "" {
			fill("paymentRequestId", or(given, "id", p.vars["paymentRequestId"]))
		}
		fill("paymentId", given["paymentId"])
	case "cancel":
		if given["paymentId"] == "" {
			fill("paymentRequestId", or(given, "id", p.vars["paymentRequestId"]))
		}
		fill("paymentId", given["paymentId"])
	case "capture":
		id := given["id"]
		if id == "" {
			id = p.next("c")
		}
		body["captureRequestId"], body["captureAmount"] = id, amount(given)
		fill("paymentId", or(given, "paymentId", p.vars["paymentId"]))
		fill("isLastCapture", given["last"])
	case "refund":
		id := given["id"]
		if id == "" {
			id = p.next("r")
		}
		p.vars["refundRequestId"] = id
		body["refundRequestId"], body["refundAmount"] = id, amount(given)
		fill("paymentId", or(given, "paymentId", p.vars["paymentId"]))
		fill("captureId", given["captureId"])
		fill("isAsyncRefund", given["async"])
		fill("refundNotifyUrl", given["notify"])
	case "inquireRefund":
		op = "inquiryRefund"
		fill("refundId", given["refundId"])
		if given["refundId"] == "" {
			fill("refundRequestId", or(given, "id", p.vars["refundRequestId"]))
		}
	default:
		return fmt.Errorf("unknown step %q", verb)
	}
	if name, ok := given["without"]; ok {
		delete(body, name)
	}
	return p.call(op, body)
}

// call makes a call as a merchant does and holds the answer to the rules of the
// protocol.
func (p *play) call(op string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return p.send(request{path: "/ams/sandbox/api/v1/payments/" + op, body: text})
}

// request is a call on its way; what is empty is as it should be.
type request struct {
	method, path, target string
	header               http.Header
	body                 []byte
	clientID, time       string
	signature            string
	key                  *sign.PrivateKey
}

// send signs a call, serves it and reads its answer.
func (p *play) send(r request) error {
	if r.method == "" {
		r.method = http.MethodPost
	}
	if r.target == "" {
		r.target = r.path
	}
	if r.clientID == "" {
		r.clientID = p.facts.ClientID
	}
	if r.time == "" {
		r.time = "1767258000000"
	}
	if r.key == nil {
		r.key = p.facts.MerchantKey
	}
	message := sign.Message{Method: r.method, Target: r.path, ClientID: r.clientID, Time: r.time, Body: r.body}
	signature, err := r.key.Sign(message, 1)
	if err != nil {
		return err
	}
	if r.signature != "" {
		signature = r.signature
	}
	call := httptest.NewRequestWithContext(p.tb.Context(), r.method, r.target, bytes.NewReader(r.body))
	call.Header = http.Header{"Content-Type": {"application/json; charset=UTF-8"}, "Client-Id": {r.clientID}, "Request-Time": {r.time}, "Signature": {signature}}
	maps.Copy(call.Header, r.header)
	w := &bareWriter{header: http.Header{}}
	p.handler.ServeHTTP(w, call)
	return p.read(w, message)
}

// bareWriter keeps the header names as they were set.
type bareWriter struct {
	header http.Header
	body   bytes.Buffer
	status int
}

func (w *bareWriter) Header() http.Header         { return w.header }
func (w *bareWriter) Write(b []byte) (int, error) { return w.body.Write(b) }
func (w *bareWriter) WriteHeader(status int)      { w.status = status }

// unsigned are the answers that the real gateway does not sign.
func unsigned(code string) bool {
	return code == "INVALID_SIGNATURE" || code == "CLIENT_INVALID" || code == "KEY_NOT_FOUND"
}

func (p *play) read(w *bareWriter, asked sign.Message) error {
	if w.status != 0 && w.status != http.StatusOK {
		return fmt.Errorf("HTTP status %d: Antom's SDKs lose the result of any other than 200", w.status)
	}
	p.answer = nil
	if err := json.Unmarshal(w.body.Bytes(), &p.answer); err != nil {
		return fmt.Errorf("answer %q: %w", w.body.String(), err)
	}
	if err := fitsModels("", p.answer); err != nil {
		return fmt.Errorf("answer %s: %w", w.body.String(), err)
	}
	for _, name := range [...]string{"paymentId", "captureId", "refundId"} {
		if value, ok := p.answer[name].(string); ok {
			p.vars[name] = value
		}
	}
	if token, ok := p.at("paymentResultInfo.cardToken").(string); ok {
		p.vars["cardToken"] = token
	}
	return p.checkSigned(w, asked)
}

// checkSigned holds the headers to the form that all four SDKs read: lower case,
// both or none, exactly three parts. A client without a key gets none.
func (p *play) checkSigned(w *bareWriter, asked sign.Message) error {
	lower := map[string][]string(w.header)
	signature, at, client := lower["signature"], lower["response-time"], lower["client-id"]
	if stranger := len(client) == 1 && client[0] != p.facts.ClientID; stranger || unsigned(fmt.Sprint(p.at("result.resultCode"))) {
		if signature != nil || at != nil {
			return errors.New("the answer is signed, the real gateway's is not")
		}
		return nil
	}
	if len(signature) != 1 || len(at) != 1 || len(client) != 1 {
		return fmt.Errorf("headers %v: want signature, response-time and client-id, in lower case", w.header)
	}
	parts := strings.Split(signature[0], ",")
	if len(parts) != 3 || parts[0] != "algorithm=RSA256" || parts[1] != "keyVersion=1" || strings.Count(parts[2], "=") != 1 {
		return fmt.Errorf("signature %q: the SDKs want exactly algorithm, keyVersion and a percent-encoded signature", signature[0])
	}
	for name, values := range w.header {
		if text := strings.ToLower(strings.Join(values, "")); name != "signature" && (strings.Contains(text, "signature") || strings.Contains(text, "response-time")) {
			return fmt.Errorf("header %s mentions the signature: the PHP SDK takes it for one", name)
		}
	}
	asked.Time, asked.Body, asked.ClientID = at[0], w.body.Bytes(), client[0]
	_, err := p.facts.AntomKey.Verify(asked, signature[0])
	return err
}

// raw makes a call that breaks a rule of the protocol.
func (p *play) raw(given map[string]string) error {
	r := request{
		method: given["method"], path: or(given, "path", "/ams/sandbox/api/v1/payments/inquiryPayment"), target: given["target"],
		body: []byte(or(given, "body", `{'paymentRequestId':'o1'}`)), clientID: given["client"], time: given["time"], signature: given["signature"], header: http.Header{},
	}
	r.body = bytes.ReplaceAll(r.body, []byte("'"), []byte(`"`))
	if n, err := strconv.Atoi(given["size"]); err == nil {
		r.body = bytes.Repeat([]byte(" "), n)
	}
	for key, value := range given {
		if name, is := strings.CutPrefix(key, "header."); is {
			r.header[http.CanonicalHeaderKey(name)] = strings.Split(value, "|")
		}
	}
	return p.send(r)
}

// notifications puts those that are due into the answer, each verified.
func (p *play) notifications(id string) error {
	requests, err := p.e.Notifications(p.tb.Context(), id)
	if err != nil {
		return err
	}
	p.answer = map[string]any{}
	var list []string
	for i, r := range requests {
		n, err := antom.VerifyRequest(httptestRequest(r), p.facts.AntomKey, antom.WithClientID(p.facts.ClientID))
		if err != nil {
			return err
		}
		var body map[string]any
		if err := json.Unmarshal(n.Raw, &body); err != nil {
			return err
		}
		if err := fitsModels("", any(body)); err != nil {
			return fmt.Errorf("notification %s: %w", n.Raw, err)
		}
		p.answer[strconv.Itoa(i)] = body
		head, err := antom.ReadSummary(n.Raw)
		if err != nil {
			return err
		}
		list = append(list, string(n.Type)+":"+head.Result.ResultCode)
	}
	p.answer["list"] = strings.Join(list, ",")
	return nil
}

// httptestRequest is a request as a server gets it.
func httptestRequest(r *http.Request) *http.Request {
	body, _ := io.ReadAll(r.Body)
	got := httptest.NewRequestWithContext(context.Background(), r.Method, r.URL.RequestURI(), bytes.NewReader(body))
	got.Header = r.Header
	return got
}

// at is a value of the last answer: transactions.0.transactionStatus; -1 is the
// last item of a list.
func (p *play) at(path string) any {
	var value any = p.answer
	for part := range strings.SplitSeq(path, ".") {
		switch inner := value.(type) {
		case map[string]any:
			value = inner[part]
		case []any:
			i, err := strconv.Atoi(part)
			if i < 0 {
				i += len(inner)
			}
			if err != nil || i < 0 || i >= len(inner) {
				return nil
			}
			value = inner[i]
		default:
			return nil
		}
	}
	return value
}

// expect compares the last answer with what a line wants: a status and a code,
// key=value (- for absent), a text of the message, or "refused".
func (p *play) expect(wanted []string) error {
	for _, want := range wanted {
		key, value, isPair := strings.Cut(want, "=")
		if name, is := strings.CutPrefix(value, "$"); is {
			value = p.vars[name]
		}
		var text string
		switch {
		case isPair:
			got := "-"
			if p.at(key) != nil {
				got = fmt.Sprint(p.at(key))
			}
			if got != value {
				return fmt.Errorf("%s = %q, want %q in %v", key, got, value, p.answer)
			}
			continue
		case want == "refused":
			if p.refused == nil {
				return errors.New("the form was not refused")
			}
			continue
		case p.refused != nil:
			text = p.refused.Error()
		default:
			text = fmt.Sprintf("%v %v %v %v", p.at("result.resultStatus"), p.at("result.resultCode"), p.at("result.resultMessage"), p.at("paymentResultMessage"))
		}
		if !strings.Contains(text, want) {
			return fmt.Errorf("answer %q, want %q in it", text, want)
		}
	}
	if p.refused != nil && len(wanted) == 0 {
		return p.refused
	}
	return nil
}
