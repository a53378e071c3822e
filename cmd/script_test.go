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

// TestMain lets the test binary run as antom itself, and as the helper that provides a terminal
// or sends a signal, so that scripts run real processes.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"antom":   func() { os.Exit(scripts.AntomMain(transcribed)) },
		"harness": func() { os.Exit(scripts.HarnessMain(os.Args[1:])) },
	})
}

// transcribed runs antom, and also writes its output to transcript, if there is one.
func transcribed(transcript io.Writer) int {
	if transcript == nil {
		return cmd.Main()
	}
	return cmd.MainTranscribed(transcript)
}

// TestScript runs every script in testdata/script. In addition to the commands of
// testscript, a script has:
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
//	capture FILE                    write the next HTTP request to CAPTURE_URL to a file, byte for byte
//	jsoneq A B                      compare JSON by meaning: files, stdout, stderr or literals
//	jsonlines [-count N] FILE       every line is a JSON value
//	tmux [-enter] CODE FILE RE command… run in a window of a real tmux, paste the file once RE is shown
//	memory MB exits CODE command…   run, want the code and no more memory than that
//
// HOME and the XDG folders are in $WORK, nothing of the caller's environment
// but PATH is visible, $WORK/keys contains throw-away keys (merchant, antom, other)
// and $FIXTURES the messages of testdata/fixtures. At the end all output and
// files are searched for secrets, see guardSecrets.
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
