package cli

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/pkg/antom"
	"github.com/antom-cli/antom/pkg/sign"
)

// outcomes are errors of every exit code, the weightiest first.
func outcomes() []error {
	return []error{
		StoppedError{},
		StoppedError{Terminated: true},
		errors.New("disk full"),
		Usagef("bad value"),
		&SetupError{Message: "no key"},
		&antom.ResultError{Result: antom.Result{ResultStatus: antom.StatusF}},
		sign.NewError(sign.Mismatch, "another key"),
		OutcomeError{Code: ExitBadOutcome},
		&antom.ResultError{Result: antom.Result{ResultStatus: antom.StatusU}},
		nil,
	}
}

// Of several outcomes the weightiest decides, whichever came first and however
// deep it is wrapped.
func TestExitCode_several(t *testing.T) {
	t.Parallel()
	want := []int{130, 143, 1, 2, 4, 3, 6, 7, 5, 0}
	all := outcomes()
	for i, err := range all {
		if got := ExitCode(err); got != want[i] {
			t.Errorf("%v: exit %d, want %d", err, got, want[i])
		}
		for _, lighter := range all[i:] {
			for _, pair := range [...]error{errors.Join(err, lighter), errors.Join(lighter, wrapped(err))} {
				if got := ExitCode(pair); got != want[i] {
					t.Errorf("%v with %v: exit %d, want %d", err, lighter, got, want[i])
				}
			}
		}
	}
	slices.Reverse(all)
	if got := ExitCode(errors.Join(all...)); got != 130 {
		t.Errorf("all at once: exit %d, want 130", got)
	}
}

func wrapped(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("payment 1: %w", err)
}

// Every code that can come out stands in the table that help prints, in order.
func TestExitCodes_table(t *testing.T) {
	t.Parallel()
	var codes []int
	for _, row := range ExitCodes {
		codes = append(codes, row.Code)
		if row.Name == "" || row.Meaning == "" {
			t.Errorf("exit %d is not explained", row.Code)
		}
	}
	if want := []int{0, 1, 2, 3, 4, 5, 6, 7, 130, 143}; !slices.Equal(codes, want) {
		t.Errorf("codes %v, want %v", codes, want)
	}
}

// Every global flag but the consents has a twin in the environment, and the
// consents have none.
func TestBindEnvironment_twins(t *testing.T) {
	t.Parallel()
	values := map[string]string{
		"cacert": "ca.pem", "color": "never", "config": "antom.yaml", "debug": "true", "header": "true", "jq": ".a", "live": "true",
		"no-input": "true", "output": "json", "profile": "sandbox", "quiet": "true", "raw": "true", "request-timeout": "3s", "yes": "true",
	}
	environment := map[string]string{}
	for name, value := range values {
		environment[twin(name)] = value
	}
	c := &CLI{Env: &Env{Getenv: func(name string) string { return environment[name] }}}
	flags := pflag.NewFlagSet("antom", pflag.ContinueOnError)
	c.Global.Bind(flags)
	if err := c.BindEnvironment(flags); err != nil {
		t.Fatal(err)
	}
	flags.VisitAll(func(flag *pflag.Flag) {
		value, known := values[flag.Name]
		consent := slices.Contains(noTwin[:], flag.Name)
		switch {
		case !known:
			t.Errorf("--%s: this test does not know it", flag.Name)
		case consent && flag.Value.String() != flag.DefValue:
			t.Errorf("--%s: %s sets it, and nobody has consented", flag.Name, twin(flag.Name))
		case !consent && flag.Value.String() != value:
			t.Errorf("--%s: %s=%s made it %s", flag.Name, twin(flag.Name), value, flag.Value)
		}
	})
}
