import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainStatements } from '../platform/storage/explain-for-tests.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../platform/storage/storage-conformance.ts';
import { listOpenEngagements } from './open-engagements-store.ts';
import { readStateRow } from './state-store.ts';

describe.each(databasesUnderTest)('query plans of engagements on $name', ({ name, open }) => {
  let database: DatabaseUnderTest;
  beforeAll(async () => {
    database = await open();
    await insertOpenEngagements(database, 3_000);
    if (name === 'postgres') await sql`analyze`.execute(database.db);
  });
  afterAll(() => database.close());

  it('open engagements of an agent › starts from the engagements of the agent, not from all open ones', async () => {
    const plans = await explainStatements(database, () =>
      listOpenEngagements(database.db, { account: 'main', uid: 'agent-1' }, 0),
    );
    expect(plans).toHaveLength(2);
    for (const plan of plans) {
      expect(plan).toMatch(
        name === 'sqlite'
          ? /SEARCH engagements USING INDEX sqlite_autoindex_engagements_1 \(account=\? AND engagement_id=\?\)/
          : /Index Scan using engagements_key on engagements\n +Index Cond: .*engagement_id = /,
      );
    }
    expect(await listOpenEngagements(database.db, { account: 'main', uid: 'agent-1' }, 0)).toEqual(['E2', 'E1']);
  });

  it('state of an engagement › searches every table by an index, gaps by their end', async () => {
    const key = { account: 'main', uid: 'agent-1', engagementId: 'E1', now: 1 };
    const plans = await explainStatements(database, () => readStateRow(database.db, name, key));
    expect(plans).toHaveLength(1);
    expect(plans[0]).not.toMatch(/SCAN (engagements|own|observations|socket_gaps)|Seq Scan/);
    expect(plans[0]).toMatch(
      name === 'sqlite'
        ? /SEARCH socket_gaps USING INDEX socket_gaps_by_end \(account=\? AND <expr>>\?\)/
        : /Index Cond: \(\(account = \$\d+\) AND \(COALESCE\(until_at, .*\) >= /,
    );
  });
});

/** Two for each agent: E1 and E2 for agent-1, and so on. */
async function insertOpenEngagements({ db, kind }: DatabaseUnderTest, count: number): Promise<void> {
  const numbers =
    kind === 'postgres'
      ? sql`generate_series(1, ${sql.lit(count)}) as n`
      : sql`(with recursive series(n) as (select 1 union all select n + 1 from series where n < ${sql.lit(count)})
          select n from series)`;
  await sql`
    insert into engagements (account, engagement_id, events, facts, facts_at, record, agents, first_seen_at, updated_at)
    select 'main', 'E' || n, '[]', '{}', '{}', '{}', '[]', n, n from ${numbers}`.execute(db);
  await sql`
    insert into engagement_agents (account, uid, engagement_id)
    select 'main', 'agent-' || ((n + 1) / 2), 'E' || n from ${numbers}`.execute(db);
}
