// Command endpoint-careless is a notification endpoint with the faults that are
// found in the wild, planted one by one. `antom notify check` finds each of them:
// compare with endpoint-correct, which is started in the same way.
//
//	go run ./examples/endpoint-careless -faults accepts-unsigned,refuses-duplicates
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/antom-cli/antom/pkg/sign"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:3000", "host:port to listen on")
	faults := flag.String("faults", "accepts-unsigned,ignores-client-id,verifies-parsed-body,splits-at-commas,unlimited,knows-its-types,refuses-duplicates,answers-get",
		"faults to plant: "+names())
	work := flag.Duration("work", slowWork, "how long the fault slow works before it answers")
	flag.Parse()
	if err := run(*addr, *work, strings.Split(*faults, ",")); err != nil {
		log.Fatal(err)
	}
}

func run(addr string, work time.Duration, faults []string) error {
	for _, name := range faults {
		if !slices.ContainsFunc(plantable[:], func(f fault) bool { return f.name == name }) {
			return fmt.Errorf("no fault %q: %s", name, names())
		}
	}
	key, err := sign.ParsePublicKey([]byte(os.Getenv("ANTOM_PUBLIC_KEY")))
	if err != nil {
		return fmt.Errorf("ANTOM_PUBLIC_KEY: %w", err)
	}
	mux := http.NewServeMux()
	careless := newEndpoint(key, os.Getenv("ANTOM_CLIENT_ID"), faults...)
	careless.work = work
	mux.Handle("/antom/notify", careless)
	server := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	log.Printf("listening on http://%s/antom/notify with %s", addr, strings.Join(faults, ", "))
	return server.ListenAndServe()
}

// fault is a mistake that can be planted with a flag.
type fault struct{ name, what string }

// plantable is the sorted list of faults.
var plantable = [...]fault{
	{"accepts-any-signature", "looks for a signature and does not verify it"},
	{"accepts-none", "lets the message choose its algorithm"},
	{"accepts-unsigned", "verifies only what has a signature"},
	{"answers-empty", "takes an empty body for a health check"},
	{"answers-get", "acknowledges GET"},
	{"decodes-latin1", "verifies a body that was decoded with another charset"},
	{"fills-in-client-id", "verifies with its own client id where the message has none"},
	{"final-is-final", "refuses a success after a failure"},
	{"forgets-code", "acknowledges without resultCode"},
	{"ignores-client-id", "takes what is genuine for somebody else"},
	{"knows-its-fields", "refuses fields that it does not know"},
	{"knows-its-types", "refuses notifications of a type that it does not know"},
	{"locks", "refuses a notification while it works on another"},
	{"parses-time", "takes one spelling of request-time alone"},
	{"pending-is-paid", "takes PAYMENT_PENDING for the result, and the result for a duplicate"},
	{"picks-a-header", "takes the first of two signatures"},
	{"refuses-duplicates", "answers a repetition with an error"},
	{"refuses-failures", "answers a failed payment with an error"},
	{"says-ok", "acknowledges with the word OK"},
	{"slow", "does its work before it answers"},
	{"splits-at-commas", "does not expect blanks in the signature header"},
	{"trusts-forms", "reads a form where a framework offers one"},
	{"unlimited", "reads whatever comes"},
	{"verifies-parsed-body", "verifies a body that was parsed and written again"},
	{"wants-order", "refuses a capture before its payment"},
	{"wants-payment-id", "refuses a refund, which names no payment"},
}

func names() string {
	var all []string
	for _, f := range plantable {
		all = append(all, f.name)
	}
	return strings.Join(all, ", ")
}

// endpoint receives notifications, with some faults.
type endpoint struct {
	key      *sign.PublicKey
	clientID string
	faults   []string
	work     time.Duration // of the fault slow

	busy   sync.Mutex
	mu     sync.Mutex
	states map[string]string // of payments
}

func newEndpoint(key *sign.PublicKey, clientID string, faults ...string) *endpoint {
	return &endpoint{key: key, clientID: clientID, faults: faults, work: slowWork, states: map[string]string{}}
}

func (e *endpoint) has(fault string) bool { return slices.Contains(e.faults, fault) }
