package output

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWrap: lines break between words, aligned with their column, and never within a word.
func TestWrap(t *testing.T) {
	t.Parallel()
	const text = "FAILED  a.http:1  mismatch: the signature does not match\n" +
		"    remedy       verify with the --url that Antom called\n" +
		"      net/http   http.StripPrefix changes r.URL\n" +
		"short\n" +
		"note: https://shop.example/a/very/long/path/that/is/not/broken ends"
	const want = "FAILED  a.http:1  mismatch: the signature\n    does not match\n" +
		"    remedy       verify with the --url that\n                 Antom called\n" +
		"      net/http   http.StripPrefix changes\n                 r.URL\n" +
		"short\n" +
		"note:\n    https://shop.example/a/very/long/path/that/is/not/broken\n    ends"
	if diff := cmp.Diff(want, wrap(text, 44)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
