package sign_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/antom-cli/antom/pkg/sign"
)

func TestParseHeader(t *testing.T) {
	t.Parallel()
	// The bytes of "~~~?>>": their base64 is fn5+Pz4+, in its URL form fn5-Pz4-.
	signature := []byte("~~~?>>")
	whole := sign.Header{Algorithm: "RSA256", KeyVersion: "1", Signature: signature}
	tests := []struct {
		name, value string
		want        sign.Header
	}{
		{"canonical", "algorithm=RSA256,keyVersion=1,signature=fn5%2BPz4%2B", whole},
		{"blanks after commas", "algorithm=RSA256, keyVersion=1, signature=fn5%2BPz4%2B", whole},
		{"blanks around everything", " algorithm= RSA256 ,\tkeyVersion= 1 , signature= fn5%2BPz4%2B ", whole},
		{"lower-case escapes", "algorithm=RSA256,keyVersion=1,signature=fn5%2bPz4%2b", whole},
		{"raw base64", "algorithm=RSA256,keyVersion=1,signature=fn5+Pz4+", whole},
		{"base64url", "algorithm=RSA256,keyVersion=1,signature=fn5-Pz4-", whole},
		{"capitalised names", "Algorithm=RSA256,KEYVERSION=1,Signature=fn5+Pz4+", whole},
		{"another order", "signature=fn5+Pz4+,keyVersion=1,algorithm=RSA256", whole},
		{"comma at the end", "algorithm=RSA256,keyVersion=1,signature=fn5+Pz4+, ", whole},
		{"quoted", `algorithm="RSA256",keyVersion="1",signature="fn5+Pz4+"`, whole},
		{"unknown parameter", "algorithm=RSA256,nonce=a=b,keyVersion=1,signature=fn5+Pz4+", whole},
		{"MIME line breaks", "algorithm=RSA256,keyVersion=1,signature=fn5+%0D%0APz4+", whole},
		{"key version 12", "algorithm=RSA256,keyVersion=12,signature=fn5+Pz4+", sign.Header{Algorithm: "RSA256", KeyVersion: "12", Signature: signature}},
		{"signature alone", "signature=fn5+Pz4+", sign.Header{Signature: signature}},
		{"empty algorithm", "algorithm=,signature=fn5+Pz4+", sign.Header{Signature: signature}},
		{"padded", "signature=YQ==", sign.Header{Signature: []byte("a")}},
		{"percent-encoded padding", "signature=YQ%3D%3D", sign.Header{Signature: []byte("a")}},
		{"padding left out", "signature=YQ", sign.Header{Signature: []byte("a")}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := sign.ParseHeader(test.value)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseHeader_refusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, value string
		want        sign.Reason
		says        string
	}{
		{"empty", "", sign.SignatureMissing, "missing"},
		{"blank", " \t", sign.SignatureMissing, "missing"},
		{"commas only", ",,", sign.SignatureMalformed, "no signature= parameter"},
		{"no name", "=YQ==", sign.SignatureMalformed, "no signature= parameter"},
		{"no value", "algorithm,signature=YQ==", sign.SignatureMalformed, `"algorithm" is not a parameter`},
		{"long stray part", strings.Repeat("x", 100) + ",signature=YQ==", sign.SignatureMalformed, `"` + strings.Repeat("x", 24) + `…" is not a parameter`},
		{"semicolons", "algorithm=RSA256;signature=YQ==", sign.SignatureMalformed, "no signature= parameter"},
		{"empty signature", "signature=", sign.SignatureMalformed, "signature= parameter is empty"},
		{"empty quotes", `signature=""`, sign.SignatureMalformed, "signature= parameter is empty"},
		{"line breaks only", "signature=%0D%0A", sign.SignatureMalformed, "signature= parameter is empty"},
		{"two signatures", "signature=YQ==,signature=YQ==", sign.SignatureMalformed, "two signature= parameters"},
		{"two signatures, one capitalised", "signature=YQ==,Signature=YQ==", sign.SignatureMalformed, "two signature= parameters"},
		{"two algorithms", "algorithm=RSA256,algorithm=none,signature=YQ==", sign.SignatureMalformed, "two algorithm= parameters"},
		{"two key versions", "keyVersion=1,keyVersion=2,signature=YQ==", sign.SignatureMalformed, "two keyVersion= parameters"},
		{"a second, empty signature", "signature=YQ==,signature=", sign.SignatureMalformed, "two signature= parameters"},
		{"half a quote", `algorithm="RSA256,signature=YQ==`, sign.SignatureMalformed, "a quote or a blank in the wrong place"},
		{"quoted twice", `algorithm=""RSA256"",signature=YQ==`, sign.SignatureMalformed, "a quote or a blank in the wrong place"},
		{"quoted blank", `keyVersion=" 1",signature=YQ==`, sign.SignatureMalformed, "a quote or a blank in the wrong place"},
		{"escape cut after %", "signature=YQ%", sign.SignatureMalformed, "ends within a percent escape"},
		{"escape cut after a digit", "signature=YQ%3", sign.SignatureMalformed, "ends within a percent escape"},
		{"no escape", "signature=YQ%3G%3D", sign.SignatureMalformed, `"%3G", which is not a percent escape`},
		{"escaped twice", "signature=YQ%253D%253D", sign.SignatureMalformed, "percent-encoded twice"},
		{"plus signs turned into blanks", "signature=fn5 Pz4 ab", sign.SignatureMalformed, "decoded it as a form"},
		{"one padding of two", "signature=YQ=", sign.SignatureMalformed, "padding in the wrong place"},
		{"three paddings", "signature=Y===", sign.SignatureMalformed, "padding in the wrong place"},
		{"padding that is not needed", "signature=YWJj=", sign.SignatureMalformed, "padding in the wrong place"},
		{"padding only", "signature=====", sign.SignatureMalformed, "padding in the wrong place"},
		{"padding inside", "signature=YQ==YQ==", sign.SignatureMalformed, "not base64 (at input byte 2)"},
		{"unused bits set", "signature=YR==", sign.SignatureMalformed, "not base64"},
		{"unused bits set, no padding", "signature=YWK", sign.SignatureMalformed, "not base64"},
		{"both alphabets", "signature=fn5-Pz4+", sign.SignatureMalformed, "not base64"},
		{"one character", "signature=Y", sign.SignatureMalformed, "not base64"},
		{"outside base64", "signature=YQ*=", sign.SignatureMalformed, "not base64"},
		{"not ASCII", "signature=YQ\u00e9=", sign.SignatureMalformed, "padding in the wrong place"},
		{"too long", "signature=" + strings.Repeat("YWJj", 3000), sign.SignatureMalformed, "longer than 8 kB"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := sign.ParseHeader(test.value)
			if !errors.Is(err, &sign.Error{Reason: test.want}) {
				t.Fatalf("error = %v, want reason %s", err, test.want)
			}
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("error = %q, want it to say %q", err, test.says)
			}
			if diff := cmp.Diff(sign.Header{}, got); diff != "" {
				t.Errorf("a header comes with the error: %s", diff)
			}
		})
	}
}

