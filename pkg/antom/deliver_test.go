package antom_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/antom-cli/antom/pkg/antom"
)

// TestCheckAnswer: not only the status counts but also the body, even a compressed one.
func TestCheckAnswer(t *testing.T) {
	t.Parallel()
	good := string(antom.AcknowledgementBody())
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, _ = io.WriteString(zip, good) // into memory
	_ = zip.Close()
	tests := []struct {
		name     string
		status   int
		encoding string
		body     io.Reader
		says     string // "" is an acknowledgement
	}{
		{"acknowledged", 200, "", strings.NewReader(good), ""},
		{"compressed", 200, "gzip", bytes.NewReader(packed.Bytes()), ""},
		{"not as compressed as it says", 200, "gzip", strings.NewReader(good), "gzip"},
		{"another status", 201, "", strings.NewReader(good), "HTTP status 201"},
		{"status missing", 200, "", strings.NewReader(`{"result":{"resultCode":"SUCCESS"}}`), "resultStatus missing"},
		{"endless", 200, "", io.MultiReader(strings.NewReader(good), strings.NewReader(strings.Repeat(" ", 1<<20))), "longer than 64 KiB"},
		{"just fits", 200, "", io.MultiReader(strings.NewReader(good), strings.NewReader(strings.Repeat(" ", antom.AcknowledgementLimit-len(good)))), ""},
		{"cut off", 200, "", io.MultiReader(strings.NewReader(good[:20]), iotest.ErrReader(io.ErrUnexpectedEOF)), "it closed the connection before the end of its answer: unexpected EOF"},
	}
	for _, test := range tests {
		response := &http.Response{StatusCode: test.status, Header: http.Header{"Content-Encoding": {test.encoding}}, Body: io.NopCloser(test.body)}
		answer := antom.ReadAnswer(response)
		err := answer.Err()
		if answer.Acknowledged() != (err == nil) || answer.Status != test.status || len(answer.Body) > antom.AcknowledgementLimit {
			t.Errorf("%s: %+v", test.name, answer)
		}
		if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %q", test.name, err, test.says)
		}
	}
}
