package sign

import (
	"encoding/base64"
	"strings"
)

// Header is the value of a signature header, taken apart.
type Header struct {
	// Algorithm is RSA256, or empty where the header does not name it.
	Algorithm string
	// KeyVersion says which of the signer's keys was used; empty if not named.
	KeyVersion string
	// Signature holds the bytes of the signature, decoded.
	Signature []byte
}

// longestHeader bounds what is parsed: an RSA-4096 signature, wholly
// percent-encoded, takes about 2.1 kB.
const longestHeader = 8 << 10

// ParseHeader takes the value of a signature header apart.
//
// The official SDKs and Antom itself write it in one way, third parties in
// others; all those whose meaning is certain are read: blanks after commas,
// parameters in any order or capitalised, unknown or absent ones, quoted
// values, a comma at the end, raw base64 in place of percent-encoded, base64url,
// without padding, or with MIME line breaks. Refused is what is ambiguous or
// lossy: a parameter given twice, characters outside base64, padding in the
// wrong place, a signature encoded twice or with + turned into a blank.
//
// The error is always an [*Error] with the reason [SignatureMissing] or
// [SignatureMalformed].
func ParseHeader(value string) (Header, error) {
	var h Header
	if strings.TrimSpace(value) == "" {
		return h, &Error{Reason: SignatureMissing}
	}
	if len(value) > longestHeader {
		return h, malformed("it is longer than 8 kB")
	}
	var encoded string
	seen := seenParameters{}
	for part := range strings.SplitSeq(value, ",") {
		name, content, found := strings.Cut(strings.TrimSpace(part), "=")
		if !found {
			if name == "" {
				continue // blanks, or a comma at the end
			}
			return Header{}, malformed("%q is not a parameter of the form name=value", shorten(name))
		}
		if err := seen.take(name); err != nil {
			return Header{}, err
		}
		content = unquote(strings.TrimSpace(content))
		switch {
		case strings.EqualFold(name, "algorithm"):
			h.Algorithm = content
		case strings.EqualFold(name, "keyVersion"):
			h.KeyVersion = content
		case strings.EqualFold(name, "signature"):
			encoded = content
		}
	}
	if !seen.signature {
		return Header{}, malformed("it has no signature= parameter")
	}
	signature, err := decodeSignature(encoded)
	if err != nil {
		return Header{}, err
	}
	h.Signature = signature
	return h, nil
}

// seenParameters remembers the known parameters: of two, nobody can say which
// one the signer meant.
type seenParameters struct{ algorithm, keyVersion, signature bool }

func (s *seenParameters) take(name string) error {
	known := [...]struct {
		name string
		seen *bool
	}{{"algorithm", &s.algorithm}, {"keyVersion", &s.keyVersion}, {"signature", &s.signature}}
	for _, row := range known {
		if !strings.EqualFold(name, row.name) {
			continue
		}
		if *row.seen {
			return malformed("it has two %s= parameters", row.name)
		}
		*row.seen = true
	}
	return nil
}

func unquote(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return s[1 : len(s)-1]
	}
	return s
}

// decodeSignature undoes the percent-encoding, if any, and the base64.
func decodeSignature(encoded string) ([]byte, error) {
	if encoded == "" {
		return nil, malformed("its signature= parameter is empty")
	}
	text, err := unescape(encoded)
	if err != nil {
		return nil, err
	}
	if strings.Contains(text, "%") {
		return nil, malformed("its signature is percent-encoded twice")
	}
	if strings.Contains(text, " ") {
		return nil, malformed("its signature has blanks where base64 has a plus sign: something decoded it as a form")
	}
	if strings.Contains(text, "\n") || strings.Contains(text, "\r") {
		text = strings.NewReplacer("\r", "", "\n", "").Replace(text)
	}
	return decodeBase64(text)
}

// unescape decodes %XX and nothing else: a plus sign is base64, not a blank.
func unescape(s string) (string, error) {
	if !strings.Contains(s, "%") {
		return s, nil
	}
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '%')
		if i < 0 {
			b.WriteString(s)
			return b.String(), nil
		}
		if i+2 >= len(s) {
			return "", malformed("its signature ends within a percent escape")
		}
		high, low := unhex(s[i+1]), unhex(s[i+2])
		if high < 0 || low < 0 {
			return "", malformed("its signature holds %q, which is no percent escape", s[i:i+3])
		}
		b.WriteString(s[:i])
		b.WriteByte(byte(high<<4 | low))
		s = s[i+3:]
	}
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// decodeBase64 reads standard or URL base64, padded or not, and strictly: two
// texts never decode to the same signature within one alphabet.
func decodeBase64(text string) ([]byte, error) {
	body := strings.TrimRight(text, "=")
	padding := len(text) - len(body)
	if padding > 0 && (padding > 2 || len(text)%4 != 0) {
		return nil, malformed("its signature has base64 padding in the wrong place")
	}
	encoding := base64.RawStdEncoding
	if strings.Contains(body, "-") || strings.Contains(body, "_") {
		encoding = base64.RawURLEncoding
	}
	signature, err := encoding.Strict().DecodeString(body)
	if err != nil {
		return nil, malformed("its signature is not base64 (%s)", base64Problem(err))
	}
	return signature, nil
}

// base64Problem is the reason without encoding/base64's own prefix.
func base64Problem(err error) string {
	return strings.TrimPrefix(err.Error(), "illegal base64 data ")
}

// shorten keeps an error message short, whatever was in the header.
func shorten(s string) string {
	if len(s) <= 24 {
		return s
	}
	return s[:24] + "…"
}
