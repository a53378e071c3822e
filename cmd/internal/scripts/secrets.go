package scripts

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/antom-cli/antom/internal/rules"
	"github.com/antom-cli/antom/pkg/sign"
)

// Every script proves beside its own subject that no secret gets out: what each
// antom process said (stdout and stderr, --debug included, on a terminal, in a
// pipe and in a shell script) and every file that it left behind is searched for
// the private keys of the script, for full card numbers and for agent tokens.

// transcriptVariable names the folder that antom's processes write what they say
// to, one file each; it is transcriptFolder in $WORK.
const (
	transcriptVariable = "ANTOM_TEST_TRANSCRIPTS"
	transcriptFolder   = ".transcripts"
)

// AntomMain is antom as scripts run it: run is given where to write all that the
// program says, or nil.
func AntomMain(run func(transcript io.Writer) int) int {
	folder := os.Getenv(transcriptVariable)
	if folder == "" {
		return run(nil)
	}
	transcript, err := os.CreateTemp(folder, "antom-*.txt")
	if err != nil {
		return run(nil) // as another user, or on a full disk: the script's subject
	}
	defer transcript.Close()
	fmt.Fprintln(transcript, strings.Join(os.Args, " "))
	return run(lenient{transcript})
}

// lenient is a transcript whose own trouble is nobody's.
type lenient struct{ file *os.File }

func (l lenient) Write(p []byte) (int, error) {
	_, _ = l.file.Write(p) // a script may have filled the disk on purpose
	return len(p), nil
}

// guardSecrets has the script's processes transcribed and, at its end, the
// transcripts and files searched.
func guardSecrets(env *testscript.Env) error {
	name := strings.TrimPrefix(filepath.Base(env.WorkDir), "script-")
	source, err := os.ReadFile(filepath.Join("testdata", "script", name+".txtar"))
	if err != nil {
		return err
	}
	transcripts := filepath.Join(env.WorkDir, transcriptFolder)
	if err := os.Mkdir(transcripts, 0o700); err != nil {
		return err
	}
	env.Setenv(transcriptVariable, transcripts)
	env.Defer(func() {
		leaks, err := search(env.WorkDir, source)
		if err != nil {
			env.T().Fatal(err)
		}
		if len(leaks) > 0 {
			env.T().Fatal("secrets got out:\n" + strings.Join(leaks, "\n"))
		}
	})
	return nil
}

// search looks for the secrets of a script in all that it left behind, and says
// where it found them. Files that the script itself brought may hold any.
func search(work string, source []byte) ([]string, error) {
	files, err := readTree(work)
	if err != nil {
		return nil, err
	}
	transcribed := slices.ContainsFunc(files, func(f left) bool { return f.transcript })
	if !transcribed && bytes.Contains(source, []byte("\nexits 0 antom ")) {
		return nil, errors.New("the script runs antom, and there is no transcript of it")
	}
	needles := secretsOf(files, source)
	var leaks []string
	for _, f := range files {
		if brought := !f.ours && len(f.text) > 0 && bytes.Contains(source, f.text); !brought {
			leaks = append(leaks, needles.in(f)...)
		}
	}
	return leaks, nil
}

// left is a file that a script left behind, or the transcript of a process.
type left struct {
	path       string // as messages name it
	words      []string
	text       []byte
	pieces     [][]byte // of the private key that the file is, if it is one
	transcript bool
	ours       bool // written by antom, not by the script
}

func readTree(folder string) ([]left, error) {
	var found []left
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a process that was killed may be tidied up after
		}
		short, _ := filepath.Rel(folder, path) // path is below folder
		found = append(found, newLeft(filepath.ToSlash(short), text))
		return err
	})
	return found, err
}

// newLeft tells by the place of a file what it is. The first line of a transcript
// is the command line.
func newLeft(path string, text []byte) left {
	f := left{path: path, text: text, pieces: piecesOf(text)}
	switch top, _, _ := strings.Cut(path, "/"); top {
	case "config", "state":
		f.ours = true
	case transcriptFolder:
		line, said, _ := strings.Cut(string(text), "\n")
		f.path, f.words, f.text = fmt.Sprintf("what %q said", line), strings.Fields(line), []byte(said)
		f.transcript, f.ours, f.pieces = true, true, nil
	}
	return f
}

// command says whether a transcript is of a command line with all these words.
func (f left) command(words ...string) bool {
	for _, word := range words {
		if !slices.Contains(f.words, word) {
			return false
		}
	}
	return f.transcript
}

// explains says whether a command line asks about antom itself: help and
// completion name Antom's test cards, which are public.
func (f left) explains() bool {
	return slices.ContainsFunc([]string{"--help", "-h", "help", "completion", "__complete", "__completeNoDesc"}, func(word string) bool { return f.command(word) })
}

// exact says whether a command line asks for a request exactly as it would be
// sent, with all its headers.
func (f left) exact() bool {
	return slices.ContainsFunc(f.words, func(word string) bool { return strings.HasPrefix(word, "--dry-run") })
}

