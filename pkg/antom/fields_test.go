package antom_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/pkg/antom"
)

// The files in testdata contain every documented field of a message. If a message is read from
// its file and written again without losing anything, and no field of the struct is empty, the
// struct covers everything that Antom documents.

// decodeAny decodes JSON without a struct; numbers stay as written.
func decodeAny(t *testing.T, text []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func sameJSON(t *testing.T, want, got []byte) {
	t.Helper()
	if diff := cmp.Diff(decodeAny(t, want), decodeAny(t, got)); diff != "" {
		t.Error(diff)
	}
}

// without removes members of an object.
func without(t *testing.T, text []byte, names ...string) []byte {
	t.Helper()
	object, ok := decodeAny(t, text).(map[string]any)
	if !ok {
		t.Fatalf("%s is no object", text)
	}
	for _, name := range names {
		delete(object, name)
	}
	out, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// neverSet returns the JSON names of struct fields within value that are empty everywhere.
func neverSet(value any) []string {
	fields := make(map[string]bool) // whether it was set anywhere
	walk(reflect.ValueOf(value), fields)
	var names []string
	for name, set := range fields {
		if !set {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func walk(v reflect.Value, fields map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walk(v.Elem(), fields)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), fields)
		}
	case reflect.Struct:
		for field, member := range v.Fields() {
			if field.Tag.Get("json") == "-" || !field.IsExported() {
				continue
			}
			name := v.Type().Name() + "." + field.Name
			fields[name] = fields[name] || !member.IsZero()
			walk(member, fields)
		}
	}
}

func TestSessionRequest_everyField(t *testing.T) {
	t.Parallel()
	golden := readFile(t, "session-request.json")
	var request antom.SessionRequest
	decoder := json.NewDecoder(bytes.NewReader(golden))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&request); err != nil {
		t.Fatal(err)
	}
	if missing := neverSet(request); missing != nil {
		t.Errorf("the file does not set %v", missing)
	}
	client, g := setup(t)
	var sent []byte
	g.HandleFunc(createPath, func(w http.ResponseWriter, r *http.Request) {
		sent = g.verify(r)
		body := string(readFile(t, "session-response.json"))
		g.reply(w, r, body)
	})
	session, response, err := client.Sessions.Create(t.Context(), &request)
	if err != nil {
		t.Fatal(err)
	}
	sameJSON(t, golden, sent)

	if missing := neverSet(*session); missing != nil {
		t.Errorf("the answer does not set %v", missing)
	}
	got, err := json.Marshal(session)
	if err != nil {
		t.Fatal(err)
	}
	sameJSON(t, without(t, response.Body, "result"), got)
}

