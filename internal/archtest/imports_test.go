package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/antom-cli/antom"

// root is the top of the repository, relative to this package.
const root = "../.."

// room lists what a package may import besides the standard library. An entry that ends in
// "/..." includes everything below it; any other entry is one package.
type room struct {
	name string // below the module; "" is the program itself
	may  []string
}

// nouns returns the packages of commands, one for each noun of the command line.
func nouns() []string {
	return []string{
		"cmd/apicmd", "cmd/capturecmd", "cmd/checkoutcmd", "cmd/emulatorcmd", "cmd/explaincmd", "cmd/historycmd", "cmd/keycmd",
		"cmd/notifycmd", "cmd/paymentcmd", "cmd/profilecmd", "cmd/refundcmd", "cmd/sessioncmd",
	}
}

// rooms is the table of allowed imports. Every package needs a row; consider first whether an
// existing package has the right purpose.
func rooms() []room {
	client := []string{module + "/pkg/antom", module + "/pkg/sign"}
	shared := slices.Concat(client, []string{module + "/internal/jsontree", module + "/internal/redact", module + "/internal/rules"})
	work := slices.Concat(shared, []string{"golang.org/x/sync/..."})
	command := []string{module + "/internal/...", module + "/pkg/...", "github.com/spf13/cobra", "github.com/spf13/pflag", "golang.org/x/sync/..."}
	line := slices.Concat(command, []string{module + "/cmd/cli", module + "/cmd/endpoint", module + "/cmd/hearing", module + "/cmd/sessionflags", module + "/cmd/view"})
	table := []room{
		{"", []string{module + "/cmd"}},
		{"bench", nil},
		{"cmd", slices.Concat(line, inModule(nouns()), []string{"golang.org/x/term"})},
		{"cmd/cli", command},
		{"cmd/internal/scripts", []string{module + "/cmd/cli", module + "/internal/...", module + "/pkg/...", "github.com/creack/pty", "github.com/google/go-cmp/cmp", "github.com/rogpeppe/go-internal/testscript", "golang.org/x/sys/...", "golang.org/x/term"}}, // tests only
		{"cmd/endpoint", slices.Concat(command, []string{module + "/cmd/cli"})},
		{"cmd/hearing", slices.Concat(command, []string{module + "/cmd/cli"})},
		{"cmd/sessionflags", slices.Concat(command, []string{module + "/cmd/cli"})},
		{"cmd/view", slices.Concat(command, []string{module + "/cmd/cli"})},
		{"examples/endpoint-careless", client},
		{"examples/endpoint-correct", client},
		{"internal/archtest", nil},
		{"internal/buildinfo", client},
		{"internal/check", shared},
		{"internal/checkout", slices.Concat(work, []string{module + "/internal/serve"})},
		{"internal/conformance", slices.Concat(work, []string{module + "/internal/check"})},
		{"internal/diagnose", slices.Concat(work, []string{module + "/internal/intake"})},
		{"internal/draft", work},
		{"internal/emulator/browser", slices.Concat(shared, []string{module + "/internal/emulator"})},
		{"internal/emulator/statefile", []string{"go.yaml.in/yaml/v3"}},
		{"internal/emulator", slices.Concat(work, []string{module + "/internal/serve", "go.etcd.io/bbolt", "go.etcd.io/bbolt/errors", "golang.org/x/sys/..."})},
		{"internal/explain", shared},
		{"internal/gen", []string{module + "/...", "github.com/spf13/cobra", "github.com/spf13/pflag"}},
		{"internal/history", slices.Concat(work, []string{"github.com/gofrs/flock"})},
		{"internal/intake", work},
		{"internal/jsontree", []string{"github.com/go-json-experiment/json/..."}},
		{"internal/output", slices.Concat(shared, []string{
			"github.com/charmbracelet/lipgloss", "github.com/charmbracelet/x/ansi", "github.com/itchyny/gojq", "github.com/mattn/go-runewidth",
			"github.com/muesli/termenv", "github.com/olekukonko/tablewriter/...", "go.yaml.in/yaml/v3", "golang.org/x/term",
		})},
		{"internal/profile", slices.Concat(shared, []string{"github.com/spf13/viper", "go.yaml.in/yaml/v3", "github.com/gofrs/flock"})},
		{"internal/prompt", slices.Concat(shared, []string{"golang.org/x/sys/...", "golang.org/x/term"})},
		{"internal/receiver", slices.Concat(work, []string{module + "/internal/serve", "github.com/gofrs/flock"})},
		{"internal/proof", slices.Concat(work, []string{module + "/internal/intake", module + "/internal/diagnose"})},
		{"internal/repeat", client},
		{"internal/redact", slices.Concat(client, []string{module + "/internal/jsontree"})},
		{"internal/rules", slices.Concat(client, []string{module + "/internal/jsontree", module + "/internal/redact"})},
		{"internal/serve", []string{"golang.org/x/sync/..."}},
		{"internal/secret", slices.Concat(shared, []string{"github.com/zalando/go-keyring"})},
		{"internal/testkit", client},
		{"internal/timeline", client},
		{"internal/trace", shared},
		{"internal/verify", slices.Concat(work, []string{module + "/internal/intake", module + "/internal/diagnose", module + "/internal/proof"})},
		{"internal/wait", slices.Concat(work, []string{"golang.org/x/time/rate"})},
		{"pkg/antom", []string{module + "/pkg/sign"}},
		{"pkg/antom/antomtest", slices.Concat(client, []string{module + "/internal/emulator"})},
		{"pkg/sign", nil},
	}
	for _, noun := range nouns() {
		table = append(table, room{noun, line})
	}
	verb := module + "/cmd/notifycmd/verifycmd" // a verb as large as a noun, below its noun
	at := slices.IndexFunc(table, func(r room) bool { return r.name == "cmd/notifycmd" })
	table[at].may = append(slices.Clone(line), verb)
	return append(table, room{"cmd/notifycmd/verifycmd", line})
}

