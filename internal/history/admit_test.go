package history_test

import (
	"errors"
	"testing"

	"github.com/antom-cli/antom/internal/history"
	"github.com/antom-cli/antom/pkg/antom"
)

// What the ledger makes of an answer, by what it knew of the id before. An outcome that
// is open stays open until an answer decides it.
func TestLedger_settle(t *testing.T) {
	t.Parallel()
	lost := &antom.TransportError{Kind: antom.Dropped, Err: errors.New("EOF")}
	unreached := &antom.TransportError{Kind: antom.Unreachable, Err: errors.New("refused")}
	answered := func(status antom.ResultStatus, code string, signed bool) error {
		row, known := antom.LookupResultCode(code)
		return &antom.ResultError{Result: antom.Result{ResultStatus: status, ResultCode: code}, Row: row, Known: known, Signed: signed}
	}
	refusedByID := answered(antom.StatusF, "REFUND_AMOUNT_EXCEED", true)
	for _, test := range []struct {
		earlier history.Outcome // "" for none
		err     error
		want    history.Outcome
	}{
		{"", nil, history.Done},
		{"", lost, history.Sent},
		{"", unreached, history.Refused},
		{"", refusedByID, history.Refused},
		{"", answered(antom.StatusF, "ACCESS_DENIED", true), history.Refused},
		{"", answered(antom.StatusF, "INVALID_SIGNATURE", false), history.Sent},
		{"", answered(antom.StatusU, "UNKNOWN_EXCEPTION", true), history.Sent},
		{"", answered(antom.StatusU, "REFUND_IN_PROCESS", true), history.UnderWay},
		{"", errors.New("wrong signature"), history.Sent},
		{history.Sent, unreached, history.Sent},
		{history.Sent, refusedByID, history.Refused},
		{history.Sent, answered(antom.StatusF, "ACCESS_DENIED", true), history.Sent},
		{history.Sent, answered(antom.StatusF, "NEVER_HEARD_OF", true), history.Sent},
		{history.Sent, nil, history.Done},
		{history.Done, lost, history.Done},
		{history.Done, unreached, history.Done},
		{history.UnderWay, lost, history.UnderWay},
		{history.Refused, unreached, history.Refused},
		{history.Refused, lost, history.Sent},
	} {
		ledger := history.Open(t.TempDir()).Ledger()
		var earlier *history.Entry
		if test.earlier != "" {
			if err := ledger.End(entry("r-1", 200), test.earlier, ""); err != nil {
				t.Fatal(err)
			}
			earlier = new(entry("r-1", 200))
			earlier.Outcome = test.earlier
		}
		if err := ledger.Settle(entry("r-1", 200), earlier, test.err); err != nil {
			t.Fatal(err)
		}
		got, err := ledger.Newest(func(history.Entry) bool { return true })
		if err != nil || got.Outcome != test.want {
			t.Errorf("%q, then %v: %v, %v; want %s", test.earlier, test.err, got, err, test.want)
		}
	}
}
