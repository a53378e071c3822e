// The result page. It asks the server until the order's state is final: the
// buyer's browser is no proof that anything was paid.

const $ = (id) => document.getElementById(id);
const order = new URLSearchParams(location.search).get('order') ?? '';
const texts = {
  SUCCESS: ['Thank you!', 'Your coffee is on its way.'],
  FAIL: ['The payment did not succeed', 'Nothing was charged.'],
  CANCELLED: ['The order was cancelled', 'Nothing was charged.'],
};
const patience = 60_000;

async function state() {
  const response = await fetch(`/orders/${encodeURIComponent(order)}`);
  return response.ok ? response.json() : { status: 'UNKNOWN' };
}

const began = Date.now();
for (;;) {
  const { status, code } = await state();
  if (texts[status]) {
    [$('title').textContent, $('text').textContent] = texts[status];
    if (status === 'FAIL') $('text').textContent += ` (${code})`;
    break;
  }
  if (status === 'UNKNOWN' || Date.now() - began > patience) {
    $('title').textContent = status === 'UNKNOWN' ? 'There is no such order' : 'Your payment is being processed';
    $('text').textContent = status === 'UNKNOWN' ? '' : 'We tell you as soon as we know.';
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
