package emulator

import (
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestControlIsDocumented wants the control API sorted, and every request and
// every kind of fault in the document.
func TestControlIsDocumented(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../../docs/emulator.md")
	if err != nil {
		t.Fatal(err)
	}
	var patterns []string
	for _, route := range controlRoutes() {
		patterns = append(patterns, route.pattern)
		_, words, isExample := strings.Cut(route.does, "}: ")
		if !isExample {
			words = route.does
		}
		if !strings.Contains(string(document), "\n| `"+route.pattern+"` | ") || !strings.Contains(string(document), words+" |\n") {
			t.Errorf("docs/emulator.md has no row `%s` | %s", route.pattern, words)
		}
	}
	if !slices.IsSorted(patterns) {
		t.Errorf("not sorted: %q", patterns)
	}
	for _, kind := range FaultKinds() {
		if !strings.Contains(string(document), "`"+kind.Name+"`") {
			t.Errorf("docs/emulator.md does not name the fault %q", kind.Name)
		}
	}
}

// TestControlBodies sends a member that is none to every route that reads a body,
// and wants the error to name those that there are, and the document to name the
// same.
func TestControlBodies(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../../docs/emulator.md")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, route := range controlRoutes() {
		method, path, _ := strings.Cut(route.pattern, " ")
		if method != http.MethodPost || strings.HasSuffix(path, "/reset") || strings.HasSuffix(path, "/settle") {
			continue
		}
		read++
		_, err := route.do(nil, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(`{"nosuch":1}`)))
		if err == nil {
			t.Fatalf("%s takes a member that there is not", route.pattern)
		}
		_, members, named := strings.Cut(err.Error(), `unknown field "nosuch"; known are `)
		row := "| `" + route.pattern + "` | `" + strings.ReplaceAll(members, ", ", "`, `") + "` |"
		if !named || !strings.Contains(string(document), "\n"+row+"\n") {
			t.Errorf("%s: %s; docs/emulator.md wants the row\n%s", route.pattern, err, row)
		}
	}
	if read != 7 {
		t.Errorf("%d routes read a body, want 7", read)
	}
}