func TestHeader_String(t *testing.T) {
	t.Parallel()
	tests := []struct {
		header sign.Header
		want   string
	}{
		{sign.Header{Algorithm: "RSA256", KeyVersion: "1", Signature: []byte("~~~?>>")}, "algorithm=RSA256,keyVersion=1,signature=fn5%2BPz4%2B"},
		{sign.Header{Algorithm: "RSA256", KeyVersion: "1", Signature: []byte("\xff\xff\xff")}, "algorithm=RSA256,keyVersion=1,signature=%2F%2F%2F%2F"},
		{sign.Header{Algorithm: "RSA256", Signature: []byte("a")}, "algorithm=RSA256,signature=YQ%3D%3D"},
		{sign.Header{KeyVersion: "2", Signature: []byte("ab")}, "keyVersion=2,signature=YWI%3D"},
		{sign.Header{Signature: []byte("abc")}, "signature=YWJj"},
	}
	for _, test := range tests {
		if got := test.header.String(); got != test.want {
			t.Errorf("%+v writes as %q, want %q", test.header, got, test.want)
		}
	}
}

// Headers as the official SDKs send them are written back unchanged, so that parsing loses
// nothing.
func TestHeader_canonicalVectors(t *testing.T) {
	t.Parallel()
	for _, v := range readVectors(t) {
		if v.Class != "canonical" {
			continue
		}
		header, err := sign.ParseHeader(v.Header())
		if err != nil {
			t.Fatalf("%s: %v", v.ID, err)
		}
		if got := header.String(); got != v.Header() {
			t.Errorf("%s:\n got %s\nwant %s", v.ID, got, v.Header())
		}
	}
}

// TestParseHeader_excerpt: an error cuts a header between characters.
func TestParseHeader_excerpt(t *testing.T) {
	t.Parallel()
	_, err := sign.ParseHeader(strings.Repeat("商", 60))
	if want := `"` + strings.Repeat("商", 24) + `…"`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("err = %v, want %s in it", err, want)
	}
}
