package antom

// The headers of Antom's messages, in the spelling of net/http; their case has no
// meaning on the wire (J24).
const (
	// HeaderClientID names the client that a message is from or for; signed.
	HeaderClientID = "Client-Id"
	// HeaderRequestTime is the time of a request or a notification; signed.
	HeaderRequestTime = "Request-Time"
	// HeaderResponseTime is the time of an answer; signed.
	HeaderResponseTime = "Response-Time"
	// HeaderSignature holds the signature with its algorithm and key version.
	HeaderSignature = "Signature"
	// HeaderAgentToken is a partner's token for the merchant that he calls for.
	HeaderAgentToken = "Agent-Token"
)
