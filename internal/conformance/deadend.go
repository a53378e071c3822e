package conformance

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/antom-cli/antom/internal/check"
)

// DefaultDeadline is how long an endpoint may take to answer. Antom does not document
// a limit (INF).
const DefaultDeadline = 10 * time.Second

// NotTried begins the detail of a check that was not run after a dead end.
const NotTried = "not tried: "

// errLate means that no answer arrived in time.
var errLate = errors.New("was not answered within")

// unacknowledged means that a genuine notification was refused.
type unacknowledged struct {
	what   string
	status int
	err    error
}

func (e *unacknowledged) Error() string {
	return fmt.Sprintf("%s was not acknowledged: %s", e.what, e.err)
}

// Unwrap returns the fault of the answer.
func (e *unacknowledged) Unwrap() error { return e.err }

// mostLate is how many checks in a row may time out. An endpoint that still hangs
// after that would only cost time.
const mostLate = 2

// deadEnd recognises endpoints for which further checks would be pointless.
type deadEnd struct {
	late  int
	found string // the reason; empty if there is none
}

// look considers the result of the nth check and replaces its remedy by a more
// specific one.
func (d *deadEnd) look(n int, r *result) {
	if !r.late {
		d.late = 0
	}
	switch {
	case r.Status != check.Failed:
	case r.late:
		r.Check.Remedy = "store the notification, acknowledge it immediately, and process it afterwards"
		if d.late++; d.late == mostLate {
			d.found = fmt.Sprintf("the endpoint did not answer in time, %d checks in a row", mostLate)
		}
	case n > 0:
	case r.status == http.StatusNotFound || r.status == http.StatusGone:
		d.found, r.Check.Remedy = fmt.Sprintf("HTTP status %d: nothing is at this path", r.status), "wrong path? Give the full URL of the endpoint"
	case r.status == http.StatusMethodNotAllowed:
		d.found, r.Check.Remedy = "HTTP status 405: no POST at this path", "wrong path? Antom sends notifications with POST; give the full URL of the endpoint"
	case r.status >= 300 && r.status < 400:
		d.found, r.Check.Remedy = fmt.Sprintf("HTTP status %d: a redirect", r.status), "a redirect: Antom does not follow it (INF); give the URL that it leads to, and do not put a login or an https redirect in front of the endpoint"
	}
}