// needles are what must not be found.
type needles struct {
	keys    map[string]bool // pieces of the texts of private keys
	printed []left          // where a key was printed on purpose
	cards   []string
	tokens  [][]byte
}

// secretsOf are the secrets of a script: the private keys among its files, the
// agent tokens that it names, and Antom's test cards.
func secretsOf(files []left, source []byte) needles {
	n := needles{keys: map[string]bool{}}
	for _, f := range files {
		for _, piece := range f.pieces {
			n.keys[string(piece)] = true
		}
		if f.command("emulator", "keys") {
			n.printed = append(n.printed, f)
		}
	}
	for _, card := range rules.TestCards() {
		n.cards = append(n.cards, card.Number)
	}
	for _, token := range regexp.MustCompile(`(?:agent_token: |ANTOM_AGENT_TOKEN=)"?([\w-]{6,})`).FindAllSubmatch(source, -1) {
		n.tokens = append(n.tokens, token[1])
	}
	return n
}

// in says which secrets a file holds that it must not hold. Cards and tokens may
// stand in a script's own files, such as what a gateway received.
func (n needles) in(f left) []string {
	var leaks []string
	tell := func(what string) { leaks = append(leaks, f.path+" holds "+what) }
	if n.keyIn(f) {
		tell("a piece of a private key")
	}
	if f.ours && !f.explains() {
		plain := strings.NewReplacer(" ", "", "-", "").Replace(string(f.text))
		for _, card := range n.cards {
			if strings.Contains(plain, card) {
				tell("the full card number " + card)
			}
		}
	}
	for _, token := range n.tokens {
		if bytes.Contains(f.text, token) && f.ours && !f.exact() && filepath.Ext(f.path) != ".yaml" {
			tell("an agent token")
		}
	}
	return leaks
}

// keyIn says whether a private key stands where none belongs: a file that is a
// key as a whole is the key's own, and one command prints a key on purpose, which
// a script may keep as it is.
func (n needles) keyIn(f left) bool {
	kept := func(printed left) bool { return bytes.Equal(f.text, printed.text) }
	if f.pieces != nil || slices.ContainsFunc(n.printed, kept) {
		return false
	}
	run := 0 // characters of base64 up to here
	for i, c := range f.text {
		if run++; !isBase64(c) {
			run = 0
		}
		if run >= pieceLength && n.keys[string(f.text[i+1-pieceLength:i+1])] {
			return true
		}
	}
	return false
}

func isBase64(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '+' || c == '/'
}

// knownPieces are the pieces by the texts of keys: all scripts have the same.
var knownPieces sync.Map

// piecesOf are the pieces of a file that is a private key and nothing else; nil
// for all other files.
func piecesOf(text []byte) [][]byte {
	if len(text) > 16<<10 || !bytes.Contains(text, []byte("PRIVATE KEY")) && !bytes.HasPrefix(text, []byte("MII")) {
		return nil
	}
	if known, ok := knownPieces.Load(string(text)); ok {
		return known.([][]byte)
	}
	var pieces [][]byte
	if key := privateKeyIn(text); key != nil {
		pieces = privatePieces(key)
	}
	knownPieces.Store(string(text), pieces)
	return pieces
}

// privateKeyIn is the RSA key of a file that is a private key and nothing else.
func privateKeyIn(text []byte) *rsa.PrivateKey {
	if _, err := sign.ParsePrivateKey(text); err != nil {
		return nil
	}
	der, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(text)))
	if block, _ := pem.Decode(text); block != nil {
		der, err = block.Bytes, nil
	}
	if err != nil {
		return nil
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil
	}
	private, _ := key.(*rsa.PrivateKey) // nil for other kinds
	return private
}

// pieceLength is how long the pieces are that are searched for: any forty
// characters of a key's text hold a whole one.
const pieceLength = 20

// privatePieces are pieces of the texts in which a key could be printed: base64
// of PKCS#8 and of PKCS#1, the private exponent in hexadecimal and decimal. The
// modulus and what stands before it are public and left out.
func privatePieces(key *rsa.PrivateKey) [][]byte {
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err) // it was parsed a moment ago
	}
	modulus := key.N.Bytes()
	var texts []string
	for _, der := range [...][]byte{pkcs8, x509.MarshalPKCS1PrivateKey(key)} {
		private := bytes.Index(der, modulus) + len(modulus)
		text := base64.StdEncoding.EncodeToString(der)
		texts = append(texts, text[(private/3+1)*4:])
	}
	exponent := key.D.Text(16)
	texts = append(texts, exponent, strings.ToUpper(exponent), key.D.Text(10))
	var pieces [][]byte
	for _, text := range texts {
		for at := 0; at+pieceLength <= len(text); at += pieceLength {
			pieces = append(pieces, []byte(text[at:at+pieceLength]))
		}
	}
	return pieces
}
