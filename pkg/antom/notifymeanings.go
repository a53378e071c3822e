package antom

import "slices"

// NotifyMeaning is a row of the table of notification types.
type NotifyMeaning struct {
	Type    NotifyType
	Field   string // the field of the body that holds the type
	Meaning string
	Action  string // what the receiver should do, after it has stored and acknowledged it
	Source  string // G24, J24: pages of spring 2024; SDK: only in Antom's SDKs
}

// notifyMeanings are the types of notifications. Sorted by type.
var notifyMeanings = [...]NotifyMeaning{
	{NotifyAuthCodeCreated, "authorizationNotifyType", "the buyer agreed, and an authorisation code was made", "exchange the code for a token with applyToken", "J24"},
	{NotifyCaptureResult, "notifyType", "a capture is final: result tells whether it succeeded", "ship after S; after F read the result code", "J24"},
	{NotifyDefenseDueAlert, "disputeNotificationType", "the time to defend a dispute is about to end", "supply the documents before defenseDueTime", "J24"},
	{NotifyDefenseSupplied, "disputeNotificationType", "the documents of a defence were received", "wait for the judgement", "J24"},
	{NotifyDisputeAccepted, "disputeNotificationType", "the dispute was accepted: the buyer gets the money back", "do not refund the payment again", "SDK"},
	{NotifyDisputeCancelled, "disputeNotificationType", "the dispute was cancelled", "nothing is left to do", "J24"},
	{NotifyDisputeCreated, "disputeNotificationType", "a buyer disputes a payment", "accept it, or supply documents before defenseDueTime", "J24"},
	{NotifyDisputeJudged, "disputeNotificationType", "the dispute was judged", "read who won in disputeJudgedResult", "J24"},
	{NotifyPaymentPending, "notifyType", "the buyer is done, and the result is awaited", "do not ship: wait for PAYMENT_RESULT", "G24"},
	{NotifyPaymentResult, "notifyType", "a payment is final: S is paid, F is failed", "compare paymentAmount with your order; ship only after S", "G24"},
	{NotifyRDRResolved, "disputeNotificationType", "a dispute was settled by the scheme's rules (Rapid Dispute Resolution)", "do not refund the payment again", "SDK"},
	{NotifyRefundResult, "notifyType", "a refund is final: result tells whether it succeeded", "tell the buyer after S; after F read the result code", "J24"},
	{NotifyTokenCancelled, "authorizationNotifyType", "the buyer withdrew the agreement", "forget the token", "J24"},
	{NotifyTokenCreated, "authorizationNotifyType", "a token was made", "store the token", "J24"},
	{NotifyUpdateAmount, "notifyType", "an authorised amount was changed", "capture no more than the new amount", "SDK"},
}

// NotifyMeanings returns the table of notification types, sorted by type.
func NotifyMeanings() []NotifyMeaning { return slices.Clone(notifyMeanings[:]) }
