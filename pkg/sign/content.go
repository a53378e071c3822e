package sign

import "crypto/sha256"

// Message is the data that a signature covers. Every field is used exactly as it is in the HTTP
// message: nothing is trimmed, decoded or normalised.
type Message struct {
	// Method is the HTTP method of the request; for a response, that of the request it answers.
	// Antom's API uses only POST.
	Method string
	// Target is the request target: path and query, without scheme and host.
	Target string
	// ClientID is the client-id header.
	ClientID string
	// Time is the request-time header of a request or a notification, or the response-time
	// header of a response.
	Time string
	// Body holds the bytes of the body. They are hashed without being copied.
	Body []byte
}

// Content returns the bytes that are signed. Signing and verifying do not need it; use it to
// show what a signature covers.
func (m Message) Content() []byte {
	content := make([]byte, 0, len(m.Method)+len(m.Target)+len(m.ClientID)+len(m.Time)+len(m.Body)+4)
	return append(m.appendPrefix(content), m.Body...)
}

// appendPrefix appends everything that precedes the body.
func (m Message) appendPrefix(b []byte) []byte {
	b = append(append(b, m.Method...), ' ')
	b = append(append(b, m.Target...), '\n')
	b = append(append(b, m.ClientID...), '.')
	return append(append(b, m.Time...), '.')
}

func (m Message) digest() [sha256.Size]byte {
	var stack [512]byte
	h := sha256.New()
	h.Write(m.appendPrefix(stack[:0]))
	h.Write(m.Body)
	var sum [sha256.Size]byte
	h.Sum(sum[:0])
	return sum
}
