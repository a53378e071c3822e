package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// top is the root of the repository.
const top = ".."

// module is our own import path. The stub imports everything else that we import.
const module = "github.com/antom-cli/antom"

// programs are built once for all tests, stripped like a release.
type programs struct {
	dir   string
	antom string
	stub  string // imports what antom imports and does nothing
	empty string // imports nothing
}

var built = sync.OnceValues(buildPrograms)

func TestMain(m *testing.M) {
	code := m.Run()
	if p, err := built(); err == nil { // reuse the build, even if it was not needed
		os.RemoveAll(p.dir)
	}
	os.Exit(code)
}

func build(tb testing.TB) programs {
	tb.Helper()
	p, err := built()
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func buildPrograms() (programs, error) {
	dir, err := os.MkdirTemp("", "antom-bench-")
	if err != nil {
		return programs{}, err
	}
	p := programs{dir, filepath.Join(dir, "antom"), filepath.Join(dir, "stub"), filepath.Join(dir, "empty")}
	imports, err := importsOfAntom()
	if err != nil {
		return p, err
	}
	var stub strings.Builder
	stub.WriteString("package main\n\nimport (\n\t\"os\"\n")
	for _, path := range imports {
		fmt.Fprintf(&stub, "\t_ %q\n", path)
	}
	stub.WriteString(")\n\nfunc main() { os.Stdout.WriteString(\"stub\\n\") }\n")
	return p, errors.Join(
		goBuild(p.antom, "."),
		buildSource(p.stub, stub.String()),
		buildSource(p.empty, "package main\n\nfunc main() {}\n"),
	)
}

// buildSource builds a program that exists only in an overlay inside our module, so that it
// uses our dependencies' versions.
func buildSource(program, source string) error {
	text := program + ".go"
	if err := os.WriteFile(text, []byte(source), 0o600); err != nil {
		return err
	}
	here, err := filepath.Abs(top)
	if err != nil {
		return err
	}
	name := filepath.Base(program)
	overlay, err := json.Marshal(map[string]map[string]string{
		"Replace": {filepath.Join(here, "bench", name, "main.go"): text},
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(text+".json", overlay, 0o600); err != nil {
		return err
	}
	return goBuild(program, "-overlay="+text+".json", "./bench/"+name)
}

// linked is the suffix of a program as written by the linker.
const linked = ".linked"

// goBuild builds a program and copies it: the layout of a file in the page cache depends on how
// it was written, and accounts for a tenth of a start and a quarter of the memory.
func goBuild(program string, args ...string) error {
	if _, err := goTool(append([]string{"build", "-trimpath", "-ldflags=-s -w", "-o", program + linked}, args...)...); err != nil {
		return err
	}
	code, err := os.ReadFile(program + linked)
	if err != nil {
		return err
	}
	return os.WriteFile(program, code, 0o700)
}

func goTool(args ...string) ([]byte, error) {
	command := exec.CommandContext(context.Background(), "go", args...)
	command.Dir = top
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	var complaint bytes.Buffer
	command.Stderr = &complaint
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w: %s", args[0], err, &complaint)
	}
	return out, nil
}

// importsOfAntom returns the external packages that our packages import, as far as they are
// linked.
func importsOfAntom() ([]string, error) {
	listing, err := goTool("list", "-deps", "-json=ImportPath,Imports", ".")
	if err != nil {
		return nil, err
	}
	var found []string
	decoder := json.NewDecoder(bytes.NewReader(listing))
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if p.ImportPath != module && !strings.HasPrefix(p.ImportPath, module+"/") {
			continue
		}
		for _, path := range p.Imports {
			if !strings.HasPrefix(path, module+"/") {
				found = append(found, path)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}
