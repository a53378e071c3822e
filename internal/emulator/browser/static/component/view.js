// What stands on the page. All texts that come from elsewhere go in as text.

import * as card from './card.js';
import { money, textsFor } from './text.js';

const $ = (id) => document.getElementById(id);
const atOnce = 4; // test cards that are seen without a click
const billingNames = Object.keys(card.billingLimits);

export class View {
  #texts = textsFor('');
  #pan = true; // a number is asked for, not only a stored card's code
  #needCVV = true;
  #brands = [];

  constructor({ onPay, onTouched }) {
    $('form').addEventListener('submit', (event) => {
      event.preventDefault();
      onPay();
    });
    $('number').addEventListener('input', () => this.#formatNumber());
    $('expiry').addEventListener('input', (event) => this.#formatExpiry(event));
    $('cvv').addEventListener('input', () => ($('cvv').value = card.digitsOf($('cvv').value)));
    $('region').addEventListener('input', () => ($('region').value = $('region').value.toUpperCase()));
    $('form').addEventListener('input', (event) => this.#touched(event.target));
    this.onTouched = onTouched;
  }

  get texts() {
    return this.#texts;
  }

  // speak sets the language of the page.
  speak(locale) {
    this.#texts = textsFor(locale);
    document.documentElement.lang = this.#texts.lang;
    for (const node of document.querySelectorAll('[data-text]')) node.textContent = this.#texts[node.dataset.text];
  }

  // dress takes what the merchant wants the form to look like. Light is the
  // default: the page around it is the merchant's, and it may be light while the
  // buyer's system is dark.
  dress({ theme, themeType, accentColor, variables } = {}, kind) {
    const dark = theme === 'night' || themeType === 'dark';
    const light = theme === 'default' || themeType === 'light';
    if (dark || light) document.documentElement.dataset.theme = dark ? 'night' : 'light';
    const accent = accentColor ?? variables?.colorPrimary ?? variables?.['color-primary'];
    if (typeof accent === 'string' && CSS.supports('color', accent)) document.documentElement.style.setProperty('--accent', accent);
    document.body.classList.add(kind);
  }

  order({ amount, description }) {
    this.amountText = money(amount, this.#texts.lang);
    $('amount').textContent = this.amountText;
    $('description').textContent = description ?? '';
    $('pay').textContent = this.#texts.pay(this.amountText);
    $('order').hidden = false;
  }

  // ask shows the form: for a card, for a stored card's code, or for nothing
  // but the click.
  ask({ stored, needCVV, brands, showButton, samples, focus }) {
    this.#pan = !stored;
    this.#needCVV = !stored || needCVV;
    this.#brands = brands ?? [];
    for (const name of ['number', 'expiry', 'holder']) this.#field(name).hidden = Boolean(stored);
    this.#field('cvv').hidden = !this.#needCVV;
    $('stored').hidden = !stored;
    if (stored) $('stored-card').textContent = `${card.brandName(stored.brand)} ${stored.masked}`;
    $('billing').hidden = Boolean(stored);
    $('cards').hidden = Boolean(stored) || samples.length === 0;
    const chips = samples.map((sample) => this.#chip(sample));
    $('card-list').replaceChildren(...chips.slice(0, atOnce));
    $('more-list').replaceChildren(...chips.slice(atOnce));
    $('more-cards').hidden = chips.length <= atOnce;
    $('pay').hidden = !showButton;
    $('form').hidden = false;
    if (focus) $('number').focus();
  }

  #chip(sample) {
    const chip = document.createElement('button');
    chip.type = 'button';
    chip.className = 'chip';
    chip.dataset.sample = sample.name;
    chip.textContent = this.#texts.cards[sample.name] ?? sample.name;
    chip.setAttribute('aria-pressed', 'false');
    chip.addEventListener('click', () => this.#fill(sample, chip));
    return chip;
  }

  #fill(sample, chip) {
    $('number').value = card.grouped(sample.number);
    $('expiry').value = sample.expiry;
    $('cvv').value = sample.cvv;
    $('holder').value = 'Test Buyer';
    const address = sample.billing ?? {};
    for (const name of billingNames) $(name).value = address[name] ?? '';
    $('billing').open = Object.keys(address).length > 0;
    for (const other of document.querySelectorAll('.chip')) other.setAttribute('aria-pressed', String(other === chip));
    this.sample = sample;
    this.#showBrand();
    this.problems({});
    this.onTouched();
  }

  #field(name) {
    return document.querySelector(`[data-field="${name}"]`);
  }

  #formatNumber() {
    const input = $('number');
    const before = card.digitsOf(input.value.slice(0, input.selectionStart)).length;
    input.value = card.grouped(card.digitsOf(input.value).slice(0, 19));
    let at = 0;
    for (let seen = 0; seen < before && at < input.value.length; at++) if (/\d/.test(input.value[at])) seen++;
    input.setSelectionRange(at, at);
    this.#showBrand();
  }

  #showBrand() {
    $('brand').textContent = card.brandName(card.brandOf(card.digitsOf($('number').value)));
  }

  #formatExpiry(event) {
    if (event.inputType?.startsWith('delete')) return;
    $('expiry').value = card.expiryText($('expiry').value);
  }

