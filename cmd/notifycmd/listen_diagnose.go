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

// Anybody can send what does not verify, and a diagnosis takes up to a tenth of a
// second: one is made at a time, so often at most but for a few in a row, of no
// longer bodies, and none while more events than these wait to be told.
const (
	diagnosisPause   = time.Second
	diagnosesInARow  = 4
	longestDiagnosed = 64 << 10
	busyEvents       = 16
)

// diagnosis is what a listener keeps between two diagnoses.
type diagnosis struct {
	around *verify.Surroundings // read at the first one
	due    time.Time            // of the next, if they came evenly
}

// diagnose says why a refused notification does not verify; nil where there is
// no time to look for the cause.
func (l *listening) diagnose(e receiver.Event) *diagnose.Finding {
	if _, ok := errors.AsType[*sign.Error](e.Err); e.Type != receiver.Refused || !ok {
		return nil
	}
	now := l.o.c.Now()
	if l.looked.due.Sub(now) > (diagnosesInARow-1)*diagnosisPause || len(l.events) > busyEvents || len(e.Record.Body()) > longestDiagnosed {
		l.once("undiagnosed", "not each of those that do not verify is diagnosed while many come, or long ones; --save DIR keeps them for antom notify verify")
		return nil
	}
	m := deliveredMessage(e.Record)
	if m.Verify(l.from.key.Public).Err == nil {
		return nil // genuine, and for another client id
	}
	if l.looked.around == nil {
		l.looked.around = verifycmd.ReadSurroundings(l.o.c)
	}
	if l.looked.due.Before(now) {
		l.looked.due = now
	}
	l.looked.due = l.looked.due.Add(diagnosisPause)
	return diagnose.Explain(l.looked.around.CaseOf(m, l.from.key))
}
