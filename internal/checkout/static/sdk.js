// The classes of the web SDK behind one face: show, pay, remove. Every callback is set
// and every promise is caught, since each channel tells what the others do not.

import { tell } from './report.js';

const hear = (kind) => (data) => tell(kind, data);

// load puts the script on the page.
export function load({ sdkUrl, integrity }) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = sdkUrl;
    script.crossOrigin = integrity ? 'anonymous' : null; // a hash of another server's file needs its consent
    if (integrity) script.integrity = integrity;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`the script ${sdkUrl} could not be loaded`));
    document.head.append(script);
  });
}

// Cashier is AMSCashierPayment, in a popup or embedded.
class Cashier {
  #settings;
  #sdk;

  constructor(settings, hears) {
    this.#settings = settings;
    this.#sdk = new window.AMSCashierPayment({
      ...settings.options,
      onEventCallback: (data) => {
        tell('onEventCallback', data);
        hears.event(data?.code ?? '');
      },
      onError: hear('onError'),
      onLog: hear('onLog'),
      onClose: (data) => {
        tell('onClose', data);
        hears.closed();
      },
    });
  }

  show() {
    const params = { sessionData: this.#settings.sessionData, ...this.#settings.params };
    return this.#settings.popup ? this.#sdk.createComponent(params) : this.#sdk.mountComponent(params, '#form');
  }

  pay() {
    return this.#settings.submit ? this.#sdk.submit(this.#settings.submit) : this.#sdk.submit();
  }

  remove() {
    this.#sdk.unmount();
  }
}

// Element is AMSElement, the Payment Element.
class Element {
  #settings;
  #sdk;

  constructor(settings, hears) {
    this.#settings = settings;
    this.#sdk = new window.AMSElement({
      ...settings.options,
      sessionData: settings.sessionData,
      onEventCallback: (data) => {
        tell('onEventCallback', data);
        hears.event(data?.code ?? '');
      },
    });
  }

  // show rejects with what mount would only resolve with.
  async show() {
    const mounted = await this.#sdk.mount({ type: 'payment', ...this.#settings.params }, '#form');
    if (mounted?.error) throw mounted.error;
  }

  pay() {
    return this.#sdk.submitPayment();
  }

  remove() {
    this.#sdk.destroy();
  }
}

// make makes the class that the settings name.
export function make(settings, hears) {
  if (typeof window[settings.class] !== 'function') throw new Error(`the script has no class ${settings.class}: it is another version, or another file`);
  return settings.class === 'AMSElement' ? new Element(settings, hears) : new Cashier(settings, hears);
}
