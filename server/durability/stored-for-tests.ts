/** The content of a database after a fault, read as another process would read it. */

import { setTimeout as wait } from 'node:timers/promises';
import { type Database, openDatabase } from '../platform/storage/database.ts';
import type { Delivery } from './deliveries-for-tests.ts';

/** The acknowledged deliveries that are not there, and those that are there more than once. */
export async function compareInbox(
  database: Database,
  deliveries: Delivery[],
): Promise<{ lost: Delivery[]; doubled: Delivery[] }> {
  const rows = await database.db.selectFrom('inbox_events').select(['event', 'engagement_id', 'happened_at']).execute();
  const counts = new Map<string, number>();
  for (const { event, engagement_id, happened_at } of rows) {
    const key = `${event} ${engagement_id} ${happened_at}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const countOf = ({ name, engagementId, at }: Delivery) => counts.get(`${name} ${engagementId} ${at}`) ?? 0;
  return {
    lost: deliveries.filter((delivery) => delivery.isAcknowledged && countOf(delivery) === 0),
    doubled: deliveries.filter((delivery) => countOf(delivery) > 1),
  };
}

/** Waits until every stored event is processed; returns the outcomes. */
export async function untilProcessed(database: Database, timeoutMs = 30_000): Promise<Record<string, number>> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const rows = await database.db
      .selectFrom('inbox_events')
      .select((select) => ['state', select.fn.countAll<number>().as('count')])
      .groupBy('state')
      .execute();
    const counts = Object.fromEntries(rows.map(({ state, count }) => [state, count]));
    if (counts.pending === undefined) return counts;
    if (performance.now() > until) throw new Error(`Still ${counts.pending} events to be processed`);
    await wait(50);
  }
}

/** Every record without what depends on when it was written. */
export async function readRecords(database: Database): Promise<Map<string, unknown>> {
  const rows = await database.db
    .selectFrom('engagements')
    .select(['engagement_id', 'events', 'facts', 'record', 'agents'])
    .execute();
  return new Map(
    rows.map(({ engagement_id, events, facts, record, agents }) => [
      engagement_id,
      {
        keys: (JSON.parse(events) as { key: string }[]).map(({ key }) => key).sort(),
        facts: JSON.parse(facts),
        record: JSON.parse(record),
        agents: (JSON.parse(agents) as string[]).sort(),
      },
    ]),
  );
}

export async function withDatabase<Answer>(url: string, use: (database: Database) => Promise<Answer>): Promise<Answer> {
  const database = await openDatabase(url);
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}
