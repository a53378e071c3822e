// Tells the terminal what the page hears, numbered in the order in which it is heard:
// requests that a browser sends together come in any order.

const longest = 32_000; // of one report; the rest is of no use in a terminal
let seq = 0;
let token = '';
let shown = () => {};

export function begin(eventToken, show) {
  token = eventToken;
  shown = show;
}

// plain makes JSON of what was heard. An Error has nothing that JSON would take.
function plain(data) {
  if (data === undefined) return null;
  if (data instanceof Error) return { code: data.code, message: data.message };
  try {
    return JSON.stringify(data).length > longest ? { message: 'too long to be shown' } : data;
  } catch {
    return { message: String(data) };
  }
}

export function tell(kind, data) {
  const body = JSON.stringify({ seq: seq++, kind, data: plain(data) });
  const code = data?.code ?? data?.error?.code ?? '';
  shown(kind, String(code));
  return fetch('/api/event', {
    method: 'POST',
    keepalive: true, // the last one before the page is left arrives too
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body,
  }).catch(() => {}); // the command has ended: nobody is left to be told
}

// listen reads what the terminal says, a JSON object a line, until it ends.
export async function listen(obey) {
  const answer = await fetch('/api/stream', { headers: { Authorization: `Bearer ${token}` } });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (text + value).split('\n');
    text = lines.pop();
    for (const line of lines) {
      if (line) obey(JSON.parse(line));
    }
  }
}

// end has the browser forget what the SDK kept for this page.
export function end() {
  return fetch('/api/end', { method: 'POST', headers: { Authorization: `Bearer ${token}` } }).catch(() => {});
}
