// A merchant's page for the tests: it shows the form as its settings say, and
// tells the test all that it hears, in order.

const id = location.pathname.split('/').pop();
let seq = 0;

function tell(kind, data) {
  const body = JSON.stringify({ seq: seq++, kind, data: data === undefined ? null : data });
  fetch(`/told/${id}`, { method: 'POST', keepalive: true, body });
}

const plain = (error) => (error instanceof Error ? { message: error.message } : error);

addEventListener('securitypolicyviolation', (event) => tell('csp', `${event.violatedDirective} ${event.blockedURI}`));
addEventListener('error', (event) => tell('page-error', event.message));
addEventListener('unhandledrejection', (event) => tell('page-rejection', String(event.reason?.message ?? event.reason)));

const settings = await (await fetch(`/settings/${id}`)).json();
await new Promise((resolve, reject) => {
  const script = document.createElement('script');
  script.src = settings.sdkUrl;
  script.onload = resolve;
  script.onerror = reject;
  document.head.append(script);
});

const hear = (kind) => (data) => tell(kind, data);

function cashier() {
  window.AMSCashierPayment.preload?.({ environment: 'sandbox' });
  const sdk = new window.AMSCashierPayment({
    environment: 'sandbox',
    locale: settings.locale,
    onEventCallback: hear('event'),
    onError: hear('error'),
    onClose: hear('close'),
    onLog: hear('log'),
  });
  const params = { sessionData: settings.sessionData, notRedirectAfterComplete: !settings.redirect, ...settings.params };
  if (settings.link) params.elementProps = { elementLink: settings.link };
  const shown = settings.popup ? sdk.createComponent(params) : sdk.mountComponent(params, '#here');
  shown.then(() => tell('shown'), (error) => tell('not-shown', plain(error)));
  window.pay = (data) => sdk.submit(data).then(hear('submitted'), (error) => tell('not-submitted', plain(error)));
  window.check = () => sdk.validateFields().then(hear('validated'));
  window.unmount = () => sdk.unmount();
  window.can = (...asked) => sdk.canMakePayments(...asked).then(hear('can'), (error) => tell('can-not', plain(error)));
  window.again = () => sdk.createComponent(params).then(() => tell('shown'), (error) => tell('not-shown', plain(error)));
}

async function element() {
  const sdk = new window.AMSElement({
    environment: 'sandbox',
    locale: settings.locale,
    sessionData: settings.sessionData,
    onEventCallback: hear('event'),
    loading: { onStartLoading: () => tell('loading'), onEndLoading: () => tell('loaded') },
  });
  window.pay = () => sdk.submitPayment().then(hear('submitted'), (error) => tell('not-submitted', plain(error)));
  window.check = () => sdk.validateFields().then(hear('validated'));
  window.unmount = () => { sdk.destroy(); tell('destroyed'); };
  window.update = (data) => sdk.updatePayment(data).then(hear('updated'), (error) => tell('not-updated', plain(error)));
  window.mount = () => sdk.mount(options, '#here').then(hear('mounted'), (error) => tell('not-mounted', plain(error)));
  const options = { type: 'payment', appearance: { theme: 'default' }, notRedirectAfterComplete: !settings.redirect, ...settings.params };
  if (settings.link) options.debugProps = { isDebug: true, localLink: settings.link, local_mock: true };
  if (settings.payFirst) await window.pay();
  window.mount();
}

if (settings.element) await element();
else cashier();
