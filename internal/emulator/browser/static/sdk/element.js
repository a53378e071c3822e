// AMSElement: the Payment Element, an embedded form whose payment the page
// starts itself and whose result is the value of a promise.

const mountTimeout = 10_000;
const cannot = 'An error occurred. The transaction cannot be initiated.';
const elementFailures = {
  parameter: { code: 'PARAM_INVALID', message: cannot },
  state: { code: 'UI_STATE_ERROR', message: cannot },
  api: { code: 'INITIALIZE_API_TIMEOUT', message: cannot },
  web: { code: 'INITIALIZE_WEB_TIMEOUT', message: 'An error occurred; the transaction cannot be initiated.' },
  shape: { code: 'ERR_DATA_STRUCT_UNRECOGNIZED', message: cannot },
};

class AMSElement {
  #options;
  #instanceId = `${randomId()}-payment`;
  #frame = null;
  #ready = false;
  #loading = false;
  #mounted = () => {};
  #launched = () => {};
  #updated = null;

  constructor(options = {}) {
    this.#options = options;
  }

  #tell({ code, message = '', result }) {
    this.#options.onEventCallback?.({ code, message, result });
  }

  #setLoading(on) {
    if (on === this.#loading) return;
    this.#loading = on;
    const { onStartLoading, onEndLoading } = this.#options.loading ?? {};
    if (on) onStartLoading?.();
    else onEndLoading?.();
  }

  // mount resolves with {} once the form can be seen, and with {error} if it
  // can't be shown. It never rejects.
  mount(options = {}, selector) {
    const place = document.querySelector(selector);
    if (!place || this.#frame) {
      this.#tell({ code: 'SDK_CREATE_COMPONENT_ERROR', message: place ? 'The element is mounted already' : `No element matches ${selector}` });
      return Promise.resolve({ error: elementFailures.state });
    }
    const session = readSession(this.#options.sessionData);
    if (session?.scene !== 'ELEMENT_PAYMENT' || (options.type ?? 'payment') !== 'payment') {
      this.#tell({ code: 'SDK_CREATEPAYMENT_PARAMETER_ERROR', message: 'Initialization parameter exception.' });
      return Promise.resolve({ error: elementFailures.parameter });
    }
    this.#setLoading(true);
    return this.#bringUp(options, session, place);
  }

  async #bringUp(options, session, place) {
    addStyles();
    const mounted = new Promise((resolve) => (this.#mounted = resolve));
    const launched = new Promise((resolve) => (this.#launched = resolve));
    this.#frame = new Frame({
      path: '/component/element.html',
      id: `ams-checkout-component-${isMobile() ? 'mobile' : 'desktop'}`,
      instanceId: this.#instanceId,
      query: { locale: this.#options.locale ?? '', displayType: 'inline' },
      receive: (event, data) => this.#receive(event, data),
      fail: () => {},
    });
    place.append(this.#frame.node);
    const shown = this.#show(options, session, launched).then((error) => error && this.#giveUp(error));
    const result = await within(Promise.race([mounted, shown.then((error) => error ?? mounted)]), mountTimeout, null);
    if (result) return result;
    this.#tell({ code: 'SDK_LAUNCH_PAYMENT_APP_ERROR', message: 'Load app time out' });
    return this.#giveUp(elementFailures.web);
  }

  // show sends the form what it shows. It returns what the gateway has against
  // the session, if anything.
  async #show(options, session, launched) {
    let queryResult;
    try {
      queryResult = await queryGateway(session.gatewayData);
    } catch {
      this.#tell({ code: 'SDK_LAUNCH_PAYMENT_APP_ERROR', message: 'Failed to launch app' });
      return elementFailures.api;
    }
    await launched;
    this.#frame?.send('renderComponent', {
      heightOfVisible: window.innerHeight,
      paymentSessionData: this.#options.sessionData,
      queryResult,
      sessionResult: session.meta,
      envInfo: { screenHeight: screen.height, screenWidth: screen.width },
      appearance: options.appearance ?? this.#options.appearance,
      notRedirectAfterComplete: options.notRedirectAfterComplete,
      merchantAppointParam: options.merchantAppointParam,
    });
    if (queryResult.success !== false) return null;
    this.#mounted({ error: { code: queryResult.errorCode, message: queryResult.errorMessage, traceId: '' } });
    return null;
  }

  #giveUp(error) {
    this.#setLoading(false);
    this.#take();
    return { error };
  }

  #receive(event, data) {
    const does = {
      onLaunch: () => this.#launched(),
      onSizeChanged: () => this.#resize(data),
      webAppReady: () => this.#appear(data),
      onEventCallback: () => this.#tell(data),
      onRedirect: () => this.#redirect(data),
      onDestroy: () => this.destroy(),
      popupWindow: () => this.#frame.accompany(openModal(data.url)),
      popWindow: () => closeModal(),
      updated: () => this.#updated?.(data?.success === true),
    };
    if (Object.hasOwn(does, event)) does[event]();
  }

  #appear(data) {
    if (data?.source !== 'payment') return;
    this.#ready = true;
    this.#setLoading(false);
    this.#mounted({});
  }

  #resize(data) {
    if (!(data?.height > 1)) return;
    this.#frame.node.style.height = `${data.height}px`;
    this.#frame.node.classList.add('ams-component-frame-shown');
    this.#appear(data);
  }

  #redirect({ normalUrl, target } = {}) {
    if (!normalUrl) return;
    this.#tell({ code: 'SDK_CALL_URL_SUCCESS', message: `Successfully opened the app,NormalUrl: ${normalUrl}` });
    leaveTo(normalUrl, target === '_replace');
  }

  // submitPayment resolves with {status, error?}; it never rejects.
  async submitPayment() {
    if (!this.#ready) return { status: 'FAIL', error: { ...elementFailures.state, needChangeSessionForRetry: false } };
    this.#setLoading(true);
    try {
      const answer = await this.#frame.ask('submitPay', { params: {}, target: 'PAYMENT_ELEMENT', source: 'CONTAINER_ELEMENT' });
      if (answer instanceof Object) return answer;
      return { status: 'FAIL', error: { ...elementFailures.shape } };
    } finally {
      this.#setLoading(false);
    }
  }

  async validateFields() {
    if (!this.#ready) return { isValid: false };
    const answer = await this.#frame.ask('onValidate', { params: {}, target: 'PAYMENT_ELEMENT', source: 'CONTAINER_ELEMENT' });
    return { isValid: answer?.isValid === true };
  }

  // updatePayment puts another session behind the same form, and resolves with
  // whether the form took it.
  async updatePayment(sessionData) {
    const session = readSession(sessionData);
    if (!this.#ready || session?.scene !== 'ELEMENT_PAYMENT' || sessionData === this.#options.sessionData) return false;
    const answer = await queryGateway(session.gatewayData).catch(() => ({ success: false }));
    const updated = new Promise((resolve) => (this.#updated = resolve));
    this.#frame.send('updatePayment', { queryResult: answer, paymentSessionData: sessionData });
    const taken = await updated;
    if (taken) this.#options.sessionData = sessionData;
    return taken;
  }

  #take() {
    this.#frame?.remove();
    this.#frame = null;
    this.#ready = false;
    closeModal();
  }

  destroy() {
    this.#take();
    this.#setLoading(false);
  }
}
