import type { Database } from '../platform/storage/database.ts';
import type { FakeSource } from './fake-source.ts';
import { noOwnNumbers } from './own-numbers.ts';
import { createCustomerService } from './service.ts';

type Overrides = Partial<Omit<Parameters<typeof createCustomerService>[0], 'database'>>;

/** The customers feature over one source, with short timeouts and without notifications. */
export function createCustomersForTests(
  database: Database,
  source: FakeSource,
  { clock = () => 5_000, ...overrides }: Overrides = {},
) {
  return createCustomerService({
    database,
    sources: [source],
    clock,
    ownNumbersOf: () => noOwnNumbers,
    recordAudit: async () => {},
    reportFailure: () => {},
    notifyLateResult: () => {},
    lookupTimes: { deadlineMs: 200, firstResultDeadlineMs: 50, batchWindowMs: 1 },
    ...overrides,
  });
}
