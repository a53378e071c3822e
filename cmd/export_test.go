package cmd

import (
	"context"
	"io"
	"net/http"
	"os"

	"github.com/antom-cli/antom/internal/profile"
)

// MainTranscribed is Main, and writes all that the program says to transcript
// too, whatever its streams are: a terminal, a pipe, nothing.
func MainTranscribed(transcript io.Writer) int {
	env := systemEnv()
	env.Stdout = io.MultiWriter(env.Stdout, transcript)
	env.Stderr = io.MultiWriter(env.Stderr, transcript)
	return Run(newSignalContext(context.Background()), os.Args[1:], env)
}

// GuardUnconfirmed is the guard of a profile that nothing was confirmed for.
func GuardUnconfirmed(clientID, gatewayURL string, next http.RoundTripper) http.RoundTripper {
	p := &profile.Profile{Name: "shop", ClientID: clientID, GatewayURL: gatewayURL}
	return liveGuard{next: next, m: &merchant{profile: p}}
}
