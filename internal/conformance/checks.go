package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/antom-cli/antom/internal/check"
	"github.com/antom-cli/antom/pkg/antom"
)

// row is a check and the steps that it consists of.
type row struct {
	id, title, why, remedy string
	steps                  func(k *kit) []step
}

// Remedies used by several checks.
const (
	remedyVerify = "verify the signature over the exact bytes of the body before anything else reads it, and answer success only if it is valid"
	remedyRaw    = "verify the raw body, before any framework parses it: Express express.raw(), Spring @RequestBody byte[], Flask request.get_data(), Django request.body, Laravel $request->getContent(), net/http io.ReadAll(r.Body)"
	remedyTaken  = `store the notification, answer 200 {"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}, and process it once`
	remedyHeader = "read header names without regard to case, accept blanks after commas, and refuse a message in which a signed header is missing or occurs twice"
	remedyState  = "acknowledge every genuine notification, even if it changes nothing for you; decide afterwards what it means"
)

// checks are all checks, in the order in which they run. A refusal proves something
// only if the first check passes.
var checks = [...]row{
	{"genuine", "a genuine notification is acknowledged", "Antom sends a notification that is not acknowledged up to 8 times in 24 hours",
		"configure the endpoint with the gateway's public key and client id (antom emulator keys); verify with the path that it is called with; " + remedyTaken, oneGenuine},
	{"failed-payment", "a failed payment's notification is acknowledged", "the acknowledgement confirms that the message arrived, not that the payment succeeded",
		remedyState, func(k *kit) []step { return acks(k.genuine("the failure", k.failed())) }},
	{"capture", "a capture's notification is acknowledged", "with automatic capture, each card payment has a second notification to the same URL",
		"tell notifications apart by notifyType; " + remedyState, ofType(string(antom.NotifyCaptureResult))},
	{"refund", "a refund's notification is acknowledged", "it does not name the payment, only refundRequestId and refundId",
		"find the refund by refundRequestId; " + remedyState, ofType(string(antom.NotifyRefundResult))},
	{"unknown-type", "a notification of an unknown type is acknowledged", "Antom adds types; one that is refused is sent 8 times and looks like an outage",
		remedyState, func(k *kit) []step {
			return acks(k.genuine("a SOMETHING_NEW notification", k.paid(Setting{Path: "notifyType", Value: "SOMETHING_NEW"})))
		}},

	{"tampered-amount", "a changed amount is refused", "whoever can change the amount can buy anything for a cent", remedyVerify, tamper("paymentAmount.value", "1")},
	{"tampered-currency", "a changed currency is refused", "4200 JPY and 42.00 SGD are different amounts", remedyVerify, tamper("paymentAmount.currency", "JPY")},
	{"tampered-request-id", "a changed paymentRequestId is refused", "one genuine payment would pay for every order", remedyVerify, tamper("paymentRequestId", "somebody-elses-order")},
	{"tampered-payment-id", "a changed paymentId is refused", "captures and refunds use it", remedyVerify, tamper("paymentId", "209901010000000000000")},
	{"tampered-status", "a failure turned into a success is refused", "goods would be delivered for a declined card", remedyVerify, failureTurned},
	{"tampered-code", "a changed result code is refused", "the code decides what happens next", remedyVerify, tamper("result.resultCode", "PROCESS_FAIL")},
	{"tampered-type", "a changed notifyType is refused", "PAYMENT_PENDING changed to PAYMENT_RESULT would mean paid", remedyVerify, pendingTurned},
	{"tampered-time", "a changed request-time is refused", "the time is signed; otherwise an old message could pass for a new one",
		"verify with the request-time header exactly as it was received", func(k *kit) []step {
			return refuses(k.genuine("the message with another time", k.paid()).with(antom.HeaderRequestTime, k.subject.Now.Add(time.Hour).UTC().Format(time.RFC3339)))
		}},
	{"tampered-path", "a notification that was signed for another path is refused", "a message for another endpoint of yours would be accepted here",
		"verify with the path and query of the request exactly as they were received", otherPath},

	{"wrong-key", "a signature of another key is refused", "anyone can generate a key",
		"verify with Antom's public key from your own configuration, never with a key from the message", func(k *kit) []step {
			body := k.paid()
			return refuses(k.signed("the message of a stranger", body, k.message(body), k.endpoint.Stranger))
		}},
	{"wrong-client-id", "a genuine notification for another client id is refused", "another merchant's genuine notification would pay for your orders",
		"compare the client-id header with your own", func(k *kit) []step {
			body := k.paid()
			message := k.message(body)
			message.ClientID = "SANDBOX_5XSOMEBODYELSE01"
			return refuses(k.signed("the message for another client", body, message, k.endpoint.Key))
		}},
	{"signature-missing", "a message without a signature header is refused", "leaving it out is the first thing an attacker tries", remedyHeader, without(antom.HeaderSignature)},
	{"signature-empty", "an empty signature is refused", "some libraries skip verification if the value is empty", remedyHeader, func(k *kit) []step {
		return refuses(
			k.genuine("the message with an empty signature header", k.paid()).with(antom.HeaderSignature, ""),
			k.genuine("the message with an empty signature value", k.paid()).with(antom.HeaderSignature, "algorithm=RSA256,keyVersion=1,signature="))
	}},
	{"signature-doubled", "a message with two signature headers is refused", "a proxy may check one and you the other", remedyHeader, doubled},
	{"client-id-missing", "a message without client-id is refused", "it is part of the signed data", remedyHeader, without(antom.HeaderClientID)},
	{"time-missing", "a message without request-time is refused", "it is part of the signed data", remedyHeader, without(antom.HeaderRequestTime)},
	{"algorithm-none", "a message that says algorithm=none is refused", "a message must not choose how it is verified",
		"accept only RSA256", func(k *kit) []step {
			return refuses(
				k.genuine("the message without any signing", k.paid()).with(antom.HeaderSignature, "algorithm=none,keyVersion=1,signature="),
				k.genuine("the message signed with nothing", k.paid()).with(antom.HeaderSignature, "algorithm=none,keyVersion=1,signature=AAAA"))
		}},

	{"blanks-after-commas", "blanks after the commas of the signature header are accepted", "Antom's pages show the header with blanks, its SDKs write it without", remedyHeader, blanks},
	{"lower-case-names", "header names in lower case are accepted", "HTTP header names are case-insensitive, and HTTP/2 writes them in lower case", remedyHeader, func(k *kit) []step {
		return acks(k.genuine("the message with lower-case header names", k.paid()).lowered())
	}},
	{"epoch-time", "a request-time in milliseconds is accepted", "Antom's pages show it in both forms",
		"verify with the request-time header exactly as it was received; do not parse it first", func(k *kit) []step {
			body := k.paid()
			message := k.message(body)
			message.Time = strconv.FormatInt(k.subject.Now.UnixMilli(), 10)
			return acks(k.signed("the message with a time in milliseconds", body, message, k.endpoint.Key))
		}},
	{"pretty-printed", "a body with line breaks and indents is accepted", "the signature covers the bytes, whatever their layout", remedyRaw, func(k *kit) []step {
		return acks(k.genuine("the pretty-printed message", k.pretty()))
	}},
	{"unknown-fields", "unknown fields are accepted", "Antom adds fields without notice", "ignore fields that you do not know; " + remedyRaw, func(k *kit) []step {
		return acks(k.genuine("the message with new fields", k.extended(`"newField":{"a":[1,2.50,null]},"another":true`)))
	}},
	{"escapes", "escaped characters are kept as they were received", "/ and \\/, 中 and \\u4e2d mean the same but have different signatures", remedyRaw, func(k *kit) []step {
		return acks(k.genuine("the message with escapes", k.extended(`"metadata":"https:\/\/shop.example\/a?b=1&c=<\u4e2d\u6587>"`)))
	}},
	{"cjk-and-emoji", "Chinese, Japanese, Korean and emoji are accepted", "a body decoded with a charset other than UTF-8 does not verify", remedyRaw, func(k *kit) []step {
		return acks(k.genuine("the message with wide characters", k.extended(`"metadata":"商品 テスト 상품 😀👍🏽"`)))
	}},

	{"duplicate", "the same notification a second time is acknowledged", "if your first answer is lost, Antom sends the notification again", remedyState + "; process each paymentId and result once", func(k *kit) []step {
		d := k.genuine("the first delivery", k.paid())
		again := *d
		again.what = "the second delivery"
		return append(acks(d), acks(&again)...)
	}},
	{"duplicate-resigned", "a repetition with a new time and signature is acknowledged", "a repeated notification has the same content, but not necessarily the same time and signature", remedyState + "; recognise a repetition by its ids, not by its signature", func(k *kit) []step {
		body := k.paid()
		message := k.message(body)
		message.Time = k.subject.Now.Add(2 * time.Minute).UTC().Format(time.RFC3339)
		return append(acks(k.genuine("the first delivery", body)), acks(k.signed("the resend", body, message, k.endpoint.Key))...)
	}},
	{"five-at-once", "five deliveries of one notification at the same time are acknowledged", "repetitions may overlap; a failed lock or unique key must not fail the answer",
		"make the insert idempotent (ON CONFLICT DO NOTHING) and acknowledge all of them", func(k *kit) []step {
			five := step{want: acknowledged}
			body := k.paid()
			for i := range 5 {
				five.deliveries = append(five.deliveries, k.genuine("delivery "+strconv.Itoa(i+1)+" of 5", body))
			}
			return []step{five}
		}},
	{"pending-then-result", "PAYMENT_PENDING and then PAYMENT_RESULT are acknowledged", "PAYMENT_PENDING also has the result S, but the payment is not yet paid",
		"check notifyType before result: only PAYMENT_RESULT with S means paid; " + remedyState, func(k *kit) []step {
			return append(acks(k.genuine("PAYMENT_PENDING", k.body(string(antom.NotifyPaymentPending)))), acks(k.genuine("PAYMENT_RESULT", k.paid()))...)
		}},
	{"capture-before-payment", "a capture's notification before its payment's is acknowledged", "no order is guaranteed", remedyState, func(k *kit) []step {
		return append(acks(k.genuine("CAPTURE_RESULT", k.body(string(antom.NotifyCaptureResult)))), acks(k.genuine("PAYMENT_RESULT", k.paid()))...)
	}},
	{"late-success", "a success after a cancelled payment is acknowledged", "Antom refunds a late success itself; if you refuse it, it is only sent again",
		"acknowledge it and keep the order cancelled", func(k *kit) []step {
			return append(acks(k.genuine("the failure", k.failed())), acks(k.genuine("the late success", k.paid()))...)
		}},

	{"oversized", "an oversized body is refused and does no harm", "a notification has a few kilobytes; without a limit, anyone can exhaust your memory",
		"read at most 1 MiB: http.MaxBytesReader, express.raw({limit}), server.tomcat.max-swallow-size, MAX_CONTENT_LENGTH", oversized},
	{"empty-body", "an empty body is refused", "health checks and port scans send empty requests", remedyVerify, func(k *kit) []step {
		return append(refuses(&delivery{what: "the empty request", method: http.MethodPost, header: http.Header{"Content-Type": {antom.ContentType}}}), oneGenuine(k)...)
	}},
	{"get", "GET is refused", "browsers, crawlers and link previews send GET", "answer 405 to every method except POST", func(k *kit) []step {
		d := k.genuine("the GET request", k.paid())
		d.method, d.body = http.MethodGet, nil
		return refuses(d)
	}},
	{"wrong-content-type", "a form is refused", "a framework that parses forms gives your code fields that were not signed",
		remedyVerify, func(k *kit) []step {
			return refuses(&delivery{what: "the form", method: http.MethodPost, header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
				body: []byte("notifyType=PAYMENT_RESULT&paymentRequestId=" + k.subject.PaymentRequestID + "&result=SUCCESS&resultStatus=S")})
		}},
}

