package sign_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/antom-cli/antom/pkg/sign"
)

// keyTexts are the forms of one key used to make files.
type keyTexts struct {
	pem, line string
	der       []byte
}

func textsOf(tb testing.TB, name string) keyTexts {
	tb.Helper()
	text := readFile(tb, name)
	block, _ := pem.Decode(text)
	return keyTexts{string(text), base64.StdEncoding.EncodeToString(block.Bytes), block.Bytes}
}

// inFiles puts a key into the files, settings and pastes in which people store it.
func (k keyTexts) inFiles() map[string]string {
	escaped := strings.ReplaceAll(k.pem, "\n", `\n`)
	url := strings.TrimRight(base64.URLEncoding.EncodeToString(k.der), "=")
	digits := hex.EncodeToString(k.der)
	return map[string]string{
		"DER":                           string(k.der),
		"base64url":                     url,
		"base64url, wrapped":            string(wrapped([]byte(url), "\n")),
		"hex":                           digits,
		"hex, upper case":               strings.ToUpper(digits),
		"hex, wrapped":                  string(wrapped([]byte(digits), "\n")),
		"hex, after 0x":                 "0x" + digits,
		"hex, with colons":              colons(digits),
		"hex, in a line":                "key.hex=" + digits + "\n",
		"base64 of PEM":                 base64.StdEncoding.EncodeToString([]byte(k.pem)),
		"base64 of PEM, wrapped":        string(wrapped([]byte(base64.StdEncoding.EncodeToString([]byte(k.pem))), "\n")),
		"base64 of the line":            base64.StdEncoding.EncodeToString([]byte(k.line)),
		"Kubernetes secret":             "apiVersion: v1\nkind: Secret\ndata:\n  key: " + base64.StdEncoding.EncodeToString([]byte(k.line+"\n")) + "\n  user: c2hvcA==\n",
		"base64 of base64 of PEM":       base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(k.pem)))),
		".env":                          "CLIENT_ID=SANDBOX_5X\nexport SHOP_KEY=\"" + k.line + "\"\nPORT=3000\n",
		".env, PEM":                     "A=1\nSHOP_KEY=\"" + escaped + "\"\n",
		".env, PEM on several lines":    "A=1\nSHOP_KEY='" + k.pem + "'\nB=2\n",
		".env, no padding, next line":   "SHOP_KEY=" + strings.TrimRight(k.line, "=") + "\nANTOM_CLIENT_ID=SANDBOX_5X\n",
		"properties":                    "antom.key = " + k.line + "\nantom.url = https://open-sea-global.alipay.com\n",
		"properties, escaped":           "antom.key=" + strings.ReplaceAll(k.line, "=", `\=`) + "\n",
		"properties, continued":         "antom.key=" + string(wrapped([]byte(k.line), "\\\n    ")) + "\n",
		"JSON":                          `{"clientId": "5X", "merchantKey": "` + k.line + `", "port": 3000}`,
		"JSON, escaped slashes":         `{"key":"` + strings.ReplaceAll(k.line, "/", `\/`) + `"}`,
		"JSON, escaped characters":      `{"key":"` + strings.NewReplacer("+", `\u002b`, "=", `\u003d`).Replace(k.line) + `"}`,
		"JSON, PEM":                     `{"key":"` + escaped + `"}`,
		"JSON in JSON, PEM":             `{"config":"{\"key\":\"` + strings.ReplaceAll(escaped, `\`, `\\`) + `\"}"}`,
		"YAML":                          "antom:\n  key: " + k.line + "\n  version: 1\n",
		"YAML, block":                   "antom:\n  key: |\n    " + strings.ReplaceAll(k.pem, "\n", "\n    ") + "\n  version: 1\n",
		"YAML, folded":                  "antom:\n  key: >-\n    " + string(wrapped([]byte(k.line), "\n    ")) + "\nversion: 1\n",
		"label on its own line":         "Private key:\n" + k.line + "\n\nKeep it well.\n",
		"label on the same line":        "Key (sandbox): " + k.line + "\n",
		"Chinese label":                 "应用私钥：\n" + k.line + "\n",
		"Java":                          "String KEY = \"" + string(wrapped([]byte(k.line), "\"\n    + \"")) + "\";\n",
		"Java, PEM":                     "String KEY = \"" + strings.ReplaceAll(strings.TrimSpace(k.pem), "\n", "\\n\" +\n    \"") + "\";\n",
		"PHP":                           "<?php\n$key = '" + string(wrapped([]byte(k.line), "'\n  . '")) + "';\n",
		"Python":                        "KEY = ('" + string(wrapped([]byte(k.line), "'\n       '")) + "')\n",
		"Go":                            "const key = `" + k.line + "`\n",
		"XML":                           "<key>" + k.line + "</key>\n",
		"XML, PEM":                      "<key>" + strings.ReplaceAll(k.pem, "\n", "&#10;") + "</key>",
		"INI, quoted":                   "[antom]\nkey = '" + k.line + "' ; the sandbox one\n",
		"query string":                  "a=1&key=" + strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(k.line) + "&b=2",
		"quoted mail":                   "> Here it is:\n> " + string(wrapped([]byte(k.line), "\n> ")) + "\n",
		"no-break and zero-width space": "\u00a0" + k.line[:100] + "\u200b" + k.line[100:] + "\u00a0",
		"UTF-16, little endian":         inUTF16(k.pem, binary.LittleEndian, true),
		"UTF-16, big endian":            inUTF16(k.line, binary.BigEndian, true),
		"UTF-16 without its mark":       inUTF16(k.line, binary.LittleEndian, false),
		"twice":                         k.pem + "\n" + k.line,
	}
}

func colons(digits string) string {
	var b strings.Builder
	for i := 0; i < len(digits); i += 2 {
		if b.WriteString(digits[i : i+2]); i%30 == 28 {
			b.WriteString(":\n    ")
		} else if i+2 < len(digits) {
			b.WriteString(":")
		}
	}
	return b.String()
}

func inUTF16(text string, order binary.AppendByteOrder, mark bool) string {
	var out []byte
	if mark {
		out = order.AppendUint16(out, 0xfeff)
	}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

func TestParsePrivateKey_files(t *testing.T) {
	t.Parallel()
	want := publicKey(t, "merchant")
	for _, name := range []string{"merchant.pkcs8.pem", "merchant.pkcs1.pem"} {
		for form, text := range textsOf(t, name).inFiles() {
			key, err := sign.ParsePrivateKey([]byte(text))
			if err != nil {
				t.Errorf("%s, %s: %v", name, form, err)
			} else if !key.Public().Equal(want) {
				t.Errorf("%s, %s: another key", name, form)
			}
		}
	}
}

func TestParsePublicKey_files(t *testing.T) {
	t.Parallel()
	want := publicKey(t, "antom")
	for form, text := range textsOf(t, "antom.pub.pem").inFiles() {
		key, err := sign.ParsePublicKey([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", form, err)
		} else if !key.Equal(want) {
			t.Errorf("%s: another key", form)
		}
	}
}

// JSON Web Keys are made from the numbers of a standard-library key.
func webKeys(tb testing.TB) (private, public string) {
	tb.Helper()
	parsed, err := x509.ParsePKCS8PrivateKey(textsOf(tb, "merchant.pkcs8.pem").der)
	if err != nil {
		tb.Fatal(err)
	}
	key := parsed.(*rsa.PrivateKey)
	number := func(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }
	members := map[string]string{"kty": "RSA", "kid": "shop", "n": number(key.N), "e": number(big.NewInt(int64(key.E)))}
	public = marshal(tb, members)
	members["d"], members["p"], members["q"] = number(key.D), number(key.Primes[0]), number(key.Primes[1])
	return marshal(tb, members), public
}

func marshal(tb testing.TB, v any) string {
	tb.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func TestParseKey_webKeys(t *testing.T) {
	t.Parallel()
	want := publicKey(t, "merchant")
	private, public := webKeys(t)
	for _, form := range []string{"%s", " %s\n", `{"keys":[%s]}`, "KEY='%s'\n"} {
		key, err := sign.ParsePrivateKey(fmt.Appendf(nil, form, private))
		if err != nil || !key.Public().Equal(want) {
			t.Errorf("private, %s: %v", form, err)
		}
		got, err := sign.ParsePublicKey(fmt.Appendf(nil, form, public))
		if err != nil || !got.Equal(want) {
			t.Errorf("public, %s: %v", form, err)
		}
	}
	tests := []struct {
		text string
		want sign.KeyReason
	}{
		{public, sign.KeyIsPublic},
		{`{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}`, sign.KeyNotRSA},
		{`{"kty":"oct","k":"AA"}`, sign.KeyNotRSA},
		{`{"kty":"RSA","n":"","e":"AQAB"}`, sign.KeyUnusable},
		{strings.Replace(private, `"p":"`, `"p":"A`, 1), sign.KeyUnusable},
		{strings.Replace(private, `"q":`, `"x":`, 1), sign.KeyUnusable},
	}
	for _, test := range tests {
		if _, err := sign.ParsePrivateKey([]byte(test.text)); !errors.Is(err, &sign.KeyError{Reason: test.want}) {
			t.Errorf("%.40s…: %v, want %s", test.text, err, test.want)
		}
	}
}

// A .env file contains the merchant's private key, Antom's public key and keys of other
// services; each is found by its kind or name.
func TestParseKey_several(t *testing.T) {
	t.Parallel()
	merchant, other := textsOf(t, "merchant.pkcs8.pem").line, textsOf(t, "other.pkcs8.pem").line
	antom, own := textsOf(t, "antom.pub.pem").line, textsOf(t, "merchant.pub.pem").line
	private := func(text string) (string, error) {
		key, err := sign.ParsePrivateKey([]byte(text))
		if err != nil {
			return "", err
		}
		return key.Public().Fingerprint(), nil
	}
	public := func(text string) (string, error) {
		key, err := sign.ParsePublicKey([]byte(text))
		if err != nil {
			return "", err
		}
		return key.Fingerprint(), nil
	}
	tests := []struct {
		name, text string
		parse      func(string) (string, error)
		want       string // the fingerprint, or a part of the error
	}{
		{"private of both", "A=" + antom + "\nB=" + merchant + "\n", private, publicKey(t, "merchant").Fingerprint()},
		{"public of both", "A=" + antom + "\nB=" + merchant + "\n", public, publicKey(t, "antom").Fingerprint()},
		{"named by this module", "JWT_KEY=" + other + "\nANTOM_PRIVATE_KEY=\"" + merchant + "\"\n", private, publicKey(t, "merchant").Fingerprint()},
		{"named by the MCP server", `{"env":{"JWT":"` + other + `","MERCHANT_PRIVATE_KEY":"` + merchant + `"}}`, private, publicKey(t, "merchant").Fingerprint()},
		{"public named", "MERCHANT_PUBLIC_KEY=" + own + "\nALIPAY_PUBLIC_KEY=" + antom + "\n", public, publicKey(t, "antom").Fingerprint()},
		{"name under a PEM", "X=" + other + "\nANTOM_PRIVATE_KEY='" + textsOf(t, "merchant.pkcs1.pem").pem + "'\n", private, publicKey(t, "merchant").Fingerprint()},
		{"the same twice", merchant + "\n" + textsOf(t, "merchant.pkcs1.pem").pem, private, publicKey(t, "merchant").Fingerprint()},
		{"two private keys", "# one\n" + merchant + "\n" + other, private, "the text contains several keys of this kind: line 2 and line 3"},
		{"two public keys", antom + "\n\n" + own, public, "the text contains several keys of this kind: line 1 and line 3"},
		{"two under names", "ANTOM_PRIVATE_KEY=" + merchant + "\nMERCHANT_PRIVATE_KEY=" + other + "\n", private, "line 1 (ANTOM_PRIVATE_KEY) and line 2 (MERCHANT_PRIVATE_KEY)"},
		{"a name that only ends so", "NOT_ANTOM_PRIVATE_KEY=" + merchant + "\nX=" + other + "\n", private, "line 1 and line 2"},
		{"beside a broken one", merchant[:400] + "\n\n" + other, private, publicKey(t, "other").Fingerprint()},
	}
	for _, test := range tests {
		got, err := test.parse(test.text)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, test.want) {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// Unsupported formats are named. The files were made with openssl and keytool.
func TestParsePrivateKey_stores(t *testing.T) {
	t.Parallel()
	made := func(name string) string { return string(readFile(t, "stores/"+name)) }
	tests := []struct {
		name, text string
		want       sign.KeyReason
		command    string // of the hint
	}{
		{"PKCS#12", made("store.p12"), sign.KeyIsPKCS12, "openssl pkcs12 -in"},
		{"PKCS#12 in base64", base64.StdEncoding.EncodeToString([]byte(made("store.p12"))), sign.KeyIsPKCS12, "openssl pkcs12 -in"},
		{"encrypted DER", made("encrypted.der"), sign.KeyEncrypted, "openssl pkcs8"},
		{"encrypted PEM of old", made("legacy.pem"), sign.KeyEncrypted, "openssl pkcs8"},
		{"certificate request", made("request.csr"), sign.KeyIsRequest, "openssl req -pubkey"},
		{"certificate chain", made("chain.p7b"), sign.KeyIsCertificate, "openssl x509"},
		{"JKS", made("store.jks"), sign.KeyIsKeyStore, "keytool -importkeystore"},
		{"PuTTY", "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n", sign.KeyIsPuTTY, "puttygen"},
		{"PGP", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYBF\n-----END PGP PRIVATE KEY BLOCK-----\n", sign.KeyIsPGP, "openssl genrsa"},
		{"SSH2", "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n", sign.KeyIsOpenSSH, "ssh-keygen"},
		{"half a DER", string(textsOf(t, "merchant.pkcs8.pem").der[:700]), sign.KeyCutOff, "whole key"},
		{"half of hex", hex.EncodeToString(textsOf(t, "merchant.pkcs8.pem").der[:700]), sign.KeyCutOff, "whole key"},
		{"half in a .env", "A=1\nKEY=" + textsOf(t, "merchant.pkcs8.pem").line[:700] + "\nCLIENT_ID=5X00000000000000\n", sign.KeyCutOff, "whole key"},
	}
	for _, test := range tests {
		_, err := sign.ParsePrivateKey([]byte(test.text))
		refused, ok := errors.AsType[*sign.KeyError](err)
		if !ok || refused.Reason != test.want || !strings.Contains(refused.Hint(), test.command) {
			t.Errorf("%s: %v, want %s with %q", test.name, err, test.want, test.command)
		}
	}
}

// Long text without a key is scanned in one pass.
func TestParseKey_longText(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{"MII", "LS0tLS1CRUdJTi", "TUlJ", "3082ffff", "{", `{"kty"`, `"kty"`, "-----BEGIN A-----\n", "-----BEGIN ", "MIIE\n", `\`, `" + "`, "--"} {
		text := []byte(strings.Repeat(piece, 60_000/len(piece)))
		if _, err := sign.ParsePrivateKey(text); err == nil {
			t.Errorf("%q: a key", piece)
		}
	}
}
