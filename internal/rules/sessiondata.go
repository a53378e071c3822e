package rules

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/antom-cli/antom/internal/redact"
)

// SessionData is paymentSessionData, parsed as in the web SDK. Its parts are joined with
// &&: a secret blob, the region, a number that the SDK only passes on, and base64 of a
// JSON object that says which form to show (JS 1.47.2).
type SessionData struct {
	Parts    []string
	Region   SessionRegion
	Scene    string // productScene, such as CASHIER_PAYMENT
	Category string // paymentMethodCategoryType, such as CARD
	Version  string // productSceneVersion
	Class    string // SDK class of the form; empty if the form is not known
	Config   []byte // the fourth part as JSON; nil if it can't be read
	Hosts    []string
	Findings []SessionFinding
}

// SessionFinding is a finding about a session. If it is refused, the web SDK would
// reject the session.
type SessionFinding struct {
	Refused bool
	Rule    string // stable id, such as "parts"
	Message string
	Hint    string
}

// SessionRegion is a gateway of the SDK.
type SessionRegion struct{ Sign, Gateway string }

// sessionRegions are the gateways that the SDK knows (JS). Sorted by sign.
var sessionRegions = [...]SessionRegion{
	{"DE", "imgs-de-global.alipay.com"},
	{"ID", "imgs-id.alipay.com"},
	{"QK", "imgs-qk.alipay.com"},
	{"SA", "imgs-sa.alipay.com"},
	{"SG", "imgs-sea-global.alipay.com"},
	{"US", "imgs-na-global.alipay.com"},
}

// defaultRegion is what the SDK uses if the region is unknown or missing (JS).
const defaultRegion = "SG"

// sessionForm is a form that the SDK knows, scene and category joined, and the
// class of the SDK that it is made for.
type sessionForm struct{ form, class string }

// sessionForms are all of them (JS). Sorted by form.
var sessionForms = [...]sessionForm{
	{"AUTO_DEBIT_APM", "AMSAutoDebit"},
	{"AUTO_DEBIT_PAY_WALLET", "AMSAutoDebitPay"},
	{"AUTO_DEBIT_WALLET", "AMSAutoDebit"},
	{"CASHIER_PAYMENT_APM", "AMSCashierPayment"},
	{"CASHIER_PAYMENT_BANK", "AMSCashierPayment"},
	{"CASHIER_PAYMENT_CARD", "AMSCashierPayment"},
	{"CHECKOUT_PAYMENT", "AMSCheckoutPage"},
	{"EASY_PAY_APM", "AMSEasyPay"},
	{"EASY_PAY_WALLET", "AMSEasyPay"},
	{"ELEMENT_ADDRESS_ALL", "AddressElement"},
	{"ELEMENT_PAYMENT_ALL", "AMSElement"},
	{"VAULTING_CARD", "AMSVaulting"},
}

// SessionClasses returns the SDK classes that accept sessions, sorted.
func SessionClasses() []string {
	var classes []string
	for _, row := range sessionForms {
		classes = append(classes, row.class)
	}
	slices.Sort(classes)
	return slices.Compact(classes)
}

// longestSessionData is the documented length (G24).
const longestSessionData = 4096

// sessionParts is how many parts the SDK requires: with three it finds no form.
const sessionParts = 4

// InspectSession parses session data and finds reasons for which the web SDK would
// reject them.
func InspectSession(data string) *SessionData {
	s := &SessionData{Parts: strings.Split(data, "&&")}
	s.checkText(data)
	s.checkRegion()
	if len(s.Parts) < sessionParts {
		s.refuse("parts", "give the web SDK the complete paymentSessionData, not cut and not decoded",
			"has %d of the %d parts joined with &&; without the fourth the SDK finds no form to show", len(s.Parts), sessionParts)
		return s
	}
	if len(s.Parts) > sessionParts {
		s.warn("parts", "is it two sessions?", "has %d parts, the SDK reads %d", len(s.Parts), sessionParts)
	}
	s.checkConfig(s.Parts[3])
	return s
}

// Accepted reports whether the web SDK would accept the session.
func (s *SessionData) Accepted() bool {
	return !slices.ContainsFunc(s.Findings, func(f SessionFinding) bool { return f.Refused })
}

// Form is the scene and category that the SDK looks up.
func (s *SessionData) Form() string {
	return strings.Trim(s.Scene+"_"+s.Category, "_")
}

func (s *SessionData) refuse(rule, hint, format string, args ...any) {
	s.Findings = append(s.Findings, SessionFinding{true, rule, fmt.Sprintf(format, args...), hint})
}

func (s *SessionData) warn(rule, hint, format string, args ...any) {
	s.Findings = append(s.Findings, SessionFinding{false, rule, fmt.Sprintf(format, args...), hint})
}

