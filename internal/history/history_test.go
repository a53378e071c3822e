package history_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/history"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

func record(id string) history.Record {
	return history.Record{
		Time: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), Profile: "shop", ClientID: "SANDBOX_1", Gateway: "gateway.example",
		Operation: antom.InquiryPayment, PaymentRequestID: id, PaymentID: "2026" + id, ResultStatus: antom.StatusS, Signed: true,
	}
}

// ids returns the paymentRequestIds of a log, newest first.
func ids(t *testing.T, log *history.Log) []string {
	t.Helper()
	var found []string
	for r, err := range log.Newest() {
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, r.PaymentRequestID)
	}
	return found
}

func appendAll(t *testing.T, log *history.Log, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := log.Append(record(name)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLog_newestFirst(t *testing.T) {
	t.Parallel()
	log := history.Open(t.TempDir())
	if got := ids(t, log); got != nil {
		t.Errorf("an empty history has %q", got)
	}
	var want []string
	for i := range 500 { // several blocks of the file
		name := fmt.Sprintf("order-%03d", i)
		appendAll(t, log, name)
		want = append([]string{name}, want...)
	}
	if diff := cmp.Diff(want, ids(t, log)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for r, err := range log.Newest() {
		if err != nil || r != record("order-499") {
			t.Errorf("read back: %+v, %v", r, err)
		}
		break
	}
}

func TestLog_cutLines(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := history.Open(dir)
	appendAll(t, log, "a")
	path := filepath.Join(dir, "history.jsonl")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(whole, whole[:len(whole)/2]...), 0o600); err != nil {
		t.Fatal(err)
	}
	appendAll(t, log, "b")
	if diff := cmp.Diff([]string{"b", "a"}, ids(t, log)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if log.Skipped() != 1 {
		t.Errorf("skipped = %d, want 1", log.Skipped())
	}
}

func TestLog_rotates(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := history.OpenSized(dir, 2000) // some seven records
	var names []string
	for i := range 40 {
		names = append(names, fmt.Sprintf("order-%02d", i))
	}
	appendAll(t, log, names...)
	kept := ids(t, log)
	if len(kept) < 14 || len(kept) > 30 || kept[0] != "order-39" {
		t.Errorf("kept %d, the newest %q", len(kept), kept[0])
	}
	for i := range kept[1:] {
		if kept[i] <= kept[i+1] {
			t.Errorf("%q comes before %q", kept[i], kept[i+1])
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var sizes int64
	for _, file := range files {
		info, err := file.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", file.Name(), info.Mode().Perm())
		}
		sizes += info.Size()
	}
	if sizes > 3*2400 {
		t.Errorf("the files hold %d bytes", sizes)
	}
}

func TestLog_concurrent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var writers sync.WaitGroup
	for w := range 8 {
		writers.Go(func() {
			log := history.Open(dir)
			for i := range 25 {
				if err := log.Append(record(fmt.Sprintf("%d-%d", w, i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	if got := ids(t, history.Open(dir)); len(got) != 200 {
		t.Errorf("%d records, want 200", len(got))
	}
}

func TestLog_paymentIDs(t *testing.T) {
	t.Parallel()
	log := history.Open(t.TempDir())
	appendAll(t, log, "a", "b")
	known, err := log.PaymentIDs("shop", []string{"2026a", "a", "2026c"})
	if err != nil || len(known) != 1 || !known["2026a"] {
		t.Errorf("known = %v, %v", known, err)
	}
	if known, _ := log.PaymentIDs("other", []string{"2026a"}); len(known) != 0 {
		t.Errorf("another profile knows %v", known)
	}
}

func TestLog_clear(t *testing.T) {
	t.Parallel()
	log := history.Open(t.TempDir())
	appendAll(t, log, "a", "b", "c")
	if err := log.Clear(func(r history.Record) bool { return r.PaymentRequestID == "b" }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"b"}, ids(t, log)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if err := log.Clear(func(history.Record) bool { return false }); err != nil || ids(t, log) != nil {
		t.Errorf("cleared: %v", err)
	}
}

func TestLog_noPlace(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := history.Open(filepath.Join(file, "below")).Append(record("a")); err == nil || !strings.Contains(err.Error(), "history") {
		t.Errorf("error = %v", err)
	}
}

// TestNewRecord: only the named fields are kept, whatever else the bodies hold.
func TestNewRecord(t *testing.T) {
	t.Parallel()
	request := []byte(`{"paymentRequestId":"order-1","paymentAmount":{"currency":"SGD","value":"4200"},
		"order":{"referenceOrderId":"shop-1","orderDescription":"hush","buyer":{"buyerEmail":"hush"}},"paymentMethod":{"paymentMethodMetaData":{"cardNo":"hush"}}}`)
	answer := &antom.Response{
		Body:   []byte(`{"result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"hush"},"paymentSessionData":"hush","paymentSessionId":"hush","paymentSessionExpiryTime":"2026-11-24T10:00:00Z"}`),
		Result: antom.Result{ResultStatus: antom.StatusS, ResultCode: "SUCCESS"}, Signed: true, Took: 12 * time.Millisecond,
	}
	got := history.NewRecord(antom.Exchange{Operation: antom.CreatePaymentSession, Host: "gateway.example", Request: request, Response: answer})
	want := history.Record{
		Operation: antom.CreatePaymentSession, Gateway: "gateway.example", PaymentRequestID: "order-1", ReferenceOrderID: "shop-1",
		PaymentAmount: antom.Amount{Currency: "SGD", Value: 4200}, PaymentSessionExpiryTime: "2026-11-24T10:00:00Z",
		ResultStatus: antom.StatusS, ResultCode: "SUCCESS", Signed: true, TookMs: 12,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	log := history.Open(t.TempDir())
	if err := log.Append(got); err != nil {
		t.Fatal(err)
	}

	// The fields of a rejected answer are not recorded.
	forged := &antom.Response{Body: []byte(`{"paymentId":"forged","paymentStatus":"SUCCESS"}`)}
	refused := history.NewRecord(antom.Exchange{Operation: antom.InquiryPayment, Request: []byte(`{"paymentRequestId":"order-1"}`), Response: forged, Err: sign.NewError(sign.Mismatch, "")})
	if refused.PaymentID != "" || refused.PaymentStatus != "" || refused.Failure != "mismatch" {
		t.Errorf("a forged answer is recorded as %+v", refused)
	}
	lost := history.NewRecord(antom.Exchange{Operation: antom.InquiryPayment, Request: []byte("no JSON"), Err: &antom.TransportError{Kind: antom.Unreachable, Err: errors.New("hush")}})
	if lost.Failure != "unreachable" {
		t.Errorf("a call without an answer is recorded as %+v", lost)
	}
	refund := history.NewRecord(antom.Exchange{Operation: antom.Refund, Request: []byte(`{"paymentId":"P1","refundRequestId":"ref-1"}`), Response: &antom.Response{Body: []byte(`{"refundId":"R1"}`)}})
	if refund.RefundRequestID != "ref-1" || refund.PaymentID != "P1" {
		t.Errorf("a refund is recorded as %+v", refund)
	}
	if later := got; !later.SameState(got) {
		t.Error("a record differs from itself")
	}
}
