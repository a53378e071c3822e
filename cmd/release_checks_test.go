package cmd_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// slowRuns is how often each release check is run with another processing time of the gateway:
// `.ci/run` uses 20.
var slowRuns = flag.Int("slow", 1, "how often to run each release check, with processing times from 0 to 3 s")

// slowest is the longest processing time of a payment in these runs.
const slowest = 3000 // milliseconds

// The scripts of the README and of docs/release-checks.md succeed however long the gateway
// takes: they must wait if it is too early to inquire.
func TestReleaseChecks_slow(t *testing.T) {
	t.Parallel()
	model := openShop(t)
	for name, script := range releaseChecks(t) {
		for run := range *slowRuns {
			took := slowest / 2
			if *slowRuns > 1 {
				took = slowest * run / (*slowRuns - 1)
			}
			t.Run(fmt.Sprintf("%s/%dms", name, took), func(t *testing.T) {
				t.Parallel()
				code, said := model.copy(t).sh(t.Context(), slowed(script, took))
				if code != 0 {
					t.Errorf("exit code %d\n%s%s", code, &said.out, &said.err)
				}
			})
		}
	}
}

// releaseChecks returns the scripts for merchants to copy, by their headings.
func releaseChecks(tb testing.TB) map[string]string {
	tb.Helper()
	found := map[string]string{}
	for _, page := range []string{"README.md", "docs/release-checks.md"} {
		text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(page)))
		if err != nil {
			tb.Fatal(err)
		}
		for _, block := range regexp.MustCompile("(?ms)^#+ ([^\n]+)\n(?:[^#\n][^\n]*\n|\n)*?```sh\n(.*?)\n```$").FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(block[2], "payment wait") && strings.Contains(block[2], "set -eu") {
				found[block[1]] = docScript("release-checks.md", block[2])
			}
		}
	}
	if len(found) < 7 {
		tb.Fatalf("%d release checks were found, want the README's and six of the page", len(found))
	}
	return found
}

var plainPay = regexp.MustCompile(`(?m)^antom emulator pay .*$`)

// slowed adds a processing time to every payment without one.
func slowed(script string, milliseconds int) string {
	return plainPay.ReplaceAllStringFunc(script, func(line string) string {
		if strings.Contains(line, "--processing") {
			return line
		}
		return strings.Replace(line, "emulator pay", fmt.Sprintf("emulator pay --processing %dms", milliseconds), 1)
	})
}
