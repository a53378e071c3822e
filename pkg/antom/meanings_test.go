package antom_test

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"github.com/antom-cli/antom/pkg/antom"
)

func TestRefusalCodes(t *testing.T) {
	t.Parallel()
	rows := antom.RefusalCodes()
	if !slices.IsSortedFunc(rows, func(a, b antom.RefusalCode) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Code, b.Code))
	}) {
		t.Error("not sorted by kind and code")
	}
	for i, row := range rows {
		if row.Meaning == "" || row.Action == "" || row.Class == "" || i > 0 && rows[i-1].Kind == row.Kind && rows[i-1].Code == row.Code {
			t.Errorf("%+v: incomplete or doubled", row)
		}
	}
	for _, want := range []struct {
		kind  antom.RefusalKind
		code  string
		class antom.RetryClass
	}{{antom.RefusalOfIssuer, "51", antom.ClassBuyer}, {antom.RefusalOfIssuer, "1a", antom.ClassBuyer}, {antom.RefusalAdvice, "03", antom.ClassHard}, {antom.RefusalOfIssuer, "03", antom.ClassSupport}} {
		if got, ok := antom.LookupRefusalCode(want.kind, want.code); !ok || got.Class != want.class {
			t.Errorf("%s %s: %+v %t, want %s", want.kind, want.code, got, ok, want.class)
		}
	}
	if _, ok := antom.LookupRefusalCode(antom.RefusalAdvice, "51"); ok {
		t.Error("51 is no advice code")
	}
}

// Every constant of NotifyType has a row.
func TestNotifyMeanings(t *testing.T) {
	t.Parallel()
	rows := antom.NotifyMeanings()
	if !slices.IsSortedFunc(rows, func(a, b antom.NotifyMeaning) int { return cmp.Compare(a.Type, b.Type) }) {
		t.Error("not sorted by type")
	}
	file, err := parser.ParseFile(token.NewFileSet(), "notifytypes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var types []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if ok {
			if name, isName := spec.Type.(*ast.Ident); isName && name.Name == "NotifyType" {
				text, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				types = append(types, text)
			}
		}
		return true
	})
	for _, each := range types {
		if !slices.ContainsFunc(rows, func(row antom.NotifyMeaning) bool {
			return string(row.Type) == each && row.Meaning != "" && row.Action != ""
		}) {
			t.Errorf("%s has no row", each)
		}
	}
	if len(types) != len(rows) {
		t.Errorf("%d rows for %d types", len(rows), len(types))
	}
}
