import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from './database.ts';
import { prepareChange, prepareQuery } from './prepare-query.ts';
import { databasesUnderTest } from './storage-conformance.ts';

const findFacts = prepareQuery((db, { account, ids, most }: { account: string; ids: string; most: number }) =>
  db
    .selectFrom('engagements')
    .select(['engagement_id', 'facts'])
    .where('account', '=', account)
    .where('engagement_id', 'in', [ids, 'E-always'])
    .where('updated_at', '>', 5)
    .orderBy('engagement_id')
    .limit(most),
);

const touchEngagement = prepareChange((db, { engagementId, now }: { engagementId: string; now: number }) =>
  db.updateTable('engagements').set({ updated_at: now }).where('engagement_id', '=', engagementId),
);

describe.each(databasesUnderTest)('prepared query on $name', ({ open }) => {
  let database: Database;

  beforeAll(async () => {
    database = await open();
    const rows = ['E-1', 'E-2', 'E-always'].map((engagement_id) => ({
      account: 'main',
      engagement_id,
      events: '[]',
      facts: `{"of":"${engagement_id}"}`,
      facts_at: '{}',
      record: '{}',
      agents: '[]',
      started_at: null,
      ended_at: null,
      first_seen_at: 1,
      updated_at: 10,
    }));
    await database.db.insertInto('engagements').values(rows).execute();
  });
  afterAll(() => database.close());

  test('other values › uses the values of the call, and constants as built', async () => {
    const idsOf = async (values: { account: string; ids: string; most: number }) =>
      (await findFacts(database.db, values)).map((row) => row.engagement_id);
    expect(await idsOf({ account: 'main', ids: 'E-1', most: 9 })).toEqual(['E-1', 'E-always']);
    expect(await idsOf({ account: 'main', ids: 'E-2', most: 9 })).toEqual(['E-2', 'E-always']);
    expect(await idsOf({ account: 'main', ids: 'E-2', most: 1 })).toEqual(['E-2']);
    expect(await idsOf({ account: 'another', ids: 'E-1', most: 9 })).toEqual([]);
  });

  test('a change › resolves with the number of changed rows', async () => {
    const touch = (engagementId: string) => touchEngagement(database.db, { engagementId, now: 11 });
    expect([await touch('E-1'), await touch('E-unknown')]).toEqual([1, 0]);
  });

  test('a plugin › sees the result', async () => {
    let results = 0;
    const counted = database.db.withPlugin({
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        results += 1;
        return result;
      },
    });
    expect(await findFacts(counted, { account: 'main', ids: 'E-1', most: 9 })).toHaveLength(2);
    expect(results).toBe(1);
  });

  test('an invalid value › rejects, and the next query runs', async () => {
    await expect(findFacts(database.db, { account: 'ma\0in', ids: 'E-1', most: 9 })).rejects.toThrow();
    expect(await findFacts(database.db, { account: 'main', ids: 'E-1', most: 9 })).toHaveLength(2);
  });

  test('a transaction › runs inside it', async () => {
    await database.db.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('engagements').where('engagement_id', '=', 'E-always').execute();
      expect(await findFacts(transaction, { account: 'main', ids: 'E-1', most: 9 })).toHaveLength(1);
    });
  });
});
