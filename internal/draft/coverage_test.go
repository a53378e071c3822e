package draft_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/draft"
	"github.com/antom-cli/antom/pkg/antom"
)

// Every field of the request type has a row, so that it is known to the checks
// and can be set.
func TestFields_coverSessionRequest(t *testing.T) {
	t.Parallel()
	n := 0
	eachPath(reflect.TypeFor[antom.SessionRequest](), "", map[reflect.Type]bool{}, func(path string) {
		n++
		if err := draft.New(antom.CreatePaymentSession).SetJSON(path, "null"); err != nil {
			t.Error(err)
		}
	})
	if n < 350 {
		t.Errorf("only %d fields were looked at", n)
	}
}

func eachPath(of reflect.Type, above string, on map[reflect.Type]bool, visit func(string)) {
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if of.Kind() == reflect.Slice {
		eachPath(of.Elem(), above+"[0]", on, visit)
		return
	}
	if of.Kind() != reflect.Struct || on[of] || of == reflect.TypeFor[antom.Amount]() {
		return
	}
	on[of] = true
	defer delete(on, of)
	for field := range of.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		path := strings.TrimPrefix(above+"."+name, ".")
		visit(path)
		eachPath(field.Type, path, on, visit)
	}
}
