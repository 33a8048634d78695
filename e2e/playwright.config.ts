import { defineConfig } from '@playwright/test';
import { chromiumLaunchOptions } from './find-chromium.ts';

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../node_modules/.cache/deskside/e2e',
  reporter: [['list'], ['json', { outputFile: '../node_modules/.cache/deskside/test-results/playwright.json' }]],
  workers: 2,
  fullyParallel: true,
  // A test that needs a second try hides what an agent would have seen.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 30_000,
  use: {
    launchOptions: chromiumLaunchOptions(),
    viewport: { width: 360, height: 800 },
    locale: 'en-US',
    trace: 'retain-on-failure',
  },
});
