package sign_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/antom-cli/antom/pkg/sign"
)

func wrapped(text []byte, eol string) []byte {
	var b bytes.Buffer
	for line := range slicesOf(bytes.TrimSpace(text), 64) {
		b.Write(line)
		b.WriteString(eol)
	}
	return b.Bytes()
}

func slicesOf(b []byte, n int) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(b) > 0 {
			k := min(n, len(b))
			if !yield(b[:k]) {
				return
			}
			b = b[k:]
		}
	}
}

func TestParsePrivateKey_forms(t *testing.T) {
	t.Parallel()
	pkcs8 := readFile(t, "merchant.pkcs8.pem")
	line := readFile(t, "merchant.pkcs8.b64")
	block, _ := pem.Decode(readFile(t, "merchant.pkcs1.pem"))
	want := publicKey(t, "merchant")
	forms := map[string][]byte{
		"PKCS#8 PEM":                pkcs8,
		"PKCS#1 PEM":                readFile(t, "merchant.pkcs1.pem"),
		"PEM with CRLF":             bytes.ReplaceAll(pkcs8, []byte("\n"), []byte("\r\n")),
		"PEM without final newline": bytes.TrimSpace(pkcs8),
		"PEM after a comment":       append([]byte("# the sandbox key\n"), pkcs8...),
		"one line":                  line,
		"one line and newline":      append(bytes.Clone(line), '\n'),
		"one line and CRLF":         append(bytes.Clone(line), "\r\n"...),
		"one line, quoted":          []byte(`"` + string(line) + `"`),
		"one line with BOM":         append([]byte("\ufeff"), line...),
		"wrapped":                   wrapped(line, "\n"),
		"wrapped with CRLF":         wrapped(line, "\r\n"),
		"PKCS#1 base64":             base64Of(block.Bytes),
	}
	for name, text := range forms {
		key, err := sign.ParsePrivateKey(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !key.Public().Equal(want) {
			t.Errorf("%s: another key", name)
		}
	}
}

func TestParsePublicKey_forms(t *testing.T) {
	t.Parallel()
	line := readFile(t, "antom.pub.b64")
	want := publicKey(t, "antom")
	block, _ := pem.Decode(readFile(t, "antom.pub.pem"))
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := x509.MarshalPKCS1PublicKey(parsed.(*rsa.PublicKey))
	forms := map[string][]byte{
		"PEM":           readFile(t, "antom.pub.pem"),
		"one line":      line,
		"wrapped":       wrapped(line, "\r\n"),
		"PKCS#1 PEM":    pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: pkcs1}),
		"PKCS#1 base64": base64Of(pkcs1),
		"own PEM":       want.PEM(),
		"own base64":    []byte(want.Base64()),
	}
	for name, text := range forms {
		if key, err := sign.ParsePublicKey(text); err != nil || !key.Equal(want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseKey_refusals(t *testing.T) {
	t.Parallel()
	encrypted := []byte("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n")
	legacy := []byte("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nMIIB\n-----END RSA PRIVATE KEY-----\n")
	key1024, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	shortPrivate := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key1024)})
	shortPublic := base64Of(x509.MarshalPKCS1PublicKey(&key1024.PublicKey))
	private := func(text []byte) error { _, err := sign.ParsePrivateKey(text); return err }
	public := func(text []byte) error { _, err := sign.ParsePublicKey(text); return err }
	tests := []struct {
		name  string
		parse func([]byte) error
		text  []byte
		want  sign.KeyReason
	}{
		{"empty", private, nil, sign.KeyEmpty},
		{"blank", public, []byte(" \r\n"), sign.KeyEmpty},
		{"garbage", private, []byte("YOUR PRIVATE KEY!"), sign.KeyUnreadable},
		{"base64 of something else", private, base64Of([]byte("hello, world")), sign.KeyUnreadable},
		{"cut off", private, readFile(t, "merchant.pkcs8.b64")[:800], sign.KeyUnreadable},
		{"damaged PEM", private, []byte("-----BEGIN PRIVATE KEY-----\nMIIB"), sign.KeyUnreadable},
		{"EC", private, readFile(t, "ec.pkcs8.pem"), sign.KeyNotRSA},
		{"encrypted PKCS#8", private, encrypted, sign.KeyEncrypted},
		{"encrypted PKCS#1", private, legacy, sign.KeyEncrypted},
		{"1024 bits", private, shortPrivate, sign.KeyTooShort},
		{"1024 bits, public", public, shortPublic, sign.KeyTooShort},
		{"public for private", private, readFile(t, "antom.pub.pem"), sign.KeyIsPublic},
		{"public line for private", private, readFile(t, "antom.pub.b64"), sign.KeyIsPublic},
		{"private for public", public, readFile(t, "merchant.pkcs8.pem"), sign.KeyIsPrivate},
		{"private line for public", public, readFile(t, "merchant.pkcs8.b64"), sign.KeyIsPrivate},
		{"encrypted private for public", public, encrypted, sign.KeyIsPrivate},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.parse(test.text)
			if !errors.Is(err, &sign.KeyError{Reason: test.want}) {
				t.Fatalf("error = %v, want reason %s", err, test.want)
			}
			refused, _ := errors.AsType[*sign.KeyError](err)
			if refused.Hint() == "" {
				t.Error("no hint")
			}
			if len(test.text) > 40 && strings.Contains(err.Error()+refused.Hint(), string(test.text[30:40])) {
				t.Errorf("the error shows a part of the key: %v", err)
			}
		})
	}
}

func base64Of(der []byte) []byte {
	text, err := json.Marshal(der) // a []byte is a base64 string in JSON
	if err != nil {
		panic(err)
	}
	return bytes.Trim(text, `"`)
}

func TestPrivateKey_neverPrints(t *testing.T) {
	t.Parallel()
	key := privateKey(t, "merchant")
	secret := strings.TrimSpace(string(readFile(t, "merchant.pkcs8.b64")))
	nested := struct {
		Name  string
		Key   *sign.PrivateKey
		Value sign.PrivateKey
	}{"shop", key, *key}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		fmt.Fprintf(&out, verb+"\n", key)
		fmt.Fprintf(&out, verb+"\n", nested)
	}
	for _, value := range []any{key, nested} {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(text)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("key", "key", key, "nested", nested)
	slog.New(slog.NewTextHandler(&out, nil)).Info("key", "key", key, "nested", nested)
	printed := out.String()
	if !strings.Contains(printed, key.Public().Fingerprint()) {
		t.Error("the key does not print its fingerprint")
	}
	for piece := range slicesOf([]byte(secret[64:]), 16) {
		if strings.Contains(printed, string(piece)) {
			t.Fatalf("printing shows a part of the key: %s", printed)
		}
	}
	// Numbers of the key in decimal or hexadecimal would be long runs of digits.
	for _, word := range strings.FieldsFunc(printed, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(word) > 40 {
			t.Fatalf("printing shows a number of the key: %s", word)
		}
	}
}

func TestGenerateKey_roundTrip(t *testing.T) {
	t.Parallel()
	key, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{key.PEM(), []byte(key.Base64())} {
		again, err := sign.ParsePrivateKey(text)
		if err != nil || !again.Public().Equal(key.Public()) {
			t.Errorf("the key does not read back: %v", err)
		}
	}
}
