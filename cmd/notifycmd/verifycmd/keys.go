package verifycmd

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/diagnose"
	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/internal/secret"
	"github.com/antom-cli/antom/internal/verify"
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// keys finds the verifying keys before any input is read.
func (o *notifyVerify) keys(p *output.Printer) (verify.Keys, error) {
	if o.publicKeyFile != "" {
		key, err := secret.AntomKey("", o.c.Abs(o.publicKeyFile))
		given := diagnose.Key{Name: "the key of " + o.publicKeyFile, Public: key}
		return verify.NewKeys(given, given), err
	}
	chosen, err := o.c.LoadProfile(p)
	if err != nil {
		return nil, err
	}
	if chosen.Builtin {
		m, err := o.c.Emulated(chosen)
		if err != nil {
			return nil, err
		}
		o.adopt(m.Profile)
		return verify.NewKeys(NamedKeys(m.Profile, m.AntomKey, m.Key.Public())), nil
	}
	o.adopt(chosen)
	antomKey, antomErr := secret.AntomKey(chosen.AntomPublicKey, chosen.AntomPublicKeyFile)
	var merchantKey *sign.PublicKey
	private, merchantErr := quietPrivateKey(chosen)
	if merchantErr == nil {
		merchantKey = private.Public()
	}
	if o.kind == string(intake.Request) {
		antomErr = merchantErr
	}
	return verify.NewKeys(NamedKeys(chosen, antomKey, merchantKey)), antomErr
}

// quietPrivateKey reads the merchant's private key without the warnings that signing commands
// print.
func quietPrivateKey(p *profile.Profile) (*sign.PrivateKey, error) {
	if p.PrivateKeyKeyring {
		return secret.KeyringKey(p.Name)
	}
	key, _, err := secret.PrivateKey(p.PrivateKey, p.PrivateKeyFile)
	return key, err
}

// NamedKeys returns the two keys of a profile with their names for a diagnosis.
func NamedKeys(p *profile.Profile, antomKey, merchantKey *sign.PublicKey) (_, _ diagnose.Key) {
	where := placeOf(p)
	return diagnose.Key{Name: "Antom's key of " + where, Owner: diagnose.Antom, Test: !p.Live(), Public: antomKey},
		diagnose.Key{Name: "the merchant's own key of " + where, Owner: diagnose.Merchant, Test: !p.Live(), Public: merchantKey}
}

// placeOf returns the source of a profile's settings.
func placeOf(p *profile.Profile) string {
	if p.Name == "" {
		return "the environment"
	}
	return fmt.Sprintf("profile %q", p.Name)
}

// adopt fills in from the profile what the flags did not set.
func (o *notifyVerify) adopt(chosen *profile.Profile) {
	o.defaults.ClientID = cmp.Or(o.defaults.ClientID, chosen.ClientID)
	o.defaults.NotifyURL = chosen.NotifyURL
}

// ReadSurroundings reads the profiles. It omits what can't be read, because the user did not
// ask about it.
func ReadSurroundings(c *cli.CLI) *verify.Surroundings {
	s := &surroundings{}
	for _, name := range append([]string{c.Global.Profile}, profileNames(c)...) {
		sources := c.ProfileSources()
		sources.Name = name
		if name != c.Global.Profile {
			sources.Getenv = func(variable string) string { return placesOnly(c, variable) } // the settings of the environment are of the chosen profile
		}
		found, _, err := profile.Load(sources)
		if err != nil {
			continue
		}
		if !found.Builtin {
			s.add(found)
		}
	}
	if dir := profile.StateDir(c.Getenv, runtime.GOOS); dir != "" {
		if _, err := os.Stat(filepath.Join(c.Abs(dir), "emulator")); err == nil {
			s.addEmulator(c)
		}
	}
	return &s.Surroundings
}

// surroundings are being read.
type surroundings struct{ verify.Surroundings }

func profileNames(c *cli.CLI) []string {
	path := c.NamedConfig()
	if path == "" {
		path = profile.ConfigPath(c.Getenv, runtime.GOOS)
	}
	file, err := profile.Open(path)
	if err != nil {
		return nil
	}
	return file.Names()
}

// placesOnly returns the environment without the settings of a profile.
func placesOnly(c *cli.CLI, name string) string {
	if strings.HasPrefix(name, "ANTOM_") && !strings.HasSuffix(name, "_DIR") {
		return ""
	}
	return c.Getenv(name)
}

func (s *surroundings) add(p *profile.Profile) {
	antomKey, err := secret.AntomKey(p.AntomPublicKey, p.AntomPublicKeyFile)
	if err != nil {
		antomKey = nil
	}
	var merchantKey *sign.PublicKey
	if private, err := quietPrivateKey(p); err == nil {
		merchantKey = private.Public()
	}
	s.addKeys(p, antomKey, merchantKey)
}

func (s *surroundings) addEmulator(c *cli.CLI) {
	m, err := c.Emulated(&profile.Profile{Name: profile.Emulator, Builtin: true})
	if err == nil {
		s.addKeys(m.Profile, m.AntomKey, m.Key.Public())
	}
}

func (s *surroundings) addKeys(p *profile.Profile, antomKey, merchantKey *sign.PublicKey) {
	first, second := NamedKeys(p, antomKey, merchantKey)
	for _, key := range [...]diagnose.Key{first, second} {
		if key.Public != nil {
			s.Keys = append(s.Keys, key)
		}
	}
	from := placeOf(p)
	if p.ClientID != "" {
		s.ClientIDs = append(s.ClientIDs, diagnose.Known{Value: p.ClientID, From: from})
	}
	if p.NotifyURL != "" {
		s.URLs = append(s.URLs, diagnose.Known{Value: p.NotifyURL, From: "notify_url of " + from})
	}
}

// sessionAmounts looks up the amount of a session that this machine created, by its
// paymentRequestId or paymentId. The history is read at the first lookup.
func sessionAmounts(c *cli.CLI) func(id string) (antom.Amount, bool) {
	amounts := sync.OnceValue(func() map[string]antom.Amount { return createdAmounts(c) })
	return func(id string) (antom.Amount, bool) {
		amount, known := amounts()[id]
		return amount, known
	}
}

// createdAmounts returns the amounts of the sessions in the history, without what can't be
// read. The paymentId comes from later calls, since a session has none.
func createdAmounts(c *cli.CLI) map[string]antom.Amount {
	log := c.History()
	if log == nil {
		return nil
	}
	amounts, payments := map[string]antom.Amount{}, map[string]string{}
	for record, err := range log.Newest() {
		if err != nil {
			break
		}
		if record.PaymentID != "" && record.PaymentRequestID != "" {
			payments[record.PaymentID] = record.PaymentRequestID
		}
		_, newer := amounts[record.PaymentRequestID]
		if !newer && record.Operation == antom.CreatePaymentSession && record.ResultStatus == antom.StatusS && record.Failure == "" {
			amounts[record.PaymentRequestID] = record.PaymentAmount
		}
	}
	for payment, request := range payments {
		if amount, known := amounts[request]; known {
			amounts[payment] = amount
		}
	}
	return amounts
}