// Checks returns all checks, in the order in which they run.
func Checks() []check.Check {
	all := make([]check.Check, len(checks))
	for i, r := range checks {
		all[i] = check.Check{ID: r.id, Title: r.title, Why: r.why, Remedy: r.remedy}
	}
	return all
}

// stepsOf makes the steps of one of [Checks]; of another check, none.
func stepsOf(c check.Check, k *kit) []step {
	for _, r := range checks {
		if r.id == c.ID {
			return r.steps(k)
		}
	}
	k.note(fmt.Errorf("%q is not a check of notifications", c.ID))
	return nil
}

// The forms that checks have.

func acks(all ...*delivery) []step { return each(acknowledged, all) }

func refuses(all ...*delivery) []step { return each(refused, all) }

func each(w want, all []*delivery) []step {
	var steps []step
	for _, d := range all {
		steps = append(steps, step{w, []*delivery{d}})
	}
	return steps
}

func oneGenuine(k *kit) []step { return acks(k.genuine("the genuine notification", k.paid())) }

func ofType(kind string) func(*kit) []step {
	return func(k *kit) []step { return acks(k.genuine("the "+kind+" notification", k.body(kind))) }
}

func tamper(path, value string) func(*kit) []step {
	return func(k *kit) []step { return refuses(k.tampered(k.paid(), Setting{Path: path, Value: value})) }
}

