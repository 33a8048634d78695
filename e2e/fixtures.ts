import { test as base, expect } from '@playwright/test';

export { expect };

/**
 * What every spec starts from. A message on the browser's error console fails the test, unless the test says beforehand
 * that it is expected.
 */
export const test = base.extend<{ expectConsoleError: (pattern: RegExp) => void }>({
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
});
