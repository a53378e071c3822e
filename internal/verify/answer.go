package verify

import (
	"fmt"

	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/pkg/antom"
)

// Acknowledgement is what Antom would make of the answer that a notification got. It
// says nothing of the signature.
type Acknowledgement struct {
	Status int
	Err    error // why it is none; nil if Antom takes it for one
}

// resent is how often Antom sends a notification again that was not acknowledged (J24).
const resent = 7

// String says it in words.
func (a *Acknowledgement) String() string {
	if a.Err == nil {
		return fmt.Sprintf("%d, acknowledged", a.Status)
	}
	return fmt.Sprintf("%d, not acknowledged: %s; Antom would send it %d more times", a.Status, a.Err, resent)
}

// acknowledgement judges the answer that was saved with a notification; nil without one.
func acknowledgement(m *intake.Message) *Acknowledgement {
	if m.Answer == nil || m.Kind != intake.Notification {
		return nil
	}
	return &Acknowledgement{Status: m.Answer.Status, Err: antom.CheckAcknowledgement(m.Answer.Status, m.Answer.Body)}
}
