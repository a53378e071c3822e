// Package scripts contains the harness of the scripts in cmd/testdata: commands that run antom
// on a terminal, with a signal or with a gateway of scripted answers, and a guard that searches
// all output and files for secrets. Only tests import it.
package scripts

import (
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/antom-cli/antom/internal/testkit"
)

// SetupScript gives a script its own home and the test keys.
func SetupScript(env *testscript.Env, fixtures string) error {
	home := filepath.Join(env.WorkDir, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		return err
	}
	env.Setenv("HOME", home)
	env.Setenv("USERPROFILE", home)
	env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "config"))
	env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
	env.Setenv("TERM", "xterm")
	env.Setenv("TZ", "UTC")
	env.Setenv("FIXTURES", fixtures)
	if err := testkit.CopyKeys(filepath.Join(env.WorkDir, "keys")); err != nil {
		return err
	}
	return guardSecrets(env)
}

// Positive wraps a script command that does not support "!".
func Positive(run func(*testscript.TestScript, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg {
			ts.Fatalf("this command does not support !")
		}
		run(ts, args)
	}
}

// CmdEmulator selects the built-in profile for the rest of the script.
func CmdEmulator(ts *testscript.TestScript, args []string) {
	if len(args) != 0 {
		ts.Fatalf("usage: emulator")
	}
	ts.Setenv("ANTOM_PROFILE", "emulator")
}
