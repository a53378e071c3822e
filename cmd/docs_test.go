package cmd_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/antom-cli/antom/cmd"
)

// docPages are the hand-written pages whose shell blocks are run. Sorted.
var docPages = [...]string{"emulator.md", "money.md", "notifications.md", "receiving.md", "release-checks.md", "tunnels.md"}

// notRunBlocks are blocks that the suite does not run, identified by a first line, with the
// reason. Sorted by page, then in the order of the page.
var notRunBlocks = [...]struct{ page, line, why string }{
	{"tunnels.md", "cloudflared tunnel --url http://127.0.0.1:4242", "needs the network and another program"},
	{"tunnels.md", "ngrok http 4242", "needs the network and another program"},
	{"tunnels.md", "ssh -N -R 127.0.0.1:4242:127.0.0.1:4242 shop.example", "needs a machine of the reader's"},
	{"tunnels.md", "antom notify verify deliveries/refused-*.http", "wants a delivery that was refused; the script notify_listen has one"},
}

// beforeBlock is the setup, beyond a shop, for a block that contains a line. Sorted by page,
// then in the order of the page.
var beforeBlock = [...]struct{ page, line, script string }{
	{"emulator.md", "--fault-file shop.faults", "echo 'refund=status:503' > shop.faults"},
	{"emulator.md", "token=$(cat", `mkdir -p .local
cp -R .state .local/state
unset XDG_STATE_HOME
antom emulator serve --listen 127.0.0.1:4300
antom session create --amount 42.00 --currency SGD --request-id order-1`},
	{"notifications.md", "antom notify verify request.http --url", `other=$(antom session create --amount 42.00 --currency SGD -q --notify-url https://shop.example/api/antom/notify)
antom emulator pay "$other" --processing 0s
antom emulator deliver "$other" --dry-run | sed '1s|/api/antom|/antom|' > request.http
! antom notify verify request.http`},
	{"notifications.md", "antom notify verify request.http", "cp notification.http request.http"},
	{"notifications.md", "antom notify verify body.json", "request_time=" + signedAt + `
client_id=$(antom emulator keys --jq .clientId)`},
	{"notifications.md", "notifications.jsonl.gz", `mkdir logs
cp log.jsonl logs/
gzip -c log.jsonl > notifications.jsonl.gz`},
	{"receiving.md", "antom notify check http", `antom notify listen
notify_url=$(cat ready)/antom/notify`},
	{"receiving.md", "antom notify replay http", `antom notify listen
antom notify send "$(cat ready)" --type CAPTURE_RESULT
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do antom notify send "$(cat ready)" --set paymentRequestId=order-1 --set paymentAmount.value=$n; done
antom notify export deliveries`},
	{"release-checks.md", "antom notify check http", `antom notify listen
notify_url=$(cat ready)/antom/notify`},
}

// startServer starts a server in the background, as a reader does in another shell: on its own
// port, and it must end successfully.
const startServer = `%s --listen 127.0.0.1:0 --ready-file "$PWD/ready" > server.log 2>&1 &
server=$!
trap 'code=$?; kill -INT $server; wait $server || { cat server.log >&2; code=97; }; exit $code' EXIT
until [ -s ready ]; do kill -0 $server; sleep 0.02; done
address=$(sed 's|^http://||' ready)`

// prelude stops a block at the first line that fails, including HTTP errors.
const prelude = `set -e
curl() { command curl --silent --show-error --fail-with-body "$@"; }`

// TestDocs runs the shell blocks of the pages as printed, each with sh in a shop where antom is
// installed. A line whose comment begins with "refused" must fail.
func TestDocs(t *testing.T) {
	t.Parallel()
	model := openShop(t)
	used := map[string]bool{}
	for _, page := range docPages {
		text, err := os.ReadFile(filepath.Join("..", "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		blocks := regexp.MustCompile("(?ms)^( *)```sh\n(.*?)\n *```$").FindAllStringSubmatch(string(text), -1)
		if len(blocks) == 0 {
			t.Errorf("no shell blocks in %s", page)
		}
		for _, block := range blocks {
			script := strings.ReplaceAll("\n"+block[2], "\n"+block[1], "\n")[1:]
			if line := notRunLine(page, script); line != "" {
				used[line] = true
				continue
			}
			name, _, _ := strings.Cut(script, "\n")
			t.Run(page+"/"+name, func(t *testing.T) {
				t.Parallel()
				code, said := model.copy(t).sh(t.Context(), docScript(page, script))
				if code != 0 {
					t.Errorf("exit code %d\n%s%s", code, &said.out, &said.err)
				}
			})
		}
	}
	for _, row := range notRunBlocks {
		if !used[row.line] {
			t.Errorf("%s has no block with %q", row.page, row.line)
		}
	}
}

func notRunLine(page, script string) string {
	for _, row := range notRunBlocks {
		if row.page == page && strings.Contains(script, row.line) {
			return row.line
		}
	}
	return ""
}

func docScript(page, block string) string {
	lines := []string{prelude}
	for _, row := range beforeBlock {
		if row.page == page && strings.Contains(block, row.line) {
			block = row.script + "\n" + block
			break
		}
	}
	for line := range strings.Lines(strings.ReplaceAll(block, "\\\n", "")) {
		lines = append(lines, docLine(strings.TrimSpace(line)))
	}
	return strings.Join(lines, "\n")
}

var serverLine = regexp.MustCompile(`^(antom (?:emulator serve|notify listen)[^#&]*)(.*)$`)

// docLine returns a line as it is run: with the addresses of this run, and servers in the
// background.
func docLine(line string) string {
	code, comment, _ := strings.Cut(line, " #")
	if match := serverLine.FindStringSubmatch(code); match != nil {
		command := regexp.MustCompile(` --listen \S+`).ReplaceAllString(match[1], "")
		return strings.Replace(startServer, "%s", strings.TrimSpace(docAddresses(command)), 1)
	}
	if strings.HasPrefix(strings.TrimSpace(comment), "refused") {
		return "if " + code + "; then echo 'was not refused' >&2; exit 98; fi"
	}
	return docAddresses(code)
}

// docAddresses replaces addresses that a reader would choose with those of this run's server
// and the shop's endpoint.
func docAddresses(line string) string {
	line = strings.ReplaceAll(line, "127.0.0.1:4300", "$address")
	return strings.NewReplacer("http://127.0.0.1:3000/antom/notify", "$notify_url", "http://127.0.0.1:3000", "${notify_url%/antom/notify}").Replace(line)
}

// TestDocs_commands checks that every command named in code on the pages exists.
func TestDocs_commands(t *testing.T) {
	t.Parallel()
	root, _ := cmd.Reference()
	for _, page := range docPages {
		text, err := os.ReadFile(filepath.Join("..", "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range regexp.MustCompile("`antom [^`]*`").FindAllString(string(text), -1) {
			checkCommandsNamed(t, root, page, strings.Trim(code, "`"), true)
		}
	}
}
