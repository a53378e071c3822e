// The issuer's page of 3-D Secure: it names what is to be paid, and lets the
// tester decide what the buyer does. In a modal the form learns of it by asking;
// as a whole page it goes back to the merchant itself.

import * as api from './api.js';
import { brandName } from './card.js';
import { money } from './text.js';

const $ = (id) => document.getElementById(id);
const id = location.pathname.split('/').pop();
const alone = window.top === window;
document.body.classList.toggle('framed', !alone);

const ends = {
  pass: { kind: 'good', mark: '✓', title: 'Confirmed', text: 'Back to the shop…' },
  fail: { kind: 'bad', mark: '×', title: 'Not confirmed', text: 'Back to the shop…' },
  abandon: { kind: 'wait', mark: '…', title: 'Not answered', text: 'The payment stays in progress until the order closes. The shop takes this window away.' },
};

function end({ kind, mark, title, text }) {
  $('question').hidden = true;
  const box = $('outcome');
  box.dataset.kind = kind;
  $('mark').textContent = mark;
  $('outcome-title').textContent = title;
  $('outcome-text').textContent = text;
  box.hidden = false;
  box.focus({ preventScroll: true });
}

async function answer(outcome) {
  $('summary').textContent = '';
  try {
    const { redirectUrl } = await api.answerChallenge(id, outcome);
    end(ends[outcome]);
    if (!alone || !redirectUrl || outcome === 'abandon') return;
    const target = new URL(redirectUrl, location.href);
    if (target.protocol === 'http:' || target.protocol === 'https:') location.href = target.href;
  } catch (failure) {
    $('summary').textContent = failure.refusal ?? 'The emulator can’t be reached. Try again.';
  }
}

try {
  const facts = await api.challenge(id);
  $('amount').textContent = money(facts.amount, 'en');
  $('order-text').textContent = facts.description;
  $('card-text').textContent = `${brandName(facts.card.brand)} ${facts.card.masked}`;
  for (const button of document.querySelectorAll('[data-outcome]')) button.addEventListener('click', () => answer(button.dataset.outcome));
  if (facts.answered) end({ kind: 'wait', mark: '…', title: 'Answered already', text: 'This check is over.' });
  else $('question').hidden = false;
} catch (failure) {
  end({ kind: 'bad', mark: '×', title: 'Nothing here', text: failure.refusal ?? 'The emulator can’t be reached.' });
}
