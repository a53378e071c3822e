package cmd_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/antom-cli/antom/cmd"
	"github.com/antom-cli/antom/internal/testkit"
	"github.com/antom-cli/antom/pkg/antom"
)

// moneyCommands are the commands that create or move money, with their description and a
// command line that gets as far as sending. Sorted by command.
var moneyCommands = [...]struct {
	command, deed, line string
	typed               bool // it can't be undone: without a terminal it wants --live and --yes
}{
	{"antom api", "call capture", "antom api capture --set captureRequestId=c-1 --set paymentId=1 --set 'captureAmount=42.00 SGD'", false},
	{"antom capture create", "capture payment 1", "antom capture create --payment-id 1 --amount 42.00 --currency SGD", false},
	{"antom checkout", "create a payment session over 42.00 SGD", "antom checkout --amount 42.00 --currency SGD --no-open --redirect-url https://shop.example/paid", false},
	{"antom payment cancel", "cancel payment order-1", "antom payment cancel order-1", true},
	{"antom refund create", "refund payment 1", "antom refund create --payment-id 1 --amount 42.00 --currency SGD", true},
	{"antom session create", "create a payment session over 42.00 SGD", "antom session create --amount 42.00 --currency SGD --redirect-url https://shop.example/paid", false},
}

// endpointCommands are the commands with --dry-run whose requests go to an endpoint of the
// merchant and never to the gateway, with a command line that gets as far as possible on a live
// profile. Sorted by command.
var endpointCommands = [...]struct {
	command, line string
	code          int
}{
	{"antom emulator deliver", "antom emulator deliver order-1", 3},
	{"antom notify replay", "antom notify replay ENDPOINT -f saved.http", 0},
	{"antom notify send", "antom notify send ENDPOINT", 2},
}

// moneyWords are names of commands that always move money.
var moneyWords = [...]string{"cancel", "create", "refund", "void"}

// TestSendingCommandsAreNamed checks that every command with --dry-run, or with a telling name,
// is in one of the tables: either it changes something at the gateway, or it calls only an
// endpoint.
func TestSendingCommandsAreNamed(t *testing.T) {
	t.Parallel()
	root, _ := cmd.Reference()
	named := map[string]bool{}
	for _, row := range moneyCommands {
		named[row.command] = true
	}
	for _, row := range endpointCommands {
		named[row.command] = true
	}
	for _, command := range tree(root) {
		path := command.CommandPath()
		if command.HasSubCommands() {
			continue
		}
		sends := slices.Contains(moneyWords[:], command.Name()) || command.Flags().Lookup("dry-run") != nil
		if sends != named[path] {
			t.Errorf("%s: sends: %t, has a row in moneyCommands or endpointCommands: %t", path, sends, named[path])
		}
		delete(named, path)
	}
	for path := range named {
		t.Errorf("%s has a row in a table but is not a command", path)
	}
}

// TestEndpointCommandsLeaveTheGatewayAlone runs each one on a live profile with everything
// allowed: the gateway must not be called.
func TestEndpointCommandsLeaveTheGatewayAlone(t *testing.T) {
	t.Parallel()
	for _, row := range endpointCommands {
		t.Run(row.command, func(t *testing.T) {
			t.Parallel()
			s, called := liveShop(t)
			endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _ = antom.Acknowledge(w) }))
			t.Cleanup(endpoint.Close)
			saved := "POST / HTTP/1.1\r\nhost: shop.example\r\ncontent-length: 2\r\n\r\n{}"
			if err := os.WriteFile(filepath.Join(s.dir, "saved.http"), []byte(saved), 0o600); err != nil {
				t.Fatal(err)
			}
			code, said := s.sh(t.Context(), strings.Replace(row.line, "ENDPOINT", endpoint.URL, 1)+" --live --yes")
			if code != row.code || called.Load() {
				t.Errorf("exit code %d, want %d; the gateway was called: %t\n%s", code, row.code, called.Load(), &said.err)
			}
		})
	}
}

// TestMoneyCommandsAsk runs each one on a live profile, without a terminal and behind a proxy
// that refuses everything. It must be refused before it uses the network, even with --yes, and
// use the network with --live.
func TestMoneyCommandsAsk(t *testing.T) {
	t.Parallel()
	for _, row := range moneyCommands {
		for _, way := range [...]struct {
			flags string
			code  int
			calls bool
		}{
			{"", 2, false}, {" --yes", 2, false}, {" --no-check", 2, false}, {" --yes --no-input", 2, false},
			{" --live", 1, true}, {" --live --yes --no-input", 1, true},
			{" --dry-run", 0, false}, {" --dry-run=curl", 0, false}, {" --live --dry-run", 0, false},
		} {
			t.Run(row.command+way.flags, func(t *testing.T) {
				t.Parallel()
				s, called := liveShop(t)
				if row.typed && way.flags == " --live" {
					way.code, way.calls = 2, false
				}
				code, said := s.sh(t.Context(), row.line+way.flags)
				if code != way.code || called.Load() != way.calls {
					t.Errorf("exit code %d, want %d; used the network: %t, want %t\n%s", code, way.code, called.Load(), way.calls, &said.err)
				}
				refusal := "is live: refusing to " + row.deed + " without --live"
				if way.code == 2 && !strings.Contains(said.err.String(), refusal) {
					t.Errorf("%q is not in %q", refusal, &said.err)
				}
			})
		}
	}
}

// TestMoneyCommandsAreCapped runs each one on a live profile with a max_amount below what
// it moves, with everything allowed: it must be refused before it turns to the network. A
// cancel has no amount of its own.
func TestMoneyCommandsAreCapped(t *testing.T) {
	t.Parallel()
	for _, row := range moneyCommands {
		t.Run(row.command, func(t *testing.T) {
			t.Parallel()
			s, called := liveShop(t)
			s.env = append(s.env, "ANTOM_MAX_AMOUNT=41.99 SGD")
			code, said := s.sh(t.Context(), row.line+" --live --yes --no-check")
			capped := row.command != "antom payment cancel"
			if refused := code == 2 && strings.Contains(said.err.String(), "more than the max_amount"); refused != capped || called.Load() == capped {
				t.Errorf("exit code %d, turned to the network: %t\n%s", code, called.Load(), &said.err)
			}
		})
	}
}

// liveShop returns a shop with only a live account, whose calls all go to a proxy that refuses
// them, and reports whether there was one.
func liveShop(t *testing.T) (*shop, *atomic.Bool) {
	t.Helper()
	called := &atomic.Bool{}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		called.Store(true)
		http.Error(w, "nothing leaves the test", http.StatusForbidden)
	}))
	t.Cleanup(proxy.Close)
	keys := testkit.KeyFolder(t)
	dir := t.TempDir()
	return &shop{dir: dir, env: []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "HTTPS_PROXY=" + proxy.URL,
		"ANTOM_CLIENT_ID=5X00000000000000", "ANTOM_REGION=sg",
		"ANTOM_PRIVATE_KEY_FILE=" + filepath.Join(keys, "merchant.pem"), "ANTOM_PUBLIC_KEY_FILE=" + filepath.Join(keys, "antom.pub"),
	}}, called
}
