// Runs the shop on antom's emulator: starts it, takes its keys, starts the shop.
// ANTOM names the program where it is not in the PATH.

import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const antom = process.env.ANTOM ?? 'antom';
const emulator = spawn(antom, ['emulator', 'serve', '--listen', '127.0.0.1:0', '-o', 'jsonl'], { stdio: ['ignore', 'pipe', 'inherit'] });
emulator.on('error', (error) => {
  console.error(`${antom} can't be started (${error.message}): install it, or say where it is with ANTOM=/path/to/antom`);
  process.exit(1);
});
emulator.on('exit', (code) => process.exit(code ?? 0));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => emulator.kill(signal));

for await (const line of createInterface({ input: emulator.stdout })) {
  const record = JSON.parse(line);
  if (record.type === 'ready') await openShop(record.url);
}

async function openShop(url) {
  const keys = JSON.parse(execFileSync(antom, ['emulator', 'keys', '--format', 'json']));
  Object.assign(process.env, keys, { ANTOM_GATEWAY_URL: url, ANTOM_SDK_URL: `${url}/sdk/ams-checkout.js` });
  console.log(`the emulator is at ${url}`);
  await import('./server.js');
}
