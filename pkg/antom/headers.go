package antom

// The headers of Antom's messages, in the canonical form of net/http. Their case does not
// matter on the wire (J24).
const (
	// HeaderClientID identifies the client that sends or receives a message; signed.
	HeaderClientID = "Client-Id"
	// HeaderRequestTime contains the time of a request or a notification; signed.
	HeaderRequestTime = "Request-Time"
	// HeaderResponseTime contains the time of an answer; signed.
	HeaderResponseTime = "Response-Time"
	// HeaderSignature contains the signature with its algorithm and key version.
	HeaderSignature = "Signature"
	// HeaderAgentToken contains the token with which a partner calls for a merchant.
	HeaderAgentToken = "Agent-Token"
)