func inModule(names []string) []string {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = module + "/" + name
	}
	return paths
}

// belongs says where shared code should go instead of a forbidden import.
func belongs(from, to string) string {
	to, ours := below(to)
	fromPkg, toInternal := strings.HasPrefix(from, "pkg/"), strings.HasPrefix(to, "internal/")
	switch {
	case !ours && fromPkg:
		return "pkg/ stands on the standard library alone; do it in internal/"
	case !ours:
		return "one package owns a library: ask for what it does through that one, or give this package's row the library with a reason"
	case strings.HasPrefix(to, "cmd/") && strings.HasPrefix(from, "cmd/") && to != "cmd/cli" && to != "cmd/view":
		return "what two nouns need goes to cmd/cli, or to cmd/view if it only shows a value"
	case to == "cmd" || strings.HasPrefix(to, "cmd/"):
		return "imports lead down, from cmd to internal to pkg: pass a value or a function in, or move the shared thing to internal/"
	case fromPkg && toInternal:
		return "pkg/ never imports internal/: move the shared thing to pkg/antom"
	case toInternal:
		return "internal packages do not lean on each other: what several need goes to pkg/antom, or to a package below both with its own row"
	}
	return "see the row of the package and put the shared thing below both"
}

// notLinked are packages that the program must not contain, and why.
func notLinked() []struct{ path, why string } {
	return []struct{ path, why string }{
		{"github.com/bojanz/currency", "tests only: 1.3 ms at every start"},
		{"github.com/charmbracelet/bubbletea", "its initialiser asks the terminal at every start"},
		{"github.com/charmbracelet/fang", "asks the terminal for its colours before help and errors"},
		{"github.com/charmbracelet/glamour", "16 ms at every start"},
		{"github.com/charmbracelet/huh", "links bubbletea"},
		{"github.com/creack/pty", "tests only"},
		{"github.com/google/go-cmp", "tests only"},
		{"github.com/rogpeppe/go-internal", "tests only"},
		{"golang.org/x/text/currency", "wrong digits for IDR, PKR and others"},
		{"testing", "tests only"},
	}
}

// goPackage is the output of go list for a package.
type goPackage struct {
	ImportPath string
	Standard   bool
	Imports    []string
}

// packages returns this module's packages and their dependencies, by import path.
var packages = sync.OnceValues(func() (map[string]goPackage, error) {
	command := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard,Imports", "./...")
	command.Dir = root
	var complaint bytes.Buffer
	command.Stderr = &complaint
	listing, err := command.Output()
	if err != nil {
		return nil, errors.New("go list: " + complaint.String())
	}
	found := map[string]goPackage{}
	decoder := json.NewDecoder(bytes.NewReader(listing))
	for {
		var p goPackage
		switch err := decoder.Decode(&p); {
		case errors.Is(err, io.EOF):
			return found, nil
		case err != nil:
			return nil, err
		}
		found[p.ImportPath] = p
	}
})

