package view

import (
	"fmt"
	"time"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// RecordedAmount returns the cell of an amount from the history; empty if the record has none.
func RecordedAmount(a antom.Amount) output.Cell {
	if a.IsZero() {
		return output.Cell{}
	}
	return output.Cell{Text: a.String(), Plain: a.Decimal()}
}

// WhenCell shows people how long ago a time was, and programs the time.
func WhenCell(c *cli.CLI, t time.Time) output.Cell {
	return output.Cell{Text: ago(c.Now().Sub(t)), Plain: t.Format(time.RFC3339)}
}

// ago formats a duration for people.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", d/time.Hour)
	}
	return fmt.Sprintf("%d days ago", d/(24*time.Hour))
}
