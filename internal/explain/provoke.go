package explain

// checkoutCommand opens the emulator's card form in the browser, where its test cards are
// a click away.
const checkoutCommand = "antom checkout --profile emulator --amount 42.00 --currency SGD"

// sdkWays are ways to make the web SDK send a code with the emulator's form. Other codes come
// from wallets or from Antom's own form. Sorted by code.
var sdkWays = [...]struct {
	code string
	ways []string
}{
	{"FORM_INVALID", []string{checkoutCommand + " --element   # submit the empty form"}},
	{"REPEAT_REQ_REJECT", []string{"antom emulator fault add submit:1=latency:3s   # submit twice in a Payment Element"}},
	{"SDK_CALL_URL_SUCCESS", []string{checkoutCommand + "   # choose the card that asks the bank on a page of its own"}},
	{"SDK_CREATECOMPONENT_ERROR", []string{"antom emulator fault add form:1=status:503   # then open the form"}},
	{"SDK_CREATEPAYMENT_PARAMETER_ERROR", []string{"antom session inspect \"$data\"   # pass three of its four parts to createComponent"}},
	{"SDK_DUPLICATE_SUBMISSION_BEHAVIOR", []string{"antom emulator fault add submit:1=latency:3s   # submit twice"}},
	{"SDK_END_OF_LOADING", []string{checkoutCommand}},
	{"SDK_FORM_VERIFICATION_FAILED", []string{checkoutCommand + "   # submit the empty form"}},
	{"SDK_PAYMENT_CANCEL", []string{"antom emulator fault add submit:1=cancelled   # then pay", checkoutCommand + "   # close the form"}},
	{"SDK_PAYMENT_CHALLENGE", []string{checkoutCommand + " --three-ds   # choose the card that succeeds"}},
	{"SDK_PAYMENT_FAIL", []string{checkoutCommand + "   # choose the card that is declined"}},
	{"SDK_PAYMENT_PROCESSING", []string{checkoutCommand + "   # choose the card whose result comes later"}},
	{"SDK_PAYMENT_SUCCESSFUL", []string{checkoutCommand + "   # choose the card that succeeds"}},
	{"SDK_START_OF_LOADING", []string{checkoutCommand}},
	{"SDK_SUBMIT_NETWORK_ERROR", []string{"antom emulator fault add submit:1-2=reset   # then pay"}},
	{"UI_STATE_ERROR", []string{checkoutCommand + " --element   # call submitPayment before mount"}},
}

func sdkWaysOf(code string) []string {
	for _, row := range sdkWays {
		if row.code == code {
			return row.ways
		}
	}
	return nil
}
