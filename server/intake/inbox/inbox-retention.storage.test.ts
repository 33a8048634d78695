import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../../platform/log.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../../platform/storage/storage-conformance.ts';
import { createInboxRetention } from './inbox-retention.ts';
import { createInboxStore, type InboxState } from './inbox-store.ts';

const day = 24 * 60 * 60_000;
const now = Date.parse('2026-11-20T09:00:00Z');

describe.each(databasesUnderTest)('keeping events on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  test('bodies go after 7 days, rows after 30, dead letters whole, and what is pending stays', async () => {
    const store = createInboxStore(database);
    const states: InboxState[] = ['applied', 'ignored', 'dead', 'pending'];
    const ages = [31, 29, 8, 6];
    await store.insert(
      ages.flatMap((age) =>
        states.map((state) => ({
          ...{ account: 'main', dedupe_key: `${state} ${age}`, origin: 'webhook' as const, event: 'engagement_ended' },
          ...{ engagement_id: 'E-1', happened_at: null, received_at: now - age * day, body: '{}' },
          ...{ state, reason: null, processed_at: null },
        })),
      ),
    );
    const retention = createInboxRetention({ store, clock: () => now, log: createLog('silent') });
    await retention.sweep();
    await retention.sweep();

    const rows = await database.db.selectFrom('inbox_events').selectAll().execute();
    const kept = rows.map(({ dedupe_key, body }) => `${dedupe_key}${body === null ? ' empty' : ''}`);
    expect(kept.sort()).toEqual(
      [
        ...['pending 31', 'pending 29', 'pending 8', 'pending 6'],
        ...['dead 29', 'dead 8', 'dead 6'],
        ...['applied 29 empty', 'applied 8 empty', 'applied 6', 'ignored 29 empty', 'ignored 8 empty', 'ignored 6'],
      ].sort(),
    );
  });
});
