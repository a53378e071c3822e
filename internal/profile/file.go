package profile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
	"go.yaml.in/yaml/v3"

	"github.com/antom-cli/antom/internal/rules"
)

// File is the configuration file. Editing preserves comments and order.
type File struct {
	path    string
	missing bool
	root    *yaml.Node // the top-level mapping
	doc     *yaml.Node
}

// Open reads and checks a configuration file. A missing file is treated as empty.
func Open(path string) (*File, error) {
	f := &File{path: path}
	text, err := os.ReadFile(path)
	switch {
	case path == "" || errors.Is(err, fs.ErrNotExist):
		f.missing = true
	case err != nil:
		return nil, errorf("read the configuration: %s", err).hint("check the path and the file's permissions")
	}
	f.doc = &yaml.Node{}
	if err := yaml.Unmarshal(text, f.doc); err != nil {
		return nil, errorf("%s: %s", path, strings.TrimPrefix(err.Error(), "yaml: ")).hint("the file must be valid YAML; check the indentation")
	}
	if f.doc.Kind == 0 {
		f.doc = &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode, Tag: "!!map"}}}
	}
	f.root = f.doc.Content[0]
	return f, f.check()
}

// topLevel are the settings outside profiles.
var topLevel = [...]string{"current", "profiles"}

// check rejects unknown or malformed settings, naming their line.
func (f *File) check() error {
	if f.root.Kind == yaml.ScalarNode && f.root.Tag == "!!null" {
		f.root.Kind, f.root.Tag, f.root.Value = yaml.MappingNode, "!!map", ""
	}
	if err := f.wantMapping(f.root, "the file"); err != nil {
		return err
	}
	for key, value := range pairs(f.root) {
		switch key.Value {
		case "current":
			if value.Kind != yaml.ScalarNode {
				return f.at(value, "current must be the name of a profile")
			}
		case "profiles":
			if err := f.checkProfiles(value); err != nil {
				return err
			}
		default:
			return f.unknown(key, "", topLevel[:])
		}
	}
	return nil
}

func (f *File) checkProfiles(node *yaml.Node) error {
	if node.Tag == "!!null" {
		node.Kind, node.Tag, node.Value = yaml.MappingNode, "!!map", ""
	}
	if err := f.wantMapping(node, "profiles"); err != nil {
		return err
	}
	for name, settings := range pairs(node) {
		if err := CheckName(name.Value); err != nil {
			return f.at(name, "%s", err)
		}
		if err := f.wantMapping(settings, fmt.Sprintf("profile %q", name.Value)); err != nil {
			return err
		}
		for key, value := range pairs(settings) {
			if err := f.checkSetting(name.Value, key, value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *File) checkSetting(profile string, key, value *yaml.Node) error {
	var names []string
	for _, row := range settingsTable {
		if row.inFile {
			names = append(names, row.name)
		}
	}
	switch {
	case key.Value == "private_key" && value.Value != Keyring:
		return f.at(key, "private_key: the configuration must not contain a key").hint("put it in a file and set private_key_file, or write private_key: keyring after antom profile add --keyring")
	case !slices.Contains(names, key.Value):
		return f.unknown(key, fmt.Sprintf(" in profile %q", profile), names)
	case value.Kind != yaml.ScalarNode:
		return f.at(value, "%s must be a single value", key.Value)
	}
	if _, err := strconv.Atoi(value.Value); key.Value == "key_version" && err != nil {
		return f.at(value, "key_version %q: must be a whole number", value.Value)
	}
	return nil
}

func (f *File) wantMapping(node *yaml.Node, what string) error {
	if node.Kind != yaml.MappingNode {
		return f.at(node, "%s must be a mapping of names to values", what)
	}
	seen := map[string]bool{}
	for key := range pairs(node) {
		if seen[key.Value] {
			return f.at(key, "%q occurs twice", key.Value)
		}
		seen[key.Value] = true
	}
	return nil
}

func (f *File) at(node *yaml.Node, format string, args ...any) *Error {
	return errorf("%s:%d: %s", f.path, node.Line, fmt.Sprintf(format, args...))
}

func (f *File) unknown(key *yaml.Node, where string, known []string) error {
	err := f.at(key, "unknown setting %q%s", key.Value, where)
	if near := rules.Nearest(key.Value, known); near != "" {
		return err.hint("did you mean %s?", near)
	}
	return err.hint("known settings: %s", strings.Join(known, ", "))
}

// pairs yields the keys and values of a mapping in order.
func pairs(mapping *yaml.Node) func(func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		for i := 0; i+1 < len(mapping.Content); i += 2 {
			if !yield(mapping.Content[i], mapping.Content[i+1]) {
				return
			}
		}
	}
}

// lookup returns the value of a key, or nil.
func lookup(mapping *yaml.Node, name string) *yaml.Node {
	if mapping != nil {
		for key, value := range pairs(mapping) {
			if key.Value == name {
				return value
			}
		}
	}
	return nil
}

// Names returns the profiles in the order of the file.
func (f *File) Names() []string {
	var names []string
	if profiles := lookup(f.root, "profiles"); profiles != nil {
		for key := range pairs(profiles) {
			names = append(names, key.Value)
		}
	}
	return names
}

// Current returns the profile that is used if none is named, or "".
func (f *File) Current() string {
	if node := lookup(f.root, "current"); node != nil {
		return node.Value
	}
	return ""
}

// Get returns the settings of a profile as written in the file.
func (f *File) Get(name string) (Settings, error) {
	node := lookup(lookup(f.root, "profiles"), name)
	if node == nil {
		return Settings{}, unknownProfile(name, f.Names())
	}
	var settings Settings
	for row, text := range settings.rows() {
		if value := lookup(node, row); value != nil && text != nil {
			*text = value.Value
		}
	}
	if value := lookup(node, "key_version"); value != nil {
		settings.KeyVersion, _ = strconv.Atoi(value.Value) // checked when the file was read
	}
	return settings, nil
}

// layer returns the settings of one profile as a layer.
func (f *File) layer(name, home string) (layer, error) {
	if _, err := f.Get(name); err != nil {
		return layer{}, err
	}
	l := layer{name: fileLayer, values: map[string]any{}, where: map[string]string{}}
	node := lookup(lookup(f.root, "profiles"), name)
	for _, row := range settingsTable {
		value := lookup(node, row.name)
		if value == nil || value.Value == "" {
			continue
		}
		if l.values[row.rival] != nil {
			return l, f.at(value, "profile %q sets both %s and %s", name, row.rival, row.name).hint("keep one of them")
		}
		l.where[row.name] = fmt.Sprintf("%s:%d", f.path, value.Line)
		l.values[row.name] = value.Value
		if row.path {
			l.values[row.name] = resolve(value.Value, home, filepath.Dir(f.path))
		}
		if row.name == "key_version" {
			l.values[row.name], _ = strconv.Atoi(value.Value) // checked when the file was read
		}
	}
	return l, nil
}

// rows yields the settings by name. key_version, which is a number, has a nil text.
func (s *Settings) rows() func(func(name string, text *string) bool) {
	return func(yield func(name string, text *string) bool) {
		texts := [...]*string{
			&s.ClientID, &s.Region, &s.GatewayURL, &s.PrivateKey, &s.PrivateKeyFile, nil, &s.AntomPublicKeyFile,
			nil, &s.AgentToken, &s.NotifyURL, &s.RedirectURL, &s.Currency, &s.SettlementCurrency, &s.MaxAmount,
		}
		for i, row := range settingsTable {
			if row.inFile && !yield(row.name, texts[i]) {
				return
			}
		}
	}
}

// Free returns an error if a profile of this name exists.
func (f *File) Free(name string) error {
	if slices.Contains(f.Names(), name) {
		return errorf("profile %q already exists", name).hint("--replace replaces it; antom profile show %s shows it", name)
	}
	return nil
}

// Add adds a profile. It returns an error if the name is taken.
func (f *File) Add(name string, settings Settings) error {
	if err := f.Free(name); err != nil {
		return err
	}
	return f.Replace(name, settings)
}

// Replace adds a profile, or replaces the one of the same name.
func (f *File) Replace(name string, settings Settings) error {
	if err := CheckName(name); err != nil {
		return err
	}
	profiles := lookup(f.root, "profiles")
	if profiles == nil {
		profiles = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		f.root.Content = append(f.root.Content, scalar("profiles"), profiles)
	}
	set(profiles, name, settings.node())
	return nil
}

func (s *Settings) node() *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for name, text := range s.rows() {
		if text != nil && *text != "" {
			set(node, name, scalar(*text))
		}
	}
	if s.KeyVersion != 0 {
		set(node, "key_version", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(s.KeyVersion)})
	}
	return node
}

