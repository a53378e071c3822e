package checkoutcmd

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/checkout"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/rules"
)

// sdkOptions are the flags for the options of the web SDK, as in the tables of Antom's guide.
type sdkOptions struct {
	popup, embedded, element bool
	locale                   string
	noLoading                bool
	submitButton             bool
	redirect                 bool
	storedCard               string
	needCVV                  bool
	billing                  string
	appearance               []string
	noAnalytics, noDevice    bool

	address map[string]any // of --billing
	styles  map[string]any // of --appearance
}

func (f *sdkOptions) bind(flags *pflag.FlagSet) {
	flags.BoolVar(&f.popup, "popup", false, "show the form in a popup (createComponent); the default")
	flags.BoolVar(&f.embedded, "embedded", false, "show the form on the page (mountComponent)")
	flags.BoolVar(&f.element, "element", false, "show the Payment Element (AMSElement)")
	flags.StringVar(&f.locale, "locale", "", "language of the form: a `locale` such as en_US (default: the form's own)")
	flags.BoolVar(&f.noLoading, "no-loading", false, "without the SDK's loading animation (appearance.showLoading false)")
	flags.BoolVar(&f.submitButton, "submit-button", false, "with --embedded: the form has its own button (appearance.showSubmitButton)")
	flags.BoolVar(&f.redirect, "redirect", false, "go to paymentRedirectUrl at the end (notRedirectAfterComplete false)")
	flags.StringVar(&f.storedCard, "stored-card", "", "pay with a stored card: its `token` (paymentMethod.paymentMethodId of the session)")
	flags.BoolVar(&f.needCVV, "need-cvv", false, "ask for the security code of a stored card (storedCard.needCVV)")
	flags.StringVar(&f.billing, "billing", "", "with --embedded: JSON `file` with the buyer's billing address, for submit(); - is standard input")
	flags.StringArrayVar(&f.appearance, "appearance", nil, "look of the form: `key=value`, or @FILE with JSON; may be repeated")
	flags.BoolVar(&f.noAnalytics, "no-analytics", false, "analytics.enabled false; the page's policy blocks the tracker")
	flags.BoolVar(&f.noDevice, "no-device-id", false, "block the device fingerprint; Antom's risk control may decide differently")
}

// locales are those that Antom's pages list: G24, then those of newer pages (DOC).
// Sorted.
var locales = [...]string{
	"ar_SA", "de_DE", "en_US", "es_ES", "fr_FR", "hi_IN", "in_ID", "it_IT", "ja_JP", "ko_KR", "ms_MY", "nl_NL", "pl_PL", "pt_BR", "pt_PT",
	"ro", "th_TH", "tl_PH", "tr_TR", "vi_VN", "zh_CN", "zh_HK",
}

// Locales are the locales that Antom's pages list, sorted.
func Locales() []string { return slices.Clone(locales[:]) }

// addressFields are the parts of billingAddress and how long each may be, in
// characters (G24).
var addressFields = [...]struct {
	name    string
	longest int
	wanted  bool
}{
	{"region", 2, true}, {"state", 8, false}, {"city", 32, false}, {"address1", 256, false}, {"address2", 256, false}, {"zipCode", 32, false},
}

// appearanceKeys are the keys of appearance that are documented (G24, DOC) or typed
// (JS). Others go through: the form may know them.
var appearanceKeys = [...]string{"accentColor", "card", "layout", "showLoading", "showSubmitButton", "theme", "themeType", "variables"}

// appearances are values of --appearance that Antom documents: the themes of the Payment
// Element and its layouts (DOC). Sorted.
var appearances = [...]string{
	"card.showBrandIcon=false", "card.showBrandIcon=true", "layout.type=Accordion", "layout.type=tabs", "showLoading=false", "showSubmitButton=true",
	"theme=agateGreen", "theme=cherryBlossomPink", "theme=default", "theme=gamingPurple", "theme=night", "theme=nostalgicGray",
}

// Appearances are values of --appearance that Antom documents, sorted.
func Appearances() []string { return slices.Clone(appearances[:]) }

func (f *sdkOptions) validate(c *cli.CLI) error {
	ways := 0
	for _, way := range [...]bool{f.popup, f.embedded, f.element} {
		if way {
			ways++
		}
	}
	switch {
	case ways > 1:
		return cli.Usagef("--popup, --embedded and --element are three ways to show the form").WithHint("give one")
	case f.submitButton && !f.embedded:
		return cli.Usagef("--submit-button belongs to --embedded: a popup always has a button, the Payment Element has none")
	case f.billing != "" && (!f.embedded || f.submitButton):
		return cli.Usagef("--billing is an argument of submit(), which only --embedded without --submit-button calls").WithHint("add --embedded")
	}
	f.locale = strings.ReplaceAll(f.locale, "-", "_")
	return cli.First(f.readAppearance(c), f.readBilling(c))
}

