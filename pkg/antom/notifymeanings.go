package antom

import "slices"

// NotifyMeaning is a row of the table of notification types.
type NotifyMeaning struct {
	Type    NotifyType
	Field   string // the field of the body that holds the type
	Meaning string
	Action  string // what the receiver should do after storing and acknowledging it
	Source  string // G24, J24: pages of spring 2024; SDK: only in Antom's SDKs
}

// notifyMeanings are the types of notifications. Sorted by type.
var notifyMeanings = [...]NotifyMeaning{
	{NotifyAuthCodeCreated, "authorizationNotifyType", "the buyer agreed, and an authorisation code was created", "exchange the code for a token with applyToken", "J24"},
	{NotifyCaptureResult, "notifyType", "a capture is final: result tells whether it succeeded", "ship after S; after F check the result code", "J24"},
	{NotifyDefenseDueAlert, "disputeNotificationType", "the deadline for defending a dispute is near", "supply the documents before defenseDueTime", "J24"},
	{NotifyDefenseSupplied, "disputeNotificationType", "the documents of the defence were received", "wait for the judgement", "J24"},
	{NotifyDisputeAccepted, "disputeNotificationType", "the dispute was accepted: the buyer gets the money back", "do not refund the payment again", "SDK"},
	{NotifyDisputeCancelled, "disputeNotificationType", "the dispute was cancelled", "there is nothing to do", "J24"},
	{NotifyDisputeCreated, "disputeNotificationType", "a buyer disputes a payment", "accept it, or supply documents before defenseDueTime", "J24"},
	{NotifyDisputeJudged, "disputeNotificationType", "the dispute was judged", "disputeJudgedResult contains the decision", "J24"},
	{NotifyPaymentPending, "notifyType", "the buyer has finished, and the result is pending", "do not ship: wait for PAYMENT_RESULT", "G24"},
	{NotifyPaymentResult, "notifyType", "a payment is final: S is paid, F is failed", "compare paymentAmount with your order; ship only after S", "G24"},
	{NotifyRDRResolved, "disputeNotificationType", "a dispute was settled by the scheme's rules (Rapid Dispute Resolution)", "do not refund the payment again", "SDK"},
	{NotifyRefundResult, "notifyType", "a refund is final: result tells whether it succeeded", "tell the buyer after S; after F check the result code", "J24"},
	{NotifyTokenCancelled, "authorizationNotifyType", "the buyer withdrew the agreement", "delete the token", "J24"},
	{NotifyTokenCreated, "authorizationNotifyType", "a token was created", "store the token", "J24"},
	{NotifyUpdateAmount, "notifyType", "an authorised amount was changed", "capture no more than the new amount", "SDK"},
}

// NotifyMeanings returns the table of notification types, sorted by type.
func NotifyMeanings() []NotifyMeaning { return slices.Clone(notifyMeanings[:]) }
