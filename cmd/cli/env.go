package cli

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
	"time"

	"github.com/antom-cli/antom/internal/buildinfo"
	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/internal/secret"
	"github.com/antom-cli/antom/internal/trace"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// Env is the outside world of one run of antom.
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

// Terminal says which streams are terminals, and their width.
type Terminal struct {
	In, Out, Err bool
	Width        int // columns; 0 if unknown
}

// Abs makes a path that the user typed absolute.
func (e *Env) Abs(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(e.Dir, path)
}

// Home returns the user's home folder; empty if the environment names none.
func (e *Env) Home() string {
	if home := e.Getenv("HOME"); home != "" {
		return home
	}
	return e.Getenv("USERPROFILE")
}

// Printer makes the printer for this run from the global flags.
func (c *CLI) Printer() (*output.Printer, error) {
	return output.New(output.Options{
		Out: c.Stdout, Err: c.Stderr,
		OutTTY: c.Term.Out, ErrTTY: c.Term.Err,
		Width: c.Term.Width, Color: c.ColorOn(c.Term.Out), ErrColor: c.ColorOn(c.Term.Err),
		Format: c.Global.Format, JQ: c.Global.JQ,
		Raw: c.Global.Raw, Quiet: c.Global.Quiet, Header: c.Global.header,
		Accessible: c.Getenv("ACCESSIBLE") != "" || c.Getenv("TERM") == "dumb",
	})
}

// ColorOn decides whether a stream has colour, by the flag, NO_COLOR, CLICOLOR_FORCE, TERM and
// the terminal, in this order.
func (c *CLI) ColorOn(terminal bool) bool {
	force := c.Getenv("CLICOLOR_FORCE")
	switch {
	case c.Global.color == colorAlways:
		return true
	case c.Global.color == colorNever, c.Getenv("NO_COLOR") != "":
		return false
	case force != "" && force != "0":
		return true
	}
	return terminal && c.Getenv("TERM") != "dumb"
}

// Interactive reports whether a question may be asked.
func (c *CLI) Interactive() bool {
	ci := c.Getenv("CI")
	return c.Term.In && c.Term.Err && !c.Global.noInput && (ci == "" || ci == "false")
}

// Merchant is a chosen profile with its keys, ready to call or to verify.
type Merchant struct {
	Profile  *profile.Profile
	AntomKey *sign.PublicKey
	Key      *sign.PrivateKey
	Emulator http.RoundTripper // to the emulator, in this process or served; nil for a real gateway

	confirmed bool // that money may be made or moved, see ConfirmLive
	asks      bool // nothing but an inquiry is sent
}

// ProfileSources returns where settings come from.
func (c *CLI) ProfileSources() profile.Sources {
	return profile.Sources{
		ConfigFile: c.NamedConfig(),
		GOOS:       runtime.GOOS,
		Getenv:     c.Getenv,
		Name:       c.Global.Profile,
		HomeDir:    c.Home(),
		Dir:        c.Dir,
	}
}

// NamedConfig returns the configuration file that the user named, if any.
func (c *CLI) NamedConfig() string {
	if c.Global.config == "" {
		return ""
	}
	return c.Abs(c.Global.config)
}

// LoadProfile reads the settings of the chosen profile, without its keys. For an incomplete
// profile it returns both an error and the settings that exist.
func (c *CLI) LoadProfile(p *output.Printer) (*profile.Profile, error) {
	for _, warning := range c.misspeltVariables() {
		p.Warn("%s", warning)
	}
	chosen, notes, err := profile.Load(c.ProfileSources())
	for _, note := range notes {
		p.Note("%s", note)
	}
	if err != nil {
		return chosen, err
	}
	if path := chosen.SecretFile(); path != "" {
		if warning := secret.ConfigWarning(path); warning != "" {
			p.Warn("%s", warning)
		}
	}
	return chosen, nil
}

// KnownProfile returns an error if the named profile does not exist. It is also used by
// commands that need no settings, because their result would be attributed to that profile.
func (c *CLI) KnownProfile() error {
	name := c.Global.Profile
	if name == "" || name == profile.Emulator {
		return nil
	}
	file, err := c.OpenConfig()
	if err != nil {
		return err
	}
	_, err = file.Get(name)
	return err
}

// Merchant loads the chosen profile and its keys.
func (c *CLI) Merchant(p *output.Printer) (*Merchant, error) {
	chosen, err := c.LoadProfile(p)
	if err != nil {
		return nil, err
	}
	if chosen.Builtin {
		return c.Emulated(chosen)
	}
	key, err := c.privateKey(p, chosen)
	if err != nil {
		return nil, err
	}
	antomKey, err := secret.AntomKey(chosen.AntomPublicKey, chosen.AntomPublicKeyFile)
	if err != nil {
		return nil, err
	}
	return &Merchant{Profile: chosen, Key: key, AntomKey: antomKey}, nil
}

// privateKey reads the merchant's private key from the place that the profile names.
func (c *CLI) privateKey(p *output.Printer, chosen *profile.Profile) (*sign.PrivateKey, error) {
	if chosen.PrivateKeyKeyring {
		return secret.KeyringKey(chosen.Name)
	}
	key, warnings, err := secret.PrivateKey(chosen.PrivateKey, chosen.PrivateKeyFile)
	for _, warning := range warnings {
		p.Warn("%s", warning)
	}
	return key, err
}

