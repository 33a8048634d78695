import { fileURLToPath } from 'node:url';
import { expect } from '@playwright/test';
import { test as base } from '../fixtures.ts';
import { startDeskside } from '../start-deskside.ts';
import type { Surroundings } from './open-panel.ts';
import { servePage } from './serve-page.ts';

export { expect };

/** One server of a worker's own, with the strangers' customers, and two pages of which it lets only one frame it. */
export const test = base.extend<object, { surroundings: Surroundings }>({
  surroundings: [
    async ({ browserName: _ }, use) => {
      const [listed, unlisted] = await Promise.all([servePage('localhost'), servePage('localhost')]);
      const deskside = await startDeskside({
        frameAncestors: `'self' ${listed.origin}`,
        customers: strangersCustomers,
        // These hosts send no events of Zoom's.
        settings: { TRUST_PANELS: '1' },
      });
      await use({ deskside, listed, unlisted });
      await Promise.all([deskside.stop(), listed.stop(), unlisted.stop()]);
    },
    { scope: 'worker', timeout: 180_000 },
  ],
});

export const strangersCustomers = fileURLToPath(new URL('./people.ndjson', import.meta.url));
