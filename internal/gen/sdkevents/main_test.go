package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/pkg/antom"
)

// TestFresh checks that the page has the current table.
func TestPage_fresh(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/checkout.md")
	if err != nil {
		t.Fatal(err)
	}
	want, err := filled(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("go generate ./pkg/antom makes (-):\n%s", diff)
	}
	for _, row := range antom.SDKEvents() {
		if !strings.Contains(want, "`"+row.Code+"`") {
			t.Errorf("%s is not on the page", row.Code)
		}
	}
}

func TestFilled_noMarks(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"", begin, end + begin, "# Checkout\n"} {
		if got, err := filled(page); err == nil {
			t.Errorf("%q: %q", page, got)
		}
	}
}
