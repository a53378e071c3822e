package sign

import (
	"bytes"
	"fmt"
	"strings"
)

// ParsePrivateKey reads an RSA private key of at least 2048 bits in any common form: PEM
// (PKCS#8 or PKCS#1), the line of base64 from Antom's Dashboard, DER, JWK, base64url,
// hexadecimal, or base64 of a PEM. The key may be in a line of a .env, properties, JSON or YAML
// file, in a string of source code or below a label. Line breaks, quotes, escapes, a byte order
// mark and UTF-16 are tolerated.
//
// A text may contain other keys, such as Antom's public key in the same .env file. If it
// contains several private keys, the one named ANTOM_PRIVATE_KEY or MERCHANT_PRIVATE_KEY is
// used; without such a name the error is [KeySeveral]. Every error is a [*KeyError].
func ParsePrivateKey(text []byte) (*PrivateKey, error) {
	parsed, err := readKey(text, wantPrivate)
	if err != nil {
		return nil, err
	}
	return newPrivateKey(parsed)
}

// ParsePublicKey reads an RSA public key of at least 2048 bits in any of the forms that
// [ParsePrivateKey] accepts, with SPKI or PKCS#1 instead of PKCS#8. If the text contains
// several public keys, the one named ANTOM_PUBLIC_KEY or ALIPAY_PUBLIC_KEY is used. The error
// is a [*KeyError].
func ParsePublicKey(text []byte) (*PublicKey, error) {
	parsed, err := readKey(text, wantPublic)
	if err != nil {
		return nil, err
	}
	return newPublicKey(parsed)
}

// wanted is the half of a key pair to look for.
type wanted int

const (
	wantPrivate wanted = iota
	wantPublic
)

// keyNames are the variables that name a key of each kind: those of Antom's documentation,
// which this module uses too, and those of Antom's MCP server (SDK).
var keyNames = [...]struct {
	name string
	want wanted
}{
	{"ANTOM_PRIVATE_KEY", wantPrivate},
	{"MERCHANT_PRIVATE_KEY", wantPrivate},
	{"ANTOM_PUBLIC_KEY", wantPublic},
	{"ALIPAY_PUBLIC_KEY", wantPublic},
}

// keyFind is a key found in a text, or something that looks like one but can't be read.
type keyFind struct {
	key     any       // as parsed by crypto/x509; nil if refused
	private bool      // key is a private key
	refused *KeyError // why it can't be used
	line    int       // line where it begins, from 1
	name    string    // its name, if one of keyNames
}

// readKey finds the only key of the wanted kind in a text.
func readKey(text []byte, want wanted) (any, error) {
	plain, err := plainText(text)
	if err != nil {
		return nil, err
	}
	finds := findKeys(plain)
	usable := usableKeys(finds, want)
	if len(usable) > 1 {
		if named := underName(usable, want); len(named) == 1 {
			return named[0].key, nil
		}
		return nil, severalKeys(usable)
	}
	if len(usable) == 1 {
		return usable[0].key, nil
	}
	return unusableKey(plain, finds, want)
}

// usableKeys returns the distinct keys of the wanted kind that Antom accepts.
func usableKeys(finds []keyFind, want wanted) []keyFind {
	var usable []keyFind
	seen := make(map[string]int) // index in usable, by fingerprint
	for _, find := range finds {
		name, err := find.fingerprint(want)
		if err != nil {
			continue
		}
		if at, twice := seen[name]; twice {
			if usable[at].name == "" {
				usable[at].name = find.name
			}
			continue
		}
		seen[name] = len(usable)
		usable = append(usable, find)
	}
	return usable
}

// fingerprint returns the key's fingerprint if it is of the wanted kind and usable.
func (f keyFind) fingerprint(want wanted) (string, error) {
	switch {
	case f.key == nil:
		return "", f.refused
	case f.private != (want == wantPrivate):
		return "", &KeyError{Reason: KeyUnreadable}
	case want == wantPrivate:
		key, err := newPrivateKey(f.key)
		if err != nil {
			return "", err
		}
		return key.Public().Fingerprint(), nil
	}
	key, err := newPublicKey(f.key)
	if err != nil {
		return "", err
	}
	return key.Fingerprint(), nil
}

// underName returns the keys that have a name of the wanted kind.
func underName(finds []keyFind, want wanted) []keyFind {
	var named []keyFind
	for _, find := range finds {
		for _, row := range keyNames {
			if row.want == want && row.name == find.name {
				named = append(named, find)
			}
		}
	}
	return named
}

func severalKeys(finds []keyFind) error {
	places := make([]string, len(finds))
	for i, find := range finds {
		places[i] = fmt.Sprintf("line %d", find.line)
		if find.name != "" {
			places[i] += " (" + find.name + ")"
		}
	}
	last := len(places) - 1
	return &KeyError{Reason: KeySeveral, detail: strings.Join(places[:last], ", ") + " and " + places[last]}
}

// unusableKey explains why none of the finds is the wanted key. A key that is too short or not
// RSA is returned, because the caller reports that.
func unusableKey(text []byte, finds []keyFind, want wanted) (any, error) {
	for _, find := range finds {
		if find.key != nil && find.private == (want == wantPrivate) {
			return find.key, nil
		}
	}
	for _, reason := range reasonOrder(want) {
		for _, find := range finds {
			if refused := find.reason(want); refused.Reason == reason {
				return nil, refused
			}
		}
	}
	return nil, noKeyIn(text)
}

// reason returns why a find is not the wanted key.
func (f keyFind) reason(want wanted) *KeyError {
	encrypted := f.refused != nil && f.refused.Reason == KeyEncrypted
	switch {
	case want == wantPublic && (encrypted || f.private):
		return &KeyError{Reason: KeyIsPrivate}
	case f.refused != nil:
		return f.refused
	}
	return &KeyError{Reason: KeyIsPublic}
}

// reasonOrder returns the reasons, the most helpful ones first.
func reasonOrder(want wanted) []KeyReason {
	stores := []KeyReason{KeyIsOpenSSH, KeyIsPuTTY, KeyIsPKCS12, KeyIsKeyStore, KeyIsPGP, KeyNotRSA, KeyUnusable, KeyCutOff}
	if want == wantPrivate {
		return append(append([]KeyReason{KeyEncrypted}, stores...), KeyIsPublic, KeyIsCertificate, KeyIsRequest, KeyUnreadable)
	}
	return append(stores, KeyIsCertificate, KeyIsRequest, KeyIsPrivate, KeyUnreadable)
}

// noKeyIn explains what a text without a key is instead.
func noKeyIn(text []byte) error {
	if bytes.Contains(text, []byte(pemBegin)) {
		return &KeyError{Reason: KeyUnreadable, detail: "damaged PEM"}
	}
	compact := bytes.Map(dropSpace, bytes.Trim(text, "\"'= \r\n\t"))
	if _, err := decodeChars(compact); err != nil {
		return &KeyError{Reason: KeyUnreadable, detail: "it holds neither PEM nor base64 of a key"}
	}
	return &KeyError{Reason: KeyUnreadable, detail: "the text decodes, but not to a key; is part of it missing?"}
}
