package sign

import (
	"bytes"
	"fmt"
	"strings"
)

// ParsePrivateKey reads an RSA private key of at least 2048 bits in any form that
// people have: PEM (PKCS#8 or PKCS#1), the line of base64 that Antom's Dashboard
// shows, DER, JWK, base64url, hexadecimal, or base64 of a PEM. The key may stand
// in a line of a .env, properties, JSON or YAML file, in a string of source code
// or under a label; line breaks, quotes, escapes, a byte order mark and UTF-16 do
// no harm.
//
// A text may hold other keys beside it, such as Antom's public key in the same
// .env file. If it holds several private keys, the one under ANTOM_PRIVATE_KEY or
// MERCHANT_PRIVATE_KEY is meant; without such a name the text is refused with
// [KeySeveral]. The error is a [*KeyError].
func ParsePrivateKey(text []byte) (*PrivateKey, error) {
	parsed, err := readKey(text, wantPrivate)
	if err != nil {
		return nil, err
	}
	return newPrivateKey(parsed)
}

// ParsePublicKey reads an RSA public key of at least 2048 bits in any of the forms
// of [ParsePrivateKey]: SPKI or PKCS#1 in place of PKCS#8. If the text holds
// several public keys, the one under ANTOM_PUBLIC_KEY or ALIPAY_PUBLIC_KEY is
// meant. The error is a [*KeyError].
func ParsePublicKey(text []byte) (*PublicKey, error) {
	parsed, err := readKey(text, wantPublic)
	if err != nil {
		return nil, err
	}
	return newPublicKey(parsed)
}

// wanted says which half of a pair is looked for.
type wanted int

const (
	wantPrivate wanted = iota
	wantPublic
)

// keyNames are the variables under which a key of each kind is kept: those of
// Antom's documentation, which are this module's own, and those of its MCP server
// (SDK).
var keyNames = [...]struct {
	name string
	want wanted
}{
	{"ANTOM_PRIVATE_KEY", wantPrivate},
	{"MERCHANT_PRIVATE_KEY", wantPrivate},
	{"ANTOM_PUBLIC_KEY", wantPublic},
	{"ALIPAY_PUBLIC_KEY", wantPublic},
}

// keyFind is a key that a text holds, or what holds none that can be read.
type keyFind struct {
	key     any       // as crypto/x509 parses it; nil if refused
	private bool      // of key
	refused *KeyError // why there is no key
	line    int       // where it begins, from 1
	name    string    // of keyNames, if it stands under one
}

// readKey finds the one key of the wanted kind that text holds.
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

// usableKeys are the different keys of the wanted kind that Antom would take.
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

// fingerprint names the key, if it is of the wanted kind and usable.
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

// underName are the keys that stand under a name of the wanted kind.
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

// unusableKey says why none of what was found is the wanted key. A key that is
// refused for its length or its algorithm is returned as it is: the caller says so.
func unusableKey(text []byte, finds []keyFind, want wanted) (any, error) {
	for _, find := range finds {
		if find.key != nil && find.private == (want == wantPrivate) {
			return find.key, nil
		}
	}
	for _, reason := range refusalOrder(want) {
		for _, find := range finds {
			if refused := find.refusal(want); refused.Reason == reason {
				return nil, refused
			}
		}
	}
	return nil, noKeyIn(text)
}

// refusal is why a find is not the wanted key.
func (f keyFind) refusal(want wanted) *KeyError {
	encrypted := f.refused != nil && f.refused.Reason == KeyEncrypted
	switch {
	case want == wantPublic && (encrypted || f.private):
		return &KeyError{Reason: KeyIsPrivate}
	case f.refused != nil:
		return f.refused
	}
	return &KeyError{Reason: KeyIsPublic}
}

// refusalOrder puts what says most about the wanted key first.
func refusalOrder(want wanted) []KeyReason {
	stores := []KeyReason{KeyIsOpenSSH, KeyIsPuTTY, KeyIsPKCS12, KeyIsKeyStore, KeyIsPGP, KeyNotRSA, KeyUnusable, KeyCutOff}
	if want == wantPrivate {
		return append(append([]KeyReason{KeyEncrypted}, stores...), KeyIsPublic, KeyIsCertificate, KeyIsRequest, KeyUnreadable)
	}
	return append(stores, KeyIsCertificate, KeyIsRequest, KeyIsPrivate, KeyUnreadable)
}

// noKeyIn says of a text without any key what it is instead.
func noKeyIn(text []byte) error {
	if bytes.Contains(text, []byte(pemBegin)) {
		return &KeyError{Reason: KeyUnreadable, detail: "damaged PEM"}
	}
	compact := bytes.Map(dropSpace, bytes.Trim(text, "\"'= \r\n\t"))
	if _, err := decodeChars(compact); err != nil {
		return &KeyError{Reason: KeyUnreadable, detail: "it holds neither PEM nor base64 of a key"}
	}
	return &KeyError{Reason: KeyUnreadable, detail: "the text decodes, but not to a key; is a part of it missing?"}
}
