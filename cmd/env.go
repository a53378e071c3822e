package cmd

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/term"

	"github.com/antom-cli/antom/internal/buildinfo"
	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/internal/secret"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// Env is the outside world as a run of antom sees it.
type Env struct {
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Getenv  func(string) string
	Environ func() []string // all variables, as NAME=value; nil: not known
	Now     func() time.Time
	Dir     string // the working directory, for relative paths
	Term    Terminal
}

// Terminal says which of the streams are terminals, and how wide.
type Terminal struct {
	In, Out, Err bool
	Width        int // columns; 0 if unknown
}

func systemEnv() *Env {
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	return &Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Environ: os.Environ, Now: time.Now, Dir: dir,
		Term: terminalFacts(),
	}
}

func terminalFacts() Terminal {
	t := Terminal{
		In:  term.IsTerminal(int(os.Stdin.Fd())),
		Out: term.IsTerminal(int(os.Stdout.Fd())),
		Err: term.IsTerminal(int(os.Stderr.Fd())),
	}
	for _, stream := range [...]*os.File{os.Stdout, os.Stderr} {
		if width, _, err := term.GetSize(int(stream.Fd())); err == nil && width > 0 {
			t.Width = width
			break
		}
	}
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); t.Width == 0 && err == nil {
		t.Width = columns
	}
	return t
}

// abs makes a path that the user typed absolute.
func (e *Env) abs(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(e.Dir, path)
}

func (e *Env) home() string {
	if home := e.Getenv("HOME"); home != "" {
		return home
	}
	return e.Getenv("USERPROFILE")
}

// printer makes the printer for this run from the global flags.
func (c *cli) printer() (*output.Printer, error) {
	return output.New(output.Options{
		Out: c.Stdout, Err: c.Stderr,
		OutTTY: c.Term.Out, ErrTTY: c.Term.Err,
		Width: c.Term.Width, Color: c.colorOn(c.Term.Out), ErrColor: c.colorOn(c.Term.Err),
		Format: c.global.format, JQ: c.global.jq,
		Raw: c.global.raw, Quiet: c.global.quiet, Header: c.global.header,
		Accessible: c.Getenv("ACCESSIBLE") != "" || c.Getenv("TERM") == "dumb",
	})
}

// colorOn decides about colour for a stream, in the order flag, NO_COLOR,
// CLICOLOR_FORCE, TERM, terminal.
func (c *cli) colorOn(terminal bool) bool {
	force := c.Getenv("CLICOLOR_FORCE")
	switch {
	case c.global.color == colorAlways:
		return true
	case c.global.color == colorNever, c.Getenv("NO_COLOR") != "":
		return false
	case force != "" && force != "0":
		return true
	}
	return terminal && c.Getenv("TERM") != "dumb"
}

// interactive says whether a question may be asked.
func (c *cli) interactive() bool {
	ci := c.Getenv("CI")
	return c.Term.In && c.Term.Err && !c.global.noInput && (ci == "" || ci == "false")
}

// merchant is a chosen profile with its keys, ready to call or to verify.
type merchant struct {
	profile  *profile.Profile
	antomKey *sign.PublicKey
	key      *sign.PrivateKey
	emulator http.RoundTripper // to the emulator, in this process or served; nil for a real gateway

	confirmed bool // that money may be made or moved, see confirmLive
}

// profileSources says where settings come from.
func (c *cli) profileSources() profile.Sources {
	return profile.Sources{
		ConfigFile: c.namedConfig(),
		GOOS:       runtime.GOOS,
		Getenv:     c.Getenv,
		Name:       c.global.profile,
		HomeDir:    c.home(),
		Dir:        c.Dir,
	}
}

// namedConfig is the configuration file that the user named, if any.
func (c *cli) namedConfig() string {
	if c.global.config == "" {
		return ""
	}
	return c.abs(c.global.config)
}

// loadProfile reads the settings of the chosen profile, without its keys.
func (c *cli) loadProfile(p *output.Printer) (*profile.Profile, error) {
	for _, warning := range c.misspeltVariables() {
		p.Warn("%s", warning)
	}
	chosen, notes, err := profile.Load(c.profileSources())
	for _, note := range notes {
		p.Note("%s", note)
	}
	if err != nil {
		return nil, err
	}
	if path := chosen.SecretFile(); path != "" {
		if warning := secret.ConfigWarning(path); warning != "" {
			p.Warn("%s", warning)
		}
	}
	return chosen, nil
}

// merchant loads the chosen profile and its keys.
func (c *cli) merchant(p *output.Printer) (*merchant, error) {
	chosen, err := c.loadProfile(p)
	if err != nil {
		return nil, err
	}
	if chosen.Builtin {
		return c.emulated(chosen)
	}
	key, err := c.privateKey(p, chosen)
	if err != nil {
		return nil, err
	}
	antomKey, err := secret.AntomKey(chosen.AntomPublicKey, chosen.AntomPublicKeyFile)
	if err != nil {
		return nil, err
	}
	return &merchant{profile: chosen, key: key, antomKey: antomKey}, nil
}

// privateKey reads the merchant's private key from where the profile has it.
func (c *cli) privateKey(p *output.Printer, chosen *profile.Profile) (*sign.PrivateKey, error) {
	if chosen.PrivateKeyKeyring {
		return secret.KeyringKey(chosen.Name)
	}
	key, warnings, err := secret.PrivateKey(chosen.PrivateKey, chosen.PrivateKeyFile)
	for _, warning := range warnings {
		p.Warn("%s", warning)
	}
	return key, err
}

