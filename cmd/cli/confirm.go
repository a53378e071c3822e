package cli

import "github.com/antom-cli/antom/internal/prompt"

// Confirm asks before something is destroyed. If nobody can answer, --yes is required.
func (c *CLI) Confirm(question string) error {
	if c.Global.yes {
		return nil
	}
	if !c.Interactive() {
		return Usagef("not confirmed: %s", question).WithHint("--yes answers the question")
	}
	yes, err := prompt.Terminal{In: c.Stdin, Out: c.Stderr}.Confirm(question)
	if err != nil {
		return err
	}
	if !yes {
		return Usagef("not confirmed: nothing was changed")
	}
	return nil
}
