package conformance

import "github.com/antom-cli/antom/internal/check"

// The names under which the command line knows findings until it imports
// internal/check itself.
type (
	Check             = check.Check
	Finding           = check.Finding
	UnknownCheckError = check.UnknownError
)

// As above.
const (
	Passed   = check.Passed
	Failed   = check.Failed
	Unproven = check.Unproven
)

// JUnit writes findings about an endpoint for CI servers.
func JUnit(endpoint string, findings []check.Finding) []byte {
	report, err := check.JUnit("antom notify check "+endpoint, "antom.notify.check", findings)
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	return report
}