// Emulated fills the built-in profile from the emulator's state. While the emulator is served,
// calls go to the server, which holds the state exclusively.
func (c *CLI) Emulated(chosen *profile.Profile) (*Merchant, error) {
	gateway, err := c.OpenEmulator()
	if err != nil {
		return nil, err
	}
	facts := gateway.Profile()
	m := &Merchant{Profile: chosen, Key: facts.MerchantKey, AntomKey: facts.AntomKey, Emulator: gateway.RoundTripper()}
	served, err := c.RunningEmulator(context.Background())
	if err != nil {
		return nil, err
	}
	if served == nil {
		if err := gateway.CheckState(context.Background()); err != nil {
			return nil, err
		}
	} else {
		facts.GatewayURL, m.Emulator = served.Address.URL, &following{c: c, at: served}
	}
	chosen.ClientID = facts.ClientID
	chosen.GatewayURL = facts.GatewayURL
	chosen.NotifyURL = facts.NotifyURL
	chosen.RedirectURL = facts.RedirectURL
	return m, nil
}

// EmulatorDir returns the folder of the emulator's state.
func (c *CLI) EmulatorDir() (string, error) {
	dir := c.StateDir()
	if dir == "" {
		return "", &SetupError{Message: "there is no place for the emulator's state", Remedy: "set HOME or ANTOM_STATE_DIR"}
	}
	return filepath.Join(dir, "emulator"), nil
}

// StateDir returns the state folder; empty if there is no place for one.
func (c *CLI) StateDir() string {
	if dir := profile.StateDir(c.Getenv, runtime.GOOS); dir != "" {
		return c.Abs(dir)
	}
	return ""
}

// OpenEmulator opens the emulator with the state in the state folder.
func (c *CLI) OpenEmulator() (*emulator.Emulator, error) {
	dir, err := c.EmulatorDir()
	if err != nil {
		return nil, err
	}
	return emulator.Open(dir, emulator.Options{Now: c.Now, Logger: c.Logger()})
}

// RunningEmulator finds the server that serves the emulator's state; nil if none
// does.
func (c *CLI) RunningEmulator(ctx context.Context) (*emulator.Remote, error) {
	dir, err := c.EmulatorDir()
	if err != nil {
		return nil, err
	}
	return emulator.Running(ctx, dir)
}

// client returns the client that calls the gateway for m.
func (c *CLI) client(m *Merchant, more ...antom.Option) (*antom.Client, error) {
	opts := append([]antom.Option{
		antom.WithLogger(c.Logger()),
		antom.WithRequestTimeout(c.Global.RequestTimeout),
		antom.WithUserAgent("antom-cli/" + buildinfo.Read().Version),
		antom.WithKeyVersion(m.Profile.KeyVersion),
		antom.WithAgentToken(m.Profile.AgentToken.Reveal()),
	}, more...)
	switch {
	case m.Profile.GatewayURL != "":
		opts = append(opts, antom.WithGatewayURL(m.Profile.GatewayURL))
	case m.Profile.Region != "":
		region, err := antom.ParseRegion(m.Profile.Region)
		if err != nil {
			return nil, err
		}
		opts = append(opts, antom.WithRegion(region))
	}
	transport, err := c.transport(m)
	if err != nil {
		return nil, err
	}
	if c.Global.debug {
		transport = trace.Transport{Next: transport, Out: c.Stderr, Now: c.Now}
	}
	opts = append(opts, antom.WithTransport(liveGuard{next: transport, merchant: m}))
	return antom.NewClient(m.Profile.ClientID, m.Key, m.AntomKey, opts...)
}

// transport returns the transport for the calls of m.
func (c *CLI) transport(m *Merchant) (http.RoundTripper, error) {
	if m.Emulator != nil {
		if c.Global.CACert != "" { // it needs none, and a wrong one is wrong all the same
			if _, err := c.Trusted(); err != nil {
				return nil, err
			}
		}
		return m.Emulator, nil
	}
	if c.Global.CACert == "" {
		return antom.SharedTransport(), nil
	}
	return c.OwnTransport()
}

// OwnTransport returns a copy of the shared transport that the caller may change. It trusts the
// certificates of --cacert, if given.
func (c *CLI) OwnTransport() (*http.Transport, error) {
	shared := antom.SharedTransport()
	transport, ok := shared.(*http.Transport)
	if !ok {
		return nil, fmt.Errorf("the transport of this program is a %T, which can't be changed", shared)
	}
	transport = transport.Clone()
	if c.Global.CACert == "" {
		return transport, nil
	}
	roots, err := c.Trusted()
	if err != nil {
		return nil, err
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	return transport, nil
}

// Trusted reads the certificates of --cacert.
func (c *CLI) Trusted() (*x509.CertPool, error) {
	pem, err := os.ReadFile(c.Abs(c.Global.CACert))
	if err != nil {
		return nil, &SetupError{Message: fmt.Sprintf("read --cacert: %s", err), Remedy: "name a PEM file with the certificates to trust"}
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, &SetupError{Message: fmt.Sprintf("read --cacert %q: no PEM certificate in it", c.Global.CACert), Remedy: "name a PEM file with the certificates to trust"}
	}
	return roots, nil
}

// Connect loads the chosen profile and returns a client for it.
func (c *CLI) Connect(p *output.Printer) (*Merchant, *antom.Client, error) {
	m, err := c.Merchant(p)
	if err != nil {
		return nil, nil, err
	}
	client, err := c.client(m, antom.WithObserver(c.recorder(p, m)))
	return m, client, err
}

// Logger returns the logger for --debug; without the flag it discards everything.
func (c *CLI) Logger() *slog.Logger {
	if !c.Global.debug {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(c.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// OpenConfig opens the configuration file to read or to edit it.
func (c *CLI) OpenConfig() (*profile.File, error) { return c.ProfileSources().Open() }
