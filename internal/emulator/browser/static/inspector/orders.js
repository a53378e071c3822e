// The list of orders, and the story of the one that was chosen.

import { $, facts, make, money, pill, when } from './dom.js';

export const nameOf = (order) => `${order.paymentRequestId} ${order.clientId}`;

// standing is the word that says most about an order: its payment's state, or its
// session's as long as nothing was paid.
const standing = (order) => order.paymentStatus || order.session;

// showOrders fills the list; the chosen one is marked.
export function showOrders(orders, chosen, now, choose) {
  $('no-orders').hidden = orders.length > 0;
  const focused = document.activeElement?.dataset?.order;
  const rows = orders.map((order) => {
    const name = nameOf(order);
    const top = make('span', { class: 'top' }, make('strong', {}, money(order.paymentAmount)), pill(standing(order)));
    const bottom = make('span', { class: 'bottom' }, make('span', { class: 'id' }, order.paymentRequestId), make('time', {}, when(order.created, now)));
    return make('li', {}, make('button', { type: 'button', 'data-order': name, 'aria-current': name === chosen ? 'true' : false, onclick: () => choose(order) }, top, bottom));
  });
  $('orders').replaceChildren(...rows);
  if (focused) document.querySelector(`[data-order="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function story(events, now) {
  const rows = events.map((event) => {
    const what = make('span', { class: 'what' }, `${event.entity} `, pill(event.state), event.resultCode ? make('code', {}, event.resultCode) : '');
    const later = event.toCome ? make('span', { class: 'later' }, 'to come') : '';
    return make('li', { class: event.toCome ? 'to-come' : '' }, make('time', {}, when(event.time, now)), what, later);
  });
  return make('ol', { class: 'story' }, rows);
}

function attempt(one, now) {
  const answer = one.httpStatus ? make('span', {}, `HTTP ${one.httpStatus}`) : '';
  return make('li', {}, make('time', {}, when(one.time, now)), answer, make('span', { class: one.acknowledged ? 'good-text' : 'bad-text' }, one.verdict));
}

function notification(one, now) {
  const head = make('p', { class: 'top' }, make('strong', {}, one.notifyType), pill(one.state));
  const next = one.next && one.state !== 'acknowledged' ? make('p', { class: 'later' }, `next attempt ${when(one.next, now)}`) : '';
  return make('li', {}, head, make('p', { class: 'url' }, one.url), one.attempts.length > 0 ? make('ul', { class: 'attempts' }, one.attempts.map((each) => attempt(each, now))) : '', next);
}

const cards = [
  ['Succeeds', { card: '4054695723100768' }],
  ['Declined', { card: '4054692760174822' }],
  ['3-D Secure, confirmed', { card: '4054695723100768', challenge: 'pass' }],
  ['3-D Secure, failed', { card: '4054695723100768', challenge: 'fail' }],
  ['Not enough money', { card: '4054695723100768', outcome: 'USER_BALANCE_NOT_ENOUGH' }],
];

// payment is the buyer's turn, for an order that can be paid.
function payment(order, pay) {
  const select = make('select', { id: 'card', 'aria-label': 'Card' }, cards.map(([name], i) => make('option', { value: String(i) }, name)));
  const submit = (event) => {
    event.preventDefault();
    pay({ paymentRequestId: order.paymentRequestId, clientId: order.clientId, ...cards[Number(select.value)][1] });
  };
  return make('form', { class: 'line pay', onsubmit: submit }, make('label', { for: 'card' }, 'Pay with a card that'), select, make('button', {}, 'Pay'));
}

function details(order, now) {
  const last = order.payments.at(-1) ?? {};
  const info = last.paymentResultInfo ?? {};
  return facts([
    ['Payment', last.paymentId],
    ['Result', last.paymentResultCode && `${last.paymentResultCode}: ${last.paymentResultMessage}`],
    ['Card', info.cardNo && `${info.cardBrand ?? ''} ${info.cardNo}`],
    ['Session', `${order.session}, until ${when(order.paymentSessionExpiryTime, now)}`],
    ['Client', order.clientId],
  ]);
}

// showOrder fills the middle with all that is known of an order.
export function showOrder(order, { now, mayPay, pay }) {
  const open = document.activeElement?.id === 'card' || document.activeElement?.closest?.('#order form');
  if (open) return; // not while somebody chooses
  const head = make('div', { class: 'head' }, make('h2', {}, money(order.paymentAmount)), pill(standing(order)));
  const parts = [head, make('p', { class: 'id' }, order.paymentRequestId)];
  if (mayPay && order.session === 'OPEN') parts.push(payment(order, pay));
  parts.push(details(order, now), make('h3', {}, 'Story'), story(order.events, now));
  if (order.notifications.length > 0) parts.push(make('h3', {}, 'Notifications'), make('ul', { class: 'notifications' }, order.notifications.map((one) => notification(one, now))));
  $('order').replaceChildren(...parts);
}
