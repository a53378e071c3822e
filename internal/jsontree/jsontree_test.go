package jsontree_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/antom-cli/antom/internal/jsontree"
)

func parse(t *testing.T, text string) *jsontree.Node {
	t.Helper()
	n, err := jsontree.Parse([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}

// TestParse_keeps: order, doubled names, numbers and escapes stay as they are.
func TestParse_keeps(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"z":1.50,"a":"a\u002fb & <c>","z":[{},[],null,true,-0e1],"n\u00e4":"\ud83d\ude00"}`, `[]`, `"x"`, `1`, `null`,
	} {
		if got := string(parse(t, " \n"+strings.ReplaceAll(text, ":", " :\t")+"\r\n").Append(nil)); got != text {
			t.Errorf("got  %s\nwant %s", got, text)
		}
	}
}

func TestParse_refuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"a":1} x`:             "line 1, column 9: something follows the object",
		"[1]\n[2]":              "line 2, column 1: something follows the list",
		"\ufeff{}":              "line 1, column 1: it begins with a byte order mark",
		"{\"a\":\n\"\xff\"}":    "line 2, column 2: it is not UTF-8 from here on",
		"":                      "line 1, column 1: it is empty",
		" \n":                   "line 2, column 1: it is empty",
		`{"é": tru}`:            "line 1, column 10: invalid character '}' in literal true",
		"{\n \"a\": 1,\n}":      "line 2, column 8: a comma is too many here",
		`{"a":1,"b"`:            "line 1, column 11: it ends too early",
		`[1,,2]`:                "line 1, column 4: a comma is too many here",
		`["a`:                   "it ends too early",
		`{a:1}`:                 "line 1, column 2: invalid character 'a'",
		`{"a" 1}`:               "line 1, column 6: invalid character '1'",
		strings.Repeat("[", 99): "line 1, column 66: its values lie more than 64 deep",
	} {
		_, err := jsontree.Parse([]byte(text))
		if _, ok := errors.AsType[*jsontree.SyntaxError](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
}

func TestNode_Duplicate(t *testing.T) {
	t.Parallel()
	source := []byte("{\"a\": [1,\n {\"c\": 1, \"d\": 2,\n \"c\": 3}]}")
	path, first, second := parse(t, string(source)).Duplicate()
	line, column := jsontree.Position(source, second.Offset)
	before, _ := jsontree.Position(source, first.Offset)
	if path.String() != "a[1].c" || line != 3 || column != 2 || before != 2 {
		t.Errorf("%s twice: at %d:%d, first on line %d", path, line, column, before)
	}
	if path, _, _ := parse(t, `{"a":{"b":1},"b":[{"a":1},{"a":1}]}`).Duplicate(); path != nil {
		t.Errorf("found %s", path)
	}
}

func TestPath(t *testing.T) {
	t.Parallel()
	root := parse(t, `{"order":{"goods":[{"goodsName":"Tea"},{"goodsName":"Cup"}],"x[y]":"odd"},"":"nobody"}`)
	for _, test := range []struct {
		text, canonical, value string
		dotted                 bool
	}{
		{"order.goods[1].goodsName", "order.goods[1].goodsName", "Cup", false},
		{"order.goods.1.goodsName", "order.goods[1].goodsName", "Cup", true},
		{"order.goods[01].goodsName", "order.goods[01].goodsName", "", false},
		{"order.goods.01.goodsName", "order.goods.01.goodsName", "", false},
		{"order.goods[2].goodsName", "order.goods[2].goodsName", "", false},
		{"order.goods[1000]", "order.goods[1000]", "", false},
		{"order.x[y]", "order.x[y]", "odd", false},
		{"order..goods", "order..goods", "", false},
		{"order.goods.[0]", "order.goods.[0]", "", false},
		{"a[0][1].b", "a[0][1].b", "", false},
		{"0", "0", "", false},
		{"", "", "", false},
	} {
		path, dotted := jsontree.ParsePath(test.text)
		if got := root.At(path).Str(); path.String() != test.canonical || got != test.value || dotted != test.dotted {
			t.Errorf("%q: %s = %q, dotted %v", test.text, path, got, dotted)
		}
		again, dotted := jsontree.ParsePath(path.String())
		if again.String() != path.String() || dotted {
			t.Errorf("%q reads back as %q", path, again)
		}
	}
}

func TestOverlap(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"order", "order.goods[0].goodsName", true}, {"order.goods[0]", "order.goods[1]", false}, {"order.goods.0.x", "order.goods[0]", true}, {"order", "orderx", false}, {"a.b", "a.b", true},
	} {
		a, _ := jsontree.ParsePath(test.a)
		b, _ := jsontree.ParsePath(test.b)
		if jsontree.Overlap(a, b) != test.want || jsontree.Overlap(b, a) != test.want {
			t.Errorf("Overlap(%s, %s) is not %t", test.a, test.b, test.want)
		}
	}
}