// emulated fills the built-in profile from the emulator's own state. While it is
// served, calls go to the server: it has the state for itself.
func (c *cli) emulated(chosen *profile.Profile) (*merchant, error) {
	gateway, err := c.openEmulator()
	if err != nil {
		return nil, err
	}
	facts := gateway.Profile()
	m := &merchant{profile: chosen, key: facts.MerchantKey, antomKey: facts.AntomKey, emulator: gateway.RoundTripper()}
	served, err := c.runningEmulator(context.Background())
	if err != nil {
		return nil, err
	}
	if served == nil {
		if err := gateway.CheckState(context.Background()); err != nil {
			return nil, err
		}
	} else {
		facts.GatewayURL, m.emulator = served.Address.URL, &following{c: c, at: served}
	}
	chosen.ClientID = facts.ClientID
	chosen.GatewayURL = facts.GatewayURL
	chosen.NotifyURL = facts.NotifyURL
	chosen.RedirectURL = facts.RedirectURL
	return m, nil
}

// emulatorDir is where the emulator's state is.
func (c *cli) emulatorDir() (string, error) {
	dir := c.stateDir()
	if dir == "" {
		return "", &setupError{message: "there is no place for the emulator's state", remedy: "set HOME or ANTOM_STATE_DIR"}
	}
	return filepath.Join(dir, "emulator"), nil
}

// stateDir is the folder of what antom remembers; empty if there is no place for
// one.
func (c *cli) stateDir() string {
	if dir := profile.StateDir(c.Getenv, runtime.GOOS); dir != "" {
		return c.abs(dir)
	}
	return ""
}

// openEmulator opens the gateway whose state is in the state folder.
func (c *cli) openEmulator() (*emulator.Emulator, error) {
	dir, err := c.emulatorDir()
	if err != nil {
		return nil, err
	}
	return emulator.Open(dir, emulator.Options{Now: c.Now, Logger: c.logger()})
}

// runningEmulator finds the server that serves the emulator's state; nil if none
// does.
func (c *cli) runningEmulator(ctx context.Context) (*emulator.Remote, error) {
	dir, err := c.emulatorDir()
	if err != nil {
		return nil, err
	}
	return emulator.Running(ctx, dir)
}

// client makes the client that calls the gateway on behalf of m.
func (c *cli) client(m *merchant, more ...antom.Option) (*antom.Client, error) {
	opts := append([]antom.Option{
		antom.WithLogger(c.logger()),
		antom.WithRequestTimeout(c.global.requestTimeout),
		antom.WithUserAgent("antom-cli/" + buildinfo.Read().Version),
		antom.WithKeyVersion(m.profile.KeyVersion),
		antom.WithAgentToken(m.profile.AgentToken.Reveal()),
	}, more...)
	switch {
	case m.profile.GatewayURL != "":
		opts = append(opts, antom.WithGatewayURL(m.profile.GatewayURL))
	case m.profile.Region != "":
		region, err := antom.ParseRegion(m.profile.Region)
		if err != nil {
			return nil, err
		}
		opts = append(opts, antom.WithRegion(region))
	}
	transport, err := c.transport(m)
	if err != nil {
		return nil, err
	}
	if c.global.debug {
		transport = debugTransport{next: transport, out: c.Stderr, now: c.Now}
	}
	opts = append(opts, antom.WithTransport(liveGuard{next: transport, m: m}))
	return antom.NewClient(m.profile.ClientID, m.key, m.antomKey, opts...)
}

// transport carries the calls of m.
func (c *cli) transport(m *merchant) (http.RoundTripper, error) {
	if m.emulator != nil {
		if c.global.caCert != "" { // it needs none, and a wrong one is wrong all the same
			if _, err := c.trusted(); err != nil {
				return nil, err
			}
		}
		return m.emulator, nil
	}
	if c.global.caCert == "" {
		return antom.SharedTransport(), nil
	}
	return c.ownTransport()
}

// ownTransport is like the one that clients share, to be changed by whoever asks
// for it; it trusts the certificates of --cacert, if that is given.
func (c *cli) ownTransport() (*http.Transport, error) {
	shared := antom.SharedTransport()
	transport, ok := shared.(*http.Transport)
	if !ok {
		return nil, fmt.Errorf("the transport of this program is a %T, which can't be changed", shared)
	}
	transport = transport.Clone()
	if c.global.caCert == "" {
		return transport, nil
	}
	roots, err := c.trusted()
	if err != nil {
		return nil, err
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	return transport, nil
}

// trusted reads the certificates of --cacert.
func (c *cli) trusted() (*x509.CertPool, error) {
	pem, err := os.ReadFile(c.abs(c.global.caCert))
	if err != nil {
		return nil, &setupError{message: fmt.Sprintf("read --cacert: %s", err), remedy: "name a PEM file with the certificates to trust"}
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, &setupError{message: fmt.Sprintf("read --cacert %q: no PEM certificate in it", c.global.caCert), remedy: "name a PEM file with the certificates to trust"}
	}
	return roots, nil
}

// connect is the usual beginning of a command that calls the gateway.
func (c *cli) connect(p *output.Printer) (*merchant, *antom.Client, error) {
	m, err := c.merchant(p)
	if err != nil {
		return nil, nil, err
	}
	client, err := c.client(m, antom.WithObserver(c.recorder(p, m)))
	return m, client, err
}

// logger writes what --debug shows; without it nothing.
func (c *cli) logger() *slog.Logger {
	if !c.global.debug {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(c.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (c *cli) openConfig() (*profile.File, error) { return c.profileSources().Open() }
