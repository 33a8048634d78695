import { sql } from 'kysely';
import type { Database } from '../../platform/storage/database.ts';
import type { Db, Schema } from '../../platform/storage/schema.ts';

type Row = Schema['inbox_events'];
export type InboxState = Row['state'];
/** As it arrives; who keeps it gives it its id. */
export type NewInboxRow = Omit<Row, 'id'>;
export type InboxRow = Omit<Row, 'id'> & { id: number };
/** Without the body, for lists. */
export type InboxEntry = Omit<InboxRow, 'body'>;
export type InboxFilter = {
  state?: InboxState;
  engagementId?: string;
  /** Both included. */
  ids?: { from: number; to: number };
};

export type InboxStore = ReturnType<typeof createInboxStore>;

/** Rows of one insert. Few sizes, so that few statements are prepared; 100 rows of 11 columns are 1,100 parameters. */
const insertSizes = [100, 20, 5, 1];

const entryColumns = [
  ...(['id', 'account', 'dedupe_key', 'origin', 'event', 'engagement_id', 'happened_at'] as const),
  ...(['received_at', 'state', 'reason', 'processed_at'] as const),
];

/** Everything that Zoom or a flow ever said. Times in ms UTC. */
export function createInboxStore({ db, kind }: Pick<Database, 'db' | 'kind'>) {
  return {
    /**
     * All of `rows` in one transaction, so with one fsync. Answers the keys of those that were not there before; they
     * are durable when this resolves.
     */
    async insert(rows: NewInboxRow[]): Promise<Set<string>> {
      // In the order of the keys: two processes that store the same events never wait for each other in a circle.
      const sorted = [...rows].sort((a, b) => (a.dedupe_key < b.dedupe_key ? -1 : 1));
      return db.transaction().execute(async (transaction) => {
        const stored = new Set<string>();
        for (const some of inSizes(sorted)) {
          const inserted = await transaction
            .insertInto('inbox_events')
            .values(some)
            .onConflict((conflict) => conflict.column('dedupe_key').doNothing())
            .returning('dedupe_key')
            .execute();
          for (const { dedupe_key } of inserted) stored.add(dedupe_key);
        }
        return stored;
      });
    },

    async hasPending(): Promise<boolean> {
      const row = await db
        .selectFrom('inbox_events')
        .select('id')
        .where('state', '=', sql.lit('pending'))
        .limit(1)
        .execute();
      return row.length > 0;
    },

    /** Pending rows in the order of their ids, without those that another process has locked. `only`: this one row. */
    lockPending(transaction: Db, choice: { max: number; only?: number }): Promise<InboxRow[]> {
      let query = transaction
        .selectFrom('inbox_events')
        .selectAll()
        .where('state', '=', sql.lit('pending'))
        .orderBy('id')
        .limit(choice.max);
      if (choice.only !== undefined) query = query.where('id', '=', choice.only);
      if (kind === 'postgres') query = query.forUpdate().skipLocked();
      return query.execute();
    },

    writeVerdicts,

    async listPendingIds(most: number): Promise<number[]> {
      const rows = await db
        .selectFrom('inbox_events')
        .select('id')
        .where('state', '=', sql.lit('pending'))
        .orderBy('id')
        .limit(most)
        .execute();
      return rows.map(({ id }) => id);
    },

    /** Only what is still pending. */
    async markDead(id: number, reason: string, now: number): Promise<void> {
      await db
        .updateTable('inbox_events')
        .set({ state: 'dead', reason, processed_at: now })
        .where('id', '=', id)
        .where('state', '=', sql.lit('pending'))
        .execute();
    },

    async count(state: 'pending' | 'dead'): Promise<number> {
      const { count } = await db
        .selectFrom('inbox_events')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        // Written out, or the databases would not see that an index holds just these rows.
        .where('state', '=', sql.lit(state))
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    /** Newest first. */
    list(filter: InboxFilter, limit: number): Promise<InboxEntry[]> {
      return selectFiltered(db, filter).select(entryColumns).orderBy('id', 'desc').limit(limit).execute();
    },

    async read(id: number): Promise<InboxRow | undefined> {
      return db.selectFrom('inbox_events').selectAll().where('id', '=', id).executeTakeFirst();
    },

    /** To be processed again, as far as the bodies are still there. Repeating it is harmless: the keys are the same. */
    async replay(filter: InboxFilter): Promise<{ replayed: number; withoutBody: number }> {
      return db.transaction().execute(async (transaction) => {
        const chosen = selectFiltered(transaction, filter);
        const { count } = await chosen
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .where('body', 'is', null)
          .executeTakeFirstOrThrow();
        const { numUpdatedRows } = await transaction
          .updateTable('inbox_events')
          .set({ state: 'pending', reason: null, processed_at: null })
          .where('id', 'in', chosen.select('id').where('body', 'is not', null))
          .executeTakeFirstOrThrow();
        return { replayed: Number(numUpdatedRows), withoutBody: Number(count) };
      });
    },

    /** Empties at most `limit` bodies of before `before` (ms UTC), but those of pending rows and dead letters; returns how many. */
    async emptyBodies(before: number, limit: number): Promise<number> {
      const old = db
        .selectFrom('inbox_events')
        .select('id')
        .where('body', 'is not', null)
        .where('received_at', '<=', before)
        .where('state', 'in', ['applied', 'ignored'])
        .orderBy('received_at')
        .limit(limit);
      const { numUpdatedRows } = await db
        .updateTable('inbox_events')
        .set({ body: null })
        .where('id', 'in', old)
        // A replay may have begun meanwhile, and needs the body.
        .where('state', 'in', ['applied', 'ignored'])
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },

    /** Deletes at most `limit` rows of before `before` (ms UTC) that are not pending; returns how many. */
    async deleteOlder(before: number, limit: number): Promise<number> {
      const old = db
        .selectFrom('inbox_events')
        .select('id')
        .where('received_at', '<=', before)
        .where('state', '<>', 'pending')
        .orderBy('received_at')
        .limit(limit);
      const { numDeletedRows } = await db
        .deleteFrom('inbox_events')
        .where('id', 'in', old)
        .where('state', '<>', 'pending')
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}

/** What became of a row. */
export type Verdict = { id: number; state: Exclude<InboxState, 'pending'>; reason: string | null };

function* inSizes<Item>(items: Item[]): Generator<Item[]> {
  let start = 0;
  for (const size of insertSizes) {
    for (; start + size <= items.length; start += size) yield items.slice(start, start + size);
  }
}

async function writeVerdicts(transaction: Db, verdicts: Verdict[], now: number): Promise<void> {
  const groups = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const like = `${verdict.state} ${verdict.reason}`;
    groups.set(like, [...(groups.get(like) ?? []), verdict]);
  }
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const { state, reason } = first;
    await transaction
      .updateTable('inbox_events')
      .set({ state, reason, processed_at: now })
      .where(
        'id',
        'in',
        group.map(({ id }) => id),
      )
      .execute();
  }
}

function selectFiltered(db: Db, { state, engagementId, ids }: InboxFilter) {
  let query = db.selectFrom('inbox_events');
  if (state !== undefined) query = query.where('state', '=', sql.lit(state));
  if (engagementId !== undefined) query = query.where('engagement_id', '=', engagementId);
  if (ids !== undefined) query = query.where('id', '>=', ids.from).where('id', '<=', ids.to);
  return query;
}
