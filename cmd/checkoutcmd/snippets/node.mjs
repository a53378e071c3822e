// A server that makes payment sessions and serves index.html, the page that pays them
// (antom checkout --print html). It needs Node 20 or later and nothing else:
//
//   ANTOM_CLIENT_ID, ANTOM_GATEWAY_URL
//   ANTOM_PRIVATE_KEY  your private key, PKCS#8 in PEM or as one line of base64
//   ANTOM_PUBLIC_KEY   Antom's public key
//   PORT               8080 if it is not set
//
//   node server.mjs

import { createPrivateKey, createPublicKey, randomUUID, sign, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const { ANTOM_CLIENT_ID: clientId, ANTOM_GATEWAY_URL: gateway, PORT = '8080' } = process.env;
const pem = (key, label) => (key.includes('-----BEGIN') ? key : `-----BEGIN ${label}-----\n${key.trim()}\n-----END ${label}-----\n`);
const privateKey = createPrivateKey(pem(process.env.ANTOM_PRIVATE_KEY, 'PRIVATE KEY'));
const publicKey = createPublicKey(pem(process.env.ANTOM_PUBLIC_KEY, 'PUBLIC KEY'));

// content is what a signature covers: the bytes that are sent, not their meaning.
const content = (path, time, body) => Buffer.from(`POST ${path}\n${clientId}.${time}.${body}`);

// call returns what Antom answers, once its signature was checked.
async function call(operation, request) {
  const path = `/ams${clientId.startsWith('SANDBOX_') ? '/sandbox' : ''}/api/v1/payments/${operation}`;
  const body = JSON.stringify(request);
  const time = String(Date.now());
  const signature = encodeURIComponent(sign('RSA-SHA256', content(path, time, body), privateKey).toString('base64'));
  const answer = await fetch(gateway.replace(/\/$/, '') + path, {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(15_000),
    headers: {
      'Content-Type': 'application/json; charset=UTF-8',
      'Client-Id': clientId,
      'Request-Time': time,
      Signature: `algorithm=RSA256, keyVersion=1, signature=${signature}`,
    },
    body,
  });
  const text = await answer.text();
  const signed = /signature=([^,\s]+)/.exec(answer.headers.get('signature') ?? '')?.[1] ?? '';
  const genuine = verify('RSA-SHA256', content(path, answer.headers.get('response-time'), text), publicKey, Buffer.from(decodeURIComponent(signed), 'base64'));
  const value = JSON.parse(text);
  if (!genuine && value.result?.resultStatus === 'S') throw new Error(`${operation}: the answer is not signed by Antom`);
  return value;
}

// order is what is sold. Each attempt to pay it has a new paymentRequestId.
const order = __REQUEST__;

async function createSession(origin) {
  const paymentRequestId = randomUUID();
  const { result, paymentSessionData } = await call('createPaymentSession', {
    ...order,
    paymentRequestId,
    order: { ...order.order, referenceOrderId: paymentRequestId },
    paymentRedirectUrl: order.paymentRedirectUrl ?? `${origin}/`,
  });
  if (result.resultStatus !== 'S') throw new Error(`createPaymentSession: ${result.resultCode} ${result.resultMessage}`);
  return { paymentRequestId, paymentSessionData };
}

const server = createServer(async (request, response) => {
  const send = (status, type, text) => response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(text);
  const [, place, id] = request.url.split('/');
  try {
    if (request.method === 'GET' && request.url === '/') send(200, 'text/html', await readFile('index.html'));
    else if (request.method === 'POST' && place === 'session') send(200, 'application/json', JSON.stringify(await createSession(`http://${request.headers.host}`)));
    else if (request.method === 'GET' && place === 'payments' && id) {
      const { paymentStatus = 'not paid' } = await call('inquiryPayment', { paymentRequestId: id });
      send(200, 'application/json', JSON.stringify({ paymentStatus }));
    } else send(404, 'text/plain', 'there is no such page');
  } catch (error) {
    console.error(error);
    send(500, 'text/plain', 'it did not work; the server’s log says why');
  }
});
server.listen(Number(PORT), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
