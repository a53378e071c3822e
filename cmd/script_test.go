package cmd_test

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/antom-cli/antom/cmd"
	"github.com/antom-cli/antom/cmd/internal/scripts"
)

// update rewrites the expected files inside the scripts: go test ./cmd -update.
var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

// TestMain lets the test binary stand in for antom itself, and for the helper
// that holds a terminal or sends a signal, so that scripts run real processes.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"antom":   func() { os.Exit(scripts.AntomMain(transcribed)) },
		"harness": func() { os.Exit(scripts.HarnessMain(os.Args[1:])) },
	})
}

// transcribed runs antom, and writes what it says to transcript too, if there is one.
func transcribed(transcript io.Writer) int {
	if transcript == nil {
		return cmd.Main()
	}
	return cmd.MainTranscribed(transcript)
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
	running := &scripts.Listeners{Run: cmd.Run}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		Setup:               func(env *testscript.Env) error { return scripts.SetupScript(env, fixtures) },
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"capture":    scripts.Positive(scripts.CmdCapture),
			"emulator":   scripts.Positive(scripts.CmdEmulator),
			"ended":      scripts.Positive(running.CmdEnded(false)),
			"exits":      scripts.Positive(scripts.CmdExits),
			"gateway":    scripts.Positive(scripts.CmdGateway),
			"interrupts": scripts.Positive(scripts.CmdInterrupts),
			"jsoneq":     scripts.CmdJSONEq,
			"jsonlines":  scripts.Positive(scripts.CmdJSONLines),
			"memory":     scripts.Positive(scripts.CmdMemory),
			"tmux":       scripts.Positive(scripts.CmdTmux),
			"listener":   scripts.Positive(running.CmdListener),
			"stopped":    scripts.Positive(running.CmdEnded(true)),
			"tty":        scripts.Positive(scripts.CmdTTY),
		},
	})
}
