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

// Besides its own subject, every script checks that no secret leaks: the output of each antom
// process (stdout and stderr, including --debug, on a terminal, in a pipe and in a shell
// script) and every file left behind are searched for the script's private keys, for full card
// numbers and for agent tokens.

// transcriptVariable contains the folder where antom's processes write their output, one file
// each. It is transcriptFolder in $WORK.
const (
	transcriptVariable = "ANTOM_TEST_TRANSCRIPTS"
	transcriptFolder   = ".transcripts"
)

// AntomMain runs antom for a script. run gets a writer for all output of the program, or nil.
func AntomMain(run func(transcript io.Writer) int) int {
	folder := os.Getenv(transcriptVariable)
	if folder == "" {
		return run(nil)
	}
	transcript, err := os.CreateTemp(folder, "antom-*.txt")
	if err != nil {
		return run(nil) // another user, or a full disk, which the script tests
	}
	defer transcript.Close()
	fmt.Fprintln(transcript, strings.Join(os.Args, " "))
	return run(lenient{transcript})
}

// lenient is a transcript that ignores write errors.
type lenient struct{ file *os.File }

func (l lenient) Write(p []byte) (int, error) {
	_, _ = l.file.Write(p) // a script may fill the disk on purpose
	return len(p), nil
}

// guardSecrets enables transcripts for the script's processes, and searches transcripts and
// files at its end.
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
			env.T().Fatal("secrets leaked:\n" + strings.Join(leaks, "\n"))
		}
	})
	return nil
}

// search searches everything that a script left behind for its secrets, and returns where it
// found them. Files that are part of the script may contain secrets.
func search(work string, source []byte) ([]string, error) {
	files, err := readTree(work)
	if err != nil {
		return nil, err
	}
	transcribed := slices.ContainsFunc(files, func(f leftover) bool { return f.transcript })
	if !transcribed && bytes.Contains(source, []byte("\nexits 0 antom ")) {
		return nil, errors.New("the script runs antom, but there is no transcript of it")
	}
	needles := secretsOf(files, source)
	var leaks []string
	for _, f := range files {
		if ofScript := !f.ours && len(f.text) > 0 && bytes.Contains(source, f.text); !ofScript {
			leaks = append(leaks, needles.in(f)...)
		}
	}
	return leaks, nil
}

// leftover is a file that a script left behind, or the transcript of a process.
type leftover struct {
	path       string // as shown in messages
	words      []string
	text       []byte
	pieces     [][]byte // of the private key, if the file is one
	transcript bool
	ours       bool // written by antom, not by the script
}

func readTree(folder string) ([]leftover, error) {
	var found []leftover
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // cleaned up after a killed process
		}
		short, _ := filepath.Rel(folder, path) // path is below folder
		found = append(found, newLeftover(filepath.ToSlash(short), text))
		return err
	})
	return found, err
}

// newLeftover determines from its path what a file is. The first line of a transcript is the
// command line.
func newLeftover(path string, text []byte) leftover {
	f := leftover{path: path, text: text, pieces: piecesOf(text)}
	switch top, _, _ := strings.Cut(path, "/"); top {
	case "config", "state":
		f.ours = true
	case transcriptFolder:
		line, printed, _ := strings.Cut(string(text), "\n")
		f.path, f.words, f.text = fmt.Sprintf("the output of %q", line), strings.Fields(line), []byte(printed)
		f.transcript, f.ours, f.pieces = true, true, nil
	}
	return f
}

// command reports whether a transcript is of a command line with all these words.
func (f leftover) command(words ...string) bool {
	for _, word := range words {
		if !slices.Contains(f.words, word) {
			return false
		}
	}
	return f.transcript
}

// explains reports whether a command line asks for help or completion: these show Antom's test
// cards, which are public.
func (f leftover) explains() bool {
	return slices.ContainsFunc([]string{"--help", "-h", "help", "completion", "__complete", "__completeNoDesc"}, func(word string) bool { return f.command(word) })
}

// exact reports whether a command line prints a request exactly as it would be sent, with all
// headers.
func (f leftover) exact() bool {
	return slices.ContainsFunc(f.words, func(word string) bool { return strings.HasPrefix(word, "--dry-run") })
}

// needles are the secrets to search for.
type needles struct {
	keys    map[string]bool // pieces of the texts of private keys
	printed []leftover      // outputs that print a key on purpose
	cards   []string
	tokens  [][]byte
}

// secretsOf returns the secrets of a script: the private keys among its files, the agent tokens
// in its text, and Antom's test cards.
func secretsOf(files []leftover, source []byte) needles {
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

// in returns which secrets a file contains but must not. Cards and tokens may be in a script's
// own files, such as what a gateway received.
func (n needles) in(f leftover) []string {
	var leaks []string
	add := func(what string) { leaks = append(leaks, f.path+" contains "+what) }
	if n.keyIn(f) {
		add("a piece of a private key")
	}
	if f.ours && !f.explains() {
		plain := strings.NewReplacer(" ", "", "-", "").Replace(string(f.text))
		for _, card := range n.cards {
			if strings.Contains(plain, card) {
				add("the full card number " + card)
			}
		}
	}
	for _, token := range n.tokens {
		if bytes.Contains(f.text, token) && f.ours && !f.exact() && filepath.Ext(f.path) != ".yaml" {
			add("an agent token")
		}
	}
	return leaks
}

// keyIn reports whether a file contains a private key where there must be none. A file that is
// a key itself is allowed, and so is the output of the command that prints a key, which a
// script may save.
func (n needles) keyIn(f leftover) bool {
	kept := func(printed leftover) bool { return bytes.Equal(f.text, printed.text) }
	if f.pieces != nil || slices.ContainsFunc(n.printed, kept) {
		return false
	}
	run := 0 // consecutive base64 characters
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

// knownPieces caches the pieces by the text of a key, because all scripts have the same keys.
var knownPieces sync.Map

// piecesOf returns the pieces of a file that is a private key and nothing else, or nil.
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

// privateKeyIn returns the RSA key of a file that is a private key and nothing else, or nil.
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

// pieceLength is the length of the searched pieces: any forty characters of a key's text
// contain a whole piece.
const pieceLength = 20

// privatePieces returns pieces of the texts in which a key could be printed: base64 of PKCS#8
// and of PKCS#1, and the private exponent in hexadecimal and decimal. The modulus and what
// precedes it are public and omitted.
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
