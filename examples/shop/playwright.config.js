// Runs the shop on the emulator and tests it in a browser. CHROMIUM names an
// installed one; without it Playwright's own is used (npx playwright install).

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { defineConfig } from '@playwright/test';

const port = 3210;
const state = mkdtempSync(join(tmpdir(), 'shop-')); // an emulator of the tests' own
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: 'tests',
  timeout: 30_000,
  fullyParallel: true,
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    launchOptions: { executablePath: process.env.CHROMIUM, args: isRoot ? ['--no-sandbox'] : [] },
  },
  webServer: {
    command: 'node emulator.js',
    url: `http://127.0.0.1:${port}`,
    env: { ...process.env, PORT: String(port), ANTOM_STATE_DIR: state, ANTOM_CONFIG_DIR: state },
    gracefulShutdown: { signal: 'SIGINT', timeout: 5000 },
  },
});
