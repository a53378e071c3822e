package check_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/check"
)

func clock() check.Check {
	return check.Check{ID: "clock", Title: "the clock is right", Why: "Antom compares times", Remedy: "set the clock"}
}

func findings() []check.Finding {
	keys := check.Check{ID: "keys", Title: `both keys are of one "pair" & <read>`, Why: "else nothing verifies", Remedy: "antom key check"}
	return []check.Finding{
		{Check: clock(), Status: check.Passed, Elapsed: 1500 * time.Millisecond},
		{Check: clock(), Status: check.Warning, Detail: "4 minutes late", Elapsed: time.Millisecond},
		{Check: keys, Status: check.Failed, Detail: "line 1\nline 2 \x1b[31m<&\">", Elapsed: 2 * time.Second},
		{Check: keys, Status: check.Unproven, Detail: "refused for another reason"},
		{Check: keys, Status: check.Skipped, Detail: "no key"},
	}
}

// TestJUnit: the report is the one that was read before it was accepted, and an
// XML reader finds the same texts in it.
func TestJUnit(t *testing.T) {
	t.Parallel()
	report, err := check.JUnit(`antom doctor <&">`, "antom.doctor", findings())
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join("testdata", "junit.xml"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(report)); diff != "" {
		t.Error(diff)
	}
	var read struct {
		Name  string `xml:"name,attr"`
		Cases []struct {
			Name    string `xml:"name,attr"`
			Failure struct {
				Message string `xml:"message,attr"`
				Text    string `xml:",chardata"`
			} `xml:"failure"`
		} `xml:"testcase"`
	}
	if err := xml.Unmarshal(report, &read); err != nil {
		t.Fatal(err)
	}
	failure := read.Cases[2].Failure
	if read.Name != `antom doctor <&">` || failure.Message != "line 1\nline 2 \ufffd[31m<&\">" || failure.Text != "why: else nothing verifies\nremedy: antom key check" {
		t.Errorf("read back as %+v", read)
	}
}

func TestFinding_Text(t *testing.T) {
	t.Parallel()
	want := []string{
		"[ok]  clock  the clock is right",
		"[warning]  clock  the clock is right: 4 minutes late\n  why: Antom compares times\n  remedy: set the clock",
		"[FAILED]  keys  both keys are of one \"pair\" & <read>: line 1 line 2  [31m<&\">\n  why: else nothing verifies\n  remedy: antom key check",
		"[unproven]  keys  both keys are of one \"pair\" & <read>: refused for another reason",
		"[skipped]  keys  both keys are of one \"pair\" & <read>: no key",
	}
	var got []string
	for _, f := range findings() {
		got = append(got, f.Text(func(word string, s check.Status) string {
			if !strings.EqualFold(word, string(s)) {
				t.Errorf("style of %q for %q", word, s)
			}
			return "[" + word + "]"
		}))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := findings()[0].Text(nil); got != "ok  clock  the clock is right" {
		t.Errorf("plain: %s", got)
	}
}

func TestFinding_Row(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(findings()[1].Row())
	want := `{"id":"clock","title":"the clock is right","status":"warning","detail":"4 minutes late","why":"Antom compares times","remedy":"set the clock","elapsedMs":1}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
	if n := check.Count(findings(), check.Failed); n != 1 {
		t.Errorf("%d failed", n)
	}
}

func TestSelect(t *testing.T) {
	t.Parallel()
	all := []check.Check{{ID: "config"}, {ID: "keys"}, {ID: "clock"}}
	got, err := check.Select(all, []string{"clock", "config", "clock"})
	if diff := cmp.Diff([]check.Check{{ID: "config"}, {ID: "clock"}}, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for id, hint := range map[string]string{"clokc": "did you mean clock?", "xyzzy": "--list names all checks"} {
		_, err := check.Select(all, []string{id})
		unknown, ok := errors.AsType[*check.UnknownError](err)
		if !ok || unknown.Hint() != hint || !strings.Contains(err.Error(), id) {
			t.Errorf("%s: %v", id, err)
		}
	}
}
