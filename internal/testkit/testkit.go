// Package testkit contains what tests of several packages share: signature vectors made with
// Antom's official SDKs, the throw-away keys that they were made with, and answers signed as
// Antom signs them. Only tests import it.
package testkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/antom-cli/antom/pkg/sign"
)

// folder finds the data, which is next to the tests of pkg/sign. Tests run in the folder of
// their package.
func folder() (string, error) {
	at, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		found := filepath.Join(at, "pkg", "sign", "testdata")
		if _, err := os.Stat(filepath.Join(found, "vectors.jsonl")); err == nil {
			return found, nil
		}
		if at == filepath.Dir(at) {
			return "", errors.New("testkit: no pkg/sign/testdata above the working folder")
		}
		at = filepath.Dir(at)
	}
}

func read(name string) ([]byte, error) {
	dir, err := folder()
	if err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, name))
}

// Read returns a file of the data.
func Read(tb testing.TB, name string) []byte {
	tb.Helper()
	text, err := read(name)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// PublicKey returns the public key of "merchant", "antom" or "other".
func PublicKey(tb testing.TB, owner string) *sign.PublicKey {
	tb.Helper()
	key, err := sign.ParsePublicKey(Read(tb, owner+".pub.pem"))
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

// PrivateKey returns the private key of "merchant", "antom" or "other".
func PrivateKey(tb testing.TB, owner string) *sign.PrivateKey {
	tb.Helper()
	key, err := sign.ParsePrivateKey(Read(tb, owner+".pkcs8.pem"))
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

// Vector is a message that an official SDK signed, or a modification of one.
type Vector struct {
	ID        string  `json:"id"`
	Kind      string  `json:"kind"`
	Method    string  `json:"method"`
	Path      string  `json:"path"`
	ClientID  string  `json:"clientId"`
	Time      string  `json:"time"`
	Body      []byte  `json:"body_b64"`
	Signature *string `json:"signatureHeader"` // nil if the header is absent
	Expect    string  `json:"expect"`          // "valid", or the reason why it is not
	Class     string  `json:"class"`           // "canonical" if written as the SDKs write it
	Key       string  `json:"key"`             // owner of the signing key
	Note      string  `json:"note"`
}

// Message returns the data that the signature of the vector covers.
func (v Vector) Message() sign.Message {
	return sign.Message{Method: v.Method, Target: v.Path, ClientID: v.ClientID, Time: v.Time, Body: v.Body}
}

// Header returns the signature header, or "" if it is absent.
func (v Vector) Header() string {
	if v.Signature == nil {
		return ""
	}
	return *v.Signature
}

// TimeHeader returns the name of the header with the time, in lower case.
func (v Vector) TimeHeader() string {
	if v.Kind == "response" {
		return "response-time"
	}
	return "request-time"
}

// Vectors returns all vectors.
func Vectors(tb testing.TB) []Vector {
	tb.Helper()
	const count = 340
	var all []Vector
	for line := range bytes.Lines(Read(tb, "vectors.jsonl")) {
		var v Vector
		if err := json.Unmarshal(line, &v); err != nil {
			tb.Fatal(err)
		}
		all = append(all, v)
	}
	if len(all) != count {
		tb.Fatalf("read %d vectors, want %d", len(all), count)
	}
	return all
}

// keyFiles maps the names used in scripts to the files of the data.
var keyFiles = [...]struct{ name, file string }{
	{"antom.pem", "antom.pkcs8.pem"},
	{"antom.pub", "antom.pub.pem"},
	{"antom.pub.b64", "antom.pub.b64"},
	{"ec.pem", "ec.pkcs8.pem"},
	{"merchant.b64", "merchant.pkcs8.b64"},
	{"merchant.pem", "merchant.pkcs8.pem"},
	{"merchant.pkcs1.pem", "merchant.pkcs1.pem"},
	{"merchant.pub", "merchant.pub.pem"},
	{"merchant.pub.b64", "merchant.pub.b64"},
	{"other.pem", "other.pkcs8.pem"},
	{"other.pub", "other.pub.pem"},
}

// CopyKeys creates a folder and puts the keys into it, readable by their owner only: private
// keys as merchant.pem, public ones as antom.pub, one line of base64 as in the Dashboard as
// merchant.b64.
func CopyKeys(to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, row := range keyFiles {
		text, err := read(row.file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, row.name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// KeyFolder returns a temporary folder with all keys; see [CopyKeys].
func KeyFolder(tb testing.TB) string {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "keys")
	if err := CopyKeys(dir); err != nil {
		tb.Fatal(err)
	}
	return dir
}

// SignAnswer sets the headers of an answer to a request as Antom does. The request may be a
// received one or one being sent.
func SignAnswer(header http.Header, r *http.Request, body []byte, key *sign.PrivateKey) error {
	target := r.RequestURI
	if target == "" {
		target = r.URL.RequestURI()
	}
	message := sign.Message{
		Method: r.Method, Target: target, ClientID: r.Header.Get("Client-Id"), Time: time.Now().UTC().Format(time.RFC3339), Body: body,
	}
	signature, err := key.Sign(message, 1)
	if err != nil {
		return fmt.Errorf("sign the answer: %w", err)
	}
	header.Set("Client-Id", message.ClientID)
	header.Set("Response-Time", message.Time)
	header.Set("Signature", signature)
	return nil
}

// RoundTrip is a function used as a transport.
type RoundTrip func(*http.Request) (*http.Response, error)

// RoundTrip calls the function.
func (f RoundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