func TestNode_OffsetAt(t *testing.T) {
	t.Parallel()
	source := "{\n  \"order\": {\n    \"goods\": [ {\"goodsNäme\": \"x\", \"goodsUrl\": \"y\"},\n 7 ]\n  }\n}"
	root := parse(t, source)
	for text, want := range map[string][2]int{
		"order": {2, 3}, "order.goods": {3, 5}, "order.goods[0].goodsNäme": {3, 17}, "order.goods[0].goodsUrl": {3, 35}, "order.goods[1]": {4, 2},
	} {
		path, _ := jsontree.ParsePath(text)
		line, column := jsontree.Position([]byte(source), root.OffsetAt(path))
		if line != want[0] || column != want[1] {
			t.Errorf("%s stands at %d:%d, want %v", text, line, column, want)
		}
	}
	path, _ := jsontree.ParsePath("order.goods[2].x")
	if at := root.OffsetAt(path); at != jsontree.Unplaced {
		t.Errorf("what is not there stands at %d", at)
	}
	root.Unplace()
	path, _ = jsontree.ParsePath("order.goods[0].goodsUrl")
	if at := root.OffsetAt(path); at != jsontree.Unplaced {
		t.Errorf("an unplaced value stands at %d", at)
	}
}

func TestEqual(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{`{"a":1,"b":["x"]}`, `{"b":["\u0078"],"a":1}`, true}, {`{"a":1}`, `{"a":1.0}`, false}, {`{"a":1}`, `{"a":1,"b":2}`, false},
		{`{"a":1}`, `{"b":1}`, false}, {`[1,2]`, `[2,1]`, false}, {`true`, `false`, false}, {`"1"`, `1`, false}, {`null`, `null`, true},
	} {
		if jsontree.Equal(parse(t, test.a), parse(t, test.b)) != test.want {
			t.Errorf("Equal(%s, %s) is not %t", test.a, test.b, test.want)
		}
	}
}

// FuzzParse compares with encoding/json: the same texts are JSON, and compact JSON
// means the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a":[1,{"b":null}],"a":"\ud800"}`, `[1.5e3 , true]`, `{"a"`, "\"\xff\"", `"\u0000"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		root, err := jsontree.Parse(text)
		if deep, ok := errors.AsType[*jsontree.SyntaxError](err); ok && strings.HasSuffix(deep.Reason, "deep") {
			return
		}
		if (err == nil) != (json.Valid(text) && utf8.Valid(text)) {
			t.Fatalf("%q: %v, but encoding/json says %v", text, err, json.Valid(text))
		}
		if err != nil {
			return
		}
		again, err := jsontree.Parse(root.Append(nil))
		if err != nil || !jsontree.Equal(root, again) && !strings.Contains(string(text), `"`) {
			t.Errorf("%q became %q: %v", text, root.Append(nil), err)
		}
		root.Duplicate()
	})
}