// The guide's request, built in Go: fields that are not set are not sent, false is sent, and
// nothing differs.
func TestSessionRequest_guide(t *testing.T) {
	t.Parallel()
	amount := antom.Amount{Currency: "SGD", Value: 4200}
	request := antom.SessionRequest{
		ProductCode: antom.ProductCashierPayment, PaymentRequestID: "paymentRequestId01", PaymentAmount: amount,
		PaymentMethod:      &antom.PaymentMethod{PaymentMethodType: "CARD"},
		PaymentFactor:      &antom.PaymentFactor{IsAuthorization: new(antom.Bool(true))},
		PaymentRedirectURL: "https://www.yourMerchantWeb.com", PaymentNotifyURL: "https://www.yourNotifyUrl",
		SettlementStrategy: &antom.SettlementStrategy{SettlementCurrency: "SGD"},
		Order: &antom.Order{
			ReferenceOrderID: "referenceOrderId01", OrderDescription: "antom sdk test order", OrderAmount: amount,
			Buyer: &antom.Buyer{ReferenceBuyerID: "yourBuyerId"},
		},
	}
	got, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"productCode":"CASHIER_PAYMENT","paymentRequestId":"paymentRequestId01","paymentAmount":{"currency":"SGD","value":"4200"},` +
		`"paymentMethod":{"paymentMethodType":"CARD"},"paymentRedirectUrl":"https://www.yourMerchantWeb.com","paymentNotifyUrl":"https://www.yourNotifyUrl",` +
		`"order":{"referenceOrderId":"referenceOrderId01","orderDescription":"antom sdk test order","orderAmount":{"currency":"SGD","value":"4200"},"buyer":{"referenceBuyerId":"yourBuyerId"}},` +
		`"settlementStrategy":{"settlementCurrency":"SGD"},"paymentFactor":{"isAuthorization":true}}`
	if string(got) != want {
		t.Errorf("the request is\n%s\nwant\n%s", got, want)
	}
	request.PaymentFactor.IsAuthorization = new(antom.Bool(false))
	if got, err := json.Marshal(request); err != nil || !strings.Contains(string(got), `"isAuthorization":false`) {
		t.Errorf("false is not sent: %s, %v", got, err)
	}
}

func TestInquiry_fields(t *testing.T) {
	t.Parallel()
	client, g := setup(t)
	var sent []byte
	g.HandleFunc(inquirePath, func(w http.ResponseWriter, r *http.Request) {
		sent = g.verify(r)
		g.reply(w, r, paidBody)
	})
	tests := []struct {
		inquiry antom.Inquiry
		want    string
	}{
		{antom.Inquiry{PaymentRequestID: "order-1001"}, `{"paymentRequestId":"order-1001"}`},
		{antom.Inquiry{PaymentID: "2026112419"}, `{"paymentId":"2026112419"}`},
		{antom.Inquiry{PaymentRequestID: "order-1001", PaymentID: "2026112419", MerchantAccountID: "m"}, `{"paymentRequestId":"order-1001","paymentId":"2026112419","merchantAccountId":"m"}`},
	}
	for _, test := range tests {
		if _, _, err := client.Payments.Inquire(t.Context(), test.inquiry); err != nil || string(sent) != test.want {
			t.Errorf("sent %s, %v; want %s", sent, err, test.want)
		}
	}
}

func TestPayment_everyField(t *testing.T) {
	t.Parallel()
	client, g := setup(t)
	golden := readFile(t, "payment.json")
	g.answers(inquirePath, string(golden))
	payment, response, err := inquire(t, client)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(response.Body, golden) {
		t.Error("the body is not kept as it came")
	}
	if missing := neverSet(*payment); missing != nil {
		t.Errorf("the payment does not set %v", missing)
	}
	if payment.Unread != nil || payment.PaymentResultInfo.Unread != nil {
		t.Errorf("unread: %v, %v", payment.Unread, payment.PaymentResultInfo.Unread)
	}
	if payment.PaymentQuote.QuotePrice != "1.34567890123456789012345" {
		t.Errorf("the rate lost digits: %s", payment.PaymentQuote.QuotePrice)
	}
	sameJSON(t, decodeRaw(t, golden, "transactions", 0), payment.Transactions[0].Raw)
	got, err := json.Marshal(payment)
	if err != nil {
		t.Fatal(err)
	}
	sameJSON(t, without(t, golden, "result"), got)
}

// decodeRaw returns the text of an item of a list within an object.
func decodeRaw(t *testing.T, text []byte, name string, index int) []byte {
	t.Helper()
	var members map[string]json.RawMessage
	var items []json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(members[name], &items); err != nil {
		t.Fatal(err)
	}
	return items[index]
}

func decodePayment(t *testing.T, text string) antom.Payment {
	t.Helper()
	var payment antom.Payment
	if err := json.Unmarshal([]byte(text), &payment); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return payment
}

// Older pages use other spellings of two names (conflict C18).
func TestPayment_olderSpellings(t *testing.T) {
	t.Parallel()
	const at = antom.DateTime("2026-12-01T09:00:00+08:00")
	for _, name := range []string{"authExpiryTime", "authExpirytime"} {
		if got := decodePayment(t, `{"`+name+`":"2026-12-01T09:00:00+08:00"}`); got.AuthExpiryTime != at || got.Unread != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for _, name := range []string{"promotionResults", "promotionResult"} {
		got := decodePayment(t, `{"`+name+`":[{"promotionType":"DISCOUNT","discount":{"discountTag":"x"}}]}`)
		if len(got.PromotionResults) != 1 || got.PromotionResults[0].Discount.DiscountTag != "x" || got.Unread != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	both := decodePayment(t, `{"promotionResult":[{"promotionType":"OLD"}],"promotionResults":[{"promotionType":"NEW"}]}`)
	if len(both.PromotionResults) != 1 || both.PromotionResults[0].PromotionType != "NEW" {
		t.Errorf("both: %+v", both.PromotionResults)
	}
	odd := decodePayment(t, `{"paymentStatus":"SUCCESS","promotionResult":[{"promotionType":"OLD"}],"metadata":{"a":1}}`)
	if len(odd.PromotionResults) != 1 || !cmp.Equal(odd.Unread, []string{"metadata"}) {
		t.Errorf("beside a field of another type: %+v", odd)
	}
}

// Antom's pages require strings, its SDKs send native values: both are accepted (conflict C1).
func TestScalars_bothForms(t *testing.T) {
	t.Parallel()
	var bools struct{ A, B, C, D, E, F antom.Bool }
	bools.E, bools.F = true, true
	if err := json.Unmarshal([]byte(`{"A":true,"B":"true","C":false,"D":"false","E":null,"F":""}`), &bools); err != nil {
		t.Fatal(err)
	}
	if !bools.A || !bools.B || bools.C || bools.D || bools.E || bools.F {
		t.Errorf("booleans = %+v", bools)
	}
	var ints struct{ A, B, C, D, E antom.Int }
	ints.D, ints.E = 1, 1
	if err := json.Unmarshal([]byte(`{"A":5,"B":"5","C":"-9223372036854775808","D":null,"E":""}`), &ints); err != nil {
		t.Fatal(err)
	}
	if ints.A != 5 || ints.B != 5 || ints.C != -1<<63 || ints.D != 0 || ints.E != 0 {
		t.Errorf("integers = %+v", ints)
	}
	for _, text := range []string{`1`, `"yes"`, `"TRUE"`, `[]`, `{}`, `" true"`} {
		var b antom.Bool
		if err := json.Unmarshal([]byte(text), &b); err == nil {
			t.Errorf("%s is read as the boolean %t", text, b)
		}
	}
	for _, text := range []string{`1.0`, `1e3`, `"1.5"`, `true`, `"9223372036854775808"`, `" 5"`, `"0x5"`, `[]`} {
		var i antom.Int
		if err := json.Unmarshal([]byte(text), &i); err == nil {
			t.Errorf("%s is read as the number %d", text, i)
		}
	}
	if got, err := json.Marshal(struct {
		B antom.Bool
		I antom.Int
	}{true, 5}); err != nil || string(got) != `{"B":true,"I":5}` {
		t.Errorf("written as %s, %v", got, err)
	}
	payment := decodePayment(t, `{"paymentQuote":{"guaranteed":"true","quotePrice":"1.25"},"retryInfo":{"availableRetries":"2"},"paymentResultInfo":{"threeDSResult":{"challenged":"true","threeDSOffered":false}}}`)
	check := payment.PaymentResultInfo.ThreeDSResult
	if !payment.PaymentQuote.Guaranteed || payment.PaymentQuote.QuotePrice != "1.25" || payment.RetryInfo.AvailableRetries != 2 || check.Challenged == nil || !*check.Challenged || check.ThreeDSOffered == nil || *check.ThreeDSOffered {
		t.Errorf("payment = %+v", payment)
	}
}

// A field that Antom changed or added does not make a payment unreadable, unless the field is
// essential.
func TestPayment_unread(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"unknown field", `{"paymentStatus":"SUCCESS","brandNew":{"a":[1]}}`, nil},
		{"null everywhere", `{"paymentStatus":"SUCCESS","transactions":null,"paymentResultInfo":null,"paymentQuote":null,"metadata":null,"promotionResults":null}`, nil},
		{"object for a text", `{"paymentStatus":"SUCCESS","metadata":{"a":1}}`, []string{"metadata"}},
		{"number for a text", `{"paymentStatus":"SUCCESS","acquirerReferenceNo":17}`, []string{"acquirerReferenceNo"}},
		{"text for an object", `{"paymentStatus":"SUCCESS","pspCustomerInfo":"x"}`, []string{"pspCustomerInfo"}},
		{"odd amount", `{"paymentStatus":"SUCCESS","grossSettlementAmount":{"currency":"SGD","value":"1.5"}}`, []string{"grossSettlementAmount"}},
		{"odd boolean deep down", `{"paymentStatus":"SUCCESS","paymentQuote":{"guaranteed":"maybe"}}`, []string{"paymentQuote"}},
		{"several, sorted", `{"retryInfo":[],"paymentStatus":"SUCCESS","acquirerInfo":"x","customizedInfo":1}`, []string{"acquirerInfo", "customizedInfo", "retryInfo"}},
	}
	for _, test := range tests {
		got := decodePayment(t, test.text)
		if got.PaymentStatus != antom.PaymentSuccess || !cmp.Equal(got.Unread, test.want) {
			t.Errorf("%s: status %q, unread %v; want %v", test.name, got.PaymentStatus, got.Unread, test.want)
		}
	}
	half := decodePayment(t, `{"paymentQuote":{"quoteId":"q1","guaranteed":"maybe"},"promotionResults":[{"promotionType":"DISCOUNT"},1]}`)
	if half.PaymentQuote != nil || half.PromotionResults != nil {
		t.Errorf("half of a field is left: %+v, %+v", half.PaymentQuote, half.PromotionResults)
	}
	for _, text := range []string{
		`{"paymentStatus":1}`, `{"paymentId":{}}`, `{"paymentRequestId":["x"]}`, `{"paymentAmount":{"currency":"SGD","value":"42.00"}}`,
		`{"paymentAmount":"4200"}`, `{"transactions":{}}`, `{"transactions":["x"]}`, `{"transactions":[{"transactionStatus":1}]}`,
		`{"transactions":[{"transactionAmount":{"value":"x"}}]}`, `{"transactions":[{"transactionResult":"S"}]}`, `[]`, `"x"`,
	} {
		var payment antom.Payment
		if err := json.Unmarshal([]byte(text), &payment); err == nil {
			t.Errorf("%s is read as %+v", text, payment)
		}
	}
	card := decodePayment(t, `{"paymentStatus":"FAIL","paymentResultInfo":{"cardBrand":"VISA","lastFour":768,"refusalCodeRaw":"05"}}`)
	if info := card.PaymentResultInfo; info.CardBrand != "VISA" || info.RefusalCodeRaw != "05" || !cmp.Equal(info.Unread, []string{"lastFour"}) || card.Unread != nil {
		t.Errorf("card = %+v, unread %v", info, card.Unread)
	}
	transaction := decodePayment(t, `{"transactions":[{"transactionId":"c1","transactionType":"CAPTURE","settlementQuote":"x"}]}`).Transactions[0]
	if transaction.TransactionID != "c1" || transaction.SettlementQuote != nil || !strings.Contains(string(transaction.Raw), `"settlementQuote":"x"`) {
		t.Errorf("transaction = %+v", transaction)
	}
}

// A complete call: an answer with an essential field of another type is an error, although it
// is genuine.
func TestInquire_essentialFieldUnreadable(t *testing.T) {
	t.Parallel()
	client, g := setup(t)
	g.answers(inquirePath, strings.Replace(paidBody, `"value":"4200"`, `"value":"42.00"`, 1))
	payment, response, err := inquire(t, client)
	if payment != nil || err == nil || !response.Signed || !strings.Contains(err.Error(), `paymentAmount: amount value "42.00": not a whole number`) {
		t.Errorf("payment = %+v, error = %v", payment, err)
	}
}

// Captures and refunds are distinguished by their type; a row without a status has the one
// implied by its result.
func TestTransactions(t *testing.T) {
	t.Parallel()
	payment := decodePayment(t, `{"transactions":[
		{"transactionType":"CAPTURE","transactionStatus":"SUCCESS","transactionId":"1","transactionResult":{"resultStatus":"S"}},
		{"transactionType":"REFUND","transactionStatus":"PROCESSING","transactionId":"2","transactionResult":{"resultStatus":"S"}},
		{"transactionType":"CAPTURE","transactionId":"3","transactionResult":{"resultStatus":"F"}},
		{"transactionType":"CAPTURE","transactionId":"4","transactionResult":{"resultStatus":"U"}},
		{"transactionType":"CAPTURE","transactionId":"5","transactionResult":{"resultStatus":"S"}},
		{"transactionType":"CAPTURE","transactionId":"6"},
		{"transactionType":"VOID","transactionStatus":"CANCELLED","transactionId":"7"}]}`)
	describe := func(rows []antom.Transaction) (all []string) {
		for _, row := range rows {
			all = append(all, row.TransactionID+" "+string(row.Status()))
		}
		return all
	}
	if diff := cmp.Diff([]string{"1 SUCCESS", "3 FAIL", "4 PROCESSING", "5 SUCCESS", "6 "}, describe(payment.Captures())); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"2 PROCESSING"}, describe(payment.Refunds())); diff != "" {
		t.Error(diff)
	}
	for status, final := range map[antom.PaymentStatus]bool{
		antom.PaymentSuccess: true, antom.PaymentFail: true, antom.PaymentCancelled: true, antom.PaymentProcessing: false, antom.PaymentPending: false, "": false, "NEW": false,
	} {
		if status.Final() != final {
			t.Errorf("%q: final = %t", status, !final)
		}
	}
}

func TestDateTime(t *testing.T) {
	t.Parallel()
	for _, text := range []antom.DateTime{
		"2019-06-01T03:31:01Z", "2019-06-01T12:01:01+08:30", "2019-06-01T12:01:01+0830", "2019-06-01T12:01:01.000+08:30", "2019-06-01T12:01:01.000+0830",
	} {
		if got, err := text.Time(); err != nil || got.Unix() != 1559359861 {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []antom.DateTime{"", "2019-06-01", "2019-06-01T12:01:01", "1559359861000", "2019-13-01T12:01:01Z"} {
		if got, err := text.Time(); err == nil || !strings.Contains(err.Error(), `"`+string(text)+`": not ISO 8601`) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}
