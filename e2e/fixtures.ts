import { test as base, expect } from '@playwright/test';
import { createDesktop, type Desktop } from './desktop.ts';
import { type ContactCenterHost, startContactCenter } from './start-contact-center.ts';

export { expect };

/**
 * The fixtures of every spec. A message on the browser's error console fails the test, unless the test says beforehand
 * that it is expected.
 */
export const test = base.extend<
  { expectConsoleError: (pattern: RegExp) => void; desktop: Desktop },
  { contactCenter: ContactCenterHost }
>({
  expectConsoleError: [
    async ({ context }, use) => {
      const expected: RegExp[] = [];
      const seen: string[] = [];
      context.on('console', (message) => {
        if (message.type() === 'error') seen.push(message.text());
      });
      context.on('weberror', (webError) => seen.push(String(webError.error())));
      await use((pattern) => expected.push(pattern));
      const unexpected = seen.filter((text) => !expected.some((pattern) => pattern.test(text)));
      expect(unexpected, 'errors on the browser console').toEqual([]);
    },
    { auto: true },
  ],
  /** One server and one simulator for all tests of a worker; every engagement has an id of its own. */
  contactCenter: [
    async ({ browserName: _ }, use) => {
      const host = await startContactCenter();
      await use(host);
      await host.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  /** The simulated desktop, open, with nobody waiting. */
  desktop: async ({ page, contactCenter }, use) => {
    const desktop = createDesktop(page, contactCenter.url);
    await desktop.open();
    await use(desktop);
  },
});
