package cmd

import (
	"errors"
	"time"

	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/receiver"
	"github.com/antom-cli/antom/pkg/sign"
)

// Anybody can send what does not verify, and a diagnosis takes up to a tenth of a
// second: one is made at a time, so often at most, of no longer bodies, and none
// while more events than these wait to be told.
const (
	diagnosisPause   = time.Second
	longestDiagnosed = 64 << 10
	busyEvents       = 16
)

// diagnosis is what a listener keeps between two diagnoses.
type diagnosis struct {
	around *surroundings // read at the first one
	next   time.Time     // before which there is no other
}

// diagnose says why a refused notification does not verify; nil where there is
// no time to look for the cause.
func (l *listening) diagnose(e receiver.Event) *diagnose.Finding {
	if _, ok := errors.AsType[*sign.Error](e.Err); e.Type != receiver.Refused || !ok {
		return nil
	}
	if l.o.c.Now().Before(l.looked.next) || len(l.events) > busyEvents || len(e.Record.Body()) > longestDiagnosed {
		l.once("undiagnosed", "not each of those that do not verify is diagnosed while many come, or long ones; --save DIR keeps them for antom notify verify")
		return nil
	}
	m := deliveredMessage(e.Record)
	if m.Verify(l.from.key.Public).Err == nil {
		return nil // genuine, and for another client id
	}
	if l.looked.around == nil {
		l.looked.around = (&notifyVerify{c: l.o.c}).surroundings()
	}
	found := diagnose.Explain(l.looked.around.caseOf(m, l.from.key))
	l.looked.next = l.o.c.Now().Add(diagnosisPause)
	return found
}
