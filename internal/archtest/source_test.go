package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const (
	longestFile     = 500 // lines
	longestFunction = 80  // lines
)

// source is one Go file of the module.
type source struct {
	path  string // below the root, with slashes
	files *token.FileSet
	tree  *ast.File
}

// at returns the position of something, for messages.
func (s source) at(node ast.Node) string {
	return fmt.Sprintf("%s:%d", s.path, s.files.Position(node.Pos()).Line)
}

// test reports whether a source is of tests alone: the harness of the scripts is too.
func (s source) test() bool {
	return strings.HasSuffix(s.path, "_test.go") || strings.HasPrefix(s.path, "cmd/internal/scripts/")
}

// sources returns all Go files of this module, for every platform.
var sources = sync.OnceValues(func() ([]source, error) {
	var found []source
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || ownModule(path)) {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		files := token.NewFileSet()
		tree, err := parser.ParseFile(files, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		short, err := filepath.Rel(root, path)
		found = append(found, source{filepath.ToSlash(short), files, tree})
		return err
	})
	return found, err
})

// ownModule reports whether a folder is a separate module, such as tools/lint.
func ownModule(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return err == nil
}

// written returns the handwritten sources of the program.
func written(t *testing.T) []source {
	t.Helper()
	var chosen []source
	for _, s := range allSources(t) {
		if !s.test() && !ast.IsGenerated(s.tree) {
			chosen = append(chosen, s)
		}
	}
	return chosen
}

func allSources(t *testing.T) []source {
	t.Helper()
	found, err := sources()
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestNoInit(t *testing.T) {
	t.Parallel()
	for _, s := range written(t) {
		for _, decl := range s.tree.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: func init runs at every start, whatever the command", s.at(f))
			}
		}
	}
}

func TestOnlyMainExits(t *testing.T) {
	t.Parallel()
	for _, s := range written(t) {
		if s.path == "main.go" || strings.HasPrefix(s.path, "internal/gen/") {
			continue // a generator is a program of its own
		}
		ast.Inspect(s.tree, func(n ast.Node) bool {
			if n, ok := n.(*ast.SelectorExpr); ok && isQualified(n, "os", "Exit") {
				t.Errorf("%s: only main.go exits", s.at(n))
			}
			return true
		})
	}
}

func isQualified(e ast.Expr, pkg, name string) bool {
	selector, ok := e.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != name {
		return false
	}
	x, ok := selector.X.(*ast.Ident)
	return ok && x.Name == pkg
}

// TestNoWritablePackageVariables holds package variables to shapes that nobody
// has a reason to write: sentinel errors, arrays used as tables, values made
// once on first use, embedded files and assertions that a type implements an
// interface. Maps and slices are built in every process at start.
func TestNoWritablePackageVariables(t *testing.T) {
	t.Parallel()
	for _, s := range written(t) {
		if s.path == "internal/buildinfo/buildinfo.go" {
			continue // its variables are set by the linker
		}
		for _, decl := range s.tree.Decls {
			vars, ok := decl.(*ast.GenDecl)
			if !ok || vars.Tok != token.VAR {
				continue
			}
			for _, spec := range vars.Specs {
				spec := spec.(*ast.ValueSpec)
				if !embedded(vars, spec) && !constantInSpirit(spec) {
					t.Errorf("%s: package variable %s: make it a const, an array literal, a sync.OnceValue or a field", s.at(spec), spec.Names[0].Name)
				}
			}
		}
	}
}

func embedded(decl *ast.GenDecl, spec *ast.ValueSpec) bool {
	for _, doc := range [...]*ast.CommentGroup{decl.Doc, spec.Doc} {
		if doc == nil {
			continue
		}
		for _, line := range doc.List {
			if strings.HasPrefix(line.Text, "//go:embed ") {
				return true
			}
		}
	}
	return false
}

func constantInSpirit(spec *ast.ValueSpec) bool {
	if len(spec.Values) != len(spec.Names) {
		return false
	}
	for i, value := range spec.Values {
		if spec.Names[i].Name != "_" && !fixedValue(value) {
			return false
		}
	}
	return true
}

// fixedValue reports whether an initial value has a form that is never changed.
func fixedValue(value ast.Expr) bool {
	switch value := value.(type) {
	case *ast.CompositeLit:
		switch kind := value.Type.(type) {
		case *ast.ArrayType:
			return kind.Len != nil
		case *ast.Ident, *ast.SelectorExpr, *ast.StructType:
			return true
		}
	case *ast.CallExpr:
		return fixedCall(value)
	}
	return false
}

