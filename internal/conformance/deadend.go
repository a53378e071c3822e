package conformance

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/antom-cli/antom/internal/check"
)

// DefaultDeadline is how long an endpoint may take for an answer. Antom documents
// no limit (INF).
const DefaultDeadline = 10 * time.Second

// NotTried begins the detail of a check behind a dead end.
const NotTried = "not tried: "

// errLate is an answer that did not come in time.
var errLate = errors.New("was not answered within")

// unacknowledged is a genuine notification that was refused.
type unacknowledged struct {
	what   string
	status int
	err    error
}

func (e *unacknowledged) Error() string {
	return fmt.Sprintf("%s was not acknowledged: %s", e.what, e.err)
}

// Unwrap returns what was wrong with the answer.
func (e *unacknowledged) Unwrap() error { return e.err }

// mostLate is how many checks in a row may time out: after them an endpoint that
// hangs would only cost time.
const mostLate = 2

// deadEnd looks for the endpoint where further checks tell nothing.
type deadEnd struct {
	late  int
	found string // what it is
}

// look considers what the nth check came to, and puts in the place of its remedy
// what helps.
func (d *deadEnd) look(n int, r *result) {
	if !r.late {
		d.late = 0
	}
	switch {
	case r.Status != check.Failed:
	case r.late:
		r.Check.Remedy = "store the notification, acknowledge it at once and do the work afterwards"
		if d.late++; d.late == mostLate {
			d.found = fmt.Sprintf("the endpoint did not answer in time, %d checks in a row", mostLate)
		}
	case n > 0:
	case r.status == http.StatusNotFound || r.status == http.StatusGone:
		d.found, r.Check.Remedy = fmt.Sprintf("HTTP status %d: nothing is at this path", r.status), "wrong path? Name the endpoint by its whole URL"
	case r.status == http.StatusMethodNotAllowed:
		d.found, r.Check.Remedy = "HTTP status 405: no POST at this path", "wrong path? Antom sends notifications by POST; name the endpoint by its whole URL"
	case r.status >= 300 && r.status < 400:
		d.found, r.Check.Remedy = fmt.Sprintf("HTTP status %d: a redirect", r.status), "a redirect: Antom does not follow it (INF); name the URL that it leads to, and leave no login or https redirect before the endpoint"
	}
}
