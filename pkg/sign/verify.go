package sign

import (
	"crypto"
	"crypto/rsa"
)

// Verify checks that the signature header of m was created with the private key of k. It
// returns nil only if it was.
//
// The error is always an [*Error]. Its Reason is the first of these that applies: no header, a
// malformed header, an algorithm other than RSA256, no client id, no time, a malformed time, a
// signature that does not match. If a message is refused for its algorithm or its time although
// the signature matches, Matches is true.
//
// The parsed header is returned whenever it could be parsed.
func (k *PublicKey) Verify(m Message, header string) (Header, error) {
	h, err := ParseHeader(header)
	if err != nil {
		return h, err
	}
	policy := checkPolicy(m, h)
	if policy != nil && !policy.signatureOpen() {
		return h, policy
	}
	digest := m.digest()
	matches := rsa.VerifyPKCS1v15(k.rsa, crypto.SHA256, digest[:], h.Signature) == nil
	switch {
	case policy != nil:
		policy.Matches = matches
		return h, policy
	case !matches:
		return h, &Error{Reason: Mismatch, keyVersion: shorten(h.KeyVersion)}
	}
	return h, nil
}

// checkPolicy returns the reason for refusing a message regardless of its signature, if any.
func checkPolicy(m Message, h Header) *Error {
	if h.Algorithm != "" && h.Algorithm != Algorithm {
		return &Error{Reason: AlgorithmUnknown, detail: shorten(h.Algorithm)}
	}
	if m.ClientID == "" {
		return &Error{Reason: ClientIDMissing}
	}
	return checkTime(m.Time)
}
