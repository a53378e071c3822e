// What the classes of this stand-in for @alipay/ams-checkout share: the texts
// of its errors, the reading of a session, and the frame that holds the form
// with the messages to it. Written from documented and measured behaviour; no
// code of the package is here. The parts of this folder are served as one script.

const script = document.currentScript;
if (!script?.src) throw new Error('Load ams-checkout.js with a <script src>: the form is looked for beside it');
const home = new URL(script.src).origin;

const launchTimeout = 15_000; // how long the form may take to say that it is there
const closingTime = 300; // of the animation after which a closed component is taken away

const failures = {
  parameter: { code: 'SDK_CREATEPAYMENT_PARAMETER_ERROR' },
  session: {
    code: 'SDK_CREATEPAYMENT_PARAMETER_ERROR',
    message: 'Abnormal response data, interface failure, or unsupported payment method',
  },
  popup: { code: 'SDK_CREATEPAYMENT_PARAMETER_ERROR', message: 'unsupported payment method' },
  single: { code: 'SDK_CREATECOMPONENT_ERROR', message: 'Only one component can be rendered simultaneously' },
  timeout: { code: 'SDK_CREATECOMPONENT_ERROR', message: 'Load resource timeout' },
  network: { code: 'SDK_CREATECOMPONENT_ERROR', message: 'Network request error' },
  notJSON: { code: 'SDK_INTERNAL_ERROR', message: 'The message string should conform to the json format' },
};

// randomId is a UUID. crypto.randomUUID is missing on pages that were loaded
// over http from another machine.
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

// readSession takes a session apart: the first three parts go to the gateway,
// the fourth is base64 of JSON and says which product the session is for. Null if
// there is no such part.
function readSession(text) {
  const parts = String(text).split('&&');
  try {
    const bytes = Uint8Array.from(atob(parts[3]), (character) => character.charCodeAt(0));
    const meta = JSON.parse(new TextDecoder().decode(bytes));
    const { productScene = '', paymentMethodCategoryType = '' } = meta.paymentSessionConfig ?? {};
    return { meta, gatewayData: parts.slice(0, 3).join('&&'), scene: productScene, category: paymentMethodCategoryType };
  } catch {
    return null;
  }
}

// queryGateway asks the emulator for the state of a session, as the real shell
// asks Antom's gateway. The session is a bearer: it goes into the body only.
async function queryGateway(sessionData) {
  const answer = await fetch(`${home}/sdk/query`, {
    method: 'POST',
    headers: { 'Content-Type': 'text/plain' }, // needs no question in advance
    credentials: 'omit',
    body: JSON.stringify({ paymentSessionData: sessionData }),
  });
  return answer.json();
}

const isMobile = () => /Android|iPhone|iPad|iPod|Mobile/i.test(navigator.userAgent);

// addStyles puts a style sheet on the page once. A constructed sheet needs no
// 'unsafe-inline' in the page's policy.
const addStyles = (() => {
  let added = false;
  return () => {
    if (added) return;
    added = true;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  };
})();

// element makes an element with attributes and children.
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// Frame is an iframe of the emulator and the messages between it and the page.
class Frame {
  #listener;
  #waiting = new Map();
  #companion = null; // the 3-D Secure page, which hears what the form hears

  constructor({ path, id, instanceId, query, receive, fail }) {
    this.instanceId = instanceId;
    const url = new URL(path, home);
    for (const [name, value] of Object.entries({ instanceId, ...query })) url.searchParams.set(name, value);
    this.node = element('iframe', { id, src: url.href, allow: 'payment', title: 'Payment form (antom emulator)', class: 'ams-component-frame' });
    this.#listener = (message) => {
      if (message.origin === home && message.source === this.node.contentWindow) this.#take(message.data, receive, fail);
    };
    window.addEventListener('message', this.#listener);
  }

  #take(text, receive, fail) {
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      fail(failures.notJSON);
      return;
    }
    if (message.name !== 'APP_TO_SDK' || message.instanceId !== this.instanceId || !message.context) return;
    const { event, data, eventCallbackId } = message.context;
    const resolve = this.#waiting.get(eventCallbackId);
    this.#waiting.delete(eventCallbackId);
    receive(event, data);
    resolve?.(data);
  }

  send(event, data, eventCallbackId) {
    const text = JSON.stringify({ name: 'SDK_TO_APP', instanceId: this.instanceId, context: { event, data, eventCallbackId } });
    this.node.contentWindow?.postMessage(text, home);
    this.#companion?.contentWindow?.postMessage(text, home);
  }

  // ask sends a message and resolves with the form's answer to it; there is no
  // time limit unless the caller races one against it.
  ask(event, data) {
    const id = randomId();
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.send(event, data, id);
    });
  }

  accompany(node) {
    this.#companion = node;
  }

  remove() {
    window.removeEventListener('message', this.#listener);
    this.node.remove();
  }
}

// openModal shows a page of the issuer above everything: the 3-D Secure modal.
// Only pages of the emulator are opened.
function openModal(address) {
  const url = new URL(address, home);
  if (url.origin !== home || document.querySelector('.ams-popupmodal')) return null;
  const page = element('iframe', { src: url.href, title: '3-D Secure (antom emulator)' });
  const modal = element('div', { class: isMobile() ? 'ams-popupmodal ams-popupmodal-mobile' : 'ams-popupmodal', role: 'dialog', 'aria-modal': 'true', 'aria-label': '3-D Secure' }, page);
  document.body.append(element('div', { class: 'ams-popupoverlay' }), modal);
  page.addEventListener('load', () => page.focus(), { once: true });
  return page;
}

function closeModal() {
  for (const node of document.querySelectorAll('.ams-popupoverlay, .ams-popupmodal')) node.remove();
}

// leaveTo takes the buyer to another page, on the web and nowhere else.
function leaveTo(address, replace) {
  const url = new URL(address, location.href);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  if (replace) location.replace(url.href);
  else location.href = url.href;
  return true;
}

// within resolves as the promise does, or with the value after a time.
function within(promise, milliseconds, value) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds, value);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
