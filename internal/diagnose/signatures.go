package diagnose

import (
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"maps"
	"math/big"
	"net/url"
	"slices"
	"strings"

	"github.com/antom-cli/antom/pkg/sign"
)

// signature is the signature header; empty if there is none or more than one.
func (c *Case) signature() string {
	if values := c.Message.Header.Values("Signature"); len(values) == 1 {
		return values[0]
	}
	return ""
}

// signatureBytes reads a signature header in the same way as verification.
func signatureBytes(ch change) ([]byte, bool) {
	h, err := sign.ParseHeader(ch.text)
	return h.Signature, err == nil
}

// signatureText is the text after signature= in the header, or the whole header.
func (c *Case) signatureText() string {
	text := c.signature()
	if i := strings.Index(strings.ToLower(text), "signature="); i >= 0 {
		text, _, _ = strings.Cut(text[i+len("signature="):], ",")
	} else if i := strings.LastIndexByte(text, ','); i >= 0 {
		text = text[i+1:]
	}
	return strings.Trim(strings.TrimSpace(text), `"'`)
}

// asSignature makes a change from a base64 text, if it differs from the given one.
func asSignature(c *Case, text, from string) []change {
	header := "signature=" + text
	if _, err := sign.ParseHeader(header); text == "" || err != nil || header == c.signature() {
		return nil
	}
	return []change{{part: partSignature, text: header, from: from}}
}

// unescaped percent-decodes without form rules; invalid escapes are kept.
func unescaped(text string) string {
	if decoded, err := url.PathUnescape(text); err == nil {
		return decoded
	}
	return text
}

func plusSigns(c *Case) []change {
	text := unescaped(c.signatureText())
	if !strings.Contains(text, " ") {
		return nil
	}
	return asSignature(c, strings.ReplaceAll(text, " ", "+"), "")
}

func encodedTwice(c *Case) []change {
	text := unescaped(c.signatureText())
	if !strings.Contains(text, "%") {
		return nil
	}
	for range 3 {
		text = unescaped(text)
	}
	return asSignature(c, text, "")
}

func bareSignature(c *Case) []change {
	if strings.Contains(strings.ToLower(c.signature()), "signature=") {
		return nil
	}
	return asSignature(c, c.signatureText(), "")
}

func otherAlphabet(c *Case) []change {
	text := unescaped(c.signatureText())
	var changes []change
	if standard := strings.NewReplacer("-", "+", "_", "/").Replace(text); standard != text {
		changes = asSignature(c, standard, "")
	}
	if raw, err := hex.DecodeString(text); err == nil && len(raw) > 0 {
		changes = append(changes, change{part: partSignature, text: sign.Header{Signature: raw}.String(), from: "hexadecimal"})
	}
	return changes
}

// doubledSignature tries each of several signatures, in one header or several.
func doubledSignature(c *Case) []change {
	var changes []change
	values := c.Message.Header.Values("Signature")
	for i, value := range values {
		if len(values) > 1 {
			changes = append(changes, change{part: partSignature, text: value, from: fmt.Sprintf("number %d of %d", i+1, len(values))})
		}
	}
	parts := strings.Split(c.signature(), "signature=")
	for i, part := range parts[1:] {
		if len(parts) > 2 {
			text, _, _ := strings.Cut(part, ",")
			changes = append(changes, asSignature(c, text, fmt.Sprintf("number %d of %d", i+1, len(parts)-1))...)
		}
	}
	return changes
}

// junkAround tries only the base64 characters of the text, and only those up to the
// padding.
func junkAround(c *Case) []change {
	text := unescaped(c.signatureText())
	kept := strings.Map(func(r rune) rune {
		if !isBase64(r) {
			return -1
		}
		return r
	}, text)
	var changes []change
	for _, candidate := range [...]string{kept, strings.TrimRight(kept, "="), beforePadding(text), beforePadding(kept)} {
		if candidate != text {
			changes = append(changes, asSignature(c, candidate, "")...)
		}
	}
	return changes
}

func beforePadding(text string) string {
	before, _, _ := strings.Cut(text, "=")
	return before
}

func isBase64(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("+/=-_", r)
}

// plainName is a header name without the parts that servers and proxies add:
// HTTP_SIGNATURE in CGI, X-Signature, antom-signature.
func plainName(name string) string {
	name = strings.ReplaceAll(strings.ToLower(name), "_", "-")
	for _, prefix := range [...]string{"http-", "x-", "original-", "forwarded-", "amzn-remapped-", "antom-", "alipay-", "ams-"} {
		name = strings.TrimPrefix(name, prefix)
	}
	return name
}

func renamedHeaders(c *Case) []change {
	var changes []change
	for _, name := range slices.Sorted(maps.Keys(c.Message.Header)) {
		plain, values := plainName(name), c.Message.Header[name]
		if strings.EqualFold(plain, name) || len(values) == 0 {
			continue
		}
		ch := change{text: values[0], from: "header " + strings.ToLower(name)}
		switch plain {
		case "signature":
			ch.part = partSignature
		case "client-id", "clientid":
			ch.part = partClientID
		case strings.ToLower(c.Message.Kind.TimeHeader()), strings.ReplaceAll(strings.ToLower(c.Message.Kind.TimeHeader()), "-", ""):
			ch.part = partTime
		default:
			continue
		}
		changes = append(changes, ch)
	}
	return changes
}

// cutOff recognises a signature that is too short. This is seen from its length; the
// rest of the message can't be checked.
func cutOff(c *Case, whole bool) *Finding {
	text := strings.TrimRight(unescaped(strings.TrimRight(c.signatureText(), "%")), "=")
	if whole || len(text) < 16 || len(c.Keys) == 0 || strings.IndexFunc(text, func(r rune) bool { return !isBase64(r) }) >= 0 {
		return nil
	}
	public := rsaKey(c.Keys[0].Public)
	if public == nil {
		return nil
	}
	if raw, ok := signatureBytes(change{text: c.signature()}); ok && isECDSA(raw) {
		return &Finding{Causes: []Cause{causeOf("signature-scheme")}, Details: []Detail{{"made with", "an elliptic-curve key (ECDSA) instead of RSA"}}}
	}
	if got, want := len(text)*3/4, public.Size(); got < want {
		return &Finding{
			Causes: []Cause{causeOf("signature-cut")},
			Details: []Detail{
				{"length", fmt.Sprintf("%d bytes of %d; the header has %d characters", got, want, len(c.signature()))},
				{"the rest", "can't be checked without the whole signature"},
			},
		}
	}
	return nil
}

// isECDSA recognises an elliptic-curve signature: two numbers in DER.
func isECDSA(raw []byte) bool {
	var numbers struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(raw, &numbers)
	return err == nil && len(rest) == 0 && len(raw) < 160
}
