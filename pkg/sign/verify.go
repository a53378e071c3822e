package sign

import (
	"crypto"
	"crypto/rsa"
)

// Verify checks that the signature header of m was made with the private key
// that belongs to k. It returns nil only if it was.
//
// The error is always an [*Error]; its Reason says which of these holds, and
// they are looked for in this order: no header, a malformed header, an
// algorithm other than RSA256, no client id, no time, a malformed time, and
// last a signature that does not match. A message that is refused for its
// algorithm or its time, although the signature matches, is marked by Matches.
//
// The parsed header is returned whenever it could be parsed.
func (k *PublicKey) Verify(m Message, header string) (Header, error) {
	h, err := ParseHeader(header)
	if err != nil {
		return h, err
	}
	refusal := checkPolicy(m, h)
	if refusal != nil && !refusal.maybeTrue() {
		return h, refusal
	}
	digest := m.digest()
	matches := rsa.VerifyPKCS1v15(k.rsa, crypto.SHA256, digest[:], h.Signature) == nil
	switch {
	case refusal != nil:
		refusal.Matches = matches
		return h, refusal
	case !matches:
		return h, &Error{Reason: Mismatch, keyVersion: shorten(h.KeyVersion)}
	}
	return h, nil
}

// checkPolicy refuses what must not be accepted whatever the signature says.
func checkPolicy(m Message, h Header) *Error {
	if h.Algorithm != "" && h.Algorithm != Algorithm {
		return &Error{Reason: AlgorithmUnknown, detail: shorten(h.Algorithm)}
	}
	if m.ClientID == "" {
		return &Error{Reason: ClientIDMissing}
	}
	return checkTime(m.Time)
}