  #touched(input) {
    if (input.getAttribute('aria-invalid')) this.#check(input);
    for (const chip of document.querySelectorAll('.chip[aria-pressed="true"]')) chip.setAttribute('aria-pressed', 'false');
    this.sample = null;
    this.onTouched();
  }

  // check looks again at a field that was wrong, while it is put right. Fields are
  // first looked at when the form is submitted: a message that came sooner would
  // move the button away from under the click.
  #check(input) {
    this.#problem(input.id, this.#found()[input.id] ?? '');
  }

  #problem(name, key) {
    const input = $(name);
    const message = $(`${name}-error`);
    if (!message) return;
    message.textContent = key ? this.#texts[key] : '';
    if (key) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  }

  #found() {
    const { number, expiry, cvv, billing } = this.values();
    const found = {};
    if (this.#pan) Object.assign(found, { number: card.numberProblem(number, this.#brands), expiry: card.expiryProblem(expiry) }, card.billingProblems(billing));
    if (this.#needCVV) found.cvv = card.cvvProblem(cvv);
    return Object.fromEntries(Object.entries(found).filter(([, key]) => key));
  }

  // validate shows what is wrong, announces it, and moves to the first of it.
  validate() {
    const found = this.#found();
    this.problems(found);
    const names = ['number', 'expiry', 'cvv', ...billingNames].filter((name) => found[name]);
    if (names.length === 0) return true;
    $('summary').textContent = this.#texts.problems(names.length);
    if (billingNames.includes(names[0])) $('billing').open = true;
    $(names[0]).focus();
    return false;
  }

  problems(found) {
    $('summary').textContent = '';
    for (const name of ['number', 'expiry', 'cvv', ...billingNames]) this.#problem(name, found[name]);
  }

  complain(text) {
    $('summary').textContent = text;
  }

  values() {
    const billing = Object.fromEntries(billingNames.map((name) => [name, $(name).value.trim()]));
    return { number: card.digitsOf($('number').value), expiry: $('expiry').value.trim(), cvv: $('cvv').value, holder: $('holder').value.trim(), billing };
  }

  busy(text) {
    const pay = $('pay');
    pay.setAttribute('aria-disabled', text ? 'true' : 'false'); // a second click must be told, so not disabled
    pay.textContent = text || this.#texts.pay(this.amountText);
  }

  // outcome takes the form's place and empties it: a number is not kept.
  outcome({ kind, title, text, code, again }) {
    $('form').reset();
    $('form').hidden = true;
    const box = $('outcome');
    box.dataset.kind = kind;
    $('mark').textContent = { good: '✓', bad: '×', wait: '…' }[kind];
    $('outcome-title').textContent = title;
    $('outcome-text').textContent = text;
    $('outcome-code').textContent = code ?? '';
    $('again').hidden = !again;
    $('again').textContent = this.#texts.retry;
    $('again').onclick = again ?? null;
    box.hidden = false;
    box.focus({ preventScroll: true });
  }

  reopen() {
    $('outcome').hidden = true;
    $('form').hidden = false;
  }
}
