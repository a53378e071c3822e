// A shop with one product, as Antom's guide has it: the session is made here,
// the SDK shows the form in the page, the result page asks here, and here Antom
// notifies. Its settings are in the environment; see README.md.

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { fileURLToPath } from 'node:url';

import { Antom } from './antom.js';
import { pagePolicy } from './policy.js';

const settings = {
  port: Number(process.env.PORT ?? 3000),
  shopUrl: process.env.SHOP_URL ?? '', // where Antom and the buyer reach it; empty: this machine
  sdkUrl: process.env.ANTOM_SDK_URL ?? 'https://sdk.marmot-cloud.com/package/ams-checkout/1.47.2/dist/umd/ams-checkout.min.js',
  environment: process.env.ANTOM_ENVIRONMENT ?? 'sandbox',
};
const antom = new Antom({
  clientId: needed('ANTOM_CLIENT_ID'),
  gatewayUrl: needed('ANTOM_GATEWAY_URL'),
  privateKey: needed('ANTOM_PRIVATE_KEY'),
  publicKey: needed('ANTOM_PUBLIC_KEY'),
});

const product = { description: 'Two bags of coffee beans, 250 g', amount: { currency: 'SGD', value: '4200' } };
const orders = new Map(); // stands for a table of your database: order id → order

function needed(name) {
  if (process.env[name]) return process.env[name];
  console.error(`${name} is not set: run "npm run emulator", or set what README.md lists`);
  process.exit(1);
}

// Final states of a payment. Everything else may still change.
const isFinal = (status) => ['SUCCESS', 'FAIL', 'CANCELLED'].includes(status);

// createOrder makes an order and a session of Antom's for it. The amount is the
// shop's: never take it from the page.
async function createOrder({ threeDS }) {
  const order = { id: randomUUID(), paymentRequestId: randomUUID(), status: 'OPEN' };
  const answer = await antom.call('createPaymentSession', {
    productCode: 'CASHIER_PAYMENT',
    paymentRequestId: order.paymentRequestId,
    paymentAmount: product.amount,
    paymentMethod: { paymentMethodType: 'CARD', paymentMethodMetaData: { is3DSAuthentication: threeDS === true } },
    paymentFactor: { isAuthorization: true },
    settlementStrategy: { settlementCurrency: product.amount.currency },
    paymentRedirectUrl: `${settings.shopUrl}/paid?order=${order.id}`,
    paymentNotifyUrl: `${settings.shopUrl}/antom/notify`,
    order: {
      referenceOrderId: order.id,
      orderDescription: product.description,
      orderAmount: product.amount,
      buyer: { referenceBuyerId: 'buyer-1' },
    },
  });
  if (answer.result.resultStatus !== 'S') throw new Error(`createPaymentSession: ${answer.result.resultCode} ${answer.result.resultMessage}`);
  orders.set(order.id, order);
  return { orderId: order.id, paymentSessionData: answer.paymentSessionData };
}

// orderState asks Antom as long as the order's state may change. What the page
// was told by the SDK is no proof of anything.
async function orderState(order) {
  if (isFinal(order.status)) return order;
  const answer = await antom.call('inquiryPayment', { paymentRequestId: order.paymentRequestId });
  if (answer.result.resultStatus === 'S') settle(order, answer.paymentStatus, answer.paymentResultCode);
  return order; // ORDER_NOT_EXIST: the form was not submitted yet
}

function settle(order, status, code) {
  if (isFinal(order.status)) return; // told twice
  Object.assign(order, { status, code });
}

// notified takes a notification that is genuine. Antom sends it again until it
// is acknowledged, so it may come several times.
function notified(message) {
  const order = [...orders.values()].find((each) => each.paymentRequestId === message.paymentRequestId);
  if (!order || message.notifyType !== 'PAYMENT_RESULT') return;
  if (message.paymentAmount.value !== product.amount.value || message.paymentAmount.currency !== product.amount.currency) {
    console.error(`order ${order.id} was paid with another amount`);
    return;
  }
  settle(order, message.result.resultStatus === 'S' ? 'SUCCESS' : 'FAIL', message.result.resultCode);
  console.log(`order ${order.id}: ${order.status} ${order.code}`);
}

const types = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' };

// files are all that the shop gives away.
const files = { '/': 'index.html', '/shop.js': 'shop.js', '/paid': 'paid.html', '/paid.js': 'paid.js', '/style.css': 'style.css' };

async function sendFile(response, name) {
  const text = await readFile(fileURLToPath(new URL(`public/${name}`, import.meta.url)));
  response.writeHead(200, {
    'Content-Type': types[name.split('.').pop()],
    'Content-Security-Policy': pagePolicy({ sdkUrl: settings.sdkUrl, gatewayUrl: antom.gatewayUrl }),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'strict-origin-when-cross-origin',
    'Cache-Control': 'no-store',
  });
  response.end(text);
}

function sendJSON(response, value, status = 200) {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(value));
}

async function bodyOf(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > 64 * 1024) throw new Error('the body is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function serve(request, response) {
  const { pathname } = new URL(request.url, settings.shopUrl);
  const route = `${request.method} ${pathname}`;
  if (request.method === 'GET' && files[pathname]) return sendFile(response, files[pathname]);
  if (route === 'GET /settings') return sendJSON(response, { sdkUrl: settings.sdkUrl, environment: settings.environment, product });
  if (route === 'POST /orders') return sendJSON(response, await createOrder(JSON.parse(await bodyOf(request))));
  if (route === 'POST /antom/notify') return notify(request, response);
  const id = /^GET \/orders\/([0-9a-f-]{36})$/.exec(route)?.[1];
  if (!orders.has(id)) return sendJSON(response, { error: 'not found' }, 404);
  const { status, code } = await orderState(orders.get(id));
  return sendJSON(response, { status, code, product });
}

async function notify(request, response) {
  const message = antom.notification(request.url, request.headers, await bodyOf(request));
  if (!message) return sendJSON(response, { error: 'not genuine' }, 401);
  notified(message);
  return sendJSON(response, { result: { resultCode: 'SUCCESS', resultStatus: 'S', resultMessage: 'success' } });
}

const server = http.createServer((request, response) => {
  serve(request, response).catch((error) => {
    console.error(`${request.method} ${request.url}: ${error.message}`);
    if (!response.headersSent) sendJSON(response, { error: 'something went wrong' }, 500);
  });
});
server.listen(settings.port, '127.0.0.1', () => {
  settings.shopUrl ||= `http://127.0.0.1:${server.address().port}`;
  console.log(`the shop is at ${settings.shopUrl}`);
});
