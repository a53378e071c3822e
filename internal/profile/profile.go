// Package profile determines the settings that a command runs with. It layers defaults, the
// configuration file, the environment and flags, records where each value came from, and edits
// the file.
package profile

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/viper"

	"github.com/antom-cli/antom/internal/redact"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// Emulator is the name of the built-in profile. It is used only if it is named, so that a
// release check can't pass on it by accident.
const Emulator = "emulator"

// Keyring is the value of private_key in the configuration file if the key is in the operating
// system's keyring, under the profile's name.
const Keyring = "keyring"

// Settings are the contents of a profile in the configuration file.
type Settings struct {
	ClientID           string `mapstructure:"client_id"`
	Region             string `mapstructure:"region"`
	GatewayURL         string `mapstructure:"gateway_url"`
	PrivateKey         string `mapstructure:"private_key"` // Keyring or empty
	PrivateKeyFile     string `mapstructure:"private_key_file"`
	AntomPublicKeyFile string `mapstructure:"antom_public_key_file"`
	KeyVersion         int    `mapstructure:"key_version"`
	AgentToken         string `mapstructure:"agent_token"`
	NotifyURL          string `mapstructure:"notify_url"`
	RedirectURL        string `mapstructure:"redirect_url"`
	Currency           string `mapstructure:"currency"`
	SettlementCurrency string `mapstructure:"settlement_currency"`
	MaxAmount          string `mapstructure:"max_amount"`
}

// Profile is the selected profile, complete and checked.
type Profile struct {
	Name    string // empty for the unnamed profile of the environment
	Builtin bool   // the emulator, whose keys are generated

	ClientID           string
	Region             string
	GatewayURL         string
	PrivateKeyFile     string
	PrivateKey         redact.Secret // content, from the environment
	PrivateKeyKeyring  bool          // the key is in the operating system's keyring
	AntomPublicKeyFile string
	AntomPublicKey     string // content, from the environment
	KeyVersion         int
	AgentToken         redact.Secret
	NotifyURL          string
	RedirectURL        string
	Currency           string
	SettlementCurrency string
	MaxAmount          antom.Amount // the most that one call may move on a live profile; zero for no limit

	maxAmount string // MaxAmount as written
	origins   map[string]Origin
}

// Origin is where a value came from.
type Origin struct {
	Layer string // default, file, environment
	Where string // a variable, or a file and line
}

func (o Origin) String() string {
	if o.Where == "" {
		return o.Layer
	}
	return o.Layer + " " + o.Where
}

// Value is one setting as displayed; a secret is shown as a placeholder.
type Value struct {
	Name   string
	Value  string
	Origin Origin
}

// Sources are where settings come from.
type Sources struct {
	ConfigFile string // given by the user; empty for the platform's default
	GOOS       string
	Getenv     func(string) string
	Name       string // the requested profile
	HomeDir    string
	Dir        string // the working directory, for relative paths in the environment
}

// Error reports a problem with the configuration.
type Error struct{ text, remedy string }

func (e *Error) Error() string { return e.text }

// Hint returns how to fix it.
func (e *Error) Hint() string { return e.remedy }

func errorf(format string, args ...any) *Error { return &Error{text: fmt.Sprintf(format, args...)} }

func (e *Error) hint(format string, args ...any) *Error {
	e.remedy = fmt.Sprintf(format, args...)
	return e
}

// setting is a row of the settings table.
type setting struct {
	name     string
	variable string
	meaning  string
	inFile   bool   // allowed in the configuration file
	path     bool   // the value is a file name
	rival    string // the setting for the same thing in another form
}

