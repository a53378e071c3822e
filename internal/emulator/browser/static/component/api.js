// The form's calls of the emulator that served it. Sessions and card data go
// into bodies, never into a URL.

// Failure is an answer that is no result. refusal is what the emulator says to
// people; without it nobody knows whether the call arrived.
class Failure extends Error {
  constructor(message, { refusal, code } = {}) {
    super(message);
    Object.assign(this, { refusal, code });
  }
}

async function call(route, request) {
  const answer = await fetch(`/browser/${route}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(request), credentials: 'omit', cache: 'no-store' });
  let value;
  try {
    value = await answer.json();
  } catch {
    throw new Failure(`HTTP ${answer.status}`); // cut off, or no answer of the emulator's
  }
  if (answer.ok) return value;
  throw new Failure(value.error?.message ?? `HTTP ${answer.status}`, answer.status < 500 ? { refusal: value.error?.message, code: value.error?.code } : {});
}

const session = (held) => call('session', held);
const pay = (held, form) => call('submit', { ...held, ...form });
const payment = (held, paymentId) => call('payment', { ...held, paymentId });
const challenge = (challengeId) => call('challenge', { challengeId });
const answerChallenge = (challengeId, outcome) => call('challenge/answer', { challengeId, outcome });

export { answerChallenge, challenge, pay, payment, session };
