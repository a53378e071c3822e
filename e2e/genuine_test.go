package e2e

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The genuine SDK, as the npm registry has it. It is fetched for the tests, checked
// and never kept: see docs/decisions.
const (
	genuinePackage   = "@alipay/ams-checkout@1.47.2"
	genuineIntegrity = "sha512-2jREjAKlQHP5v+DRN4bZtGo2Ybv1Mwtg3UcmN/YPrrKPigUTlLssi34f/LAoeTzOPuhPJyl7joWPVUGDkLkXfg=="
	genuineScript    = "package/dist/umd/ams-checkout.min.js"
)

// genuine fetches the package once and returns the path of its script.
var genuine = sync.OnceValues(func() (string, error) {
	path, err := program() // whose folder is removed at the end
	if err != nil {
		return "", err
	}
	dir := filepath.Join(filepath.Dir(path), "genuine")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	pack := exec.Command("npm", "pack", "--silent", genuinePackage)
	pack.Dir = dir
	var complaint bytes.Buffer
	pack.Stderr = &complaint
	name, err := pack.Output()
	if err != nil {
		return "", fmt.Errorf("npm pack %s: %w\n%s", genuinePackage, err, complaint.Bytes())
	}
	archive := filepath.Join(dir, strings.TrimSpace(string(name)))
	text, err := os.ReadFile(archive)
	if err != nil {
		return "", err
	}
	if sum := sha512.Sum512(text); "sha512-"+base64.StdEncoding.EncodeToString(sum[:]) != genuineIntegrity {
		return "", fmt.Errorf("%s has another content than the one that the stand-in was held against", genuinePackage)
	}
	if out, err := exec.Command("tar", "-xzf", archive, "-C", dir, genuineScript).CombinedOutput(); err != nil {
		return "", fmt.Errorf("tar: %w\n%s", err, out)
	}
	return filepath.Join(dir, genuineScript), nil
})

// difference is an accepted difference between the SDKs, with the reason. Differences that are
// not listed fail.
type difference struct {
	line   string // by its beginning
	both   bool   // the stand-in says it too, at another time; else only the genuine one does
	reason string
}

var differences = [...]difference{
	{"page-rejection \"Promise time out\"", false, "the fingerprint of the device gives up without a network; the stand-in takes none"},
	{"loading ", true, "the Payment Element begins and ends its loading at every change of the form's size, which comes when the browser has drawn"},
	{"loaded ", true, "the Payment Element begins and ends its loading at every change of the form's size, which comes when the browser has drawn"},
}

func listed(line string) bool {
	return slices.ContainsFunc(differences[:], func(d difference) bool { return strings.HasPrefix(line, d.line) })
}

func listedOfBoth(line string) bool {
	return slices.ContainsFunc(differences[:], func(d difference) bool { return d.both && strings.HasPrefix(line, d.line) })
}

// compare compares both line by line.
func compare(t *testing.T, standIn, real []string) {
	t.Helper()
	real, standIn = slices.DeleteFunc(real, listed), slices.DeleteFunc(standIn, listedOfBoth)
	for i := range max(len(standIn), len(real)) {
		var a, b string
		if i < len(standIn) {
			a = standIn[i]
		}
		if i < len(real) {
			b = real[i]
		}
		if a != b {
			t.Errorf("line %d differs:\n  stand-in %s\n  genuine  %s", i+1, a, b)
		}
	}
}
