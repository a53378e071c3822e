package sign_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/big"
	"slices"
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

// disguises are what files, pastes, environment variables and YAML do to the text of a key.
var disguises = [...]struct {
	name  string
	apply func(text []byte) []byte
}{
	{"as it is", bytes.Clone},
	{"without final newline", bytes.TrimSpace},
	{"with final newline", func(text []byte) []byte { return append(bytes.TrimSpace(text), '\n') }},
	{"with final CRLF", func(text []byte) []byte { return append(bytes.TrimSpace(text), "\r\n"...) }},
	{"with CRLF", func(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")) }},
	{"with BOM", func(text []byte) []byte { return append([]byte("\ufeff"), text...) }},
	{"between blank lines", func(text []byte) []byte { return slices.Concat([]byte("\n \n"), text, []byte("\n\n")) }},
	{"in double quotes", func(text []byte) []byte { return slices.Concat([]byte(`"`), bytes.TrimSpace(text), []byte("\"\n")) }},
	{"in single quotes", func(text []byte) []byte { return slices.Concat([]byte("'"), bytes.TrimSpace(text), []byte("'")) }},
	{"indented", func(text []byte) []byte {
		return append([]byte("    "), bytes.ReplaceAll(text, []byte("\n"), []byte("\n    "))...)
	}},
}

// onlyPEM are disguises for texts whose first line identifies them.
var onlyPEM = [...]struct {
	name  string
	apply func(text []byte) []byte
}{
	{"after a comment", func(text []byte) []byte { return append([]byte("# the sandbox key\n"), text...) }},
	{"with \\n", func(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\n"), []byte(`\n`)) }},
	{"with \\r\\n in quotes", func(text []byte) []byte {
		return slices.Concat([]byte(`"`), bytes.ReplaceAll(text, []byte("\n"), []byte(`\r\n`)), []byte(`"`))
	}},
	{"with blanks for newlines", func(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\n"), []byte(" ")) }},
	{"without its last line", func(text []byte) []byte {
		return text[:bytes.Index(text, []byte("-----END"))]
	}},
	{"with the last line of another kind", func(text []byte) []byte {
		return append(text[:bytes.Index(text, []byte("-----END")):bytes.Index(text, []byte("-----END"))], "-----END X-----\n"...)
	}},
	{"without newlines", func(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\n"), nil) }},
}

// forms returns texts for the same key as pemText and its bare base64.
func forms(kind string, pemText []byte) map[string][]byte {
	block, _ := pem.Decode(pemText)
	line := base64Of(block.Bytes)
	all := make(map[string][]byte)
	for _, d := range disguises {
		all[kind+" PEM "+d.name] = d.apply(pemText)
		all[kind+" line "+d.name] = d.apply(line)
		all[kind+" wrapped "+d.name] = d.apply(wrapped(line, "\n"))
	}
	for _, d := range onlyPEM {
		all[kind+" PEM "+d.name] = d.apply(pemText)
	}
	all[kind+" wrapped, CRLF"] = wrapped(line, "\r\n")
	all[kind+" without padding"] = bytes.TrimRight(line, "=")
	return all
}

func TestParsePrivateKey_forms(t *testing.T) {
	t.Parallel()
	want := publicKey(t, "merchant")
	all := forms("PKCS#8", readFile(t, "merchant.pkcs8.pem"))
	maps.Copy(all, forms("PKCS#1", readFile(t, "merchant.pkcs1.pem")))
	all["Dashboard"] = readFile(t, "merchant.pkcs8.b64")
	for name, text := range all {
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
	want := publicKey(t, "antom")
	all := forms("SPKI", readFile(t, "antom.pub.pem"))
	maps.Copy(all, forms("PKCS#1", pkcs1Public(t, "antom.pub.pem")))
	all["Dashboard"] = readFile(t, "antom.pub.b64")
	all["own PEM"] = want.PEM()
	all["own base64"] = []byte(want.Base64())
	for name, text := range all {
		if key, err := sign.ParsePublicKey(text); err != nil || !key.Equal(want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func pkcs1Public(tb testing.TB, name string) []byte {
	tb.Helper()
	block, _ := pem.Decode(readFile(tb, name))
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		tb.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(parsed.(*rsa.PublicKey))})
}

func TestGenerateKeyBits(t *testing.T) {
	t.Parallel()
	key, err := sign.GenerateKeyBits(3072)
	if err != nil {
		t.Fatal(err)
	}
	if key.Public().Bits() != 3072 {
		t.Errorf("bits = %d, want 3072", key.Public().Bits())
	}
	for _, bits := range []int{2047, 1024, 0, -1} {
		if _, err := sign.GenerateKeyBits(bits); !errors.Is(err, &sign.KeyError{Reason: sign.KeyTooShort}) {
			t.Errorf("%d bits: %v", bits, err)
		}
	}
}

// A key that was read in one form can be written in other forms, and signs the same bytes.
func TestKeys_roundTrip(t *testing.T) {
	t.Parallel()
	generated, err := sign.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []*sign.PrivateKey{privateKey(t, "merchant"), privateKey(t, "antom"), generated} {
		want := ownSign(t, key, genuine())
		for _, text := range [][]byte{key.PEM(), key.PKCS1PEM(), []byte(key.Base64())} {
			again, err := sign.ParsePrivateKey(text)
			if err != nil {
				t.Fatal(err)
			}
			if got := ownSign(t, again, genuine()); got != want {
				t.Errorf("%s: the key signs otherwise after it was written and read", key)
			}
		}
		for _, text := range [][]byte{key.Public().PEM(), key.Public().PKCS1PEM(), []byte(key.Public().Base64())} {
			again, err := sign.ParsePublicKey(text)
			if err != nil {
				t.Fatal(err)
			}
			ownVerify(t, again, genuine(), want)
		}
	}
}

// Keys are written as in the Dashboard's files.
func TestKeys_writeWhatTheDashboardShows(t *testing.T) {
	t.Parallel()
	private, public := privateKey(t, "merchant"), publicKey(t, "merchant")
	for name, got := range map[string]string{
		"merchant.pkcs8.b64": private.Base64(), "merchant.pkcs8.pem": string(private.PEM()),
		"merchant.pub.b64": public.Base64(), "merchant.pub.pem": string(public.PEM()),
	} {
		if want := strings.TrimSpace(string(readFile(t, name))); strings.TrimSpace(got) != want {
			t.Errorf("the key writes itself otherwise than %s", name)
		}
	}
}

func TestParseKey_refusals(t *testing.T) {
	t.Parallel()
	encrypted := []byte("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n")
	legacy := []byte("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nMIIB\n-----END RSA PRIVATE KEY-----\n")
	openSSH := []byte("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU=\n-----END OPENSSH PRIVATE KEY-----\n")
	flat := func(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\n"), []byte(`\n`)) }
	made := makeOddKeys(t)
	private := func(text []byte) error { _, err := sign.ParsePrivateKey(text); return err }
	public := func(text []byte) error { _, err := sign.ParsePublicKey(text); return err }
	tests := []struct {
		name  string
		parse func([]byte) error
		text  []byte
		want  sign.KeyReason
		says  string
	}{
		{"empty", private, nil, sign.KeyEmpty, "empty"},
		{"blank", public, []byte(" \r\n"), sign.KeyEmpty, "empty"},
		{"BOM only", private, []byte("\ufeff\n"), sign.KeyEmpty, "empty"},
		{"quotes only", private, []byte(`""`), sign.KeyEmpty, "empty"},
		{"garbage", private, []byte("YOUR PRIVATE KEY!"), sign.KeyUnreadable, "neither PEM nor base64 of a key"},
		{"garbage for public", public, []byte("<your public key>"), sign.KeyUnreadable, "neither PEM nor base64 of a key"},
		{"file name", private, []byte("keys/merchant.pem"), sign.KeyUnreadable, "neither PEM nor base64 of a key"},
		{"base64 of something else", private, base64Of([]byte("hello, world")), sign.KeyUnreadable, "is part of it missing?"},
		{"cut off", private, readFile(t, "merchant.pkcs8.b64")[:800], sign.KeyCutOff, "600 of its 1218 bytes"},
		{"public, cut off", public, readFile(t, "antom.pub.b64")[:200], sign.KeyCutOff, "150 of its 294 bytes"},
		{"a few characters of PEM", private, []byte("-----BEGIN PRIVATE KEY-----\nMIIB"), sign.KeyUnreadable, "is part of it missing?"},
		{"half a PEM", private, readFile(t, "merchant.pkcs8.pem")[:900], sign.KeyCutOff, "of its 1218 bytes"},
		{"PEM with a stray character", private, bytes.Replace(readFile(t, "merchant.pkcs8.pem"), []byte("MII"), []byte("M?I"), 1), sign.KeyUnreadable, "damaged PEM"},
		{"parameters alone", private, []byte("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"), sign.KeyUnreadable, "damaged PEM"},
		{"parameters alone, flat", private, []byte("-----BEGIN EC PARAMETERS-----BggqhkjOPQMBBw==-----END EC PARAMETERS-----"), sign.KeyUnreadable, "damaged PEM"},
		{"EC", private, readFile(t, "ec.pkcs8.pem"), sign.KeyNotRSA, "elliptic-curve"},
		{"EC as openssl writes it", private, made.ecSEC1, sign.KeyNotRSA, "elliptic-curve"},
		{"EC as openssl writes it, flat", private, flat(made.ecSEC1), sign.KeyNotRSA, "elliptic-curve"},
		{"EC public", public, made.ecPublic, sign.KeyNotRSA, "elliptic-curve"},
		{"Ed25519", private, made.edPrivate, sign.KeyNotRSA, "Ed25519"},
		{"Ed25519 public", public, made.edPublic, sign.KeyNotRSA, "Ed25519"},
		{"X25519", private, made.x25519, sign.KeyNotRSA, "another kind"},
		{"encrypted PKCS#8", private, encrypted, sign.KeyEncrypted, "passphrase"},
		{"encrypted PKCS#8, flat", private, flat(encrypted), sign.KeyEncrypted, "passphrase"},
		{"encrypted PKCS#1", private, legacy, sign.KeyEncrypted, "passphrase"},
		{"encrypted PKCS#1, flat", private, flat(legacy), sign.KeyEncrypted, "passphrase"},
		{"1024 bits", private, made.shortPrivate, sign.KeyTooShort, "1024 bits"},
		{"1024 bits, public", public, made.shortPublic, sign.KeyTooShort, "1024 bits"},
		{"512 bits", private, []byte(rsa512), sign.KeyTooShort, "512 bits"},
		{"2047 bits", public, made.almost, sign.KeyTooShort, "2047 bits"},
		{"public for private", private, readFile(t, "antom.pub.pem"), sign.KeyIsPublic, "a public key where a private key belongs"},
		{"public line for private", private, readFile(t, "antom.pub.b64"), sign.KeyIsPublic, "a public key where a private key belongs"},
		{"PKCS#1 public for private", private, pkcs1Public(t, "antom.pub.pem"), sign.KeyIsPublic, "a public key where a private key belongs"},
		{"private for public", public, readFile(t, "merchant.pkcs8.pem"), sign.KeyIsPrivate, "a private key where a public key belongs"},
		{"PKCS#1 private for public", public, readFile(t, "merchant.pkcs1.pem"), sign.KeyIsPrivate, "a private key where a public key belongs"},
		{"private line for public", public, readFile(t, "merchant.pkcs8.b64"), sign.KeyIsPrivate, "a private key where a public key belongs"},
		{"encrypted private for public", public, encrypted, sign.KeyIsPrivate, "a private key where a public key belongs"},
		{"certificate for private", private, made.certificate, sign.KeyIsCertificate, "a certificate"},
		{"certificate for public", public, made.certificate, sign.KeyIsCertificate, "a certificate"},
		{"certificate line for public", public, onOneLine(made.certificate), sign.KeyIsCertificate, "a certificate"},
		{"OpenSSH", private, openSSH, sign.KeyIsOpenSSH, "OpenSSH format"},
		{"OpenSSH, flat", private, flat(openSSH), sign.KeyIsOpenSSH, "OpenSSH format"},
		{"OpenSSH private for public", public, openSSH, sign.KeyIsOpenSSH, "OpenSSH format"},
		{"OpenSSH public", public, []byte("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ== shop"), sign.KeyIsOpenSSH, "OpenSSH format"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.parse(test.text)
			if !errors.Is(err, &sign.KeyError{Reason: test.want}) {
				t.Fatalf("error = %v, want reason %s", err, test.want)
			}
			refused, ok := errors.AsType[*sign.KeyError](err)
			if !ok || refused.Hint() == "" {
				t.Errorf("error is a %T, want a *sign.KeyError with a hint", err)
			}
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("error = %q, want it to say %q", err, test.says)
			}
			if len(test.text) > 40 && strings.Contains(err.Error()+refused.Hint(), string(test.text[30:40])) {
				t.Errorf("the error shows a part of the key: %v", err)
			}
		})
	}
}

// rsa512 is a key that crypto/rsa refuses to generate.
const rsa512 = `-----BEGIN PRIVATE KEY-----
MIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6AgEAAkEAyKXJ2qIrpUi+nFKl
lIxunhPkwb7zU4KXNd8izdxJGVLraAQBdprIg0mLHTDlTr+/l6YtRTK9Gur9zyni
5vtVpwIDAQABAkAfQ9YkP0jVxHQPH8G1V/yUnTz0A7EeviaZul9N/JlXXJGviYw/
n852L6zscsxV+HWqB3KfzswmkdZ6gY2iGhtBAiEA6c4atSYcBxP+sp/EVYRwxpiq
aZCLv4HSN6cNPReyUP8CIQDbseVkjSjeXTB+8SW/mg6BaCSo830TuW98JU2to8XT
WQIhALXnmhXoYZQMNXRqI0nZshiBfMyHHoNQEOsluIIYpq6nAiBB55/1BhOYgUQn
EJhOXhyz3VYCCOkgnaRADcC7skGKIQIgfu0SOlkpy7g7qstI0k3VSrmhB+fdXlN6
WdaR7dc92g4=
-----END PRIVATE KEY-----`

// oddKeys are texts of keys that Antom does not accept.
type oddKeys struct {
	ecSEC1, ecPublic, edPrivate, edPublic, x25519  []byte
	shortPrivate, shortPublic, almost, certificate []byte
}

func makeOddKeys(tb testing.TB) oddKeys {
	tb.Helper()
	must := func(der []byte, err error) []byte {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return der
	}
	block := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	edPublic, edPrivate, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	exchange, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		tb.Fatal(err)
	}
	almost := rsa.PublicKey{N: new(big.Int).Rsh(rsaKey(tb).N, 1), E: 65537}
	almost.N.SetBit(almost.N, 0, 1)
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	return oddKeys{
		ecSEC1: append([]byte("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"),
			block("EC PRIVATE KEY", must(x509.MarshalECPrivateKey(curve)))...),
		ecPublic:     block("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(&curve.PublicKey))),
		edPrivate:    block("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(edPrivate))),
		edPublic:     block("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(edPublic))),
		x25519:       block("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(exchange))),
		shortPrivate: block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(short)),
		shortPublic:  base64Of(x509.MarshalPKCS1PublicKey(&short.PublicKey)),
		almost:       block("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(&almost))),
		certificate:  block("CERTIFICATE", must(x509.CreateCertificate(rand.Reader, template, template, &curve.PublicKey, curve))),
	}
}

// onOneLine returns the base64 of a PEM block on one line.
func onOneLine(text []byte) []byte {
	block, _ := pem.Decode(text)
	return base64Of(block.Bytes)
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
	// Numbers of the key in decimal or hexadecimal would be long sequences of digits.
	for _, word := range strings.FieldsFunc(printed, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(word) > 40 {
			t.Fatalf("printing shows a number of the key: %s", word)
		}
	}
}
