package verifycmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/antom-cli/antom/internal/intake"
)

// source is one input with the name that the user gave.
type source struct {
	name string
	err  error // found before it was opened
}

// sources expands the arguments: folders to their files, and patterns that no shell expanded.
// No arguments mean standard input.
func (o *notifyVerify) sources(ctx context.Context, names []string) []source {
	if len(names) == 0 {
		return []source{{name: "-"}}
	}
	var all []source
	for _, name := range names {
		info, err := os.Stat(o.c.Abs(name))
		switch {
		case name == "-":
			all = append(all, source{name: name})
		case err == nil && info.IsDir():
			all = append(all, o.folder(ctx, name)...)
		case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(name, "*?["):
			all = append(all, o.pattern(name)...)
		default:
			all = append(all, source{name: name})
		}
	}
	return all
}

// folder lists the files of a folder and its subfolders, without hidden ones. Links to folders
// are not followed, because they may form loops. Pipes and other special files are not opened,
// because reading them could block.
func (o *notifyVerify) folder(ctx context.Context, name string) []source {
	var found []source
	root := o.c.Abs(name)
	if target, err := filepath.EvalSymlinks(root); err == nil {
		root = target // the one that was named is followed
	}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(entry.Name(), ".") && path != root
		shown := filepath.Join(name, strings.TrimPrefix(path, root))
		switch {
		case err != nil || ctx.Err() != nil:
			return cmp.Or(err, ctx.Err())
		case entry.IsDir() && hidden:
			return filepath.SkipDir
		case entry.IsDir() || hidden:
			return nil
		}
		if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
			o.passed = append(o.passed, shown)
			return nil
		}
		found = append(found, source{name: shown})
		return nil
	})
	if err != nil {
		found = append(found, source{name, err})
	}
	if len(found) == 0 {
		return []source{{name, errors.New("no file in this folder")}}
	}
	return found
}

func (o *notifyVerify) pattern(name string) []source {
	paths, err := filepath.Glob(o.c.Abs(name))
	if err != nil || len(paths) == 0 {
		return []source{{name, errors.New("no file matches this pattern")}}
	}
	slices.Sort(paths)
	var found []source
	for _, path := range paths {
		if !filepath.IsAbs(name) {
			if short, err := filepath.Rel(o.c.Dir, path); err == nil {
				path = short
			}
		}
		found = append(found, source{name: path})
	}
	return found
}

// units yields the messages of one source.
func (o *notifyVerify) units(ctx context.Context, s source, yield func(intake.Unit) bool) bool {
	broken := func(err error) bool { return yield(intake.Broken(s.name, err)) }
	if s.err != nil {
		return broken(fmt.Errorf("read %s: %w", s.name, s.err))
	}
	if s.name == "-" {
		input, label, err := pasteOrPipe(ctx, o.c)
		if err != nil {
			return broken(err)
		}
		return pass(intake.Units(input, label, o.defaults), yield)
	}
	file, err := os.Open(o.c.Abs(s.name))
	if err != nil {
		return broken(err)
	}
	defer file.Close()
	return pass(intake.Units(file, s.name, o.defaults), yield)
}

// pass yields units until the consumer stops.
func pass(units func(func(intake.Unit) bool), yield func(intake.Unit) bool) bool {
	for unit := range units {
		if !yield(unit) {
			return false
		}
	}
	return true
}
