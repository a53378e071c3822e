package cmd_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/antom-cli/antom/cmd/internal/scripts"
	"github.com/antom-cli/antom/internal/testkit"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// shop is a folder as the examples of the help expect it: saved messages, keys, a configuration
// with the profile sandbox, and payments made on the emulator. Its commands run with sh, and
// antom is the test binary.
type shop struct {
	dir string
	env []string
}

// signedAt is the time in the example with only a body.
const signedAt = "2026-11-24T09:00:00Z"

// openShop creates the folder. Notifications of its payments are acknowledged.
func openShop(t *testing.T) *shop {
	t.Helper()
	merchant := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(antom.AcknowledgementBody())
	}))
	t.Cleanup(merchant.Close)
	s := &shop{dir: t.TempDir()}
	s.env = s.environment()
	s.keys(t)
	s.set(t, "notify_url", merchant.URL+"/antom/notify")
	s.run(t, `antom profile add sandbox --client-id SANDBOX_5X00000000000000 --private-key-file keys/merchant.pem \
		--antom-public-key-file keys/antom.pub --currency SGD --redirect-url https://shop.example/paid`)
	for _, name := range [...]string{"id", "first", "second"} {
		s.set(t, name, s.run(t, `antom session create --amount 42.00 --currency SGD --quiet --notify-url "$notify_url"`))
		s.run(t, `antom emulator pay "$`+name+`" --processing 0s`)
	}
	s.captured(t)
	s.set(t, "payment_id", s.run(t, `antom payment inquire "$id" --jq .paymentId`))
	s.run(t, `antom emulator deliver "$id" --dry-run > notification.http`)
	s.run(t, `antom emulator deliver "$id" --dry-run -o jsonl > log.jsonl`)
	s.run(t, `antom session create --amount 42.00 --currency SGD --request-id order-1001 --dry-run -o json --jq '.body' > request.json`)
	s.signedBody(t)
	return s
}

// environment is the environment of the commands.
func (s *shop) environment() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "TERM=xterm", "TZ=UTC", "ANTOM_PROFILE=emulator",
		"HOME=" + s.dir, "USERPROFILE=" + s.dir, "TMPDIR=" + s.dir,
		"XDG_CONFIG_HOME=" + filepath.Join(s.dir, ".config"), "XDG_STATE_HOME=" + filepath.Join(s.dir, ".state"),
	}
}

func (s *shop) set(t *testing.T, name, value string) {
	t.Helper()
	if value == "" {
		t.Fatalf("no value for $%s", name)
	}
	s.env = append(s.env, name+"="+value)
}

// keys puts keys where the examples expect them.
func (s *shop) keys(t *testing.T) {
	t.Helper()
	to := filepath.Join(s.dir, "keys")
	if err := testkit.CopyKeys(to); err != nil {
		t.Fatal(err)
	}
	for name, as := range map[string]string{"merchant.pem": "antom-sandbox.pem", "antom.pub": "antom-sandbox.pub"} {
		if err := os.Link(filepath.Join(to, name), filepath.Join(to, as)); err != nil {
			t.Fatal(err)
		}
	}
}

// captured waits for the captures of the payments, which follow a second later.
func (s *shop) captured(t *testing.T) {
	t.Helper()
	for _, name := range [...]string{"id", "first", "second"} {
		for code := -1; code != 0; {
			code, _ = s.sh(t.Context(), `antom capture list "$`+name+`" --exit-status`)
			if code != 0 && code != 5 {
				t.Fatalf("capture list: exit code %d", code)
			}
		}
	}
}

// signedBody saves the body of a notification, and its signature in $signature.
func (s *shop) signedBody(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, ".state", "antom", "emulator", "antom.pem"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	body := s.run(t, `head -1 log.jsonl > one.jsonl; antom emulator deliver "$id" --dry-run -o json --jq '.[0].body'`)
	if err := os.WriteFile(filepath.Join(s.dir, "body.json"), []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	signature, err := key.Sign(sign.Message{
		Method: http.MethodPost, Target: "/antom/notify", ClientID: s.run(t, "antom emulator keys --jq .clientId"),
		Time: signedAt, Body: []byte(body),
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	s.set(t, "signature", signature)
}

// copy returns a separate shop in the same state.
func (s *shop) copy(t *testing.T) *shop {
	t.Helper()
	c := &shop{dir: t.TempDir()}
	if err := os.CopyFS(c.dir, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	for _, folder := range [...]string{"keys", ".state/antom/emulator"} { // CopyFS opens modes up
		files, err := filepath.Glob(filepath.Join(c.dir, folder, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if err := os.Chmod(file, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, variable := range s.env {
		c.env = append(c.env, strings.ReplaceAll(variable, s.dir, c.dir))
	}
	return c
}

// run runs a line that must succeed and returns its output.
func (s *shop) run(t *testing.T, line string) string {
	t.Helper()
	code, said := s.sh(t.Context(), line)
	if code != 0 {
		t.Fatalf("%s\nexit code %d\n%s%s", line, code, &said.out, &said.err)
	}
	return strings.TrimSuffix(said.out.String(), "\n")
}

type said struct{ out, err bytes.Buffer }

// sh runs a line with sh and empty standard input.
func (s *shop) sh(ctx context.Context, line string) (int, *said) {
	ctx, cancel := context.WithTimeout(ctx, scripts.Patience)
	defer cancel()
	command := exec.CommandContext(ctx, "sh", "-c", line)
	command.Dir, command.Env, command.WaitDelay = s.dir, s.env, time.Second
	what := &said{}
	command.Stdout, command.Stderr = &what.out, &what.err
	err := command.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		what.err.WriteString(err.Error())
		return -1, what
	}
	return scripts.ExitStatus(command.ProcessState), what
}
