// The page of the shop: it asks the server for a session, shows Antom's form for
// it, and goes to the result page, which asks the server what is true.

const $ = (id) => document.getElementById(id);
const settings = await (await fetch('/settings')).json();
let payment = null;
let orderId = '';

function say(text) {
  $('message').textContent = text;
}

// loadSDK loads Antom's script once.
const loadSDK = (() => {
  let loading;
  return () => {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = settings.sdkUrl;
      script.onload = resolve;
      script.onerror = () => reject(new Error('the payment form could not be loaded'));
      document.head.append(script);
    });
    return loading;
  };
})();

// onEvent is told by the SDK what happens. Only the server knows what is true.
function onEvent({ code, result }) {
  switch (code) {
    case 'SDK_PAYMENT_SUCCESSFUL':
    case 'SDK_PAYMENT_PROCESSING':
      location.assign(`/paid?order=${orderId}`);
      break;
    case 'SDK_PAYMENT_FAIL':
    case 'SDK_PAYMENT_ERROR':
      over(`The payment did not succeed (${result?.paymentResultCode ?? code}). Please try again.`);
      break;
    case 'SDK_PAYMENT_CANCEL':
      over('You have not paid. The coffee is still here.');
      break;
    case 'SDK_FORM_VERIFICATION_FAILED':
      say('Please check the card data.');
      break;
    case 'SDK_SUBMIT_NETWORK_ERROR':
      say('The connection was lost. Please try again.');
      break;
  }
}

function over(text) {
  payment?.unmount();
  payment = null;
  $('submit').hidden = true;
  say(text);
}

// pay makes a new session for every attempt: a new paymentRequestId each time.
async function pay(embedded) {
  over('');
  try {
    await loadSDK();
    const response = await fetch('/orders', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ threeDS: $('three-ds').checked }) });
    if (!response.ok) throw new Error('the order could not be made');
    const order = await response.json();
    orderId = order.orderId;
    payment = new window.AMSCashierPayment({
      environment: settings.environment,
      locale: 'en_US',
      onEventCallback: onEvent,
      onError: ({ code, message }) => say(`The form can't be shown: ${message ?? code}`), // a bad session is told here only
    });
    const params = { sessionData: order.paymentSessionData, notRedirectAfterComplete: true };
    if (!embedded) return await payment.createComponent(params);
    await payment.mountComponent({ ...params, appearance: { showSubmitButton: false } }, '#form');
    $('submit').hidden = false;
  } catch (error) {
    say(error.message ?? error.code);
  }
}

const { description, amount } = settings.product;
$('name').textContent = description;
$('price').textContent = new Intl.NumberFormat('en', { style: 'currency', currency: amount.currency }).format(Number(amount.value) / 100);
$('buy').addEventListener('click', () => pay(false));
$('buy-here').addEventListener('click', () => pay(true));
$('submit').addEventListener('click', () => payment?.submit());
for (const id of ['buy', 'buy-here']) $(id).disabled = false; // from here on a click is heard
