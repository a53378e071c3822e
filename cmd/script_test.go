package cmd_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/antom-cli/antom/internal/testkit"
)

// update rewrites the expected files inside the scripts: go test ./cmd -update.
var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

// TestMain lets the test binary stand in for antom itself, and for the helper
// that holds a terminal or sends a signal, so that scripts run real processes.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"antom":   func() { os.Exit(antomMain()) },
		"harness": func() { os.Exit(harnessMain(os.Args[1:])) },
	})
}

// TestScript runs every script in testdata/script. Beside the commands that
// testscript brings, a script has:
//
//	exits CODE command…             run, want exactly this exit code
//	tty [-exit CODE] [-input FILE] [-expect RE]… [-styled] WIDTH command…
//	                                run on a terminal, see ttyRun
//	interrupts SIGNAL CODE [-after RE] command…
//	                                run, send the signal, want the code
//	emulator                        use the built-in profile from here on
//	gateway NAME MODE [argument]…   a gateway with scripted answers, see gatewayModes
//	listener NAME [flag]…           start antom notify listen, its address in NAME_URL
//	ended NAME CODE, stopped NAME CODE
//	                                wait for a listener's end, or interrupt it
//	capture FILE                    write the next HTTP request to CAPTURE_URL down, byte for byte
//	jsoneq A B                      compare JSON by meaning: files, stdout, stderr or literals
//	jsonlines [-count N] FILE       every line is a JSON value
//	tmux [-enter] CODE FILE RE command… run in a window of a real tmux, paste the file once RE is shown
//	memory MB exits CODE command…   run, want the code and no more memory than that
//
// HOME and the XDG folders lie in $WORK, nothing of the caller's environment
// but PATH is seen, $WORK/keys holds throw-away keys (merchant, antom, other)
// and $FIXTURES the messages of testdata/fixtures. At the end all that was said
// and written is searched for secrets, see guardSecrets.
func TestScript(t *testing.T) {
	fixtures, err := filepath.Abs(filepath.Join("testdata", "fixtures"))
	if err != nil {
		t.Fatal(err)
	}
	running := &listeners{}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		Setup:               func(env *testscript.Env) error { return setupScript(env, fixtures) },
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"capture":    positive(cmdCapture),
			"emulator":   positive(cmdEmulator),
			"ended":      positive(running.cmdEnded(false)),
			"exits":      positive(cmdExits),
			"gateway":    positive(cmdGateway),
			"interrupts": positive(cmdInterrupts),
			"jsoneq":     cmdJSONEq,
			"jsonlines":  positive(cmdJSONLines),
			"memory":     positive(cmdMemory),
			"tmux":       positive(cmdTmux),
			"listener":   positive(running.cmdListener),
			"stopped":    positive(running.cmdEnded(true)),
			"tty":        positive(cmdTTY),
		},
	})
}

// setupScript gives a script a home of its own and the test keys.
func setupScript(env *testscript.Env, fixtures string) error {
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

// positive is a script command for which a "!" in front makes no sense.
func positive(run func(*testscript.TestScript, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg {
			ts.Fatalf("this command takes no !")
		}
		run(ts, args)
	}
}

// cmdEmulator chooses the built-in profile for the rest of the script.
func cmdEmulator(ts *testscript.TestScript, args []string) {
	if len(args) != 0 {
		ts.Fatalf("usage: emulator")
	}
	ts.Setenv("ANTOM_PROFILE", "emulator")
}