// readAppearance reads --appearance: later ones win.
func (f *sdkOptions) readAppearance(c *cli.CLI) error {
	f.styles = map[string]any{}
	for _, text := range f.appearance {
		if name, isFile := strings.CutPrefix(text, "@"); isFile {
			object, err := readObject(c, "--appearance", name)
			if err != nil {
				return err
			}
			maps.Copy(f.styles, object)
			continue
		}
		key, value, found := strings.Cut(text, "=")
		if !found || key == "" {
			return cli.Usagef("--appearance %q: must be key=value or @FILE", text).WithHint("such as --appearance theme=night")
		}
		set(f.styles, strings.Split(key, "."), scalar(value))
	}
	return nil
}

// set sets a value at a path. Values on the path that are not objects are replaced.
func set(object map[string]any, path []string, value any) {
	for _, name := range path[:len(path)-1] {
		below, is := object[name].(map[string]any)
		if !is {
			below = map[string]any{}
			object[name] = below
		}
		object = below
	}
	object[path[len(path)-1]] = value
}

// scalar parses text as a JSON boolean or number; any other text is returned as it is.
func scalar(text string) any {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err == nil {
		switch value.(type) {
		case bool, float64:
			return value
		}
	}
	return text
}

func readObject(c *cli.CLI, flag, name string) (map[string]any, error) {
	text, err := os.ReadFile(c.Abs(name))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", flag, err)
	}
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil || object == nil {
		return nil, cli.Usagef("%s %s: must hold a JSON object", flag, name)
	}
	return object, nil
}

// readBilling reads --billing and checks it against the lengths in the guide.
func (f *sdkOptions) readBilling(c *cli.CLI) error {
	if f.billing == "" {
		return nil
	}
	object, err := readObject(c, "--billing", f.billing)
	if err != nil {
		return err
	}
	if inner, is := object["billingAddress"].(map[string]any); is && len(object) == 1 {
		object = inner
	}
	var names []string
	for _, field := range addressFields {
		names = append(names, field.name)
		value, here := object[field.name]
		text, isText := value.(string)
		switch {
		case !here && field.wanted:
			return cli.Usagef("--billing: %s is missing", field.name).WithHint("a country in two letters, such as SG")
		case here && !isText:
			return cli.Usagef("--billing: %s must be a text", field.name)
		case utf8.RuneCountInString(text) > field.longest:
			return cli.Usagef("--billing: %s has %d characters, Antom allows %d", field.name, utf8.RuneCountInString(text), field.longest)
		}
	}
	for name := range object {
		if !slices.Contains(names, name) {
			usage := cli.Usagef("--billing: %q is not a part of billingAddress", name)
			if near := rules.Nearest(name, names); near != "" {
				return usage.WithHint("did you mean %s?", near)
			}
			return usage.WithHint("its parts are %s", strings.Join(names, ", "))
		}
	}
	f.address = object
	return nil
}

// advise warns of values that Antom's pages do not list.
func (f *sdkOptions) advise(p *output.Printer) {
	if f.locale != "" && !slices.Contains(locales[:], f.locale) {
		near := ""
		if word := rules.Nearest(f.locale, locales[:]); word != "" {
			near = "; did you mean " + word + "?"
		}
		p.Warn("--locale %s is not one that Antom lists: the form may be in English%s", f.locale, near)
	}
	if theme, is := f.styles["theme"].(string); is && !slices.Contains(appearances[:], "theme="+theme) {
		p.Warn("--appearance theme=%s is not one that Antom lists", theme)
	}
	for _, key := range slices.Sorted(maps.Keys(f.styles)) {
		if !slices.Contains(appearanceKeys[:], key) {
			p.Note("--appearance: Antom does not document the key %s; it is passed on", key)
		}
	}
}

// class is the class of the SDK that shows the form.
func (f *sdkOptions) class() string {
	if f.element {
		return "AMSElement"
	}
	return "AMSCashierPayment"
}

// settings are the options as the page passes them to the SDK.
func (f *sdkOptions) settings(environment string) checkout.Settings {
	s := checkout.Settings{
		Class: f.class(), Popup: !f.embedded && !f.element, OwnButton: f.element || f.embedded && !f.submitButton,
		Options: map[string]any{"environment": environment}, Params: map[string]any{"notRedirectAfterComplete": !f.redirect},
	}
	if f.locale != "" {
		s.Options["locale"] = f.locale
	}
	if f.noAnalytics {
		s.Options["analytics"] = map[string]any{"enabled": false}
	}
	appearance := maps.Clone(f.styles)
	if f.noLoading {
		appearance["showLoading"] = false
	}
	if f.submitButton {
		appearance["showSubmitButton"] = true
	}
	if len(appearance) > 0 {
		s.Params["appearance"] = appearance
	}
	if f.needCVV {
		s.Params["merchantAppointParam"] = map[string]any{"storedCard": map[string]any{"needCVV": true}}
	}
	if f.address != nil {
		s.Submit = map[string]any{"billingAddress": f.address}
	}
	return s
}
