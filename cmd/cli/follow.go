package cli

import (
	"net/http"
	"sync"

	"github.com/antom-cli/antom/internal/emulator"
)

// following sends calls to the emulator's server, and finds the server again if it was
// restarted on another port or with https.
type following struct {
	c  *CLI
	mu sync.Mutex
	at *emulator.Remote
}

// RoundTrip sends a call to the server's current address. It sends the call again only if a
// server with the other scheme did not read it.
func (f *following) RoundTrip(r *http.Request) (*http.Response, error) {
	at := f.server()
	answer, err := at.RoundTrip(r)
	if err == nil && answer.StatusCode != http.StatusBadRequest {
		return answer, nil
	}
	again, failed := f.c.RunningEmulator(r.Context())
	if failed != nil || again == nil || again.Address.Instance == at.Address.Instance {
		return answer, err
	}
	f.mu.Lock()
	f.at = again
	f.mu.Unlock()
	if err != nil || r.GetBody == nil {
		return answer, err
	}
	answer.Body.Close()
	r = r.Clone(r.Context())
	if r.Body, err = r.GetBody(); err != nil {
		return nil, err
	}
	return again.RoundTrip(r)
}

func (f *following) server() *emulator.Remote {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at
}
