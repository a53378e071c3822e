package cmd

import "github.com/antom-cli/antom/internal/prompt"

// confirm asks before something is destroyed; where nobody can answer it wants
// --yes.
func (c *cli) confirm(question string) error {
	if c.global.yes {
		return nil
	}
	if !c.interactive() {
		return usagef("not confirmed: %s", question).hint("--yes answers the question")
	}
	yes, err := prompt.Terminal{In: c.Stdin, Out: c.Stderr}.Confirm(question)
	if err != nil {
		return err
	}
	if !yes {
		return usagef("not confirmed: nothing was changed")
	}
	return nil
}
