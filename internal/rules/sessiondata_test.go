package rules_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/rules"
)

func sessionWith(region, scene, category string) string {
	config := `{"paymentSessionConfig":{"productScene":"` + scene + `","paymentMethodCategoryType":"` + category + `"}}`
	return base64.StdEncoding.EncodeToString(make([]byte, 64)) + "&&" + region + "&&1&&" + base64.StdEncoding.EncodeToString([]byte(config))
}

// Every form that the web SDK knows is accepted, and a similar one is not.
func TestInspectSession_forms(t *testing.T) {
	t.Parallel()
	for _, form := range [...][2]string{
		{"CASHIER_PAYMENT", "CARD"}, {"CASHIER_PAYMENT", "BANK"}, {"CASHIER_PAYMENT", "APM"}, {"EASY_PAY", "WALLET"}, {"EASY_PAY", "APM"},
		{"AUTO_DEBIT", "WALLET"}, {"AUTO_DEBIT_PAY", "WALLET"}, {"AUTO_DEBIT", "APM"}, {"VAULTING", "CARD"}, {"CHECKOUT_PAYMENT", ""},
		{"ELEMENT_PAYMENT", "ALL"}, {"ELEMENT_ADDRESS", "ALL"},
	} {
		if s := rules.InspectSession(sessionWith("SG", form[0], form[1])); !s.Accepted() || len(s.Findings) > 0 {
			t.Errorf("%v: %+v", form, s.Findings)
		}
		if s := rules.InspectSession(sessionWith("SG", form[0], form[1]+"X")); s.Accepted() {
			t.Errorf("%vX is accepted", form)
		}
	}
}

func TestInspectSession_regions(t *testing.T) {
	t.Parallel()
	for sign, gateway := range map[string]string{
		"SG": "imgs-sea-global.alipay.com", "US": "imgs-na-global.alipay.com", "DE": "imgs-de-global.alipay.com",
		"QK": "imgs-qk.alipay.com", "ID": "imgs-id.alipay.com", "SA": "imgs-sa.alipay.com",
	} {
		if s := rules.InspectSession(sessionWith(sign, "CASHIER_PAYMENT", "CARD")); s.Region.Gateway != gateway || len(s.Findings) > 0 {
			t.Errorf("%s: %s, %+v", sign, s.Region.Gateway, s.Findings)
		}
	}
	s := rules.InspectSession(sessionWith("XX", "CASHIER_PAYMENT", "CARD"))
	warned := slices.ContainsFunc(s.Findings, func(f rules.SessionFinding) bool { return f.Rule == "region" && !f.Refused })
	if !s.Accepted() || !warned || s.Region.Sign != "SG" {
		t.Errorf("an unknown region: %+v, %+v", s.Region, s.Findings)
	}
}

func FuzzInspectSession(f *testing.F) {
	f.Add(sessionWith("SG", "CASHIER_PAYMENT", "CARD"))
	f.Add("&&&&&&")
	f.Add("")
	f.Fuzz(func(t *testing.T, data string) {
		s := rules.InspectSession(data)
		if strings.Join(s.Parts, "&&") != data {
			t.Errorf("the parts are not the data: %q", s.Parts)
		}
		if s.Accepted() && (len(s.Parts) < 4 || s.Config == nil || s.Form() == "") {
			t.Errorf("accepted without a form: %+v", s)
		}
	})
}
