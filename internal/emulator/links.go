package emulator

// The targets of the links to which a shop sends its buyer. In the process of a command nobody
// listens there.
const (
	checkoutPath  = "/checkout/" // session id: normalUrl of createPaymentSession
	challengePath = "/3ds/"      // paymentId: redirectActionForm of inquiryPayment
)
