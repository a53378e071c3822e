package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/internal/rules"
)

// Twins returns the environment variables of global flags. Those of --profile and --config are
// among the settings.
func Twins() []profile.Variable {
	var g GlobalFlags
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	g.Bind(flags)
	var found []profile.Variable
	flags.VisitAll(func(flag *pflag.Flag) {
		if slices.Contains(noTwin[:], flag.Name) || flag.Name == "profile" || flag.Name == "config" {
			return
		}
		_, meaning := pflag.UnquoteUsage(flag)
		found = append(found, profile.Variable{Name: twin(flag.Name), Meaning: "--" + flag.Name + ": " + meaning})
	})
	return found
}

// ownPrefix begins the names of the variables that antom reads.
const ownPrefix = "ANTOM_"

// RotatedKeyVariable has the second public key of the emulator, after the fault key-rotation.
// antom emulator keys prints it; antom itself does not read it.
const RotatedKeyVariable = ownPrefix + "PUBLIC_KEY_2"

// misspeltVariables returns warnings about variables that antom does not read but that resemble
// ones it does: they have no effect, and the profile in use may not be the intended one.
func (c *CLI) misspeltVariables() []string {
	if c.Environ == nil {
		return nil
	}
	known := ownVariables()
	var warnings []string
	for _, variable := range c.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		word, own := strings.CutPrefix(name, ownPrefix)
		if !own || value == "" || name == RotatedKeyVariable || slices.Contains(known, word) {
			continue
		}
		if near := rules.Nearest(word, known); near != "" {
			warnings = append(warnings, fmt.Sprintf("%s is set, and antom does not read it; did you mean %s?", name, ownPrefix+near))
		}
	}
	slices.Sort(warnings)
	return warnings
}

// ownVariables returns the names of the variables that antom reads, without their prefix.
func ownVariables() []string {
	var names []string
	for _, v := range slices.Concat(profile.Variables(), Twins()) {
		for name := range strings.SplitSeq(v.Name, ", ") {
			names = append(names, strings.TrimPrefix(name, ownPrefix))
		}
	}
	return names
}
