package cmd_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/cmd"
	"github.com/antom-cli/antom/cmd/cli"
)

// printed are the integrations printed by antom checkout --print, each with the file that
// contains it: the linter of the repository's JavaScript reads them there.
var printed = [...]struct{ file, line string }{
	{"popup.html", "--print html"},
	{"embedded.html", "--print html --embedded --locale pt-BR --need-cvv --billing billing.json --sdk-version 1.46.0 --sdk-integrity sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
	{"element.html", "--print html --element --appearance theme=night --appearance variables.font-size=16px --redirect"},
	{"popup.jsx", "--print react --no-loading"},
	{"embedded.jsx", "--print react --embedded --sdk-version 1.47.2"},
	{"popup.vue", "--print vue --no-analytics"},
	{"element.vue", "--print vue --element"},
	{"server.mjs", "--print node --amount 42.00 --currency SGD --description Tea's<i>"},
	{"server-element.mjs", "--print node --value 4200 --currency SGD --element --redirect-url https://shop.example/paid --set order.goods[0].goodsName=Tea --set order.goods[0].referenceGoodsId=1"},
}

func TestCheckout_print(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	billing := `{"region":"SG","zipCode":"018989"}`
	if err := os.WriteFile(filepath.Join(dir, "billing.json"), []byte(billing), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range printed {
		t.Run(row.file, func(t *testing.T) {
			t.Parallel()
			var out, complaint bytes.Buffer
			env := &cli.Env{
				Stdin: strings.NewReader(""), Stdout: &out, Stderr: &complaint, Now: time.Now, Dir: dir,
				Getenv: func(name string) string {
					return map[string]string{"HOME": dir, "ANTOM_STATE_DIR": dir, "ANTOM_CONFIG_DIR": dir, "ANTOM_PROFILE": "emulator"}[name]
				},
			}
			if code := cmd.Run(context.WithoutCancel(t.Context()), append([]string{"checkout"}, strings.Fields(row.line)...), env); code != 0 {
				t.Fatalf("exit code %d\n%s", code, &complaint)
			}
			path := filepath.Join("testdata", "print", row.file)
			if *update {
				if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), out.String()); diff != "" {
				t.Errorf("- file, + printed; go test ./cmd -run TestCheckout_print -update writes the files:\n%s", diff)
			}
			if strings.Contains(out.String(), "__") {
				t.Error("a mark is left in it")
			}
		})
	}
}
