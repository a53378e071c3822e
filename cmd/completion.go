package cmd

import (
	"bytes"
	"strings"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/rules"
)

// shells are the shells with a completion script.
var shells = [...]struct {
	name  string
	write func(*cobra.Command, *bytes.Buffer) error
}{
	{"bash", func(root *cobra.Command, b *bytes.Buffer) error { return root.GenBashCompletionV2(b, true) }},
	{"fish", func(root *cobra.Command, b *bytes.Buffer) error { return root.GenFishCompletion(b, true) }},
	{"powershell", func(root *cobra.Command, b *bytes.Buffer) error { return root.GenPowerShellCompletionWithDesc(b) }},
	{"zsh", func(root *cobra.Command, b *bytes.Buffer) error { return root.GenZshCompletion(b) }},
}

func newCompletionCmd(c *cli.CLI) *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the completion script of a shell",
		Long: `Print the script that completes antom's commands, flags and their values in bash,
zsh, fish or PowerShell. The script calls antom for suggestions: profiles, recent
payments with their order and amount, currencies, result codes, test cards.

bash  needs the package bash-completion. For this user:
        antom completion bash > ~/.local/share/bash-completion/completions/antom
zsh   into a folder of $fpath, before compinit runs:
        antom completion zsh > "${fpath[1]}/_antom"
fish    antom completion fish > ~/.config/fish/completions/antom.fish
PowerShell, in $PROFILE:
        antom completion powershell | Out-String | Invoke-Expression

The packages of antom include the scripts.`,
		Example: `  antom completion bash > antom.bash
  antom completion zsh > _antom`,
		Args: cli.OneArg("SHELL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c.Global.Quiet = false // the script is the value
			p, err := c.Printer()
			if err != nil {
				return err
			}
			script, err := completionScript(cmd.Root(), args[0])
			if err != nil {
				return err
			}
			return p.Print(output.Result{
				JSON: cli.Encode(map[string]string{"shell": args[0], "script": string(script)}),
				Text: []output.Block{output.Verbatim(script)},
			})
		},
	}
}

func completionScript(root *cobra.Command, name string) ([]byte, error) {
	var script bytes.Buffer
	var names []string
	for _, shell := range shells {
		if shell.name == name {
			err := shell.write(root, &script)
			return script.Bytes(), err
		}
		names = append(names, shell.name)
	}
	err := cli.Usagef("no completion script for %q", name)
	if near := rules.Nearest(name, names); near != "" {
		err.WithHint("did you mean %q?", "antom completion "+near)
	}
	return nil, err.WithHint("shells: %s", strings.Join(names, ", "))
}