// checkText finds changes made to the data in transit.
func (s *SessionData) checkText(data string) {
	if n := utf8.RuneCountInString(data); n > longestSessionData {
		s.warn("too-long", "was something appended?", "has %d characters, Antom documents at most %d", n, longestSessionData)
	}
	blob := s.Parts[0]
	switch {
	case blob == "":
		s.refuse("blob", "copy it from its first character", "begins with an empty part")
	case strings.Contains(blob, "%2B") || strings.Contains(blob, "%2F") || strings.Contains(blob, "%3D"):
		s.refuse("encoded", "decode it once: it came out of a URL", "the first part is URL-encoded")
	case strings.ContainsAny(blob, " \t\r\n"):
		s.refuse("blob", "a + that became a blank, or a line end from a paste", "the first part holds a blank or a line end")
	default:
		if _, err := base64.StdEncoding.DecodeString(blob); err != nil {
			s.warn("blob", "is it cut or changed?", "the first part is not base64; Antom's gateway may refuse it")
		}
	}
}

func (s *SessionData) checkRegion() {
	sign := ""
	if len(s.Parts) > 1 {
		sign = s.Parts[1]
	}
	for _, row := range sessionRegions {
		if row.Sign == sign {
			s.Region = row
			return
		}
	}
	for _, row := range sessionRegions {
		if row.Sign == defaultRegion {
			s.Region = row
		}
	}
	s.warn("region", "the regions are SG, US, DE, ID, QK and SA", "the region is %s, which the SDK does not know; it takes %s", redact.Quote(sign), defaultRegion)
}

// sessionConfig is what the SDK reads of the fourth part.
type sessionConfig struct {
	Config struct {
		Scene    string `json:"productScene"`
		Category string `json:"paymentMethodCategoryType"`
		Version  string `json:"productSceneVersion"`
	} `json:"paymentSessionConfig"`
	Factor struct {
		Modules []struct {
			URL string `json:"scriptUrl"`
		} `json:"frontModulesToBeLoaded"`
	} `json:"paymentSessionFactor"`
}

func (s *SessionData) checkConfig(part string) {
	text, err := base64.StdEncoding.DecodeString(part)
	if err != nil {
		s.refuse("config", "is it cut or changed?", "the fourth part is not base64")
		return
	}
	var config sessionConfig
	if err := json.Unmarshal(text, &config); err != nil {
		s.refuse("config", "is it cut or changed?", "the fourth part is not a JSON object that the SDK can read")
		return
	}
	s.Config = text
	s.Scene, s.Category, s.Version = config.Config.Scene, config.Config.Category, config.Config.Version
	at, known := slices.BinarySearchFunc(sessionForms[:], s.Form(), func(row sessionForm, form string) int { return strings.Compare(row.form, form) })
	if known {
		s.Class = sessionForms[at].class
	} else {
		s.refuse("scene", "the SDK knows "+strings.Join(formNames(), ", "), "asks for the form %s, which the SDK does not know", redact.Quote(s.Form()))
	}
	for _, module := range config.Factor.Modules {
		if u, err := url.Parse(module.URL); err == nil && u.Host != "" && !slices.Contains(s.Hosts, u.Host) {
			s.Hosts = append(s.Hosts, u.Host)
		}
	}
	if len(s.Hosts) > 0 {
		s.warn("scripts", "a content security policy must allow them", "makes the SDK load scripts from %s", strings.Join(s.Hosts, ", "))
	}
}

func formNames() []string {
	var names []string
	for _, row := range sessionForms {
		names = append(names, row.form)
	}
	return names
}

// For checks whether a class of the SDK can show the session. The classes themselves check only
// popups of the Payment Element. Otherwise they load the form of another product, which waits
// for messages that never come (JS).
func (s *SessionData) For(class string) {
	if s.Class != "" && s.Class != class {
		s.refuse("class", fmt.Sprintf("give it to %s, or create the session with the productScene of %s", s.Class, class),
			"asks for the form %s, which is %s's: %s does not show it", s.Form(), s.Class, class)
	}
}

// SameSession reports whether a paymentSessionId belongs to session data: both are
// base64 and begin with the same 32 bytes (seen in Antom's samples, INF). If one of
// them can't be read, readable is false.
func (s *SessionData) SameSession(id string) (same, readable bool) {
	const shared = 32
	blob, err := base64.StdEncoding.DecodeString(s.Parts[0])
	if err != nil || len(blob) < shared {
		return false, false
	}
	other, err := base64.StdEncoding.DecodeString(id)
	if err != nil || len(other) < shared {
		return false, false
	}
	return string(blob[:shared]) == string(other[:shared]), true
}