func failureTurned(k *kit) []step { return refuses(k.tampered(k.failed())) }

func pendingTurned(k *kit) []step {
	return refuses(k.tampered(k.body(string(antom.NotifyPaymentPending))))
}

func without(header string) func(*kit) []step {
	return func(k *kit) []step {
		return refuses(k.genuine("the message without "+header, k.paid()).with(header))
	}
}

func otherPath(k *kit) []step {
	body := k.paid()
	message := k.message(body)
	message.Target = "/another/endpoint"
	return refuses(k.signed("the message for another path", body, message, k.endpoint.Key))
}

// doubled has a valid signature and an invalid one, in both orders. An endpoint that
// picks one of them only guesses.
func doubled(k *kit) []step {
	body := k.paid()
	good := k.genuine("the message with a false signature behind the true one", body)
	bad := k.genuine("the message with a false signature before the true one", body)
	truth := good.header[antom.HeaderSignature][0]
	const falsehood = "algorithm=RSA256,keyVersion=1,signature=AAAA"
	return refuses(good.with(antom.HeaderSignature, truth, falsehood), bad.with(antom.HeaderSignature, falsehood, truth))
}

func blanks(k *kit) []step {
	d := k.genuine("the message with blanks in its signature header", k.paid())
	spaced := bytes.ReplaceAll([]byte(d.header[antom.HeaderSignature][0]), []byte(","), []byte(", "))
	return acks(d.with(antom.HeaderSignature, string(spaced)))
}

// mebibytes of an oversized body; an endpoint may accept one.
const mebibytes = 8

func oversized(k *kit) []step {
	filling := bytes.Repeat([]byte("x"), mebibytes<<20)
	body := k.extended(`"metadata":"` + string(filling) + `"`)
	return append(each(unharmed, []*delivery{k.genuine("a body of 8 MiB", body)}), oneGenuine(k)...)
}

// extended is the paid notification with more members, which are given as JSON.
func (k *kit) extended(members string) []byte {
	body := k.paid()
	return append(append(body[:len(body)-1:len(body)-1], ','), members+"}"...)
}

func (k *kit) pretty() []byte {
	var b bytes.Buffer
	k.note(json.Indent(&b, k.paid(), "", "    "))
	return append(b.Bytes(), '\n')
}
