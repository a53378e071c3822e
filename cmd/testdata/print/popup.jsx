// <Checkout session={…} onResult={…} /> shows the form. session is what your server got
// from createPaymentSession; onResult has your server ask inquiryPayment: what the page
// hears is a hint. The script belongs into index.html:
// <script src="http://127.0.0.1:4300/sdk/ams-checkout.js"></script>

import { useEffect } from 'react';

export function Checkout({ session, onResult, onMessage }) {
  const { paymentSessionData: sessionData } = session;

  useEffect(() => {
    const say = onMessage;
    const tellResult = onResult;
    const over = ['SDK_PAYMENT_SUCCESSFUL', 'SDK_PAYMENT_PROCESSING', 'SDK_PAYMENT_FAIL', 'SDK_PAYMENT_ERROR'];
    const options = {
      environment: 'sandbox',
      onEventCallback: ({ code }) => {
        if (over.includes(code)) tellResult();
        if (code === 'SDK_PAYMENT_CANCEL') say('You have not paid.');
      },
      onError: ({ code, message }) => say(message ?? code), // a bad session is told here only
    };

    const sdk = new window.AMSCashierPayment(options);
    const params = {
      appearance: {
        showLoading: false,
      },
      notRedirectAfterComplete: true,
    };
    sdk.createComponent({ sessionData, ...params }).catch((error) => say(error.message ?? error.code));
    return () => sdk.unmount();
  }, [sessionData]); // one session is one form: a new session makes a new one

  return (
    <>
      <div id="form" />
    </>
  );
}
