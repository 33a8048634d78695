import { sql } from 'kysely';
import type { Database } from '../../platform/storage/database.ts';
import { prepareChange, prepareQuery } from '../../platform/storage/prepare-query.ts';
import type { Db, Schema } from '../../platform/storage/schema.ts';

type Row = Schema['inbox_events'];
export type InboxState = Row['state'];
export type NewInboxRow = Omit<Row, 'id'>;
export type InboxRow = Omit<Row, 'id'> & { id: number };
export type InboxRowWithoutBody = Omit<InboxRow, 'body'>;
export type InboxFilter = {
  state?: InboxState;
  engagementId?: string;
  /** Inclusive. */
  ids?: { from: number; to: number };
};

export type InboxStore = ReturnType<typeof createInboxStore>;

const entryColumns = [
  'id',
  'account',
  'dedupe_key',
  'origin',
  'event',
  'engagement_id',
  'happened_at',
  'received_at',
  'state',
  'reason',
  'processed_at',
] as const;

/** Every delivery of Zoom or a flow, once. Times in ms UTC. */
export function createInboxStore({ db, kind }: Pick<Database, 'db' | 'kind'>) {
  return {
    /** All rows in one transaction, so with one fsync. Resolves when they are durable, with the keys that were new. */
    async insert(rows: NewInboxRow[]): Promise<Set<string>> {
      // Ordered by key, so that two processes that store the same events cannot deadlock.
      const sorted = [...rows].sort((a, b) => (a.dedupe_key < b.dedupe_key ? -1 : 1));
      return new Set(await (kind === 'postgres' ? insertArrays(db, sorted) : insertEach(db, sorted)));
    },

    async hasPending(): Promise<boolean> {
      return (await findPending(db, {})).length > 0;
    },

    /** Pending rows in the order of their ids, except those another process has locked. `only`: this one row. */
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

    async writeResults(transaction: Db, results: RowResult[], now: number): Promise<void> {
      for (const { state, reason, ids } of groupResults(results)) {
        const outcome = { state, reason, processed_at: now };
        if (kind === 'postgres') await updateOnPostgres(transaction, { ...outcome, ids });
        else await updateOnSqlite(transaction, { ...outcome, ids: JSON.stringify(ids) });
      }
    },

    async listPendingIds(max: number): Promise<number[]> {
      const rows = await db
        .selectFrom('inbox_events')
        .select('id')
        .where('state', '=', sql.lit('pending'))
        .orderBy('id')
        .limit(max)
        .execute();
      return rows.map(({ id }) => id);
    },

    /** Does nothing to a row that is no longer pending. */
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
        // A literal, which matches the condition of the partial index; a parameter does not.
        .where('state', '=', sql.lit(state))
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    /** Newest first. */
    list(filter: InboxFilter, limit: number): Promise<InboxRowWithoutBody[]> {
      return selectFiltered(db, filter).select(entryColumns).orderBy('id', 'desc').limit(limit).execute();
    },

    async read(id: number): Promise<InboxRow | undefined> {
      return db.selectFrom('inbox_events').selectAll().where('id', '=', id).executeTakeFirst();
    },

    /** Sets rows to pending, if they still have their bodies. */
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

    /**
     * Empties bodies received before `before` (ms UTC), except of pending rows and dead letters; returns their number.
     */
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

    /** Deletes rows received before `before` (ms UTC) that are not pending; returns their number. */
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

export type RowResult = { id: number; state: Exclude<InboxState, 'pending'>; reason: string | null };

const insertRow = prepareChange((db, row: NewInboxRow) =>
  db
    .insertInto('inbox_events')
    .values(row)
    .onConflict((conflict) => conflict.column('dedupe_key').doNothing()),
);

/** SQLite: a prepared insert for each row, without `returning`, is cheaper than one with the parameters of all. */
function insertEach(db: Db, rows: NewInboxRow[]): Promise<string[]> {
  return db.transaction().execute(async (transaction) => {
    const inserted: string[] = [];
    for (const row of rows) if ((await insertRow(transaction, row)) > 0) inserted.push(row.dedupe_key);
    return inserted;
  });
}

type Columns = { [Name in keyof NewInboxRow]: NewInboxRow[Name][] };

/** PostgreSQL: one statement, the same for any number of rows, and one round trip. */
const insertColumns = prepareQuery((db, columns: Columns) => {
  const query = sql<{ dedupe_key: string }>`
    insert into "inbox_events" (account, dedupe_key, origin, event, engagement_id, happened_at, received_at, body, state,
      reason, processed_at)
    select * from unnest(${columns.account}::text[], ${columns.dedupe_key}::text[], ${columns.origin}::text[],
      ${columns.event}::text[], ${columns.engagement_id}::text[], ${columns.happened_at}::bigint[],
      ${columns.received_at}::bigint[], ${columns.body}::text[], ${columns.state}::text[], ${columns.reason}::text[],
      ${columns.processed_at}::bigint[])
    on conflict (dedupe_key) do nothing returning dedupe_key`;
  return { compile: () => query.compile(db) };
});

async function insertArrays(db: Db, rows: NewInboxRow[]): Promise<string[]> {
  const inserted = await insertColumns(db, {
    account: rows.map((row) => row.account),
    dedupe_key: rows.map((row) => row.dedupe_key),
    origin: rows.map((row) => row.origin),
    event: rows.map((row) => row.event),
    engagement_id: rows.map((row) => row.engagement_id),
    happened_at: rows.map((row) => row.happened_at),
    received_at: rows.map((row) => row.received_at),
    body: rows.map((row) => row.body),
    state: rows.map((row) => row.state),
    reason: rows.map((row) => row.reason),
    processed_at: rows.map((row) => row.processed_at),
  });
  return inserted.map(({ dedupe_key }) => dedupe_key);
}

const findPending = prepareQuery((db, _values: Record<string, never>) =>
  db.selectFrom('inbox_events').select('id').where('state', '=', sql.lit('pending')).limit(1),
);

/** Results of equal outcome, which one statement writes. */
function groupResults(results: RowResult[]): { state: InboxState; reason: string | null; ids: number[] }[] {
  const groups = new Map<string, { state: InboxState; reason: string | null; ids: number[] }>();
  for (const { id, state, reason } of results) {
    const key = JSON.stringify([state, reason]);
    const group = groups.get(key) ?? { state, reason, ids: [] };
    group.ids.push(id);
    groups.set(key, group);
  }
  return [...groups.values()];
}

type Outcome<Ids> = { state: InboxState; reason: string | null; processed_at: number; ids: Ids };

/** One text for any number of ids, which is prepared once. */
const updateOnPostgres = prepareQuery((db, { ids, ...outcome }: Outcome<number[]>) =>
  db.updateTable('inbox_events').set(outcome).where(sql<boolean>`id = any(${ids}::bigint[])`),
);

const updateOnSqlite = prepareQuery((db, { ids, ...outcome }: Outcome<string>) =>
  db.updateTable('inbox_events').set(outcome).where(sql<boolean>`id in (select value from json_each(${ids}))`),
);

function selectFiltered(db: Db, { state, engagementId, ids }: InboxFilter) {
  let query = db.selectFrom('inbox_events');
  if (state !== undefined) query = query.where('state', '=', sql.lit(state));
  if (engagementId !== undefined) {
    // The index by engagement has no pending rows; those have an index of their own.
    const found = db.selectFrom('inbox_events').select('id').where('engagement_id', '=', engagementId);
    const pending = sql.lit<'pending'>('pending');
    query = query.where('id', 'in', found.where('state', '<>', pending).unionAll(found.where('state', '=', pending)));
  }
  if (ids !== undefined) query = query.where('id', '>=', ids.from).where('id', '<=', ids.to);
  return query;
}
