// Command endpoint-correct is a notification endpoint as it should be: it takes
// what is genuine, once, and acknowledges it whatever it says. All checks of
// `antom notify check` hold. Start it with the gateway's key and client id,
//
//	antom emulator keys > emulator.env
//	set -a; . ./emulator.env; set +a
//	go run ./examples/endpoint-correct
//
// and check it, in another terminal, with
//
//	antom notify check http://127.0.0.1:3000/antom/notify --profile emulator
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:3000", "host:port to listen on")
	flag.Parse()
	if err := run(*addr); err != nil {
		log.Fatal(err)
	}
}

func run(addr string) error {
	key, err := sign.ParsePublicKey([]byte(os.Getenv("ANTOM_PUBLIC_KEY")))
	if err != nil {
		return fmt.Errorf("ANTOM_PUBLIC_KEY: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("/antom/notify", newEndpoint(key, os.Getenv("ANTOM_CLIENT_ID")))
	server := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second}
	log.Printf("listening on http://%s/antom/notify", addr)
	return server.ListenAndServe()
}

// endpoint receives notifications for one merchant.
type endpoint struct {
	key      *sign.PublicKey
	clientID string

	mu    sync.Mutex
	inbox map[string][]byte // stands for a table of your database
}

func newEndpoint(key *sign.PublicKey, clientID string) *endpoint {
	return &endpoint{key: key, clientID: clientID, inbox: map[string][]byte{}}
}

// ServeHTTP verifies, stores and acknowledges a notification before anything else happens.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed, "only POST")
		return
	}
	n, err := antom.VerifyRequest(r, e.key, antom.WithClientID(e.clientID))
	switch _, tooLong := errors.AsType[*http.MaxBytesError](err); {
	case tooLong:
		refuse(w, http.StatusRequestEntityTooLarge, "too long")
		return
	case err != nil:
		log.Printf("refused: %v", err)
		refuse(w, http.StatusUnauthorized, "not genuine")
		return
	}
	e.store(n)
	if err := antom.Acknowledge(w); err != nil {
		log.Print(err) // Antom sends it again, and store knows it
	}
}

// store stores each notification once. Its meaning for the order is decided afterwards, from
// the stored data: only PAYMENT_RESULT with S means paid, a success after a cancellation
// changes nothing, and the amount must be the order's.
func (e *endpoint) store(n *antom.Notification) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.inbox[string(n.Raw)] = n.Raw
}

// refuse sends an answer that can't be mistaken for an acknowledgement.
func refuse(w http.ResponseWriter, status int, why string) {
	w.Header().Set("Content-Type", antom.ContentType)
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"result":{"resultCode":"PROCESS_FAIL","resultStatus":"F","resultMessage":%q}}`, why)
}
