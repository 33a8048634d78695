import { availableParallelism } from 'node:os';
import { defineConfig } from '@playwright/test';
import { chromiumLaunchOptions } from './find-chromium.ts';

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../node_modules/.cache/deskside/e2e',
  reporter: [['list'], ['json', { outputFile: '../node_modules/.cache/deskside/test-results/e2e.json' }]],
  workers: Math.min(4, availableParallelism()),
  fullyParallel: true,
  // A test that needs a second try hides what an agent would have seen.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Waits end by their condition; the limits are for what hangs, also on a machine that is busy with other work.
  timeout: 180_000,
  expect: { timeout: 60_000 },
  use: {
    launchOptions: chromiumLaunchOptions(),
    viewport: { width: 360, height: 800 },
    locale: 'en-US',
    // A trace of each test costs a quarter of the time: `npm run e2e -- --trace on FILE` records one.
    screenshot: 'only-on-failure',
  },
});
