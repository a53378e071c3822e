package cli

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/rules"
)

// GlobalFlags are the flags that every command has.
type GlobalFlags struct {
	Profile, config string
	Format          output.Format
	JQ              string
	Raw, Quiet      bool
	header          bool
	color           string
	debug, noInput  bool
	RequestTimeout  time.Duration
	CACert          string
	yes, live       bool
}

const (
	colorAuto   = "auto"
	colorAlways = "always"
	colorNever  = "never"
)

// noTwin are the global flags without an environment variable: they give consent, which must be
// given on the command line.
var noTwin = [...]string{"help", "live", "yes"}

// Bind adds the global flags to the root, each with its default.
func (g *GlobalFlags) Bind(flags *pflag.FlagSet) {
	g.Format = output.FormatText
	flags.StringVarP(&g.Profile, "profile", "p", "", "profile `name` to use")
	flags.StringVar(&g.config, "config", "", "configuration `file`")
	flags.VarP(&g.Format, "output", "o", "output `format`: text, json, csv or jsonl")
	flags.StringVar(&g.JQ, "jq", "", "filter JSON output with a jq `expression`")
	flags.BoolVar(&g.Raw, "raw", false, "print the gateway's answer byte for byte")
	flags.BoolVarP(&g.Quiet, "quiet", "q", false, "print just the value that the next command needs")
	flags.BoolVar(&g.header, "header", false, "print table headers also when not on a terminal")
	flags.Var(NewEnum(&g.color, colorAuto, colorAlways, colorNever), "color", "colour: auto, always or never")
	flags.BoolVar(&g.debug, "debug", false, "show each exchange on stderr, secrets redacted")
	flags.BoolVar(&g.noInput, "no-input", false, "never ask a question")
	g.RequestTimeout = 15 * time.Second
	flags.Var((*timeLimit)(&g.RequestTimeout), "request-timeout", "time limit of one call")
	flags.StringVar(&g.CACert, "cacert", "", "PEM `file` of certificates to trust instead of the system's")
	flags.BoolVarP(&g.yes, "yes", "y", false, "answer yes to every question")
	flags.BoolVar(&g.live, "live", false, "allow a command that moves money on a live profile")
}

// twin returns the environment variable of a global flag.
func twin(flag string) string {
	return "ANTOM_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// BindEnvironment sets each global flag from its environment variable. The command line is read
// later and takes precedence.
func (c *CLI) BindEnvironment(flags *pflag.FlagSet) error {
	var failed error
	flags.VisitAll(func(flag *pflag.Flag) {
		value := c.Getenv(twin(flag.Name))
		if value == "" || slices.Contains(noTwin[:], flag.Name) || failed != nil {
			return
		}
		if err := flag.Value.Set(value); err != nil {
			failed = Usagef("%s=%q: %s", twin(flag.Name), value, err).
				WithHint("the variable stands for --%s", flag.Name)
		}
	})
	return failed
}

// FlagError turns cobra's error about a flag into a usage error.
func FlagError(cmd *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	usage := Usagef("%s", err)
	invalid, isInvalid := errors.AsType[*pflag.InvalidValueError](err)
	if isInvalid && invalid.GetFlag().Value.Type() == "bool" {
		usage = Usagef("--%s takes no value, got %q", invalid.GetFlag().Name, invalid.GetValue())
	}
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		if letters := unknown.GetSpecifiedShortnames(); letters != "" && !cmd.HasSubCommands() && strings.ContainsRune("0123456789.", rune(letters[0])) {
			return notAFlag(cmd, "-"+letters)
		}
		if near := nearestFlag(cmd, unknown.GetSpecifiedName()); near != "" {
			usage.WithHint("did you mean --%s?", near)
		}
	}
	if isInvalid && invalid.GetFlag().Value.Type() == "duration" && !errors.Is(err, errNoTime) {
		usage.WithHint("write it with a unit, such as 500ms, 30s or 2m")
	}
	return usage.WithHint("see %q", cmd.CommandPath()+" --help")
}

