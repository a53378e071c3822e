// The page of antom checkout: it takes its settings with the token of its link, mounts
// the web SDK, and tells the terminal all that it hears.

import { begin, end, listen, tell } from './report.js';
import { load, make } from './sdk.js';

const at = (id) => document.getElementById(id);

function say(text) {
  at('state').textContent = text;
  at('state').hidden = text === '';
}

function conclude({ good, title, text }) {
  say('');
  at('outcome-title').textContent = title;
  at('outcome-text').textContent = text;
  at('outcome').classList.add(good ? 'good' : 'bad');
  at('outcome').hidden = false;
  for (const id of ['open', 'pay', 'form']) at(id).hidden = true;
}

// showHeard lists what was heard, so that a screen without the terminal tells it too.
function showHeard(kind, code) {
  const line = document.createElement('li');
  line.textContent = code ? `${kind} ${code}` : kind;
  at('heard').append(line);
}

// bootstrap exchanges the token in the fragment for the settings. The token is gone
// from the address before anything else is loaded: the SDK reports the address.
async function bootstrap() {
  const token = location.hash.slice(1);
  history.replaceState(null, '', '/');
  const answer = await fetch('/api/bootstrap', { method: 'POST', headers: { Authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(await answer.text());
  const settings = await answer.json();
  if (settings.fragment) history.replaceState(null, '', `/#${settings.fragment}`);
  return settings;
}

// watch tells what goes wrong outside of the SDK's own channels.
function watch() {
  addEventListener('securitypolicyviolation', (event) => tell('csp', `${event.effectiveDirective} ${event.blockedURI}`));
  addEventListener('error', (event) => tell('page-error', event.message));
  addEventListener('unhandledrejection', (event) => tell('page-rejection', String(event.reason?.message ?? event.reason)));
  addEventListener('pagehide', () => tell('page-hidden'));
}

function showOrder({ amount, order, gateway }) {
  at('amount').textContent = amount ?? '';
  at('order').textContent = order ?? '';
  at('gateway').textContent = gateway;
  at('gateway').hidden = false;
}

// Checkout is the SDK on this page.
class Checkout {
  #settings;
  #sdk;

  constructor(settings) {
    this.#settings = settings;
    this.#sdk = make(settings, { event: (code) => this.#hear(code), closed: () => this.#closed() });
    at('open').addEventListener('click', () => this.show());
    at('pay').addEventListener('click', () => this.#pay());
  }

  #hear(code) {
    if (code === 'SDK_END_OF_LOADING') say(this.#settings.popup ? 'Pay in the form. The terminal shows what happens.' : '');
    if (code === 'SDK_END_OF_LOADING' && this.#settings.ownButton) at('pay').hidden = false;
  }

  #closed() {
    say('The form was closed. Nothing was paid.');
    at('open').hidden = false;
  }

  async show() {
    at('open').hidden = true;
    tell('launching');
    try {
      await this.#sdk.show();
      tell('launched');
      if (this.#settings.class === 'AMSElement') this.#hear('SDK_END_OF_LOADING');
    } catch (error) {
      tell('launch-rejected', error);
      say('The form could not be shown. The terminal says why.');
      at('open').hidden = false;
    }
  }

  async #pay() {
    at('pay').disabled = true;
    tell('submitting');
    try {
      tell('submitted', await this.#sdk.pay());
    } catch (error) {
      tell('submit-rejected', error);
    }
    at('pay').disabled = false;
  }

  remove() {
    try {
      this.#sdk.remove();
    } catch (error) {
      tell('page-error', error.message);
    }
  }
}

// obey does what the terminal says.
function obey(checkout, { do: deed, outcome }) {
  if (deed !== 'finish') return;
  checkout?.remove();
  conclude(outcome);
  end();
}

const ended = { good: false, title: 'The command has ended', text: 'antom checkout runs no longer. Start it again for a new link.' };

async function start() {
  const settings = await bootstrap();
  begin(settings.eventToken, showHeard);
  watch();
  showOrder(settings);
  let checkout = null;
  listen((command) => obey(checkout, command))
    .catch(() => {})
    .then(() => at('outcome').hidden && conclude(ended));
  try {
    await load(settings);
    tell('sdk-loaded');
    checkout = new Checkout(settings);
  } catch (error) {
    tell('sdk-load-failed', error);
    say('The web SDK could not be loaded. The terminal says why.');
    return;
  }
  await checkout.show();
}

start().catch((error) => conclude({ good: false, title: 'This page can’t be opened', text: error.message }));
