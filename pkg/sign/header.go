package sign

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
)

// Header is the parsed value of a signature header.
type Header struct {
	// Algorithm is RSA256, or empty if the header does not name it.
	Algorithm string
	// KeyVersion identifies the signer's key; empty if not named.
	KeyVersion string
	// Signature holds the decoded bytes of the signature.
	Signature []byte
}

// longestHeader limits what is parsed: a completely percent-encoded RSA-4096 signature takes
// about 2.1 kB.
const longestHeader = 8 << 10

// ParseHeader parses the value of a signature header.
//
// Antom and the official SDKs write it in one way, third parties in others. All unambiguous
// forms are accepted: blanks after commas, parameters in any order or capitalised, unknown or
// absent ones, quoted values, a comma at the end, and a signature in raw instead of
// percent-encoded base64, in base64url, without padding, or with MIME line breaks. Ambiguous or
// lossy forms are refused: a parameter given twice, unbalanced quotes, characters outside
// base64, padding in the wrong place, and a signature that was encoded twice or has blanks
// instead of +.
//
// The error is always an [*Error] with the reason [SignatureMissing] or [SignatureMalformed].
func ParseHeader(value string) (Header, error) {
	var h Header
	if strings.TrimSpace(value) == "" {
		return h, &Error{Reason: SignatureMissing}
	}
	if len(value) > longestHeader {
		return h, malformed("it is longer than 8 kB")
	}
	var p parameters
	for part := range strings.SplitSeq(value, ",") {
		if err := p.read(strings.TrimSpace(part)); err != nil {
			return h, err
		}
	}
	if !p.signature.given {
		return h, malformed("it has no signature= parameter")
	}
	signature, err := decodeSignature(p.signature.value)
	if err != nil {
		return h, err
	}
	return Header{Algorithm: p.algorithm.value, KeyVersion: p.keyVersion.value, Signature: signature}, nil
}

// parameters are the parameters of a header that have a meaning.
type parameters struct{ algorithm, keyVersion, signature parameter }

// parameter records whether it was given, because a parameter given twice is ambiguous.
type parameter struct {
	value string
	given bool
}

// read reads one part of a header, between two commas.
func (p *parameters) read(part string) error {
	name, value, found := strings.Cut(part, "=")
	value = unquote(strings.TrimSpace(value))
	switch {
	case part == "":
		return nil // blanks, or a comma at the end
	case !found:
		return malformed("%q is not a parameter of the form name=value", shorten(name))
	case strings.EqualFold(name, "algorithm"):
		return p.algorithm.setPlain("algorithm", value)
	case strings.EqualFold(name, "keyVersion"):
		return p.keyVersion.setPlain("keyVersion", value)
	case strings.EqualFold(name, "signature"):
		return p.signature.set("signature", value)
	}
	return nil
}

func (p *parameter) set(name, value string) error {
	if p.given {
		return malformed("it has two %s= parameters", name)
	}
	p.value, p.given = value, true
	return nil
}

// setPlain refuses a value that would not be read back as written: with a quote, or with a
// blank at either end.
func (p *parameter) setPlain(name, value string) error {
	if strings.Contains(value, `"`) || strings.TrimSpace(value) != value {
		return malformed("its %s= parameter has a quote or a blank in the wrong place", name)
	}
	return p.set(name, value)
}

func unquote(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return s[1 : len(s)-1]
	}
	return s
}

// decodeSignature decodes the percent-encoding, if any, and the base64.
func decodeSignature(encoded string) ([]byte, error) {
	var stack [1024]byte // large enough for RSA-4096, so that only the result is allocated
	text, err := appendUnescaped(stack[:0], encoded)
	switch {
	case err != nil:
		return nil, err
	case len(text) == 0:
		return nil, malformed("its signature= parameter is empty")
	case bytes.IndexByte(text, '%') >= 0:
		return nil, malformed("its signature is percent-encoded twice")
	case bytes.IndexByte(text, ' ') >= 0:
		return nil, malformed("its signature has blanks instead of plus signs: something decoded it as a form")
	}
	return decodeBase64(text)
}

// appendUnescaped decodes %XX and nothing else: a plus sign is base64, not a blank. It removes
// line breaks, which MIME inserts into base64.
func appendUnescaped(out []byte, s string) ([]byte, error) {
	for {
		plain, rest, found := strings.Cut(s, "%")
		out = append(out, plain...)
		if !found {
			return withoutLineBreaks(out), nil
		}
		if len(rest) < 2 {
			return nil, malformed("its signature ends within a percent escape")
		}
		high, isHigh := unhex(rest[0])
		low, isLow := unhex(rest[1])
		if !isHigh || !isLow {
			return nil, malformed("its signature contains %q, which is not a percent escape", "%"+rest[:2])
		}
		out, s = append(out, high<<4|low), rest[2:]
	}
}

func withoutLineBreaks(text []byte) []byte {
	if bytes.IndexByte(text, '\r') < 0 && bytes.IndexByte(text, '\n') < 0 {
		return text
	}
	return slices.DeleteFunc(text, func(c byte) bool { return c == '\r' || c == '\n' })
}

func unhex(c byte) (digit byte, ok bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// decodeBase64 reads standard or URL base64, padded or not, and strictly: within one alphabet,
// no two texts decode to the same signature.
func decodeBase64(text []byte) ([]byte, error) {
	body := bytes.TrimRight(text, "=")
	padding := len(text) - len(body)
	if padding > 0 && (padding > 2 || len(text)%4 != 0) {
		return nil, malformed("its signature has base64 padding in the wrong place")
	}
	encoding := base64.RawStdEncoding
	if bytes.IndexByte(body, '-') >= 0 || bytes.IndexByte(body, '_') >= 0 {
		encoding = base64.RawURLEncoding
	}
	signature := make([]byte, encoding.DecodedLen(len(body)))
	n, err := encoding.Strict().Decode(signature, body)
	if err != nil {
		return nil, malformed("its signature is not base64 (%s)", base64Problem(err))
	}
	return signature[:n], nil
}

// base64Problem returns the reason without the prefix of encoding/base64.
func base64Problem(err error) string {
	return strings.TrimPrefix(err.Error(), "illegal base64 data ")
}

// shorten limits a text from a header for an error message, without cutting a character in
// half.
func shorten(s string) string {
	const longest = 24
	if runes := []rune(s); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return s
}
