package sign_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/pkg/sign"
)

// addHeaders seeds a fuzz test with one header of every form in the vectors, and with other
// forms.
func addHeaders(f *testing.F) {
	f.Helper()
	shapes := make(map[string]bool)
	for _, v := range readVectors(f) {
		_, shape, _ := strings.Cut(v.ID, "/")
		if v.Signature != nil && !shapes[shape] {
			shapes[shape] = true
			f.Add(v.Header())
		}
	}
	for _, value := range []string{
		"", ",", "=", "signature", "signature=", "signature=%", "signature=%2", "signature=%0A", "signature==", "signature=Y",
		"signature=YR==", `algorithm="",signature="YQ=="`, `algorithm=""a"",signature=YQ`, "algorithm=\u0085x,signature=YQ", "a=\xff,signature=YQ",
	} {
		f.Add(value)
	}
}

// refusedHeader fails unless err is an error of this package about the header.
func refusedHeader(t *testing.T, value string, err error) {
	t.Helper()
	refused, ok := errors.AsType[*sign.Error](err)
	if !ok || (refused.Reason != sign.SignatureMissing && refused.Reason != sign.SignatureMalformed) {
		t.Fatalf("%q: error is a %T: %v", value, err, err)
	}
	if strings.ContainsAny(err.Error(), "\r\n") || refused.Hint() == "" || refused.Matches {
		t.Fatalf("%q: error = %q, hint = %q, matches = %t", value, err, refused.Hint(), refused.Matches)
	}
}

func FuzzParseHeader(f *testing.F) {
	addHeaders(f)
	f.Fuzz(func(t *testing.T, value string) {
		header, err := sign.ParseHeader(value)
		if err != nil {
			refusedHeader(t, value, err)
			return
		}
		if len(header.Signature) == 0 {
			t.Fatalf("%q: a header without a signature", value)
		}
		if strings.ContainsAny(header.Algorithm+header.KeyVersion, `,"`) {
			t.Fatalf("%q: algorithm %q, key version %q", value, header.Algorithm, header.KeyVersion)
		}
	})
}

// FuzzMalleability shows that parsing is lossless and that a signature has only one text per
// alphabet: a header that was read and written again reads the same, and base64 with other
// unused bits is refused.
func FuzzMalleability(f *testing.F) {
	addHeaders(f)
	f.Fuzz(func(t *testing.T, value string) {
		header, err := sign.ParseHeader(value)
		if err != nil {
			refusedHeader(t, value, err)
			return
		}
		written := header.String()
		if len(written) > 8<<10 {
			t.Skip("too long to be read: percent-encoding took it over the limit")
		}
		again, err := sign.ParseHeader(written)
		if err != nil {
			t.Fatalf("%q writes as %q, which does not read: %v", value, written, err)
		}
		if diff := cmp.Diff(header, again); diff != "" {
			t.Fatalf("%q writes as %q, which reads otherwise:\n%s", value, written, diff)
		}
		if again.String() != written {
			t.Fatalf("%q does not stay as it is", written)
		}
		forged, ok := withUnusedBits(header.Signature)
		if !ok {
			return
		}
		if _, err := sign.ParseHeader("signature=" + forged); !errors.Is(err, &sign.Error{Reason: sign.SignatureMalformed}) {
			t.Fatalf("%q, whose unused bits are set, reads as well: %v", forged, err)
		}
	})
}

// withUnusedBits returns the base64 of b with one of the unused bits of its last character set.
func withUnusedBits(b []byte) (text string, ok bool) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	if len(b)%3 == 0 {
		return "", false
	}
	text = base64.RawStdEncoding.EncodeToString(b)
	last := strings.IndexByte(alphabet, text[len(text)-1])
	return text[:len(text)-1] + alphabet[last+1:last+2], true
}