// settingsTable is in display order.
var settingsTable = [...]setting{
	{"client_id", "ANTOM_CLIENT_ID", "client id", true, false, ""},
	{"region", "ANTOM_REGION", "region of the gateway: sg, us or de", true, false, "gateway_url"},
	{"gateway_url", "ANTOM_GATEWAY_URL", "URL of the gateway, instead of a region", true, false, "region"},
	{"private_key", "ANTOM_PRIVATE_KEY", "the merchant's private key itself: PEM or one line of base64", true, false, "private_key_file"},
	{"private_key_file", "ANTOM_PRIVATE_KEY_FILE", "path of the merchant's private key", true, true, "private_key"},
	{"antom_public_key", "ANTOM_PUBLIC_KEY", "Antom's public key itself", false, false, "antom_public_key_file"},
	{"antom_public_key_file", "ANTOM_PUBLIC_KEY_FILE", "path of Antom's public key", true, true, "antom_public_key"},
	{"key_version", "ANTOM_KEY_VERSION", "version of the private key; 1 unless it was replaced", true, false, ""},
	{"agent_token", "ANTOM_AGENT_TOKEN", "agent token; partners only", true, false, ""},
	{"notify_url", "ANTOM_NOTIFY_URL", "where notifications go", true, false, ""},
	{"redirect_url", "ANTOM_REDIRECT_URL", "where the buyer returns to", true, false, ""},
	{"currency", "ANTOM_CURRENCY", "currency of sessions", true, false, ""},
	{"settlement_currency", "ANTOM_SETTLEMENT_CURRENCY", "settlement currency of sessions", true, false, ""},
	{"max_amount", "ANTOM_MAX_AMOUNT", "most that one call may move on a live profile: 10.00, or 10.00 SGD", true, false, ""},
}

// Variable is an environment variable that this package reads.
type Variable struct{ Name, Meaning string }

// Variables lists the environment variables, for help.
func Variables() []Variable {
	list := []Variable{
		{"ANTOM_PROFILE", "name of the profile to use"},
		{"ANTOM_CONFIG", "path of the configuration file"},
		{"ANTOM_CONFIG_DIR", "folder of the configuration, instead of the platform's"},
		{"ANTOM_STATE_DIR", "folder of antom's state and history, instead of the platform's"},
	}
	for _, row := range settingsTable {
		list = append(list, Variable{row.variable, row.meaning})
	}
	return list
}

// fileLayer is the name of the configuration file among the layers.
const fileLayer = "file"

// layer is the settings of one source, and where it sets each.
type layer struct {
	name   string
	values map[string]any
	where  map[string]string
}

// Load selects a profile and reads its settings. The notes are for the user. The error is an
// [*Error].
func Load(s Sources) (*Profile, []string, error) {
	file, err := s.Open()
	if err != nil {
		return nil, nil, err
	}
	environment, err := s.environment()
	if err != nil {
		return nil, nil, err
	}
	name, err := s.choose(file, environment)
	if err != nil {
		return nil, nil, err
	}
	if name == Emulator {
		return &Profile{Name: Emulator, Builtin: true, KeyVersion: 1}, builtinNotes(environment), nil
	}
	layers := []layer{{name: "default", values: map[string]any{"key_version": 1}}}
	if name != "" {
		stored, err := file.layer(name, s.HomeDir)
		if err != nil {
			return nil, nil, err
		}
		layers = append(layers, stored)
	}
	layers = append(layers, environment)
	p, err := merge(name, layers)
	if err != nil {
		return nil, nil, err
	}
	return p, notes(layers), p.check()
}

// Open reads the configuration file. A missing file means no profiles, unless the user named
// it.
func (s Sources) Open() (*File, error) {
	if s.ConfigFile == "" {
		return Open(ConfigPath(s.Getenv, s.GOOS))
	}
	file, err := Open(s.ConfigFile)
	if err == nil && file.missing {
		return nil, errorf("configuration file %s: no such file", s.ConfigFile).hint("check --config, or create it with antom profile add --config %s", s.ConfigFile)
	}
	return file, err
}

// choose selects the profile: the requested one, else the unnamed one of the environment, else
// the current one of the file.
func (s Sources) choose(file *File, environment layer) (string, error) {
	_, client := environment.values["client_id"]
	_, key := environment.values["private_key"]
	_, keyFile := environment.values["private_key_file"]
	switch {
	case s.Name == Emulator:
		return Emulator, nil
	case s.Name != "":
		_, err := file.Get(s.Name)
		return s.Name, err
	case client && (key || keyFile):
		return "", nil
	case file.Current() == Emulator:
		return Emulator, nil
	case file.Current() != "":
		_, err := file.Get(file.Current())
		return file.Current(), err
	case client:
		return "", errorf("ANTOM_CLIENT_ID is set without a private key").hint("set ANTOM_PRIVATE_KEY or ANTOM_PRIVATE_KEY_FILE too")
	}
	return "", errorf("no profile chosen").hint("antom profile add NAME creates one; --profile emulator uses the built-in gateway")
}

