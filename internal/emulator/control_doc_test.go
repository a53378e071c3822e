package emulator

import (
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
