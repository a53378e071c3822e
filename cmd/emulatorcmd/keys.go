package emulatorcmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/emulator"
	"github.com/antom-cli/antom/internal/output"
)

// emulatorKeys is `antom emulator keys`.
type emulatorKeys struct {
	c      *cli.CLI
	format string
	file   string
}

func newKeysCmd(c *cli.CLI) *cobra.Command {
	o := &emulatorKeys{c: c}
	cmd := &cobra.Command{
		Use:   "keys",
		Short: "Print the emulator's client id and keys",
		Long: `Print the emulator's client id, the private key of its merchant and the public key
that verifies its answers, in the one-line form of Antom's Dashboard. They were
generated on this machine and are of no use elsewhere. While the emulator is served,
the URL of the gateway is included.

The names are those of Antom's own templates, as an environment file or as JSON;
antom reads them too. --write puts them into a file that only you can read. With
--quiet only Antom's public key is printed.`,
		Example: `  antom emulator keys > emulator.env
  antom emulator keys --format json --write emulator.json
  antom emulator keys -o json --jq .antomPublicKey`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.run(cmd.Context())
		},
	}
	cmd.Flags().Var(cli.NewEnum(&o.format, "dotenv", "json"), "format", "form of the variables: dotenv or json")
	cmd.Flags().StringVar(&o.file, "write", "", "write to this `file` (mode 0600) and print nothing")
	return cmd
}

func (o *emulatorKeys) run(ctx context.Context) error {
	p, err := o.c.Printer()
	if err != nil {
		return err
	}
	gateway, err := o.c.OpenEmulator()
	if err != nil {
		return err
	}
	facts := gateway.Profile()
	served, _ := o.c.RunningEmulator(ctx)
	variables, err := o.variables(gateway, served)
	if err != nil {
		return err
	}
	text := o.text(variables)
	if o.file != "" {
		if err := writePrivate(o.c.Abs(o.file), text); err != nil {
			return fmt.Errorf("write --write: %w", err)
		}
		p.Note("wrote %s", o.file)
		return nil
	}
	object := map[string]string{
		"clientId": facts.ClientID, "merchantPrivateKey": facts.MerchantKey.Base64(), "antomPublicKey": facts.AntomKey.Base64(),
	}
	if served != nil {
		object["gatewayUrl"] = served.Address.URL
	}
	return p.Print(output.Result{
		JSON:  cli.Encode(object),
		Quiet: []string{facts.AntomKey.Base64()},
		Text:  []output.Block{output.Text(strings.TrimSuffix(text, "\n"))},
	})
}

// variable is a setting under the name used in Antom's templates.
type variable struct{ name, value string }

// variables returns the settings of a client, with the names that Antom's Next.js template and
// our own profile read.
func (o *emulatorKeys) variables(gateway *emulator.Emulator, served *emulator.Remote) ([]variable, error) {
	facts := gateway.Profile()
	list := []variable{
		{"ANTOM_CLIENT_ID", facts.ClientID},
		{"ANTOM_PRIVATE_KEY", facts.MerchantKey.Base64()},
		{"ANTOM_PUBLIC_KEY", facts.AntomKey.Base64()},
		{"NEXT_PUBLIC_ANTOM_ENV", "sandbox"},
	}
	rotated, err := gateway.RotatedKey()
	if err != nil {
		return nil, err
	}
	if rotated != nil {
		list = append(list, variable{cli.RotatedKeyVariable, rotated.Base64()})
	}
	if served != nil {
		list = append(list, variable{"ANTOM_GATEWAY_URL", served.Address.URL})
		if served.Address.CACert != "" {
			list = append(list, variable{"ANTOM_CACERT", served.Address.CACert})
		}
	}
	return list, nil
}

func (o *emulatorKeys) text(list []variable) string {
	if o.format == "json" {
		object := make(map[string]string, len(list))
		for _, v := range list {
			object[v.name] = v.value
		}
		text, err := json.MarshalIndent(object, "", "  ")
		if err != nil {
			return "" // texts always encode
		}
		return string(text) + "\n"
	}
	var b strings.Builder
	for _, v := range list {
		fmt.Fprintf(&b, "%s=%s\n", v.name, quoted(v.value))
	}
	return b.String()
}

// quoted puts single quotes around a value that a shell would split or expand. Keys, ids and
// URLs need none.
func quoted(value string) string {
	if strings.ContainsAny(value, " \t'\"$`\\#;&|<>()*?[]~!") {
		return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
	}
	return value
}

// writePrivate atomically writes a file that only its owner can read, and replaces one that
// others can read.
func writePrivate(path, text string) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".antom-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name()) // already renamed if all went well
	_, err = temporary.WriteString(text)
	if err := errors.Join(err, temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}
