package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/antom-cli/antom/internal/check"
	"github.com/antom-cli/antom/internal/conformance"
	"github.com/antom-cli/antom/pkg/sign"
)

// TestEndpoint: every check of antom notify check holds.
func TestEndpoint(t *testing.T) {
	t.Parallel()
	var keys [2]*sign.PrivateKey
	for i := range keys {
		key, err := sign.GenerateKey()
		if err != nil {
			t.Fatal(err)
		}
		keys[i] = key
	}
	server := httptest.NewServer(newEndpoint(keys[0].Public(), "SANDBOX_5X0000000001"))
	defer server.Close()
	to, err := url.Parse(server.URL + "/antom/notify?shop=1")
	if err != nil {
		t.Fatal(err)
	}
	e := &conformance.Endpoint{
		URL: to, ClientID: "SANDBOX_5X0000000001", Key: keys[0], Stranger: keys[1], Run: "test", Deadline: 10 * time.Second, Client: new(http.Client), Now: time.Now,
	}
	checked := 0
	err = conformance.Run(context.WithoutCancel(t.Context()), e, conformance.Checks(), func(f check.Finding) error {
		checked++
		if f.Status != check.Passed {
			t.Errorf("%s: %s: %s", f.Check.ID, f.Status, f.Detail)
		}
		return nil
	})
	if err != nil || checked < 20 {
		t.Errorf("%d checks, %v", checked, err)
	}
}
