package checkoutcmd

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"

	"github.com/spf13/pflag"

	"github.com/antom-cli/antom/cmd/cli"
	"github.com/antom-cli/antom/internal/checkout"
	"github.com/antom-cli/antom/internal/output"
	"github.com/antom-cli/antom/pkg/antom"
)

// sdkFlags are the flags that choose the source of the web SDK.
type sdkFlags struct {
	version, url, integrity, file string

	text []byte // of --sdk-file
}

// The CDN of the classic SDK (G24), and the version that was measured. That the CDN
// has it is not verified (INF): --sdk-version names another.
const (
	sdkOnCDN   = "https://sdk.marmot-cloud.com/package/ams-checkout/%s/dist/umd/ams-checkout.min.js"
	sdkVersion = "1.47.2"
)

// largestSDK bounds the script of a file: the one of 1.47.2 has 1.3 MB.
const largestSDK = 16 << 20

func (f *sdkFlags) bind(flags *pflag.FlagSet) {
	flags.StringVar(&f.version, "sdk-version", "", "`version` of the web SDK on Antom's CDN (default: "+sdkVersion+")")
	flags.StringVar(&f.url, "sdk-url", "", "`URL` of the web SDK's script")
	flags.StringVar(&f.integrity, "sdk-integrity", "", "`hash` that the script must have, as in HTML: sha384-…")
	flags.StringVar(&f.file, "sdk-file", "", "`file` with the web SDK's script, such as dist/umd/ams-checkout.min.js of the package @alipay/ams-checkout")
}

// hashes are the lengths of the digests that browsers know, in bytes.
var hashes = [...]struct {
	name string
	size int
}{{"sha256", 32}, {"sha384", 48}, {"sha512", 64}}

func (f *sdkFlags) validate() error {
	sources := 0
	for _, source := range [...]string{f.version, f.url, f.file} {
		if source != "" {
			sources++
		}
	}
	switch {
	case sources > 1:
		return cli.Usagef("--sdk-version, --sdk-url and --sdk-file are three sources of the web SDK").WithHint("give one")
	case f.version != "" && !regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`).MatchString(f.version):
		return cli.Usagef("--sdk-version %q: must be a version", f.version).WithHint("such as %s", sdkVersion)
	case f.file != "" && f.integrity != "":
		return cli.Usagef("--sdk-integrity is of a script from the network; --sdk-file is on this machine")
	}
	return cli.First(f.validateURL(), f.validateIntegrity())
}

// validateURL requires https, as anyone who can change the script can read card numbers.
// Servers on this machine may use http.
func (f *sdkFlags) validateURL() error {
	if f.url == "" {
		return nil
	}
	u, err := url.Parse(f.url)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || (u.Scheme != "https" && (u.Scheme != "http" || !antom.IsLoopback(u.Hostname()))) {
		return cli.Usagef("--sdk-url %q: must be an https URL", f.url).WithHint("http is for servers of this machine only")
	}
	return nil
}

func (f *sdkFlags) validateIntegrity() error {
	if f.integrity == "" {
		return nil
	}
	name, digest, _ := strings.Cut(f.integrity, "-")
	text, err := base64.StdEncoding.DecodeString(digest)
	for _, row := range hashes {
		if row.name == name && err == nil && len(text) == row.size {
			return nil
		}
	}
	return cli.Usagef("--sdk-integrity %q: must be sha256-, sha384- or sha512- and the digest in base64", f.integrity).
		WithHint("openssl dgst -sha384 -binary FILE | base64")
}

// versionInScript finds the version in the script.
var versionInScript = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`appVersion["']?\s*[:=]\s*["'](\d+\.\d+\.\d+)["']`) })

// read reads --sdk-file and prints its version and hash.
func (f *sdkFlags) read(c *cli.CLI, p *output.Printer) error {
	if f.file == "" {
		return nil
	}
	info, err := os.Stat(c.Abs(f.file))
	if err == nil && info.Size() > largestSDK {
		return cli.Usagef("--sdk-file %s: has %d bytes: this is not the web SDK", f.file, info.Size())
	}
	if f.text, err = os.ReadFile(c.Abs(f.file)); err != nil {
		return fmt.Errorf("read --sdk-file: %w", err)
	}
	if !strings.Contains(string(f.text), "AMSCashierPayment") && !strings.Contains(string(f.text), "AMSElement") {
		return cli.Usagef("--sdk-file %s: is not the web SDK: it names none of its classes", f.file).WithHint("dist/umd/ams-checkout.min.js of the package @alipay/ams-checkout")
	}
	version := "of unknown version"
	if found := versionInScript().FindSubmatch(f.text); found != nil {
		version = string(found[1])
	}
	sum := sha256.Sum256(f.text)
	p.Note("web SDK %s from %s, sha256 %s", version, f.file, hex.EncodeToString(sum[:]))
	return nil
}

// named reports whether the user chose a source.
func (f *sdkFlags) named() bool { return f.version != "" || f.url != "" || f.file != "" }

// source is the URL of the script where it does not come from an emulator.
func (f *sdkFlags) source() string {
	switch {
	case f.file != "":
		return checkout.SDKPath
	case f.url != "":
		return f.url
	case f.version != "":
		return fmt.Sprintf(sdkOnCDN, f.version)
	}
	return fmt.Sprintf(sdkOnCDN, sdkVersion)
}