// notAFlag returns the error for an argument such as -3h that was read as flags, although no
// flag is a digit. It is the command's own error about the argument, if it has one, or a hint
// how to pass such an argument.
func notAFlag(cmd *cobra.Command, word string) error {
	if err := cmd.ValidateArgs([]string{word}); err != nil {
		return err
	}
	return Usagef("%q looks like a flag, but there is no such flag", word).
		WithHint("put an argument that begins with a dash last, after two dashes: %s -- %s", cmd.CommandPath(), word)
}

// OneArgAs is [OneArg] with a check of the argument, which runs before the command starts.
func OneArgAs(name string, check func(string) error) cobra.PositionalArgs {
	one := OneArg(name)
	return func(cmd *cobra.Command, args []string) error {
		if err := one(cmd, args); err != nil {
			return err
		}
		return check(args[0])
	}
}

func nearestFlag(cmd *cobra.Command, name string) string {
	var names []string
	collect := func(flag *pflag.Flag) {
		if !flag.Hidden {
			names = append(names, flag.Name)
		}
	}
	cmd.Flags().VisitAll(collect)
	cmd.InheritedFlags().VisitAll(collect)
	slices.Sort(names)
	return rules.Nearest(name, slices.Compact(names))
}

// timeLimit is a flag value for a positive duration.
type timeLimit time.Duration

var (
	_ pflag.Value = (*timeLimit)(nil)

	errNoTime = errors.New("must be more than 0")
)

func (l *timeLimit) String() string { return time.Duration(*l).String() }

func (l *timeLimit) Set(text string) error {
	limit, err := time.ParseDuration(text)
	if err == nil && limit <= 0 {
		err = errNoTime
	}
	*l = timeLimit(limit)
	return err
}

// Type is the placeholder in the usage text.
func (l *timeLimit) Type() string { return "duration" }

// Enum is a flag that takes one of a few words.
type Enum struct {
	value *string
	Words []string
}

var _ pflag.Value = (*Enum)(nil)

// NewEnum returns an enum flag whose default is the first word.
func NewEnum(value *string, words ...string) *Enum {
	*value = words[0]
	return &Enum{value, words}
}

func (e *Enum) String() string {
	if e.value == nil {
		return ""
	}
	return *e.value
}

// Set accepts a word of the list. The error for another word suggests the nearest one.
func (e *Enum) Set(word string) error {
	if slices.Contains(e.Words, word) {
		*e.value = word
		return nil
	}
	list := strings.Join(NonEmpty(e.Words), ", ")
	if near := rules.Nearest(word, e.Words); near != "" {
		return errors.New("must be one of " + list + "; did you mean " + near + "?")
	}
	return errors.New("must be one of " + list)
}

// Type is the placeholder in the usage text.
func (e *Enum) Type() string { return "word" }

// NonEmpty returns the words that are not empty.
func NonEmpty(words []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "" })
}

// Filled returns an error if one of the command's own flags has an empty value, as from an
// unset shell variable. Otherwise the flag would be ignored silently.
func Filled(run func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		var empty error
		cmd.LocalNonPersistentFlags().VisitAll(func(flag *pflag.Flag) {
			if flag.Changed && flag.Value.Type() == "string" && flag.Value.String() == "" {
				empty = Usagef("--%s: has an empty value", flag.Name).WithHint("leave the flag out, or look at the variable that you gave it")
			}
		})
		if empty != nil {
			return empty
		}
		return run(cmd, args)
	}
}

// OneArg requires exactly one argument, and names it if it is missing.
func OneArg(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return Usagef("%s: missing %s", cmd.CommandPath(), name).WithHint("usage: %s", cmd.UseLine())
		case len(args) > 1:
			return Usagef("%s: takes one %s, got %d", cmd.CommandPath(), name, len(args)).WithHint("usage: %s", cmd.UseLine())
		}
		return nil
	}
}

// AtLeastOne requires arguments, and names the first one if it is missing.
func AtLeastOne(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return Usagef("%s: missing %s", cmd.CommandPath(), name).WithHint("usage: %s", cmd.UseLine())
		}
		return nil
	}
}

// NoArgs returns an error that shows the first argument, if there is one.
func NoArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return Usagef("%s: takes no argument, got %q", cmd.CommandPath(), args[0]).WithHint("see %q", cmd.CommandPath()+" --help")
	}
	return nil
}
