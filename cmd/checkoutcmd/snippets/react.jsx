// <Checkout session={…} onResult={…} /> shows the form. session is what your server got
// from createPaymentSession; onResult has your server ask inquiryPayment: what the page
// hears is a hint. The script belongs into index.html:
// <script src="__SDK_URL__"__INTEGRITY__></script>

import { __HOOKS__ } from 'react';

export function Checkout({ session, onResult, onMessage }) {
__PAY__  const { paymentSessionData: sessionData } = session;

  useEffect(() => {
    const say = onMessage;
    const tellResult = onResult;
__HEARING__

__MOUNT__
    return () => sdk.__REMOVE__();
  }, [sessionData]); // one session is one form: a new session makes a new one

  return (
    <>
      <div id="form" />
__BUTTON__    </>
  );
}
