// AMSCashierPayment: the classic class, a popup or an embedded form.

const callbackNames = ['onError', 'onPaymentMethodSelected', 'onSizeChanged', 'onLog', 'onEventCallback', 'onClose', 'onBeforeSubmit', 'onChange'];
const environments = ['sandbox', 'prod', 'light_sandbox'];
const leaveTexts = {
  en: ['Leave the payment?', 'The payment is not complete. You can pay later with the same order.', 'Continue to pay', 'Leave'],
  zh: ['确定要离开吗？', '支付尚未完成。您可以稍后继续支付该订单。', '继续支付', '离开'],
};

// Component is what createComponent or mountComponent has put on the page.
class Component {
  #cashier;
  #options;
  #session;
  #popup;
  #keepBuyer = true; // ask before leaving
  #closing = null; // what the form wants to be told as an event when it is closed
  #launched;
  #before; // had the focus
  #rendered = false;

  constructor(cashier, options, session, popup) {
    Object.assign(this, { launched: new Promise((resolve) => (this.#launched = resolve)) });
    this.#cashier = cashier;
    this.#options = options;
    this.#session = session;
    this.#popup = popup;
  }

  get rendered() {
    return this.#rendered;
  }

  // show puts the container and the frame on the page. False: there is no such
  // place, and nothing was put anywhere.
  show(selector, locale, instanceId) {
    addStyles();
    const mobile = isMobile();
    const kind = mobile ? 'mobile' : 'desktop';
    this.frame = new Frame({
      path: '/component/card.html',
      id: `ams-checkout-component-${kind}`,
      instanceId,
      query: { locale, displayType: this.#popup ? 'popup' : 'inline' },
      receive: (event, data) => this.#receive(event, data),
      fail: (error) => this.#cashier.tell('onError', error),
    });
    const held = this.#popup ? element('div', { id: 'ams-component-section' }, this.frame.node) : this.frame.node;
    this.container = element('div', { id: 'ams-component-container', class: this.#popup ? `ams-component-container-${kind}` : 'ams-component-inline' }, held);
    const place = this.#popup ? document.body : document.querySelector(selector);
    if (!place) return false;
    if (this.#popup) this.#dress(locale);
    place.append(this.container);
    if (this.#options.appearance?.showLoading !== false) {
      this.loading = element('div', { id: 'ams-component-loading', class: this.#popup ? 'ams-component-loading-popup' : '', role: 'status', 'aria-label': 'Loading' });
      this.container.before(this.loading);
    }
    return true;
  }

  // dress adds what only a popup has: the curtain, the cross, the dialog, and
  // sentinels that keep the focus inside.
  #dress(locale) {
    this.#before = document.activeElement;
    this.curtain = element('div', { id: 'ams-component-mockup' });
    this.cross = element('button', { id: 'asm-component-close-block', type: 'button', 'aria-label': 'Close', hidden: '' }, '×');
    this.cross.addEventListener('click', () => this.close());
    const first = element('span', { tabindex: '0' });
    const last = element('span', { tabindex: '0' });
    first.addEventListener('focus', () => this.frame.node.focus());
    last.addEventListener('focus', () => this.cross.focus());
    for (const [name, value] of [['role', 'dialog'], ['aria-modal', 'true'], ['aria-label', 'Payment']]) this.container.setAttribute(name, value);
    this.container.prepend(first, this.cross);
    this.container.append(last);
    this.dialog = this.#leaveDialog(locale);
    document.body.append(this.curtain, this.dialog);
    this.onKey = (event) => {
      if (event.key === 'Escape' && !document.querySelector('.ams-popupmodal')) this.close();
    };
    document.addEventListener('keydown', this.onKey);
  }

  #leaveDialog(locale) {
    const [title, text, remain, leave] = /^zh/i.test(locale) ? leaveTexts.zh : leaveTexts.en;
    const heading = element('h2', { id: 'ams-component-retention-title' }, title);
    const buttons = element('div', {}, element('button', { id: 'ams-component-retention-leave', type: 'button' }, leave), element('button', { id: 'ams-component-retention-remain', type: 'button' }, remain));
    buttons.firstChild.addEventListener('click', () => this.#leave());
    buttons.lastChild.addEventListener('click', () => {
      this.dialog.hidden = true;
      this.frame.node.focus();
    });
    return element('div', { id: 'ams-component-retention', role: 'alertdialog', 'aria-modal': 'true', 'aria-labelledby': heading.id, hidden: '' }, heading, element('p', {}, text), buttons);
  }

  // render sends the form what it shows, once it is there and the gateway has
  // answered.
  render(queryResult) {
    this.#rendered = true;
    const { appearance, merchantAppointParam, notRedirectAfterComplete } = this.#options;
    this.frame.send('renderComponent', {
      queryResult,
      sessionResult: this.#session.meta,
      paymentSessionData: this.#session.gatewayData,
      heightOfVisible: window.innerHeight,
      renderDisplayType: this.#popup ? 'popup' : 'inline',
      appearance,
      merchantAppointParam,
      notRedirectAfterComplete: notRedirectAfterComplete === true,
      envInfo: { screenHeight: screen.height, screenWidth: screen.width },
    });
  }

  #receive(event, data) {
    const does = {
      onLaunch: () => this.#launched(true),
      onSizeChanged: () => this.#resize(data),
      dismissLoading: () => {
        this.#stopLoading();
        this.#cashier.tell('onEventCallback', { code: 'SDK_END_OF_LOADING', message: data?.message ?? '' });
      },
      onEventCallback: () => this.#cashier.tell('onEventCallback', data),
      onError: () => this.#cashier.tell('onError', data),
      onLog: () => this.#cashier.tell('onLog', data),
      onPaymentMethodSelected: () => this.#cashier.tell('onPaymentMethodSelected', data),
      onRedirect: () => this.#redirect(data),
      submitForm: () => this.#submitForm(data),
      popupWindow: () => this.frame.accompany(openModal(data.url)),
      popWindow: () => closeModal(),
      onClose: () => this.close(),
      showCloseButton: () => this.cross && (this.cross.hidden = false),
      hideCloseButton: () => this.cross && (this.cross.hidden = true),
      setAllowRetention: () => (this.#keepBuyer = data === true),
      declareEventCallbackInfo: () => (this.#closing = data?.popWindowEventInfo),
      beforeSubmit: () => this.#beforeSubmit(data),
    };
    if (Object.hasOwn(does, event)) does[event]();
  }

  #resize(data) {
    if (!(data?.height > 1)) return;
    const height = `${data.height}px`;
    Object.assign(this.container.style, { height });
    this.frame.node.style.height = height;
    const shown = this.frame.node.classList.contains('ams-component-frame-shown');
    this.frame.node.classList.add('ams-component-frame-shown');
    this.#stopLoading();
    if (this.#popup && !shown) this.frame.node.focus();
    this.#cashier.tell('onSizeChanged', data);
  }

  #stopLoading() {
    this.loading?.remove();
  }

  async #beforeSubmit(data) {
    let answer = { result: 'IGNORE' };
    if (this.#cashier.has('onBeforeSubmit')) {
      try {
        answer = await this.#cashier.tell('onBeforeSubmit', data);
      } catch {
        answer = { result: 'ERROR' };
      }
    }
    this.frame.send('beforeSubmitDone', answer, randomId());
  }

  #redirect(data) {
    const { normalUrl = '', target, isDestroy = true } = typeof data === 'string' ? { normalUrl: data } : data;
    if (!normalUrl) {
      this.#cashier.tell('onEventCallback', { code: 'SDK_LAUNCH_PAYMENT_APP_ERROR', message: 'Failed to open app: no URL' });
      return;
    }
    this.#cashier.tell('onEventCallback', { code: 'SDK_CALL_URL_SUCCESS', message: `Successfully opened the app,NormalUrl: ${normalUrl}` });
    if (target === '_blank') {
      window.open(normalUrl, '_blank', 'noopener');
      return;
    }
    if (isDestroy && target !== '_replace') this.remove();
    leaveTo(normalUrl, target === '_replace');
  }

  #submitForm({ attributes: { action, data } }) {
    const form = element('form', { action, method: 'post', hidden: '' });
    for (const [name, value] of Object.entries(data)) form.append(element('input', { type: 'hidden', name, value }));
    document.body.append(form);
    form.submit();
  }

  // close asks the buyer first, unless the form has said not to.
  close() {
    if (this.#keepBuyer && this.dialog) {
      this.dialog.hidden = false;
      this.dialog.querySelector('#ams-component-retention-remain').focus();
      return;
    }
    this.#leave();
  }

  #leave() {
    this.#cashier.forget(this);
    this.remove();
    this.#cashier.tell('onClose', {});
    if (this.#closing?.enableCallback) {
      this.#cashier.tell('onEventCallback', { code: this.#closing.eventName, result: { result: this.#closing.eventResult ?? {} } });
    }
  }

  // remove takes everything off the page; a promise that waits for the form
  // resolves.
  remove() {
    this.#launched(true);
    this.frame.remove();
    document.removeEventListener('keydown', this.onKey);
    for (const node of [this.container, this.loading, this.curtain, this.dialog]) node?.remove();
    closeModal();
    this.#before?.focus?.();
    this.#cashier.forget(this);
  }
}

class AMSCashierPayment {
  #options;
  #instanceId = randomId();
  #component = null;

  constructor(options = {}) {
    for (const name of callbackNames) {
      if (options[name] && typeof options[name] !== 'function') throw new Error('Parameter type should be function');
    }
    if (options.environment && !environments.includes(options.environment)) {
      console.warn(`AMSCashierPayment: environment ${options.environment} is unknown; the real SDK takes it for prod. Known are ${environments.join(', ')}`);
    }
    this.#options = options;
  }

  // preload is there to be called: the emulator is near.
  static preload() {}

  // canMakePayments: cards are all that the emulator has.
  canMakePayments(method) {
    return Promise.resolve(method === undefined || method === 'CARD');
  }

  createComponent(params) {
    return this.#launch(params, true);
  }

  mountComponent(params, selector) {
    return this.#launch(params, false, selector);
  }

  #refuse(error) {
    this.tell('onError', error);
    return Promise.reject(error);
  }

  async #launch(params = {}, popup, selector) {
    const data = params?.sessionData || params?.paymentSessionData;
    if (!data) return this.#refuse(failures.parameter);
    const session = readSession(data);
    if (session && session.scene.startsWith('ELEMENT_') && popup) return this.#refuse(failures.popup);
    if (!session?.scene) return this.#refuse(failures.session);
    if (this.#component) return this.#refuse(failures.single);
    this.#component = new Component(this, params, session, popup);
    this.tell('onEventCallback', { code: 'SDK_START_OF_LOADING' });
    return this.#bringUp(this.#component, session, selector);
  }

  async #bringUp(component, session, selector) {
    if (!component.show(selector, this.#options.locale ?? '', this.#instanceId)) {
      this.#component = null;
      throw failures.timeout;
    }
    const asking = this.#query(session);
    if (!(await within(component.launched, launchTimeout, false))) {
      component.remove();
      this.tell('onError', failures.timeout);
      this.tell('onEventCallback', failures.timeout);
      throw failures.timeout;
    }
    const answer = await asking;
    if (this.#component !== component) return;
    component.render(answer);
    if (answer.success === false && answer.errorActions?.showType === 'NONE') {
      component.remove();
      throw { code: 'SDK_CREATECOMPONENT_ERROR', message: answer.errorMessage };
    }
  }

  // query asks for the session's state. What is wrong with it is told on both
  // channels, and the form shows it.
  async #query(session) {
    try {
      const answer = await queryGateway(session.gatewayData);
      if (answer.success === false) this.#tellBoth({ code: 'SDK_CREATECOMPONENT_ERROR', message: answer.errorMessage });
      return answer;
    } catch {
      this.#tellBoth(failures.network);
      return { success: false, errorMessage: failures.network.message };
    }
  }

  #tellBoth(error) {
    this.tell('onError', error);
    this.tell('onEventCallback', error);
  }

  // submit resolves with what the form answers, and never if it answers nothing.
  submit(data) {
    if (!this.#component) return Promise.reject(new Error('Component not created: call createComponent or mountComponent first'));
    return this.#component.frame.ask('submitPay', data);
  }

  validateFields() {
    if (!this.#component?.rendered) return Promise.resolve({ isValid: false });
    return within(this.#component.frame.ask('validateFields', {}), launchTimeout, { isValid: false }).then((answer) => ({ isValid: answer?.isValid === true }));
  }

  unmount() {
    this.#component?.remove();
    this.#component = null;
  }

  // has, tell and forget are for the component.
  has(name) {
    return typeof this.#options[name] === 'function';
  }

  tell(name, data) {
    return this.#options[name]?.(data);
  }

  forget(component) {
    if (this.#component === component) this.#component = null;
  }
}
