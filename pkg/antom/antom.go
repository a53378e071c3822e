// Package antom is a client of Antom's payment API (AMS v1) for card payments: it creates
// payment sessions, inquires about payments, waits for their final state, and receives
// notifications.
//
// # The two main functions
//
// [NewClient] returns a client; its services make the calls:
//
//	client, err := antom.NewClient(clientID, merchantKey, antomKey, antom.WithRegion(antom.RegionSG))
//	session, _, err := client.Sessions.Create(ctx, &antom.SessionRequest{…})
//	payment, _, err := client.Payments.Inquire(ctx, antom.Inquiry{PaymentRequestID: id})
//
// [VerifyRequest] verifies a notification sent to your server, and [Acknowledge] answers it as
// Antom requires.
//
// # Money
//
// Every [Amount] is in minor units: 42.00 SGD has the value 4200, 42 JPY the value 42. Use
// [ParseAmount] to parse a decimal text; never use a float.
//
// # What is never accepted
//
// Each answer is verified with Antom's public key over its exact bytes. An answer with the
// status S is returned only if its signature is valid. An unsigned F or U is reported as an
// unsigned refusal, because a gateway that does not know the client can't sign. Only one of the
// two signature headers, or a signature that does not match, is an error whatever the answer
// says. This is the rule of Antom's own SDKs since September 2026.
//
// The signature covers the path, the time and the body of an answer, but nothing of the request:
// a genuine answer about one payment verifies as the answer about another. So an answer must
// also identify its subject by the fields of its operation ([Endpoint].Names). A success without
// the first of them, or an answer with other values, is a [*BindingError]. The time of an answer
// is not checked, because clocks differ: [Response].Time contains it.
//
// # Errors
//
// A refusal is a [*ResultError], a missing or unreadable answer a [*TransportError], an invalid
// signature a [*sign.Error], an answer to another request a [*BindingError]. Each has a Hint method that says what to do. Antom sends refusals
// with HTTP 200, so a nil error means that the gateway answered S.
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
//	3P    third parties, such as plug-ins and public logs
//	INF   not documented: inferred from the others, or our own choice
//
// If sources contradict each other, a comment says so and gives the conflict a number, such as
// C4.
//
// # Compatibility
//
// Exported names keep their meaning within a major version. Fields are added as Antom documents
// them. Only the standard library is used.
package antom
