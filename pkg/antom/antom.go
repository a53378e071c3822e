// Package antom is a client of Antom's payment API (AMS v1) for card payments:
// it creates payment sessions, asks for the state of payments, waits for it,
// and receives notifications.
//
// # The two things that most programs need
//
// [NewClient] makes a client; its services make the calls:
//
//	client, err := antom.NewClient(clientID, merchantKey, antomKey, antom.WithRegion(antom.RegionSG))
//	session, _, err := client.Sessions.Create(ctx, &antom.SessionRequest{…})
//	payment, _, err := client.Payments.Inquire(ctx, antom.Inquiry{PaymentRequestID: id})
//
// [VerifyRequest] checks a notification that reached your server, and
// [Acknowledge] answers it as Antom demands.
//
// # Money
//
// Every [Amount] is in minor units: 42.00 SGD has the value 4200, 42 JPY the
// value 42. Use [ParseAmount] to make one of a decimal text; never a float.
//
// # What is never accepted
//
// Each answer is verified with Antom's public key over its exact bytes. An
// answer that says S is returned only if its signature holds. An unsigned F or U
// is reported as a refusal that was not signed, since a gateway that can't tell
// whose request it has cannot sign; half of the two headers, or a signature that
// does not match, is an error whatever the answer says. This is the rule that
// Antom gave its own SDKs in September 2026.
//
// The signature covers the path, the time and the body of an answer, and nothing of
// the request: a genuine answer about one payment verifies as the answer about
// another. So an answer must also name what was asked for, by the fields of its
// operation ([Endpoint].Names): a success that does not, or an answer that names
// another one, is a [*BindingError]. The time of an answer is not judged, since
// clocks differ: [Response].Time holds it.
//
// # Errors
//
// A refusal is a [*ResultError], a missing or unreadable answer a
// [*TransportError], a signature that does not hold a [*sign.Error], an answer about
// something else a [*BindingError]. Each has a
// Hint that says what to do. Antom refuses inside HTTP 200, so a nil error means
// that the gateway answered S.
//
// # Sources
//
// Facts about Antom are rows of tables and carry a mark that names their source:
//
//	SEED  Antom's guide "Card payments (Web/WAP)" of 2024-05-11
//	G24   the API pages of global.alipay.com, April to June 2024
//	J24   the data of those pages, exported on 2024-06-29
//	DOC   the current pages of docs.antom.com
//	SDK   the source of Antom's official SDKs for Java, Go, Python and PHP, August 2026
//	JS    the web SDK, @alipay/ams-checkout 1.47.2
//	INF   not documented: inferred from the others, or our own choice
//
// Where sources contradict each other, a comment says so and names the conflict by a
// number, such as C4.
//
// # Compatibility
//
// Exported names keep their meaning within a major version. Fields are added as
// Antom documents them. Only the standard library is used.
package antom
