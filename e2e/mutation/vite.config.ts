import { defineConfig } from 'vitest/config';

/** The unit tests of the pure core: those that `npm run mutation` runs for each mutant. */
export default defineConfig({
  test: {
    testTimeout: 120_000,
    include: [
      'server/customers/{match,merge}.test.ts',
      'server/customers/identifiers/*.test.ts',
      'server/engagements/machine.test.ts',
      'server/connectors/http/circuit-breaker.test.ts',
      'server/intake/inbox/group-commit.test.ts',
    ],
  },
});
