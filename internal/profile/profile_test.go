package profile_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/profile"
)

const config = `# our shops
current: sandbox # the usual one
profiles:
  sandbox:
    client_id: SANDBOX_5X00000000000000
    private_key_file: ~/keys/sandbox.pem
    antom_public_key_file: antom.pub   # from the Dashboard
    currency: SGD
  live:
    client_id: 5X00000000000000
    region: de
`

// env returns a Getenv that finds the given names and values.
func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func values(p *profile.Profile) map[string]string {
	all := map[string]string{}
	for _, v := range p.Values() {
		all[v.Name] = v.Value + " < " + v.Origin.String()
	}
	return all
}

func TestLoad_layers(t *testing.T) {
	t.Parallel()
	path := write(t, config)
	p, notes, err := profile.Load(profile.Sources{
		ConfigFile: path, GOOS: "linux", HomeDir: "/home/me", Dir: "/work",
		Getenv: env("ANTOM_CURRENCY", "USD", "ANTOM_PRIVATE_KEY", "secret text", "ANTOM_GATEWAY_URL", "http://127.0.0.1:8080"),
	})
	if err != nil || len(notes) > 0 {
		t.Fatal(notes, err)
	}
	want := map[string]string{
		"name":                  "sandbox < ",
		"client_id":             "SANDBOX_5X00000000000000 < file " + path + ":5",
		"gateway_url":           "http://127.0.0.1:8080 < environment ANTOM_GATEWAY_URL",
		"private_key":           "[redacted] < environment ANTOM_PRIVATE_KEY",
		"antom_public_key_file": filepath.Join(filepath.Dir(path), "antom.pub") + " < file " + path + ":7",
		"key_version":           "1 < default",
		"currency":              "USD < environment ANTOM_CURRENCY",
	}
	if diff := cmp.Diff(want, values(p)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if p.Live() {
		t.Error("a sandbox client id is live")
	}
}

func TestLoad_chooses(t *testing.T) {
	t.Parallel()
	path := write(t, config)
	tests := []struct {
		name  string
		file  string
		asked string
		env   func(string) string
		want  string
		live  bool
	}{
		{"current", path, "", env(), "sandbox", false},
		{"asked for", path, "live", env(), "live", true},
		{"unnamed", path, "", env("ANTOM_CLIENT_ID", "SANDBOX_1", "ANTOM_PRIVATE_KEY_FILE", "k.pem"), "", false},
		{"asked for beats unnamed", path, "live", env("ANTOM_CLIENT_ID", "SANDBOX_1", "ANTOM_PRIVATE_KEY_FILE", "k.pem"), "live", false},
		{"emulator", path, "emulator", env(), "emulator", false},
		{"unnamed without a file", "", "", env("ANTOM_CLIENT_ID", "5X", "ANTOM_PRIVATE_KEY", "k", "ANTOM_GATEWAY_URL", "http://localhost:1"), "", false},
	}
	for _, test := range tests {
		p, _, err := profile.Load(profile.Sources{ConfigFile: test.file, GOOS: "linux", Name: test.asked, Getenv: test.env})
		if err != nil || p.Name != test.want || p.Live() != test.live {
			t.Errorf("%s: %+v, %v; want %q, live %t", test.name, p, err, test.want, test.live)
		}
	}
}

func TestLoad_notesTwoClientIDs(t *testing.T) {
	t.Parallel()
	_, notes, err := profile.Load(profile.Sources{ConfigFile: write(t, config), Name: "sandbox", Getenv: env("ANTOM_CLIENT_ID", "SANDBOX_2")})
	if err != nil || len(notes) != 1 || !strings.Contains(notes[0], "SANDBOX_2 from ANTOM_CLIENT_ID") {
		t.Errorf("notes = %q, %v", notes, err)
	}
}

func TestLoad_errors(t *testing.T) {
	t.Parallel()
	with := func(line string) string {
		return strings.Replace(config, "    currency: SGD", "    "+line, 1)
	}
	tests := []struct{ name, config, asked, says, hints string }{
		{"nothing chosen", "", "", "no profile chosen", "--profile emulator"},
		{"unknown profile", config, "sandbx", `no profile "sandbx"`, `did you mean "sandbox"?`},
		{"unknown profile, none near", config, "xyz", `no profile "xyz"`, "sandbox, live, emulator"},
		{"misspelt setting", with("cliemt_id: x"), "", `config.yaml:8: unknown setting "cliemt_id" in profile "sandbox"`, "did you mean client_id?"},
		{"misspelt top level", "curent: sandbox\n", "", `config.yaml:1: unknown setting "curent"`, "did you mean current?"},
		{"key in the file", with("private_key: MIIE"), "", "must not contain a key", "private_key_file"},
		{"list", with("currency: [SGD]"), "", "currency must be a single value", ""},
		{"twice", with("client_id: x"), "", `"client_id"`, ""},
		{"bad version", with("key_version: one"), "", `key_version "one": must be a whole number`, ""},
		{"bad currency", with("currency: SGX"), "", `config.yaml:8: currency "SGX": not an ISO 4217 code`, "SGD"},
		{"bad region", with("region: eu"), "", `config.yaml:8: region "eu"`, "gateway_url"},
		{"region and gateway", with("region: sg\n    gateway_url: https://x.example"), "", "sets both region and gateway_url", "keep one"},
		{"http", with("gateway_url: http://127.0.0.1.evil.example"), "", "config.yaml:8: gateway URL \"http://127.0.0.1.evil.example\": must be https (http is for this machine only)", "gateway_url"},
		{"not a URL", with("gateway_url: open-sea"), "", `gateway URL "open-sea": must be an absolute URL such as https://`, "gateway_url"},
		{"user name", with("gateway_url: https://localhost:secret@host"), "", `gateway URL of host "host": must have no user name`, "gateway_url"},
		{"bad name", "profiles:\n  Sandbox SG: {client_id: x}\n", "", `config.yaml:2: profile name "Sandbox SG"`, ""},
		{"built-in name", "profiles:\n  emulator: {client_id: x}\n", "", "built-in", ""},
		{"not YAML", "a: [\n", "", "config.yaml: line", "YAML"},
		{"live without region", "current: l\nprofiles:\n  l: {client_id: 5X0}\n", "", "live and has no region", "sg, us or de"},
		{"no client id", "current: l\nprofiles:\n  l: {region: sg}\n", "", `profile "l" has no client_id`, ""},
	}
	for _, test := range tests {
		_, _, err := profile.Load(profile.Sources{ConfigFile: write(t, test.config), Name: test.asked, Getenv: env()})
		refused, ok := errors.AsType[*profile.Error](err)
		if !ok || !strings.Contains(err.Error(), test.says) || !strings.Contains(refused.Hint(), test.hints) {
			t.Errorf("%s: error = %v, want %q, hint %q", test.name, err, test.says, test.hints)
		}
	}
}

func TestLoad_missingNamedFile(t *testing.T) {
	t.Parallel()
	_, _, err := profile.Load(profile.Sources{ConfigFile: filepath.Join(t.TempDir(), "no.yaml"), Name: "emulator", Getenv: env()})
	if _, ok := errors.AsType[*profile.Error](err); !ok {
		t.Errorf("error = %v", err)
	}
}

func TestLoad_bothFormsOfAKey(t *testing.T) {
	t.Parallel()
	_, _, err := profile.Load(profile.Sources{Getenv: env("ANTOM_CLIENT_ID", "SANDBOX_1", "ANTOM_PRIVATE_KEY", "k", "ANTOM_PRIVATE_KEY_FILE", "f")})
	if err == nil || !strings.Contains(err.Error(), "are both set") {
		t.Errorf("error = %v", err)
	}
}

func TestEdit_keepsComments(t *testing.T) {
	t.Parallel()
	path := write(t, config)
	err := profile.Edit(path, func(f *profile.File) error {
		if err := f.Add("second", profile.Settings{ClientID: "SANDBOX_2", KeyVersion: 2}); err != nil {
			return err
		}
		return errors.Join(f.Use("second"), f.Remove("live"))
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `# our shops
current: second # the usual one
profiles:
  sandbox:
    client_id: SANDBOX_5X00000000000000
    private_key_file: ~/keys/sandbox.pem
    antom_public_key_file: antom.pub # from the Dashboard
    currency: SGD
  second:
    client_id: SANDBOX_2
    key_version: 2
`
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, %v", info.Mode(), err)
	}
}

func TestEdit_failedChangeLeavesTheFile(t *testing.T) {
	t.Parallel()
	path := write(t, config)
	err := profile.Edit(path, func(f *profile.File) error { return f.Add("sandbox", profile.Settings{ClientID: "x"}) })
	if err == nil || !strings.Contains(err.Error(), "already exists") {
		t.Errorf("error = %v", err)
	}
	if got, _ := os.ReadFile(path); string(got) != config {
		t.Errorf("the file changed: %s", got)
	}
}

func TestEdit_writesThroughALink(t *testing.T) {
	t.Parallel()
	path := write(t, config)
	link := filepath.Join(t.TempDir(), "link.yaml")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if err := profile.Edit(link, func(f *profile.File) error { return f.Use("live") }); err != nil {
		t.Fatal(err)
	}
	if target, err := os.Readlink(link); err != nil || target != path {
		t.Errorf("the link is gone: %q, %v", target, err)
	}
}

func TestEdit_concurrent(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "config.yaml")
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			err := profile.Edit(path, func(f *profile.File) error {
				return f.Add(fmt.Sprintf("shop-%d", i), profile.Settings{ClientID: "SANDBOX_1"})
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	file, err := profile.Open(path)
	if err != nil || len(file.Names()) != 20 {
		t.Errorf("profiles = %v, %v; want 20", file.Names(), err)
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	tests := []struct {
		goos          string
		env           func(string) string
		config, state string
	}{
		{"linux", env("HOME", "/h"), "/h/.config/antom/config.yaml", "/h/.local/state/antom"},
		{"linux", env("HOME", "/h", "XDG_CONFIG_HOME", "/c", "XDG_STATE_HOME", "/s"), "/c/antom/config.yaml", "/s/antom"},
		{"linux", env("HOME", "/h", "ANTOM_CONFIG_DIR", "/c", "ANTOM_STATE_DIR", "/s"), "/c/config.yaml", "/s"},
		{"darwin", env("HOME", "/h"), "/h/Library/Application Support/antom/config.yaml", "/h/Library/Application Support/antom"},
		{"linux", env(), "", ""},
	}
	for _, test := range tests {
		if got := profile.ConfigPath(test.env, test.goos); got != test.config {
			t.Errorf("ConfigPath = %q, want %q", got, test.config)
		}
		if got := profile.StateDir(test.env, test.goos); got != test.state {
			t.Errorf("StateDir = %q, want %q", got, test.state)
		}
	}
}
