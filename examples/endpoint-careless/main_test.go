package main

import (
	"cmp"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/check"
	"github.com/antom-cli/antom/internal/conformance"
	"github.com/antom-cli/antom/pkg/sign"
)

const clientID = "SANDBOX_5X0000000001"

var keys = sync.OnceValue(func() [2]*sign.PrivateKey {
	var made [2]*sign.PrivateKey
	for i := range made {
		key, err := sign.GenerateKey()
		if err != nil {
			panic(err)
		}
		made[i] = key
	}
	return made
})

// failing returns the checks that fail with the given faults.
func failing(t *testing.T, deadline time.Duration, faults ...string) []string {
	t.Helper()
	server := httptest.NewServer(newEndpoint(keys()[0].Public(), clientID, faults...))
	defer server.Close()
	to, err := url.Parse(server.URL + "/antom/notify")
	if err != nil {
		t.Fatal(err)
	}
	e := &conformance.Endpoint{
		URL: to, ClientID: clientID, Key: keys()[0], Stranger: keys()[1], Run: "test", Deadline: deadline, Client: new(http.Client), Now: time.Now,
	}
	chosen := conformance.Checks()
	if !slices.Contains(faults, "unlimited") { // net/http hangs up on a body that is too long after half a second
		chosen = slices.DeleteFunc(chosen, func(c check.Check) bool { return c.ID == "oversized" })
	}
	var failed []string
	err = conformance.Run(context.WithoutCancel(t.Context()), e, chosen, func(f check.Finding) error {
		if f.Status == check.Failed {
			failed = append(failed, f.Check.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(failed)
	return failed
}

// caughtBy lists exactly the checks that find a fault; "+" means many.
var caughtBy = [...]struct{ fault, checks string }{
	{"accepts-any-signature", "algorithm-none client-id-missing signature-empty tampered-amount tampered-code tampered-currency tampered-path tampered-payment-id tampered-request-id tampered-status tampered-time tampered-type time-missing wrong-client-id wrong-key"},
	{"accepts-none", "algorithm-none"},
	{"accepts-unsigned", "signature-empty signature-missing"},
	{"answers-empty", "empty-body"},
	{"answers-get", "get"},
	{"decodes-latin1", "cjk-and-emoji"},
	{"fills-in-client-id", "client-id-missing"},
	{"final-is-final", "late-success"},
	{"forgets-code", "+"},
	{"ignores-client-id", "wrong-client-id"},
	{"knows-its-fields", "unknown-fields"},
	{"knows-its-types", "unknown-type"},
	{"locks", "five-at-once"},
	{"parses-time", "epoch-time"},
	{"pending-is-paid", "pending-then-result"},
	{"picks-a-header", "signature-doubled"},
	{"refuses-duplicates", "duplicate duplicate-resigned five-at-once"},
	{"refuses-failures", "failed-payment late-success"},
	{"says-ok", "+"},
	{"slow", "+"},
	{"splits-at-commas", "blanks-after-commas"},
	{"trusts-forms", "wrong-content-type"},
	{"unlimited", "oversized"},
	{"verifies-parsed-body", "escapes pretty-printed"},
	{"wants-order", "capture capture-before-payment"},
	{"wants-payment-id", "refund"},
}

// TestFaults: each planted fault is found by the checks for it, and by no others.
func TestFaults(t *testing.T) {
	t.Parallel()
	for i, f := range plantable {
		if caughtBy[i].fault != f.name {
			t.Fatalf("row %d is about %q, want %q", i, caughtBy[i].fault, f.name)
		}
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			if caughtBy[i].checks == "+" {
				foundByFirst(t, f.name)
				return
			}
			if got := strings.Join(failing(t, 10*time.Second, f.name), " "); got != caughtBy[i].checks {
				t.Errorf("found by %q, want %q", got, caughtBy[i].checks)
			}
		})
	}
}

// foundByFirst checks that the first check finds a fault: nothing is acknowledged.
func foundByFirst(t *testing.T, fault string) {
	t.Helper()
	careless := newEndpoint(keys()[0].Public(), clientID, fault)
	deadline := conformance.DefaultDeadline
	if fault == "slow" {
		if careless.work <= deadline {
			t.Errorf("its work takes %s: a check with the deadline of %s does not find it", careless.work, deadline)
		}
		careless.work, deadline = 10*briefWork, briefWork
	}
	server := httptest.NewServer(careless)
	defer server.Close()
	to, _ := url.Parse(server.URL)
	e := &conformance.Endpoint{URL: to, ClientID: clientID, Key: keys()[0], Stranger: keys()[1], Deadline: deadline, Client: new(http.Client), Now: time.Now}
	chosen, err := conformance.Select([]string{"genuine", "wrong-key"})
	if err != nil {
		t.Fatal(err)
	}
	var statuses []string
	err = conformance.Run(t.Context(), e, chosen, func(f check.Finding) error {
		statuses = append(statuses, string(cmp.Or(f.Status, "?")))
		return nil
	})
	if want := []string{"failed", "unproven"}; err != nil || !slices.Equal(statuses, want) {
		t.Errorf("found %q, %v; want %q", statuses, err, want)
	}
}

// TestTogether: the faults of the command's default are all found at once.
func TestTogether(t *testing.T) {
	t.Parallel()
	faults := []string{"accepts-unsigned", "ignores-client-id", "verifies-parsed-body", "splits-at-commas", "unlimited", "knows-its-types", "refuses-duplicates", "answers-get"}
	failed := failing(t, 10*time.Second, faults...)
	for _, row := range caughtBy {
		if !slices.Contains(faults, row.fault) {
			continue
		}
		for check := range strings.FieldsSeq(row.checks) {
			if !slices.Contains(failed, check) {
				t.Errorf("%s: check %s did not find it", row.fault, check)
			}
		}
	}
}
