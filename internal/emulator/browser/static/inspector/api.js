// The inspector's calls. Reading needs nothing; what changes something needs the
// token that the one-time link was exchanged for. It lives in this page only.

const root = '/inspector/api/';
let token = '';

class Failure extends Error {
  constructor(message, hint, status) {
    super(message);
    Object.assign(this, { hint, status });
  }
}

async function call(method, route, body) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const answer = await fetch(root + route, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), credentials: 'omit', cache: 'no-store' });
  const value = await answer.json().catch(() => ({}));
  if (answer.ok) return value;
  throw new Failure(value.error?.message ?? `HTTP ${answer.status}`, value.error?.hint, answer.status);
}

export const state = () => call('GET', 'state?limit=100');

export function order(id, clientId) {
  const query = new URLSearchParams({ id });
  if (clientId) query.set('clientId', clientId);
  return call('GET', `order?${query}`);
}

// unlock exchanges the code in the page's address, which is taken out of it at
// once: it works one time.
export async function unlock() {
  const code = location.hash.slice(1);
  if (!code) return false;
  history.replaceState(null, '', location.pathname);
  ({ token } = await call('POST', 'login', { code }));
  return true;
}

export const canWrite = () => token !== '';
export const act = (route, body = {}) => call('POST', route, body);
export const clear = (route) => call('DELETE', route);

// watch calls back whenever something has changed.
export function watch(changed) {
  const source = new EventSource(`${root}events`);
  source.addEventListener('changed', changed);
  source.addEventListener('error', changed); // the page says so when the emulator is gone
}
