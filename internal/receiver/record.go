package receiver

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/antom-cli/antom/pkg/antom"
)

// Record is one line of the journal: a delivery as received. A line is also a saved message
// that `antom notify verify` reads.
type Record struct {
	ID          string    `json:"id"` // n1, n2, … in storage order
	Time        time.Time `json:"time"`
	DuplicateOf string    `json:"duplicateOf,omitzero"` // the first record with the same body
	Forward     bool      `json:"forward,omitzero"`     // to be forwarded

	NotifyType       string `json:"notifyType"`
	PaymentRequestID string `json:"paymentRequestId"`
	PaymentID        string `json:"paymentId"`
	ResultStatus     string `json:"resultStatus"`
	ResultCode       string `json:"resultCode"`

	Identity string `json:"identity"` // equal for all deliveries of one notification
	Order    string `json:"order"`    // records with the same value are forwarded one after another

	Kind     string      `json:"kind"` // notification
	Method   string      `json:"method"`
	URL      string      `json:"url"`               // the path and query that Antom signed
	Received string      `json:"received,omitzero"` // the path and query received, if different
	Headers  [][2]string `json:"headers"`
	Text     *string     `json:"body,omitzero"`       // the body, if it is UTF-8
	Bytes    []byte      `json:"bodyBase64,omitzero"` // the body, if it is not
}

// newRecord makes a record of a request. It reads the body leniently, so that notifications of
// unknown types are stored too.
func newRecord(r *http.Request, target string, body []byte, now time.Time) *Record {
	rec := &Record{
		Time: now.UTC(), Kind: "notification", Method: r.Method, URL: target,
		Headers: pairs(r), Identity: identity(body), Order: orderOf(body),
	}
	if own := antom.Target(r); own != target {
		rec.Received = own
	}
	if utf8.Valid(body) {
		rec.Text = new(string(body))
	} else {
		rec.Bytes = body
	}
	rec.Order = cmp.Or(rec.Order, rec.Identity)
	rec.Summarise()
	return rec
}

// Summarise fills in the fields that it can read from the body, and leaves the others empty.
func (r *Record) Summarise() {
	if head, err := antom.ReadSummary(r.Body()); err == nil {
		r.NotifyType, r.PaymentRequestID, r.PaymentID = head.NotifyType, head.PaymentRequestID, head.PaymentID
		r.ResultStatus, r.ResultCode = string(head.Result.ResultStatus), head.Result.ResultCode
	}
}

// pairs returns the headers sorted by name, several values of one name in their order.
func pairs(r *http.Request) [][2]string {
	list := [][2]string{{"host", r.Host}}
	for name, values := range r.Header {
		for _, value := range values {
			list = append(list, [2]string{strings.ToLower(name), value})
		}
	}
	slices.SortStableFunc(list[1:], func(a, b [2]string) int { return cmp.Compare(a[0], b[0]) })
	return list
}

// idFields are the fields that can identify the subject of a notification, in order of
// preference. A capture names its payment by paymentId only, a refund does not name its payment
// (J24).
var idFields = [...]string{"paymentRequestId", "paymentId", "refundRequestId", "refundId", "captureRequestId", "captureId", "vaultingRequestId", "disputeId", "authState"}

// IDs returns the ids in the body, the subject's first.
func (r *Record) IDs() []string {
	var members map[string]json.RawMessage
	if json.Unmarshal(r.Body(), &members) != nil {
		return nil
	}
	var ids []string
	for _, field := range idFields {
		var value string
		if json.Unmarshal(members[field], &value) == nil && value != "" {
			ids = append(ids, value)
		}
	}
	return ids
}

// Subject returns the id that the notification is about, or "" if it names none.
func (r *Record) Subject() string {
	return append(r.IDs(), "")[0]
}

// Body returns the exact bytes of the body.
func (r *Record) Body() []byte {
	if r.Text != nil {
		return []byte(*r.Text)
	}
	return r.Bytes
}

// Header returns the headers as received, including the host.
func (r *Record) Header() http.Header {
	header := http.Header{}
	for _, pair := range r.Headers {
		header.Add(pair[0], pair[1])
	}
	return header
}

// identity identifies a notification by its content, whatever its formatting: two deliveries of
// one notification share it.
func identity(body []byte) string {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) == nil {
		if canonical, err := json.Marshal(value); err == nil {
			body = canonical
		}
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}

// orderFields determine which notifications are about the same thing: the first field that a
// body has. A capture names its payment by paymentId only, a refund does not name its payment
// (J24).
var orderFields = [...]string{"paymentId", "paymentRequestId", "refundRequestId", "refundId", "vaultingRequestId", "disputeId", "authState"}

func orderOf(body []byte) string {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return ""
	}
	for _, field := range orderFields {
		var value string
		if json.Unmarshal(members[field], &value) == nil && value != "" {
			return field + "=" + value
		}
	}
	return ""
}

// line returns the record as one line of the journal, including its line end.
func (r *Record) line() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(r); err != nil {
		return nil, fmt.Errorf("encode the record: %w", err)
	}
	return b.Bytes(), nil
}

// recordID is the id of the nth record.
func recordID(n uint64) string { return "n" + strconv.FormatUint(n, 10) }

// recordNumber returns n of the id of the nth record, 0 if it is not such an id.
func recordNumber(id string) uint64 {
	digits, found := strings.CutPrefix(id, "n")
	n, err := strconv.ParseUint(digits, 10, 64)
	if !found || err != nil {
		return 0
	}
	return n
}

// identityKey returns the binary form of an identity.
func identityKey(identity string) (key [16]byte) {
	_, _ = hex.Decode(key[:], []byte(identity[:min(len(identity), 2*len(key))])) // of a damaged identity, as much as can be decoded
	return key
}