// environment returns the settings of the environment as a layer.
func (s Sources) environment() (layer, error) {
	l := layer{name: "environment", values: map[string]any{}, where: map[string]string{}}
	for _, row := range settingsTable {
		value := s.Getenv(row.variable)
		if value == "" {
			continue
		}
		if l.values[row.rival] != nil {
			return l, errorf("%s and %s are both set", l.where[row.rival], row.variable).hint("unset one of them: both set the same thing")
		}
		l.where[row.name] = row.variable
		switch {
		case row.name == "key_version":
			version, err := strconv.Atoi(value)
			if err != nil {
				return l, errorf("%s=%q: must be a whole number", row.variable, value)
			}
			l.values[row.name] = version
		case row.path:
			l.values[row.name] = resolve(value, s.HomeDir, s.Dir)
		default:
			l.values[row.name] = value
		}
	}
	return l, nil
}

// merge merges the layers; later ones take precedence.
func merge(name string, layers []layer) (*Profile, error) {
	v := viper.NewWithOptions(viper.KeyDelimiter("\x00"), viper.WithLogger(slog.New(slog.DiscardHandler)))
	merged := map[string]any{}
	origins := map[string]Origin{}
	for _, l := range layers {
		for _, row := range settingsTable {
			value, ok := l.values[row.name]
			if !ok || value == "" {
				continue
			}
			delete(merged, row.rival)
			merged[row.name] = value
			origins[row.name] = Origin{Layer: l.name, Where: l.where[row.name]}
		}
	}
	if err := v.MergeConfigMap(merged); err != nil {
		return nil, errorf("merge the settings: %s", err)
	}
	var all struct {
		Settings       `mapstructure:",squash"`
		AntomPublicKey string `mapstructure:"antom_public_key"`
	}
	if err := v.UnmarshalExact(&all); err != nil {
		return nil, errorf("read the settings: %s", err)
	}
	keyring := all.PrivateKey == Keyring && origins["private_key"].Layer == fileLayer
	if keyring {
		all.PrivateKey = ""
	}
	return &Profile{
		Name: name, ClientID: all.ClientID, Region: all.Region, GatewayURL: all.GatewayURL,
		PrivateKeyFile: all.PrivateKeyFile, PrivateKey: redact.Secret(all.PrivateKey), PrivateKeyKeyring: keyring,
		AntomPublicKeyFile: all.AntomPublicKeyFile, AntomPublicKey: all.AntomPublicKey,
		KeyVersion: all.KeyVersion, AgentToken: redact.Secret(all.AgentToken),
		NotifyURL: all.NotifyURL, RedirectURL: all.RedirectURL,
		Currency: all.Currency, SettlementCurrency: all.SettlementCurrency, maxAmount: all.MaxAmount, origins: origins,
	}, nil
}

// notes reports a client id in one layer that another layer overrides.
func notes(layers []layer) []string {
	var first layer
	for _, l := range layers {
		id, ok := l.values["client_id"]
		if !ok {
			continue
		}
		if earlier, named := first.values["client_id"]; named && earlier != id {
			return []string{fmt.Sprintf("client id %s from %s is used, not %s from %s", id, l.where["client_id"], earlier, first.where["client_id"])}
		}
		first = l
	}
	return nil
}

// builtinNotes reports a client id in the environment that has no effect, because the emulator
// has its own.
func builtinNotes(environment layer) []string {
	id, named := environment.values["client_id"]
	if !named {
		return nil
	}
	return []string{fmt.Sprintf("client id %s from %s is not used: profile %q has its own", id, environment.where["client_id"], Emulator)}
}

// Check checks settings that are about to be stored by the rules that Load applies. A live
// profile without a region is accepted: the environment may set it.
func (s *Settings) Check(name string) error {
	p := &Profile{
		Name: name, ClientID: s.ClientID, Region: s.Region, GatewayURL: s.GatewayURL, KeyVersion: cmp.Or(s.KeyVersion, 1),
		Currency: s.Currency, SettlementCurrency: s.SettlementCurrency, maxAmount: s.MaxAmount, origins: map[string]Origin{},
	}
	if p.Region == "" && p.GatewayURL == "" {
		p.Region = string(antom.RegionSG)
	}
	return p.check()
}

// check checks the rules that involve several settings, and fills in the region of the sandbox.
func (p *Profile) check() error {
	switch {
	case p.ClientID == "":
		return errorf("%s has no client_id", p.Title()).hint("set client_id in the profile, or ANTOM_CLIENT_ID")
	case p.KeyVersion < 1:
		return errorf("%s: key_version %d: must be 1 or more", p.at("key_version"), p.KeyVersion).hint("use 1 unless the key was replaced")
	}
	for _, name := range [...]string{"currency", "settlement_currency"} {
		code := map[string]string{"currency": p.Currency, "settlement_currency": p.SettlementCurrency}[name]
		if _, known := antom.LookupCurrency(code); code != "" && !known {
			return errorf("%s: %s %q: %s", p.at(name), name, code, antom.NotACurrency(code)).hint("a currency is three capital letters, such as SGD")
		}
	}
	if err := p.checkMaxAmount(); err != nil {
		return err
	}
	return p.checkGateway()
}

