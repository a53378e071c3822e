package cmd

import (
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/cmd/checkoutcmd"
	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/cmd/explaincmd"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/internal/profile"
	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/antom"
)

// What the shell offers when Tab is pressed. The tables use the words of the help (placeholders
// of arguments, names of flags), so a new command is completed without further work. Nothing is
// set up unless a shell asks, and nothing here writes, prints a note or uses the network.

// completing reports whether a shell asks for completions.
func completing(args []string) bool {
	return len(args) > 1 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// candidate is a word that the shell may offer, with its meaning.
type candidate struct{ word, meaning string }

// finder returns the candidates for one kind of word.
type finder func(*cli.CLI, *cobra.Command) []candidate

// argumentSources are the sources by the placeholder of an argument. FILE and DIR are left to
// the shell. Sorted by placeholder.
var argumentSources = [...]struct {
	placeholder string
	find        finder
}{
	{"CODE", resultCodeCandidates},
	{"ID", paymentCandidates},
	{"NAME", profileCandidates},
	{"OPERATION", operationCandidates},
	{"PAYMENT", paymentCandidates},
	{"PAYMENT_REQUEST_ID", paymentCandidates},
	{"REFUND_REQUEST_ID", refundCandidates},
	{"SHELL", shellCandidates},
	{"TOPIC", helpCandidates},
}

// flagSources are the sources by the name of a flag. Enum flags, and flags whose placeholder is
// a file or a result code, need no row. Sorted by name.
var flagSources = [...]struct {
	flag string
	find finder
}{
	{"appearance", appearanceCandidates},
	{"card", cardCandidates},
	{"currency", currencyCandidates},
	{"locale", localeCandidates},
	{"output", formatCandidates},
	{"payment-id", paymentIDCandidates},
	{"profile", profileCandidates},
	{"region", regionCandidates},
	{"settlement-currency", currencyCandidates},
}

// bindCompletions tells cobra what to offer for the arguments and flags of the command that the
// words lead to. If nothing is known, nothing is offered: file names instead of an id would be
// misleading.
func bindCompletions(c *cli.CLI, root *cobra.Command, words []string) {
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	root.InitDefaultHelpCmd()
	cmd, _, err := root.Find(words[:max(0, len(words)-1)]) // the last word is being typed
	if err != nil {
		cmd = root
	}
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return completeArgument(c, cmd, args, prefix)
	}
	for _, word := range words[max(0, len(words)-2):] { // "--flag value" or "--flag=value"
		if flag := flagOf(cmd, word); flag != nil {
			_ = cmd.RegisterFlagCompletionFunc(flag.Name, func(cmd *cobra.Command, _ []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
				return completeFlag(c, cmd, flag, prefix)
			}) // ignore the error for a flag that is given twice
		}
	}
}

// flagOf returns the flag of cmd that a word of the command line names, or nil.
func flagOf(cmd *cobra.Command, word string) *pflag.Flag {
	if name, ok := strings.CutPrefix(word, "--"); ok {
		name, _, _ = strings.Cut(name, "=")
		return cmd.Flag(name)
	}
	if letters, ok := strings.CutPrefix(word, "-"); ok && letters != "" {
		letter := letters[:1]
		if flag := cmd.Flags().ShorthandLookup(letter); flag != nil {
			return flag
		}
		return cmd.Root().PersistentFlags().ShorthandLookup(letter)
	}
	return nil
}

// placeholders returns the arguments of a usage line, in order: for each, the possible words;
// the last one has "..." if it may be repeated.
func placeholders(use string) [][]string {
	_, line, _ := strings.Cut(use, " ")
	var found [][]string
	words := strings.Fields(strings.ReplaceAll(line, " | ", "|"))
	for i, word := range words {
		ofFlag := i > 0 && strings.HasPrefix(words[i-1], "-")
		if !ofFlag && !strings.HasPrefix(word, "-") {
			found = append(found, strings.Split(strings.Trim(word, "[]"), "|"))
		}
	}
	return found
}

