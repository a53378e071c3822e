package emulator

import (
	"bytes"
	"io"
	"net/http"
)

// RoundTripper carries requests to the emulator within the process. No port is opened; every
// message is still signed and verified.
func (e *Emulator) RoundTripper() http.RoundTripper { return inProcess{e} }

type inProcess struct{ handler http.Handler }

// RoundTrip answers a request as a server would.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if r.Body == nil {
		r = r.Clone(r.Context())
		r.Body = http.NoBody
	}
	defer r.Body.Close()
	w := &recorder{header: http.Header{}}
	t.handler.ServeHTTP(w, r)
	answer := &http.Response{
		Status: http.StatusText(w.statusCode()), StatusCode: w.statusCode(), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}
	for name, values := range w.header { // as a client reads them from the wire
		answer.Header[http.CanonicalHeaderKey(name)] = values
	}
	return answer, nil
}

// recorder is an http.ResponseWriter that keeps what is written.
type recorder struct {
	header http.Header
	body   bytes.Buffer
	status int
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) Write(b []byte) (int, error) { return w.body.Write(b) }
func (w *recorder) WriteHeader(status int)      { w.status = status }

func (w *recorder) statusCode() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}
