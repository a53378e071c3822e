package antom

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// longestAcknowledgement bounds what is read of an endpoint's answer, in bytes.
// An acknowledgement has about 80.
const longestAcknowledgement = 64 << 10

// JudgeResponse is [JudgeAcknowledgement] of an endpoint's HTTP response. It
// reads the body, also one that is compressed with gzip, and does not close it.
// An answer of more than 64 KiB is no acknowledgement.
func JudgeResponse(r *http.Response) error {
	var in io.Reader = r.Body
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return fmt.Errorf("the body says that it is gzip: %w", err)
		}
		in = unpacked
	}
	body, err := io.ReadAll(io.LimitReader(in, longestAcknowledgement+1))
	switch {
	case err != nil && r.StatusCode == http.StatusOK:
		return fmt.Errorf("read the body: %w", err)
	case len(body) > longestAcknowledgement:
		return fmt.Errorf("the body is longer than %d KiB", longestAcknowledgement>>10)
	}
	return JudgeAcknowledgement(r.StatusCode, body)
}
