package notifycmd

import (
	"errors"
	"time"

	"github.com/antom-cli/antom/cmd/notifycmd/verifycmd"
	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/internal/verify"
	"github.com/antom-cli/antom/pkg/sign"
)

// Anybody can send requests that do not verify, and a diagnosis takes up to a tenth of a
// second. So diagnoses are limited: one at a time, at this rate with a small burst, only for
// bodies up to this size, and not while many events wait to be printed.
const (
	diagnosisPause   = time.Second
	diagnosesInARow  = 4
	longestDiagnosed = 64 << 10
	busyEvents       = 16
)

// diagnoses is the state that limits the rate of diagnoses.
type diagnoses struct {
	around *verify.Surroundings // read for the first diagnosis
	due    time.Time            // when the next one is due at an even rate
}

// diagnose returns why a refused notification does not verify, or nil if there is no time to
// find out.
func (l *listening) diagnose(e receiver.Event) *diagnose.Finding {
	if _, ok := errors.AsType[*sign.Error](e.Err); e.Type != receiver.Refused || !ok {
		return nil
	}
	now := l.o.c.Now()
	if l.diagnoses.due.Sub(now) > (diagnosesInARow-1)*diagnosisPause || len(l.events) > busyEvents || len(e.Record.Body()) > longestDiagnosed {
		l.once("undiagnosed", "too many or too long requests that do not verify: some causes are not diagnosed; --save DIR keeps the requests for antom notify verify")
		return nil
	}
	m := deliveredMessage(e.Record)
	if m.Verify(l.from.key.Public).Err == nil {
		return nil // genuine, but for another client id
	}
	if l.diagnoses.around == nil {
		l.diagnoses.around = verifycmd.ReadSurroundings(l.o.c)
	}
	if l.diagnoses.due.Before(now) {
		l.diagnoses.due = now
	}
	l.diagnoses.due = l.diagnoses.due.Add(diagnosisPause)
	return diagnose.Explain(l.diagnoses.around.CaseOf(m, l.from.key))
}
