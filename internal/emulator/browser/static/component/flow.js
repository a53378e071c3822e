// From the click to the result: what is sent, what is asked again, which events
// the merchant's page gets in which order. The codes are those of Antom's guide;
// the order is what integrators see of the real form.

import * as api from './api.js';

const patience = 20_000; // how long a result is waited for before the buyer is told that it comes later
const betweenPolls = 400;

// outcomes say what is told of a payment's state, to the page and to the buyer.
const outcomes = {
  SUCCESS: { code: 'SDK_PAYMENT_SUCCESSFUL', kind: 'good', title: 'paid', text: 'paidText', leaves: true },
  PROCESSING: { code: 'SDK_PAYMENT_PROCESSING', kind: 'wait', title: 'processing', text: 'processingText', leaves: true },
  PENDING: { code: 'SDK_PAYMENT_PROCESSING', kind: 'wait', title: 'processing', text: 'processingText', leaves: true },
  FAIL: { code: 'SDK_PAYMENT_FAIL', kind: 'bad', title: 'failed', text: 'failedText' },
  CANCELLED: { code: 'SDK_PAYMENT_CANCEL', kind: 'bad', title: 'cancelled', text: 'cancelledText' },
  ERROR: { code: 'SDK_PAYMENT_ERROR', kind: 'bad', title: 'error', text: 'failedText' },
};

const randomId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// resultOf is the result that an event carries.
function resultOf(answer) {
  const { status, paymentResultCode, paymentResultMessage, redirectUrl } = answer;
  const result = { paymentStatus: status, paymentResultCode, paymentResultMessage };
  if (redirectUrl) result.redirectUrls = { normalUrl: redirectUrl };
  return result;
}

export class Checkout {
  #shell;
  #view;
  #session;
  #stay; // notRedirectAfterComplete
  #busy = false;
  #ended = false;
  #attempt = null; // id of the click, until it is answered
  #asked; // id of the submit() under way

  constructor({ shell, view, session, stay, product }) {
    this.#shell = shell;
    this.#view = view;
    this.#session = session;
    this.#stay = stay;
    this.product = product;
  }

  // pay resolves with what came of it: {code, message, result}. The last event
  // carries the id of the submit() that began it, whose promise it resolves.
  async pay(billing, id) {
    if (this.#busy || this.#ended) return this.#tell('SDK_DUPLICATE_SUBMISSION_BEHAVIOR', undefined, id);
    if (!this.#view.validate()) return this.#tell('SDK_FORM_VERIFICATION_FAILED', undefined, id);
    this.#asked = id;
    this.#busy = true;
    this.#view.busy(this.#view.texts.paying);
    this.#shell.send('setAllowRetention', true);
    try {
      return await this.#submit(billing);
    } finally {
      this.#busy = false;
      if (!this.#ended) this.#view.busy('');
    }
  }

  #tell(code, result, id) {
    this.#shell.event(code, result, id);
    return { code, message: '', result };
  }

  async #submit(billing) {
    let answer;
    try {
      answer = await api.pay(this.#session, this.#form(billing));
    } catch (failure) {
      return this.#lost(failure);
    }
    this.#attempt = null;
    if (answer.status === 'CHALLENGE') return this.#challenge(answer);
    return this.#finish(await this.#settled(answer));
  }

  // form is what goes to the emulator. The address that the merchant's page gave
  // stands where the buyer gave none.
  #form(billing) {
    const values = this.#view.values();
    this.#attempt ??= randomId();
    const given = Object.values(values.billing).some((value) => value !== '');
    return { ...values, billing: given ? values.billing : (billing ?? values.billing), attempt: this.#attempt, sample: this.#view.sample?.name ?? '' };
  }

  // lost is a payment of which nobody knows whether it was made: the buyer may
  // send it again, and a payment that was made is not made twice.
  #lost(failure) {
    if (failure.refusal) this.#attempt = null;
    this.#view.complain(failure.refusal ?? this.#view.texts.network);
    if (failure.refusal) return this.#tell('SDK_PAYMENT_ERROR', { paymentResultCode: failure.code, paymentResultMessage: failure.refusal }, this.#asked);
    return this.#tell('SDK_SUBMIT_NETWORK_ERROR', undefined, this.#asked);
  }

  // settled asks until the payment is final, or for as long as buyers wait.
  async #settled(answer) {
    const until = Date.now() + patience;
    let last = answer;
    while (['PROCESSING', 'PENDING'].includes(last.status) && !last.later && Date.now() < until) {
      await sleep(betweenPolls);
      last = await api.payment(this.#session, answer.paymentId).catch(() => last);
    }
    return last;
  }

  async #challenge(answer) {
    this.#tell('SDK_PAYMENT_CHALLENGE');
    this.#view.busy(this.#view.texts.challenge);
    const url = new URL(answer.challengeUrl, location.href).href;
    if (answer.challengeIn === 'redirect') {
      this.#ended = true;
      this.#shell.redirect(url);
      return { code: 'SDK_CALL_URL_SUCCESS', message: '' };
    }
    this.#shell.openChallenge(url);
    const last = await this.#answered(answer);
    if (last.abandoned) return this.#finish({ ...last, status: 'PROCESSING' }); // and the modal stays, as the real one does
    this.#shell.closeChallenge();
    return this.#finish(await this.#settled(last));
  }

  // answered waits for the buyer at the issuer's page, who may take long.
  async #answered(answer) {
    for (;;) {
      await sleep(betweenPolls);
      const last = await api.payment(this.#session, answer.paymentId).catch(() => answer);
      if (last.status !== 'CHALLENGE') return last;
    }
  }

  #finish(answer) {
    const outcome = outcomes[answer.status] ?? outcomes.ERROR;
    const { texts } = this.#view;
    this.#ended = outcome.kind !== 'bad' || !answer.retry;
    this.#shell.send('setAllowRetention', !this.#ended);
    this.#shell.send('declareEventCallbackInfo', { popWindowEventInfo: { enableCallback: !this.#ended, eventName: 'SDK_PAYMENT_CANCEL' } });
    const leaves = outcome.leaves && !this.#stay && answer.redirectUrl;
    if (!leaves) {
      const code = answer.status === 'SUCCESS' ? '' : answer.paymentResultCode;
      const again = this.#ended ? null : () => this.#view.reopen();
      this.#view.outcome({ kind: outcome.kind, title: texts[outcome.title], text: texts[outcome.text], code, again });
    }
    const told = this.#tell(outcome.code, resultOf(answer), this.#asked);
    if (leaves) this.#shell.redirect(answer.redirectUrl);
    return { ...told, answer };
  }
}
