// The inspector: what the emulator holds and what happens in it, kept up to date,
// and, once it is unlocked, the buttons for what the command line does.

import * as api from './api.js';
import { $, learnDigits, make, when } from './dom.js';
import { nameOf, showOrder, showOrders } from './orders.js';

const steps = [['+10 s', '10s'], ['+1 min', '1m'], ['+15 min', '15m'], ['+1 h', '1h'], ['+1 day', '24h']];
const calm = 60; // milliseconds in which several changes are one
const pulse = 2000; // time passes without a change too

let chosen = null;
let state = null;
let looking = null; // the look that is under way
let again = false; // something has changed since it began

function say(text, bad) {
  $('message').textContent = text;
  $('message').classList.toggle('bad', Boolean(bad));
}

function complain(failure) {
  say(failure.hint ? `${failure.message}. ${failure.hint}` : failure.message, true);
}

// does wraps a button's work: it says how it went, and looks again.
function does(work, done) {
  return async (event) => {
    event?.preventDefault?.();
    try {
      await work();
      say(done);
    } catch (failure) {
      complain(failure);
    }
    await refresh();
  };
}

async function choose(order) {
  chosen = nameOf(order);
  await refresh();
  $('order').focus({ preventScroll: true });
  if (window.matchMedia('(max-width: 640px)').matches) $('order').scrollIntoView({ behavior: 'smooth', block: 'start' });
}

const pay = (request) => {
  document.activeElement?.blur();
  return does(() => api.act('pay', request), 'Paid as the buyer would.')();
};

// refresh looks at everything, one look at a time: what changes meanwhile is for
// the next one. It resolves when the page shows what was true at the call.
async function refresh() {
  if (looking) {
    again = true;
    await looking;
    if (!again) return;
  }
  looking ??= look().finally(() => (looking = null));
  await looking;
}

async function look() {
  again = false;
  try {
    state = await api.state();
    learnDigits(state.digits);
    document.body.classList.remove('gone');
  } catch (failure) {
    document.body.classList.add('gone');
    say(failure.status ? failure.message : 'The emulator does not answer.', true);
    return;
  }
  await show();
}

async function show() {
  const now = state.clock.time;
  $('clock').replaceChildren(make('time', {}, when(now)), state.clock.virtual ? ' virtual clock, it stands still' : '');
  const orders = state.payments;
  const current = orders.find((order) => nameOf(order) === chosen) ?? orders[0];
  showOrders(orders, current && nameOf(current), now, choose);
  showFaults(state.faults);
  if (!current) {
    $('order').replaceChildren(make('p', { class: 'empty' }, 'Choose an order to see its story.'));
    return;
  }
  const order = await api.order(current.paymentRequestId, current.clientId).catch(() => null);
  if (order) showOrder(order, { now, mayPay: api.canWrite(), pay });
}

function showFaults(faults) {
  const rows = faults.map((fault) => {
    const text = fault.fault ?? `${fault.operation}=${fault.kind}`;
    const remove = api.canWrite() ? make('button', { type: 'button', class: 'quiet', 'aria-label': `Clear ${text}`, onclick: does(() => api.clear(`faults?id=${fault.id}`), 'Cleared.') }, 'Clear') : '';
    return make('li', {}, make('code', {}, text), remove);
  });
  $('faults').replaceChildren(...(rows.length > 0 ? rows : [make('li', { class: 'empty' }, 'None in place.')]));
}

// unlockPage shows the buttons, if the page was opened by the link for it.
async function unlockPage() {
  try {
    await api.unlock();
  } catch (failure) {
    complain(failure);
  }
  const free = api.canWrite();
  for (const node of document.querySelectorAll('[data-writes]')) node.hidden = !free;
  $('lock').textContent = free ? 'You may act here.' : 'To look at only. The link that emulator serve prints lets you act, once.';
  $('lock').classList.toggle('free', free);
}

function wire() {
  $('clock-buttons').append(...steps.map(([name, advance]) => make('button', { type: 'button', class: 'quiet', onclick: does(() => api.act('clock', { advance }), `The clock went on by ${advance}.`) }, name)));
  $('clock-buttons').append(make('button', { type: 'button', class: 'quiet', onclick: does(() => api.clear('clock'), 'The clock is the real one again.') }, 'Real time'));
  $('add-fault').onsubmit = does(async () => {
    await api.act('faults', { fault: $('fault').value.trim() });
    $('fault').value = '';
  }, 'The fault is in place.');
  $('set-scenario').onsubmit = does(() => api.act('scenarios', { operation: $('operation').value, resultCode: $('code').value.trim() }), 'The next such call is answered so.');
  $('clear-scenarios').onclick = does(() => api.clear('scenarios'), 'No scenario is set.');
  $('settle').onclick = does(() => api.act('settle'), 'All that was due was sent.');
  $('reset').onclick = () => {
    if (window.confirm('Forget every order, the clock and the scenarios?')) does(() => api.act('reset'), 'Everything is forgotten.')();
  };
}

let pending;
function soon() {
  clearTimeout(pending);
  pending = setTimeout(refresh, calm);
}

wire();
await unlockPage();
await refresh();
api.watch(soon);
setInterval(() => {
  if (document.visibilityState === 'visible') soon();
}, pulse);