func completeArgument(c *cli.CLI, cmd *cobra.Command, args []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
	words, at := placeholders(cmd.Use), len(args)
	if len(words) == 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	last := words[len(words)-1]
	repeated := strings.HasSuffix(last[len(last)-1], "...")
	if at >= len(words) {
		if !repeated {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		at = len(words) - 1
	}
	var offered []candidate
	for _, word := range words[at] {
		word = strings.TrimSuffix(word, "...")
		if filesFor(word) != cobra.ShellCompDirectiveNoFileComp {
			return nil, filesFor(word)
		}
		for _, row := range argumentSources {
			if row.placeholder == word {
				offered = append(offered, row.find(c, cmd)...)
			}
		}
	}
	offered = slices.DeleteFunc(offered, func(each candidate) bool { return slices.Contains(args, each.word) })
	return offer(offered, prefix)
}

func completeFlag(c *cli.CLI, cmd *cobra.Command, flag *pflag.Flag, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
	for _, row := range flagSources {
		if row.flag == flag.Name {
			return offer(row.find(c, cmd), prefix)
		}
	}
	if words, ok := flag.Value.(*cli.Enum); ok {
		return offer(bare(cli.NonEmpty(words.Words)), prefix)
	}
	placeholder, _ := pflag.UnquoteUsage(flag)
	if placeholder == "code" {
		return offer(resultCodeCandidates(c, cmd), prefix)
	}
	return nil, filesFor(placeholder)
}

// filesFor leaves the names of files and folders to the shell.
func filesFor(placeholder string) cobra.ShellCompDirective {
	switch strings.ToLower(placeholder) {
	case "file", "path", "private", "public":
		return cobra.ShellCompDirectiveDefault
	case "dir", "folder":
		return cobra.ShellCompDirectiveFilterDirs
	}
	return cobra.ShellCompDirectiveNoFileComp
}

// offer passes the candidates with the prefix to the shell, in order. Case does not matter:
// "sgd" finds SGD.
func offer(candidates []candidate, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var offered []cobra.Completion
	for _, each := range candidates {
		fits := len(each.word) >= len(prefix) && strings.EqualFold(each.word[:len(prefix)], prefix)
		if fits && !strings.ContainsFunc(each.word, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
			offered = append(offered, cobra.CompletionWithDesc(each.word, strings.Join(strings.Fields(each.meaning), " ")))
		}
	}
	return offered, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

func bare(words []string) []candidate {
	candidates := make([]candidate, len(words))
	for i, word := range words {
		candidates[i].word = word
	}
	return candidates
}

// profileCandidates are the configured profiles and the built-in one. If the configuration is
// invalid, they are those that could be read. There are none for the name of a new profile.
func profileCandidates(c *cli.CLI, cmd *cobra.Command) []candidate {
	if cmd.Name() == "add" && !cmd.Flags().Changed("replace") {
		return nil
	}
	var found []candidate
	if file, _ := c.OpenConfig(); file != nil {
		for _, name := range file.Names() {
			settings, _ := file.Get(name)
			found = append(found, candidate{name, settings.ClientID})
		}
	}
	return append(found, candidate{profile.Emulator, "the built-in gateway"})
}

func currencyCandidates(_ *cli.CLI, _ *cobra.Command) []candidate {
	var listed, others []candidate
	for _, row := range antom.Currencies() {
		if row.Listed {
			listed = append(listed, candidate{row.Code, row.Name})
		} else {
			others = append(others, candidate{row.Code, row.Name})
		}
	}
	return append(listed, others...)
}

// resultCodeCandidates are result codes; for antom explain, everything that it explains.
func resultCodeCandidates(_ *cli.CLI, cmd *cobra.Command) []candidate {
	var found []candidate
	if cmd.Name() == "explain" {
		for _, e := range explaincmd.Book().Entries("") {
			found = append(found, candidate{e.Code, e.Meaning})
		}
		return found
	}
	for _, row := range antom.ResultCodes() {
		found = append(found, candidate{row.Code, row.Meaning})
	}
	return found
}

func cardCandidates(_ *cli.CLI, _ *cobra.Command) []candidate {
	var found []candidate
	for _, card := range rules.TestCards() {
		found = append(found, candidate{card.Number, card.Brand + " " + card.Region + ", " + card.Purpose})
	}
	return found
}

func appearanceCandidates(_ *cli.CLI, _ *cobra.Command) []candidate {
	var found []candidate
	for _, word := range checkoutcmd.Appearances() {
		found = append(found, candidate{word, ""})
	}
	return found
}

func localeCandidates(_ *cli.CLI, _ *cobra.Command) []candidate {
	var found []candidate
	for _, locale := range checkoutcmd.Locales() {
		found = append(found, candidate{locale, ""})
	}
	return found
}

func regionCandidates(_ *cli.CLI, _ *cobra.Command) []candidate {
	return []candidate{
		{string(antom.RegionSG), "Asia"},
		{string(antom.RegionUS), "North America"},
		{string(antom.RegionDE), "Europe"},
	}
}

func formatCandidates(_ *cli.CLI, _ *cobra.Command) []candidate {
	return []candidate{
		{string(output.FormatText), "for people"},
		{string(output.FormatJSON), "one JSON value"},
		{string(output.FormatJSONL), "a JSON value a line, for lists and streams"},
		{string(output.FormatCSV), "for lists"},
	}
}

func operationCandidates(_ *cli.CLI, _ *cobra.Command) []candidate {
	var found []candidate
	for _, operation := range antom.Operations() {
		found = append(found, candidate{string(operation), ""})
	}
	return found
}

func shellCandidates(_ *cli.CLI, _ *cobra.Command) []candidate {
	var found []candidate
	for _, shell := range shells {
		found = append(found, candidate{shell.name, ""})
	}
	return found
}

// helpCandidates are the commands and topics; cobra offers no commands below help.
func helpCandidates(_ *cli.CLI, cmd *cobra.Command) []candidate {
	var found []candidate
	for _, child := range cmd.Root().Commands() {
		if child.IsAvailableCommand() {
			found = append(found, candidate{child.Name(), child.Short})
		}
	}
	for _, topic := range helpTopics() {
		found = append(found, candidate{topic.Name, topic.Short})
	}
	return found
}

func paymentCandidates(c *cli.CLI, _ *cobra.Command) []candidate {
	var found []candidate
	for _, each := range c.RecentPayments() {
		found = append(found, candidate{each.RequestID, strings.TrimSpace(each.Order + " " + each.Amount)})
	}
	return found
}

func paymentIDCandidates(c *cli.CLI, _ *cobra.Command) []candidate {
	var found []candidate
	for _, each := range c.RecentPayments() {
		if each.PaymentID != "" {
			found = append(found, candidate{each.PaymentID, strings.TrimSpace(each.Order + " " + each.Amount)})
		}
	}
	return found
}

func refundCandidates(c *cli.CLI, _ *cobra.Command) []candidate {
	var found []candidate
	for _, refund := range c.RecentRefunds() {
		found = append(found, candidate{refund.RefundRequestID, refund.PaymentID})
	}
	return found
}
