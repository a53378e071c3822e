package intake_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/internal/intake"
)

// TestParser_reuse: a parser's memory serves for one message after another, and
// a clone is not touched by that.
func TestParser_reuse(t *testing.T) {
	t.Parallel()
	lines := []string{
		`{"url":"/a","headers":{"client-id":"first","x":["1","2"],"x":"3"},"body":"a \"text\""}`,
		`{"url":"/b","headers":[["client-id","other"]],"body":"b"}`,
		`{"url":"/c","headers":{"client-id":"third\u0021"},"bodyBase64":"YyBib2R5"}`,
		`{"url":"/d","headers":null,"body":{"as it":"stands"}}`,
	}
	var want []*intake.Message
	for m, err := range intake.Read(strings.NewReader(strings.Join(lines, "\n")), "log", intake.Defaults{}) {
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, m)
	}
	var got []*intake.Message
	var parser intake.Parser
	var text []byte
	for u := range intake.Units(strings.NewReader(strings.Join(lines, "\n")), "log", intake.Defaults{}) {
		text = u.Keep(text[:0])
		m, err := parser.Parse(&u, intake.Defaults{})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, m.Clone())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-one parser each +one parser for all)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1", "2", "3"}, got[0].Header["X"]); diff != "" {
		t.Errorf("a header in several parts: (-want +got)\n%s", diff)
	}
}

// FuzzRead_body: a body in an envelope is what encoding/json reads it as, or the
// line is refused as encoding/json refuses it.
func FuzzRead_body(f *testing.F) {
	for _, seed := range []string{
		``, `a`, `1234567`, `12345678`, `{\"id\":\"1\"}`, `\u00e9\ud83d\ude00`, `\ud83d`, `12345\\\/\b\f\n\r\t`, `\x`, `\u12`, `\`, `"`, "\x01", "1234567\x01", `支付 €`, `1234567\"`, `12345678\"12345678\"`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, literal string) {
		line := fmt.Sprintf(`{"headers":{},"body":"%s"}`, literal)
		var want struct{ Body string }
		refused := json.Unmarshal([]byte(line), &want) != nil
		if strings.ContainsAny(literal, "\n") || !utf8.ValidString(literal) || strings.Count(line, `"`) > 6+strings.Count(line, `\"`) {
			return // not one literal, or bytes that encoding/json replaces
		}
		u, parser := keep(line), intake.Parser{}
		m, err := parser.Parse(u, intake.Defaults{})
		if (err != nil) != refused {
			t.Fatalf("%q: %v, encoding/json refuses it: %t", line, err, refused)
		}
		if err == nil && string(m.Body) != want.Body {
			t.Fatalf("%q: %q, encoding/json reads %q", line, m.Body, want.Body)
		}
	})
}

// keep is the second line of a log, which is taken for an envelope whatever it
// is.
func keep(line string) *intake.Unit {
	var last intake.Unit
	for u := range intake.Units(strings.NewReader(`{"headers":{},"body":""}`+"\n"+line), "log", intake.Defaults{}) {
		u.Keep(nil)
		last = u
	}
	return &last
}
