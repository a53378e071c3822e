// Calls of Antom's API, signed and verified. Copy this file as it is: it needs
// Node 20 or later and nothing else.

import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';

const textOf = (key, label) => (key.includes('-----BEGIN') ? key : `-----BEGIN ${label}-----\n${key.trim()}\n-----END ${label}-----\n`);

// content is what a signature covers: the bytes that are sent, not their meaning.
const content = (method, path, clientId, time, body) => `${method} ${path}\n${clientId}.${time}.${body}`;

// signatureIn takes the signature out of its header; empty if there is none.
function signatureIn(header) {
  const value = /(?:^|[,\s])signature=([^,\s]+)/.exec(header ?? '')?.[1] ?? '';
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}

export class Antom {
  #privateKey;
  #publicKey;

  constructor({ clientId, gatewayUrl, privateKey, publicKey }) {
    this.clientId = clientId;
    this.gatewayUrl = gatewayUrl.replace(/\/$/, '');
    this.#privateKey = createPrivateKey(textOf(privateKey, 'PRIVATE KEY'));
    this.#publicKey = createPublicKey(textOf(publicKey, 'PUBLIC KEY'));
  }

  // call returns what Antom answers, once its signature was checked. Antom
  // refuses within HTTP 200: look at result.resultStatus (S, F or U).
  async call(operation, request) {
    const sandbox = this.clientId.startsWith('SANDBOX_') ? '/sandbox' : '';
    const path = `/ams${sandbox}/api/v1/payments/${operation}`;
    const body = JSON.stringify(request);
    const time = String(Date.now());
    const signature = sign('RSA-SHA256', Buffer.from(content('POST', path, this.clientId, time, body)), this.#privateKey).toString('base64');
    const answer = await fetch(this.gatewayUrl + path, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(15_000),
      headers: {
        'Content-Type': 'application/json; charset=UTF-8',
        'Client-Id': this.clientId,
        'Request-Time': time,
        Signature: `algorithm=RSA256, keyVersion=1, signature=${encodeURIComponent(signature)}`,
      },
      body,
    });
    const text = await answer.text();
    const value = JSON.parse(text);
    const genuine = this.#isGenuine(path, answer.headers.get('response-time'), text, answer.headers.get('signature'));
    if (!genuine && value.result?.resultStatus === 'S') throw new Error(`${operation}: the answer is not signed by Antom`);
    return value;
  }

  // notification is the content of a notification, or null if it does not come
  // from Antom. body is the text as it was received.
  notification(path, headers, body) {
    if (headers['client-id'] !== this.clientId) return null;
    return this.#isGenuine(path, headers['request-time'], body, headers.signature) ? JSON.parse(body) : null;
  }

  #isGenuine(path, time, body, header) {
    const signature = Buffer.from(signatureIn(header), 'base64');
    return Boolean(time) && verify('RSA-SHA256', Buffer.from(content('POST', path, this.clientId, time, body)), this.#publicKey, signature);
  }
}
