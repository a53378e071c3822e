// The start of the form: inside the SDK's frame (card.html, element.html) or as
// the hosted page (/checkout/…).

import * as api from './api.js';
import { Checkout } from './flow.js';
import { FrameShell, PageShell } from './shell.js';
import { View } from './view.js';

const query = new URLSearchParams(location.search);
const product = { '/component/card.html': 'card', '/component/element.html': 'element' }[location.pathname] ?? 'page';
const shell = product === 'page' ? new PageShell() : new FrameShell(query.get('instanceId') ?? '');
let checkout = null;

const view = new View({ onPay: () => checkout?.pay(), onTouched: () => {} });
view.speak(query.get('locale') || (product === 'page' ? navigator.language : ''));

// reportSize tells the page around how high the form is; a popup is no higher
// than the window.
function reportSize(limit) {
  const tell = () => {
    const wanted = Math.ceil(document.getElementById('sheet').getBoundingClientRect().height);
    const height = limit ? Math.min(wanted, limit) : wanted;
    document.body.classList.toggle('scrolls', height < wanted);
    shell.send('onSizeChanged', { height, width: product === 'card' && limit ? 480 : undefined, source: 'payment' });
  };
  new ResizeObserver(tell).observe(document.getElementById('sheet'));
}

// elementResult is what submitPayment of the Payment Element resolves with.
function elementResult(told) {
  const statuses = { SDK_PAYMENT_SUCCESSFUL: 'SUCCESS', SDK_PAYMENT_PROCESSING: 'PROCESSING', SDK_PAYMENT_CANCEL: 'CANCELLED', SDK_CALL_URL_SUCCESS: 'PENDING' };
  const status = statuses[told.code] ?? 'FAIL';
  const result = { status };
  if (told.answer?.abandoned) result.userCanceled3D = true;
  if (status === 'FAIL') {
    const { answer } = told;
    const code = answer?.paymentResultCode ?? { SDK_FORM_VERIFICATION_FAILED: 'FORM_INVALID', SDK_DUPLICATE_SUBMISSION_BEHAVIOR: 'REPEAT_REQ_REJECT' }[told.code] ?? 'UNKNOWN_EXCEPTION';
    result.error = { code, message: answer?.paymentResultMessage ?? '', needChangeSessionForRetry: Boolean(answer) && !answer.retry };
  }
  return result;
}

function refuse(message) {
  view.outcome({ kind: 'bad', title: view.texts.unusable, text: message, code: '' });
}

// render shows the session, once the page around has said what it wants.
async function render({ paymentSessionData, queryResult, appearance = {}, merchantAppointParam, notRedirectAfterComplete, renderDisplayType, heightOfVisible }) {
  const kind = product === 'element' ? 'inline' : (renderDisplayType ?? 'page');
  view.dress(appearance ?? {}, kind);
  reportSize(kind === 'popup' ? Math.max(320, heightOfVisible - 32) : 0);
  const session = typeof paymentSessionData === 'string' ? { paymentSessionData } : paymentSessionData;
  await open({ session, stay: notRedirectAfterComplete === true || product === 'element', needCVV: merchantAppointParam?.storedCard?.needCVV === true, showButton: product !== 'element' && (kind !== 'inline' || appearance?.showSubmitButton === true), known: queryResult });
  if (kind === 'popup') shell.send('showCloseButton', {});
  if (product !== 'page') shell.send('dismissLoading', {});
  if (product === 'element') shell.send('webAppReady', { source: 'payment' });
}

async function open({ session, stay, needCVV, showButton, known }) {
  const answer = await api.session(session).catch((failure) => ({ success: false, errorMessage: failure.refusal ?? view.texts.network }));
  if (!answer.success) {
    refuse(answer.errorMessage);
    shell.send('setAllowRetention', false);
    if (!known || known.success !== false) shell.event('SDK_CREATECOMPONENT_ERROR', undefined);
    return;
  }
  checkout = new Checkout({ shell, view, session, stay, product });
  view.order(answer);
  view.ask({ stored: answer.stored, needCVV, brands: answer.brands, showButton, samples: answer.samples });
  shell.send('declareEventCallbackInfo', { popWindowEventInfo: { enableCallback: true, eventName: 'SDK_PAYMENT_CANCEL' } });
}

shell.on('renderComponent', (data) => render(data));
shell.on('submitPay', async (data, id) => {
  if (!checkout) return; // submit() hangs, as it does where the real form shows an error
  if (product === 'card') await checkout.pay(data?.billingAddress, id);
  else shell.send('onSubmitPayCallback', elementResult(await checkout.pay()), id);
});
shell.on('validateFields', (_, id) => shell.send('validateFieldsResult', { isValid: checkout !== null && view.validate() }, id));
shell.on('onValidate', (_, id) => shell.send('onValidateCallback', { isValid: checkout !== null && view.validate() }, id));
shell.on('updatePayment', async ({ paymentSessionData }) => {
  const answer = await api.session({ paymentSessionData }).catch(() => ({ success: false }));
  if (answer.success) {
    checkout = new Checkout({ shell, view, session: { paymentSessionData }, stay: true, product });
    view.order(answer);
  }
  shell.send('updated', { success: answer.success });
});

if (product === 'page') {
  document.body.classList.add('page');
  render({ paymentSessionData: { checkoutId: location.pathname.split('/').pop() } });
} else {
  shell.send('onLaunch', {});
}

window.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && product === 'card' && document.body.classList.contains('popup')) shell.send('onClose', {});
});
