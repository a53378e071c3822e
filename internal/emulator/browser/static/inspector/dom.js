// Small helpers for pages made of texts: what comes from elsewhere goes in as
// text, never as markup.

export const $ = (id) => document.getElementById(id);

// make makes an element. Attributes that are false or missing are left out.
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'onclick' || name === 'onsubmit') made[name] = value;
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ''));
  return made;
}

// kinds of states, for their colour; the word stands there too.
const kinds = {
  good: ['SUCCESS', 'acknowledged', 'CAPTURED', 'AUTHORISED'],
  bad: ['FAIL', 'CANCELLED', 'EXPIRED', 'given up', 'CLOSED'],
  wait: ['PROCESSING', 'PENDING', 'retrying', 'queued', 'to come'],
};

// pill is a state as a small label.
export function pill(state) {
  const kind = Object.keys(kinds).find((name) => kinds[name].includes(state)) ?? 'plain';
  return make('span', { class: `pill ${kind}` }, state);
}

// when is a time as people read it: the day only where it is another one.
export function when(text, today) {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  const time = at.toLocaleTimeString('en-GB');
  const day = at.toLocaleDateString('en-CA');
  return today && day === new Date(today).toLocaleDateString('en-CA') ? time : `${day} ${time}`;
}

// digits are the decimals of currencies, as the emulator's table has them.
let digits = {};

export function learnDigits(table) {
  digits = { ...digits, ...table };
}

export function money({ currency, value } = {}) {
  if (!currency) return '';
  const decimals = digits[currency];
  if (decimals === undefined) return `${value} ${currency} in minor units`;
  return `${(Number(value) / 10 ** decimals).toFixed(decimals)} ${currency}`;
}

// facts is a list of names and values; empty ones are left out.
export function facts(rows) {
  const given = rows.filter(([, value]) => value !== undefined && value !== null && value !== '');
  return make('dl', {}, given.map(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]));
}