func loadPackages(t *testing.T) map[string]goPackage {
	t.Helper()
	found, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// below returns the path of a package within the module.
func below(importPath string) (name string, ours bool) {
	if importPath == module {
		return "", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

// matches reports whether an entry of the table allows an import.
func matches(entry, importPath string) bool {
	if stem, all := strings.CutSuffix(entry, "/..."); all {
		return importPath == stem || strings.HasPrefix(importPath, stem+"/")
	}
	return entry == importPath
}

func TestImportTable(t *testing.T) {
	t.Parallel()
	found := loadPackages(t)
	for _, p := range found {
		name, ours := below(p.ImportPath)
		if !ours {
			continue
		}
		at := slices.IndexFunc(rooms(), func(r room) bool {
			return r.name == name || r.name == "internal/gen" && strings.HasPrefix(name, "internal/gen/")
		})
		if at < 0 {
			t.Errorf("%s has no row in the import table", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			allowed := func(entry string) bool { return matches(entry, imported) }
			if !found[imported].Standard && !slices.ContainsFunc(rooms()[at].may, allowed) {
				t.Errorf("%s → %s: not in its row of the import table; %s", p.ImportPath, imported, belongs(name, imported))
			}
		}
	}
}

// TestLibraryLinksNothing follows the packages that other programs import down
// to the last package: a dependency of ours is a dependency of theirs.
func TestLibraryLinksNothing(t *testing.T) {
	t.Parallel()
	found := loadPackages(t)
	for _, library := range [...]string{module + "/pkg/antom", module + "/pkg/sign"} {
		path := chain(found, library, func(p goPackage) bool {
			return p.ImportPath != "" && !p.Standard && !strings.HasPrefix(p.ImportPath, module+"/pkg/") // "" is cgo's "C"
		})
		if path != nil {
			t.Errorf("%s: only the standard library and pkg/sign", strings.Join(path, " → "))
		}
	}
	if path := chain(found, module+"/pkg/sign", func(p goPackage) bool { return p.ImportPath == "net/http" }); path != nil {
		t.Errorf("%s: signing needs no HTTP", strings.Join(path, " → "))
	}
}

func TestNotLinked(t *testing.T) {
	t.Parallel()
	found := loadPackages(t)
	for _, row := range notLinked() {
		path := chain(found, module, func(p goPackage) bool { return matches(row.path+"/...", p.ImportPath) })
		if path != nil {
			t.Errorf("%s: %s", strings.Join(path, " → "), row.why)
		}
	}
}

// chain returns the shortest chain of imports from a package to a forbidden one, or nil.
func chain(found map[string]goPackage, from string, bad func(goPackage) bool) []string {
	paths, seen := [][]string{{from}}, map[string]bool{from: true}
	for len(paths) > 0 {
		path := paths[0]
		paths = paths[1:]
		last := found[path[len(path)-1]]
		if len(path) > 1 && bad(last) {
			return path
		}
		for _, next := range last.Imports {
			if !seen[next] {
				seen[next] = true
				paths = append(paths, append(slices.Clone(path), next))
			}
		}
	}
	return nil
}

// TestMap checks that docs/architecture.md has a row for each package.
func TestMap(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "docs/architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range loadPackages(t) {
		name, ours := below(p.ImportPath)
		if ours && name != "" && !strings.HasPrefix(name, "internal/gen/") && !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("docs/architecture.md has no row for %s: say in one sentence what is in it", name)
		}
	}
}

// Packages of the command line stay small enough to be read as a whole.
const (
	largestRoom = 2600 // lines of a package below cmd, without its tests
	largestRoot = 1500 // lines of cmd itself
)

// TestRoomSizes limits the size of the packages of the command line.
func TestRoomSizes(t *testing.T) {
	t.Parallel()
	lines := map[string]int{}
	for _, s := range written(t) {
		if folder := path.Dir(s.path); folder == "cmd" || strings.HasPrefix(folder, "cmd/") {
			lines[folder] += s.files.File(s.tree.FileStart).LineCount()
		}
	}
	if lines["cmd"] == 0 {
		t.Fatal("no package cmd")
	}
	for folder, n := range lines {
		most := largestRoom
		if folder == "cmd" {
			most = largestRoot
		}
		if n > most {
			t.Errorf("%s has %d lines, more than %d: give a part of it a room of its own", folder, n, most)
		}
	}
}