func (p *Profile) checkGateway() error {
	switch {
	case p.GatewayURL != "":
		if _, err := antom.ParseGatewayURL(p.GatewayURL); err != nil {
			return errorf("%s: %s", p.at("gateway_url"), err).hint("set gateway_url, or region to sg, us or de")
		}
	case p.Region != "":
		if _, err := antom.ParseRegion(p.Region); err != nil {
			return errorf("%s: %s", p.at("region"), err).hint("or name the gateway with gateway_url")
		}
	case !antom.IsSandboxID(p.ClientID):
		return errorf("%s is live and has no region", p.Title()).hint("set region to sg, us or de: a live client id has no default")
	default:
		p.Region = string(antom.RegionSG)
		p.origins["region"] = Origin{Layer: "default"}
	}
	return nil
}

// Title returns how to refer to the profile in a sentence.
func (p *Profile) Title() string {
	if p.Name == "" {
		return "the profile of the environment"
	}
	return fmt.Sprintf("profile %q", p.Name)
}

// at returns where a setting was made, as the beginning of an error message.
func (p *Profile) at(name string) string {
	if where := p.origins[name].Where; where != "" {
		return where
	}
	return p.Title()
}

// Live reports whether calls with this profile move real money: its client id is not one of the
// sandbox, and its gateway is not on this machine.
func (p *Profile) Live() bool {
	if p.Builtin || antom.IsSandboxID(p.ClientID) {
		return false
	}
	u, err := url.Parse(p.GatewayURL)
	return err != nil || u.Host == "" || !antom.IsLoopback(u.Hostname())
}

// SecretFile returns the configuration file if it contains a secret of the profile, else "".
func (p *Profile) SecretFile() string {
	if origin := p.origins["agent_token"]; origin.Layer == fileLayer {
		return origin.Where[:strings.LastIndexByte(origin.Where, ':')]
	}
	return ""
}

// Values returns the settings that are set, in the order of the table.
func (p *Profile) Values() []Value {
	values := []Value{{Name: "name", Value: p.Name}}
	privateKey := p.PrivateKey.String()
	if p.PrivateKeyKeyring {
		privateKey = Keyring
	}
	texts := [...]string{
		p.ClientID, p.Region, p.GatewayURL, privateKey, p.PrivateKeyFile, p.AntomPublicKey, p.AntomPublicKeyFile,
		strconv.Itoa(p.KeyVersion), p.AgentToken.String(), p.NotifyURL, p.RedirectURL, p.Currency, p.SettlementCurrency, p.maxAmount,
	}
	for i, row := range settingsTable {
		if texts[i] != "" {
			values = append(values, Value{Name: row.name, Value: texts[i], Origin: p.origins[row.name]})
		}
	}
	return values
}

// CheckName returns an error if a name is not a slug or is the built-in profile's.
func CheckName(name string) error {
	slug := name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && name[0] != '-'
	switch {
	case !slug:
		return errorf("profile name %q: may contain only a-z, 0-9 and -", name).hint("such as sandbox or shop-sg")
	case name == Emulator:
		return errorf("profile name %q: reserved for the built-in gateway", name).hint("--profile emulator uses it")
	}
	return nil
}

// possibleName returns a valid profile name close to the wanted one, which may contain capitals
// or blanks.
func possibleName(wanted string) string {
	slug := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return '-'
	}, strings.ToLower(wanted))
	if slug = strings.Trim(slug, "-"); slug == "" || slug == Emulator {
		return "sandbox"
	}
	return slug
}

// unknownProfile is the error for an unknown name; its hint lists the profiles.
func unknownProfile(name string, known []string) error {
	err := errorf("no profile %q", name).hint("antom profile add %s", possibleName(name))
	if near := rules.Nearest(name, append(slices.Clone(known), Emulator)); near != "" {
		return err.hint("did you mean %q?", near)
	}
	if len(known) > 0 {
		return err.hint("profiles: %s, %s", strings.Join(known, ", "), Emulator)
	}
	return err
}
