// What a page finds, under the names of the real script.

Object.assign(window, { AMSCashierPayment, AMSElement });
