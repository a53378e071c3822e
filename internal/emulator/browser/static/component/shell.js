// What the form talks to: the SDK on the merchant's page that holds its frame,
// or nobody on the hosted page. The messages are those that the real form
// exchanges with the real SDK: JSON texts, APP_TO_SDK and SDK_TO_APP.

export class FrameShell {
  #instanceId;
  #peer = null; // origin of the page, known from its first message
  #handlers = new Map();

  constructor(instanceId) {
    this.#instanceId = instanceId;
    window.addEventListener('message', (message) => this.#take(message));
  }

  #take(message) {
    if (message.source !== window.parent || typeof message.data !== 'string') return;
    if (this.#peer && message.origin !== this.#peer) return;
    let parsed;
    try {
      parsed = JSON.parse(message.data);
    } catch {
      return; // not for us
    }
    if (parsed?.name !== 'SDK_TO_APP' || parsed.instanceId !== this.#instanceId || !parsed.context) return;
    this.#peer = message.origin;
    this.#handlers.get(parsed.context.event)?.(parsed.context.data, parsed.context.eventCallbackId);
  }

  on(event, handler) {
    this.#handlers.set(event, handler);
  }

  send(event, data, eventCallbackId) {
    const text = JSON.stringify({ name: 'APP_TO_SDK', instanceId: this.#instanceId, context: { event, data, eventCallbackId } });
    window.parent.postMessage(text, this.#peer ?? '*'); // until the page is known only onLaunch is sent
  }

  event(code, result, eventCallbackId) {
    this.send('onEventCallback', { code, message: '', result }, eventCallbackId);
  }

  redirect(url) {
    this.send('onRedirect', { normalUrl: url });
  }

  openChallenge(url) {
    this.send('popupWindow', { url });
  }

  closeChallenge() {
    this.send('popWindow', {});
  }
}

// PageShell is the hosted page's: it is the whole window itself.
export class PageShell {
  on() {}
  send() {}
  event() {}

  redirect(url) {
    const target = new URL(url, location.href);
    if (target.protocol === 'http:' || target.protocol === 'https:') location.href = target.href;
  }

  openChallenge(url) {
    this.redirect(url);
  }

  closeChallenge() {}
}