func fixedCall(call *ast.CallExpr) bool {
	makers := [...][2]string{{"errors", "New"}, {"fmt", "Errorf"}, {"sync", "OnceFunc"}, {"sync", "OnceValue"}, {"sync", "OnceValues"}}
	for _, maker := range makers {
		if isQualified(call.Fun, maker[0], maker[1]) {
			return true
		}
	}
	// []byte("name"): a constant that Go has no syntax for.
	conversion, ok := call.Fun.(*ast.ArrayType)
	if !ok || conversion.Len != nil || len(call.Args) != 1 {
		return false
	}
	_, literal := call.Args[0].(*ast.BasicLit)
	return literal
}

func TestPackageComments(t *testing.T) {
	t.Parallel()
	commented := map[string]bool{}
	for _, s := range allSources(t) {
		if s.test() {
			continue
		}
		folder := filepath.Dir(s.path)
		commented[folder] = commented[folder] || s.tree.Doc != nil
	}
	for folder, ok := range commented {
		if !ok {
			t.Errorf("%s: no package comment", folder)
		}
	}
}

func TestLengths(t *testing.T) {
	t.Parallel()
	for _, s := range written(t) {
		if lines := s.files.File(s.tree.Pos()).LineCount(); lines > longestFile {
			t.Errorf("%s: %d lines, more than %d: split it by what it is about", s.path, lines, longestFile)
		}
		for _, decl := range s.tree.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if lines := s.files.Position(f.End()).Line - s.files.Position(f.Pos()).Line + 1; lines > longestFunction {
				t.Errorf("%s: %s has %d lines, more than %d", s.at(f), f.Name.Name, lines, longestFunction)
			}
		}
	}
}

// systemFiles are the files besides *_unix.go, *_windows.go and their kind that
// may name what differs between systems. Sorted.
var systemFiles = [...]string{
	"cmd/signals.go", // SIGTERM, which Go gives every system
}

// TestSystemDependence checks that code which differs between systems is in few files,
// recognisable by their names.
func TestSystemDependence(t *testing.T) {
	t.Parallel()
	for _, s := range written(t) {
		if namesSystem(s.path) || slices.Contains(systemFiles[:], s.path) {
			continue
		}
		for _, spec := range s.tree.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			if path == "syscall" || strings.HasPrefix(path, "golang.org/x/sys/") {
				t.Errorf("%s imports %s: move it to a file named *_unix.go and one named *_windows.go", s.at(spec), path)
			}
		}
		for _, group := range s.tree.Comments {
			for _, line := range group.List {
				if strings.HasPrefix(line.Text, "//go:build") {
					t.Errorf("%s: %s: the file's name should say it", s.at(line), line.Text)
				}
			}
		}
	}
}

// namesSystem reports whether the name of a file ends in a system.
func namesSystem(path string) bool {
	name := strings.TrimSuffix(path, ".go")
	system := name[strings.LastIndex(name, "_")+1:]
	return slices.Contains([]string{"bsd", "darwin", "linux", "other", "unix", "windows"}, system)
}

// TestPointers checks that no text of the program refers to a file of the repository, which
// users of an installed program do not have.
func TestPointers(t *testing.T) {
	t.Parallel()
	for _, s := range written(t) {
		if !strings.HasPrefix(s.path, "cmd/") && !strings.HasPrefix(s.path, "internal/") && !strings.HasPrefix(s.path, "pkg/") || strings.HasPrefix(s.path, "internal/gen/") {
			continue
		}
		ast.Inspect(s.tree, func(n ast.Node) bool {
			text, ok := n.(*ast.BasicLit)
			if ok && text.Kind == token.STRING && (strings.Contains(text.Value, "docs/") || strings.Contains(text.Value, "CONTRIBUTING") || strings.Contains(text.Value, "antom-api")) {
				t.Errorf("%s points at a file of the repository: print what it says, or name a command", s.at(text))
			}
			return true
		})
	}
	topics, err := filepath.Glob(filepath.Join(root, "cmd/topics/*.txt"))
	if err != nil || len(topics) == 0 {
		t.Fatal(topics, err)
	}
	for _, topic := range topics {
		text, err := os.ReadFile(topic)
		if err != nil || strings.Contains(string(text), "docs/") {
			t.Errorf("%s points at a file of the repository: %v", topic, err)
		}
	}
}