// FuzzRoundTrip signs and verifies messages, and detects every change of the signed data.
func FuzzRoundTrip(f *testing.F) {
	for i, v := range readVectors(f) {
		if v.Class == "canonical" && i%8 == 0 {
			f.Add(v.Method, v.Path, v.ClientID, v.Time, v.Body, 1)
		}
	}
	f.Add("POST", "/antom/notify?a=%20b&c", "SANDBOX_5X00000000000000", "2026-11-24T09:00:00.123+0800", []byte{0xff, 0}, 12)
	private, public, other := privateKey(f, "antom"), publicKey(f, "antom"), publicKey(f, "merchant")
	f.Fuzz(func(t *testing.T, method, target, clientID, at string, body []byte, version int) {
		m := sign.Message{Method: method, Target: target, ClientID: clientID, Time: at, Body: body}
		before := bytes.Clone(body)
		header, err := private.Sign(m, version)
		if version < 1 {
			if !errors.Is(err, &sign.KeyError{Reason: sign.KeyVersionInvalid}) {
				t.Fatalf("key version %d: %v", version, err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if again := ownSign(t, private, m); version == 1 && again != header {
			t.Fatalf("signing twice gives %s and %s", header, again)
		}
		parsed, err := sign.ParseHeader(header)
		if err != nil || parsed.String() != header {
			t.Fatalf("%s reads as %+v, %v", header, parsed, err)
		}
		_, err = public.Verify(m, header)
		if want := clientID != "" && sign.CheckTime(at) == nil; (err == nil) != want {
			t.Fatalf("own signature: %v", err)
		}
		if err != nil {
			refusedMessage(t, err)
			return
		}
		if !bytes.Equal(before, m.Body) {
			t.Fatal("the body was changed")
		}
		changed := []sign.Message{m, m, m, m}
		changed[0].Method += "X"
		changed[1].Target += "/"
		changed[2].ClientID += "0"
		changed[3].Body = append(bytes.Clone(body), '\n')
		for i, message := range changed {
			if _, err := public.Verify(message, header); !errors.Is(err, &sign.Error{Reason: sign.Mismatch}) {
				t.Fatalf("change %d: %v", i, err)
			}
		}
		if _, err := other.Verify(m, header); !errors.Is(err, &sign.Error{Reason: sign.Mismatch}) {
			t.Fatalf("another key: %v", err)
		}
	})
}

func refusedMessage(t *testing.T, err error) {
	t.Helper()
	refused, ok := errors.AsType[*sign.Error](err)
	switch {
	case !ok:
		t.Fatalf("error is a %T: %v", err, err)
	case refused.Reason == sign.TimeMalformed && refused.Matches, refused.Reason == sign.TimeMissing, refused.Reason == sign.ClientIDMissing:
	default:
		t.Fatalf("own signature: reason %s, matches = %t", refused.Reason, refused.Matches)
	}
}

// FuzzParseKey parses arbitrary text as a key of either kind: it never panics, its errors are
// of this package, and every parsed key can be written.
func FuzzParseKey(f *testing.F) {
	for _, name := range []string{
		"merchant.pkcs8.pem", "merchant.pkcs8.b64", "merchant.pkcs1.pem", "merchant.pub.pem", "merchant.pub.b64", "ec.pkcs8.pem",
	} {
		f.Add(readFile(f, name))
	}
	for _, text := range []string{
		"", "\ufeff", `""`, "MIIB", "-----BEGIN", "-----BEGIN -----", "-----BEGIN -----\n-----END -----", "-----BEGIN X-----AA==-----END X-----",
		"-----BEGIN EC PARAMETERS-----AA==-----END EC PARAMETERS-----", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n-----END RSA PRIVATE KEY-----",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		before := bytes.Clone(text)
		private, privateErr := sign.ParsePrivateKey(text)
		public, publicErr := sign.ParsePublicKey(text)
		if !bytes.Equal(before, text) {
			t.Fatal("the text was changed")
		}
		if privateErr == nil && publicErr == nil {
			t.Fatal("one text is a private and a public key")
		}
		for _, err := range []error{privateErr, publicErr} {
			if refused, ok := errors.AsType[*sign.KeyError](err); err != nil && (!ok || refused.Hint() == "") {
				t.Fatalf("error is a %T: %v", err, err)
			}
		}
		if privateErr == nil {
			again, err := sign.ParsePrivateKey(private.PEM())
			if err != nil || !again.Public().Equal(private.Public()) {
				t.Fatalf("the private key does not read back: %v", err)
			}
			public, publicErr = private.Public(), nil
		}
		if publicErr == nil {
			again, err := sign.ParsePublicKey([]byte(public.Base64()))
			if err != nil || !again.Equal(public) || again.Fingerprint() != public.Fingerprint() {
				t.Fatalf("the public key does not read back: %v", err)
			}
		}
	})
}
