package emulator

// Where the links lead that a shop sends its buyer to. In the process of a command
// they lead nowhere: nobody listens.
const (
	checkoutPath  = "/checkout/" // id of the session: normalUrl of createPaymentSession
	challengePath = "/3ds/"      // paymentId: redirectActionForm of inquiryPayment
)