// Use makes a profile the current one.
func (f *File) Use(name string) error {
	if name != Emulator {
		if _, err := f.Get(name); err != nil {
			return err
		}
	}
	if lookup(f.root, "current") == nil {
		f.root.Content = append([]*yaml.Node{scalar("current"), scalar(name)}, f.root.Content...)
		return nil
	}
	set(f.root, "current", scalar(name))
	return nil
}

// Remove removes a profile. If it was the current one, no profile is current.
func (f *File) Remove(name string) error {
	if _, err := f.Get(name); err != nil {
		return err
	}
	unset(lookup(f.root, "profiles"), name)
	if f.Current() == name {
		unset(f.root, "current")
	}
	return nil
}

func scalar(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}

func set(mapping *yaml.Node, name string, value *yaml.Node) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			value.LineComment, value.HeadComment = mapping.Content[i+1].LineComment, mapping.Content[i+1].HeadComment
			mapping.Content[i+1] = value
			return
		}
	}
	mapping.Content = append(mapping.Content, scalar(name), value)
}

func unset(mapping *yaml.Node, name string) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			mapping.Content = slices.Delete(mapping.Content, i, i+2)
			return
		}
	}
}

// Edit changes a configuration file. It reads the file under a lock, so that no concurrent edit
// is lost, and replaces it atomically.
func Edit(path string, change func(*File) error) error {
	if path == "" {
		return errorf("the location of the configuration is unknown").hint("set HOME, ANTOM_CONFIG_DIR or --config")
	}
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved // keep a symbolic link
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the configuration folder: %w", err)
	}
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil {
		return fmt.Errorf("lock the configuration: %w", err)
	}
	defer func() { _ = lock.Unlock() }() // exiting unlocks too
	file, err := Open(path)
	if err != nil {
		return err
	}
	if err := change(file); err != nil {
		return err
	}
	return file.write()
}

// write replaces the file atomically.
func (f *File) write() error {
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(f.doc); err != nil {
		return fmt.Errorf("encode the configuration: %w", err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(f.path), ".config-*.yaml") // made with mode 0600
	if err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	defer os.Remove(temporary.Name()) // fails after the rename, which is fine
	_, err = temporary.Write(text.Bytes())
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), f.path)
	}
	if err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	return nil
}
