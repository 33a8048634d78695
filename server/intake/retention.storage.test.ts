import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../platform/log.ts';
import { createRetention } from '../platform/retention.ts';
import { explainStatements } from '../platform/storage/explain-for-tests.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../platform/storage/storage-conformance.ts';
import { createInboxStore, type InboxState } from './inbox/inbox-store.ts';
import { createIntakeRetention } from './retention.ts';
import { createSocketGapStore } from './socket/socket-gap-store.ts';

const day = 24 * 60 * 60_000;
const now = Date.parse('2026-11-20T09:00:00Z');

describe.each(databasesUnderTest)('retention of intake on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  const applyRules = () =>
    createRetention({ rules: createIntakeRetention(database), clock: () => now, log: createLog('silent') }).runDue();

  it('inbox events › bodies are emptied after 7 days, rows deleted after 30; dead letters keep bodies, pending rows stay', async () => {
    const store = createInboxStore(database);
    const states: InboxState[] = ['applied', 'ignored', 'dead', 'pending'];
    const ages = [31, 29, 8, 6];
    await store.insert(
      ages.flatMap((age) =>
        states.map((state) => ({
          account: 'main',
          dedupe_key: `${state} ${age}`,
          origin: 'webhook' as const,
          event: 'engagement_ended',
          engagement_id: 'E-1',
          happened_at: null,
          received_at: now - age * day,
          body: '{}',
          state,
          reason: null,
          processed_at: null,
        })),
      ),
    );
    await applyRules();
    await applyRules();

    const rows = await database.db.selectFrom('inbox_events').selectAll().execute();
    const remaining = rows.map(({ dedupe_key, body }) => `${dedupe_key}${body === null ? ' empty' : ''}`);
    expect(remaining.sort()).toEqual(
      [
        'pending 31',
        'pending 29',
        'pending 8',
        'pending 6',
        'dead 29',
        'dead 8',
        'dead 6',
        'applied 29 empty',
        'applied 8 empty',
        'applied 6',
        'ignored 29 empty',
        'ignored 8 empty',
        'ignored 6',
      ].sort(),
    );
  });

  it('gaps of the WebSocket › are deleted 120 days after their end; an open one stays', async () => {
    const gaps = createSocketGapStore(database, 'main');
    for (const age of [121, 119]) {
      await gaps.open(now - (age + 1) * day);
      await gaps.close(now - age * day);
    }
    await gaps.open(now - 300 * day);
    await applyRules();
    const rows = await database.db.selectFrom('socket_gaps').select('until_at').orderBy('id').execute();
    expect(rows).toEqual([{ until_at: now - 119 * day }, { until_at: null }]);
  });

  it('bodies › are found by an index of the rows that still have one', async () => {
    const store = createInboxStore(database);
    const plans = await explainStatements(database, () => store.emptyBodies(now, 100));
    expect(plans).toHaveLength(1);
    expect(plans[0]).toContain('inbox_events_with_body');
    expect(plans[0]).not.toMatch(/SCAN inbox_events|Seq Scan/);
  });
});
