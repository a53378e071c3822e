package notifycmd

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
	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// keyring holds the key that verifies each kind of message.
type keyring map[intake.Kind]diagnose.Key

func newKeyring(antomKey, merchantKey diagnose.Key) keyring {
	return keyring{intake.Notification: antomKey, intake.Response: antomKey, intake.Request: merchantKey}
}

// keys finds the verifying keys before any input is read.
func (o *notifyVerify) keys(p *output.Printer) (keyring, error) {
	if o.publicKeyFile != "" {
		key, err := secret.AntomKey("", o.c.Abs(o.publicKeyFile))
		given := diagnose.Key{Name: "the key of " + o.publicKeyFile, Public: key}
		return newKeyring(given, given), err
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
		return newKeyring(namedKeys(m.Profile, m.AntomKey, m.Key.Public())), nil
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
	return newKeyring(namedKeys(chosen, antomKey, merchantKey)), antomErr
}

// quietPrivateKey reads the merchant's private key without the warnings of a
// command that signs with it.
func quietPrivateKey(p *profile.Profile) (*sign.PrivateKey, error) {
	if p.PrivateKeyKeyring {
		return secret.KeyringKey(p.Name)
	}
	key, _, err := secret.PrivateKey(p.PrivateKey, p.PrivateKeyFile)
	return key, err
}

// namedKeys are the two keys of a profile as a diagnosis names them.
func namedKeys(p *profile.Profile, antomKey, merchantKey *sign.PublicKey) (_, _ diagnose.Key) {
	where := placeOf(p)
	return diagnose.Key{Name: "Antom's key of " + where, Owner: diagnose.Antom, Test: !p.Live(), Public: antomKey},
		diagnose.Key{Name: "the merchant's own key of " + where, Owner: diagnose.Merchant, Test: !p.Live(), Public: merchantKey}
}

// placeOf is where the settings of a profile are.
func placeOf(p *profile.Profile) string {
	if p.Name == "" {
		return "the environment"
	}
	return fmt.Sprintf("profile %q", p.Name)
}

// adopt takes from the profile what the flags did not say.
func (o *notifyVerify) adopt(chosen *profile.Profile) {
	o.defaults.ClientID = cmp.Or(o.defaults.ClientID, chosen.ClientID)
	o.defaults.NotifyURL = chosen.NotifyURL
}

// surroundings are what a diagnosis may try beside the message itself: keys,
// client ids and notify URLs of all profiles.
type surroundings struct {
	keys      []diagnose.Key
	clientIDs []diagnose.Known
	urls      []diagnose.Known
}

// surroundings reads the profiles. What can't be read is left out: it is not
// what the user asked about.
func (o *notifyVerify) surroundings() *surroundings {
	s := new(surroundings)
	for _, name := range append([]string{o.c.Global.Profile}, profileNames(o.c)...) {
		sources := o.c.ProfileSources()
		sources.Name = name
		if name != o.c.Global.Profile {
			sources.Getenv = func(variable string) string { return placesOnly(o.c, variable) } // the settings of the environment are of the chosen profile
		}
		found, _, err := profile.Load(sources)
		if err != nil {
			continue
		}
		if !found.Builtin {
			s.add(found)
		}
	}
	if dir := profile.StateDir(o.c.Getenv, runtime.GOOS); dir != "" {
		if _, err := os.Stat(filepath.Join(o.c.Abs(dir), "emulator")); err == nil {
			s.addEmulator(o.c)
		}
	}
	return s
}

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

// placesOnly is the environment without the settings of a profile.
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
	first, second := namedKeys(p, antomKey, merchantKey)
	for _, key := range [...]diagnose.Key{first, second} {
		if key.Public != nil {
			s.keys = append(s.keys, key)
		}
	}
	from := placeOf(p)
	if p.ClientID != "" {
		s.clientIDs = append(s.clientIDs, diagnose.Known{Value: p.ClientID, From: from})
	}
	if p.NotifyURL != "" {
		s.urls = append(s.urls, diagnose.Known{Value: p.NotifyURL, From: "notify_url of " + from})
	}
}

// caseOf is a message with all that may explain why it does not verify.
func (s *surroundings) caseOf(m *intake.Message, used diagnose.Key) *diagnose.Case {
	return &diagnose.Case{Message: m, Keys: append([]diagnose.Key{used}, s.keys...), ClientIDs: s.clientIDs, URLs: s.urls}
}

// sessionAmounts looks up the amount of the session of a payment, as this machine
// made it. The history is read when the first one is asked for.
func sessionAmounts(c *cli.CLI) func(paymentRequestID string) (antom.Amount, bool) {
	amounts := sync.OnceValue(func() map[string]antom.Amount { return createdAmounts(c) })
	return func(id string) (antom.Amount, bool) {
		amount, known := amounts()[id]
		return amount, known
	}
}

// createdAmounts are the amounts of the sessions in the history; what can't be
// read of it is left out.
func createdAmounts(c *cli.CLI) map[string]antom.Amount {
	log := c.History()
	if log == nil {
		return nil
	}
	amounts := map[string]antom.Amount{}
	for record, err := range log.Newest() {
		if err != nil {
			break
		}
		_, newer := amounts[record.PaymentRequestID]
		if !newer && record.Operation == antom.CreatePaymentSession && record.ResultStatus == antom.StatusS && record.Failure == "" {
			amounts[record.PaymentRequestID] = record.PaymentAmount
		}
	}
	return amounts
}
