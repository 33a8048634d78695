import { sql } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import { redactCards } from '../platform/redact-cards.ts';
import type { Database } from '../platform/storage/database.ts';
import { prepareQuery } from '../platform/storage/prepare-query.ts';
import type { Db } from '../platform/storage/schema.ts';
import type { AuditEntry } from './audit-entry.ts';
import { type ChainEnds, type ChainSeal, readSealState, type SealedEnds, type SealState } from './chain-seal.ts';
import { chainEntries, genesisHash, type StoredEntry } from './entry-hash.ts';
import { findBreak, type KnownHead } from './verify-chain.ts';

export type AuditFilter = {
  engagementId?: string | undefined;
  customerId?: string | undefined;
  uid?: string | undefined;
  action?: string | undefined;
};

export type AuditStore = ReturnType<typeof createAuditStore>;

/** The one who runs a command. */
const operator = { account: 'default', uid: 'operator' };

/**
 * The stored trail. The row `audit_chain` holds both ends of the chain; its lock (on SQLite: that of the transaction)
 * orders the writers of all processes.
 *
 * New ends are sealed only where the seal of the ends before them is by the same key and fits. Otherwise the stored
 * seal stays as it is and no longer fits, so that entries after a change without the key never hide it. A seal begins
 * only with `sealNewTrail`, in an empty database, and `reseal`, by an operator.
 */
export function createAuditStore(parts: {
  database: Pick<Database, 'db' | 'kind'>;
  clock: Clock;
  seal?: ChainSeal | undefined;
}) {
  const { clock, seal } = parts;
  const { db, kind } = parts.database;

  async function lockEnds(transaction: Db): Promise<SealedEnds> {
    const query = kind === 'postgres' ? selectEnds(transaction).forUpdate() : selectEnds(transaction);
    const ends = await query.executeTakeFirst();
    if (ends) return ends;
    await transaction
      .insertInto('audit_chain')
      .values({ id: 'main', ...noEntries })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    return query.executeTakeFirstOrThrow();
  }

  /** `before`: the ends as stored. */
  function saveEnds(transaction: Db, ends: ChainEnds, before: SealedEnds): Promise<SealedEnds> {
    return readSealState(before, seal) === 'sealed' ? saveSealed(transaction, ends) : save(transaction, ends, before);
  }

  const saveSealed = (transaction: Db, ends: ChainEnds): Promise<SealedEnds> =>
    save(transaction, ends, { key_id: seal?.keyId ?? null, seal: seal?.seal(ends) ?? null });

  async function save(
    transaction: Db,
    { sequence, hash, deleted_sequence, deleted_hash }: ChainEnds,
    { key_id, seal: sealText }: Pick<SealedEnds, 'key_id' | 'seal'>,
  ): Promise<SealedEnds> {
    const saved = { sequence, hash, deleted_sequence, deleted_hash, key_id, seal: sealText };
    await transaction.updateTable('audit_chain').set(saved).execute();
    return saved;
  }

  async function isNewView(transaction: Db, entry: AuditEntry): Promise<boolean> {
    const { agent, action, engagementId, customerId } = entry;
    if (action !== 'customer.view' || engagementId === undefined || customerId === undefined) return true;
    const stored = await findViews(transaction, { ...agent, engagementId, customerId });
    const records = entry.details?.records ?? [];
    if (stored.length === 0 || typeof records !== 'object') return true;
    const known = new Set(stored.flatMap(({ details }) => readRecords(details)));
    return records.some((id) => !known.has(id));
  }

  async function appendIn(transaction: Db, entries: AuditEntry[]): Promise<void> {
    const ends = await lockEnds(transaction);
    const added: AuditEntry[] = [];
    for (const entry of entries) if (await isNewView(transaction, entry)) added.push(entry);
    if (added.length > 0) await addRows(transaction, ends, added);
  }

  /** Returns the ends afterwards. */
  async function addRows(transaction: Db, ends: SealedEnds, entries: AuditEntry[]): Promise<SealedEnds> {
    const now = clock();
    const rows = chainEntries(
      ends,
      entries.map((entry) => toRow(entry, now)),
    );
    const newest = rows.at(-1);
    if (!newest) return ends;
    await transaction.insertInto('audit_entries').values(rows).execute();
    return saveEnds(transaction, { ...ends, sequence: newest.sequence, hash: newest.hash }, ends);
  }

  return {
    /** For a writer that has a transaction of its own: its entries commit with its work. */
    appendIn,

    /** Adds the entries in one transaction, but no view that is stored. No view may occur twice in `entries`. */
    append: (entries: AuditEntry[]): Promise<void> =>
      db.transaction().execute((transaction) => appendIn(transaction, entries)),

    /** Seals an empty trail, if the database is new. Others are sealed by `reseal`. */
    sealNewTrail: (): Promise<void> =>
      db.transaction().execute(async (transaction) => {
        if (!seal) return;
        const ends = await lockEnds(transaction);
        const isEmpty = readSealState(ends, seal) === 'none' && ends.sequence === 0;
        if (isEmpty && (await isNewDatabase(transaction))) await saveSealed(transaction, ends);
      }),

    /** Seals the trail from now on by the key, and adds an entry that says so. Returns the state of the former seal. */
    reseal: (): Promise<SealState> =>
      db.transaction().execute(async (transaction) => {
        const ends = await lockEnds(transaction);
        const state = readSealState(ends, seal);
        if (!seal || state === 'sealed') return state;
        const from = state === 'other-key' ? (ends.key_id ?? state) : state;
        const entry: AuditEntry = {
          agent: operator,
          action: 'audit.seal-change',
          details: { from, to: seal.keyId },
        };
        await saveSealed(transaction, await addRows(transaction, ends, [entry]));
        return state;
      }),

    /** For commands. Rejects where an entry would leave a trail that is sealed by a key which this process has not. */
    async checkKey(): Promise<void> {
      const ends = await selectEnds(db).executeTakeFirst();
      if (!ends || readSealState(ends, seal) !== 'other-key') return;
      throw new Error(
        'The audit trail is sealed by another SECRETS_KEY than the one that is set here: set that of the server.',
      );
    },

    readEnds: async (): Promise<SealedEnds> => (await selectEnds(db).executeTakeFirst()) ?? noEntries,

    /** Entries after `sequence`, the oldest first. */
    readAfter: (sequence: number, limit: number): Promise<StoredEntry[]> =>
      db
        .selectFrom('audit_entries')
        .selectAll()
        .where('sequence', '>', sequence)
        .orderBy('sequence')
        .limit(limit)
        .execute(),

    async readNewestSequence(): Promise<number> {
      const newest = await db
        .selectFrom('audit_entries')
        .select('sequence')
        .orderBy('sequence', 'desc')
        .limit(1)
        .executeTakeFirst();
      return newest?.sequence ?? 0;
    },

    /** The newest entries first. A search is found by each customer it showed, a view by each record shown. */
    list({ engagementId, customerId, uid, action }: AuditFilter, limit: number): Promise<StoredEntry[]> {
      let query = db.selectFrom('audit_entries').selectAll().orderBy('sequence', 'desc').limit(limit);
      if (engagementId !== undefined) query = query.where('engagement_id', '=', engagementId);
      if (uid !== undefined) query = query.where('actor', '=', uid);
      if (action !== undefined) query = query.where('action', '=', action);
      if (customerId !== undefined) {
        const quoted = `%${JSON.stringify(customerId).replace(/[\\%_]/g, '\\$&')}%`;
        query = query.where(({ eb, or }) =>
          or([eb('customer_id', '=', customerId), eb('details', 'like', sql<string>`${quoted} escape '\\'`)]),
        );
      }
      return query.execute();
    },

    /**
     * Deletes at most `limit` of the oldest entries, those before `before` (ms UTC); returns how many. The chain then
     * begins at the newest deleted one, which its ends name. The newest entry stays. Rejects where the entries are not
     * as they were made: an entry that was given an older time must not be deleted with the proof of it.
     */
    deleteOlder: (before: number, limit: number): Promise<number> =>
      db.transaction().execute(async (transaction) => {
        const ends = await lockEnds(transaction);
        const oldest = await transaction
          .selectFrom('audit_entries')
          .selectAll()
          .where('sequence', '<', ends.sequence)
          .orderBy('sequence')
          .limit(limit)
          .execute();
        const firstRemaining = oldest.findIndex((entry) => entry.at >= before);
        const deleted = firstRemaining === -1 ? oldest : oldest.slice(0, firstRemaining);
        const last = deleted.at(-1);
        if (!last) return 0;
        checkLinks({ sequence: ends.deleted_sequence, hash: ends.deleted_hash }, deleted);
        await transaction.deleteFrom('audit_entries').where('sequence', '<=', last.sequence).execute();
        await saveEnds(transaction, { ...ends, deleted_sequence: last.sequence, deleted_hash: last.hash }, ends);
        return deleted.length;
      }),

    /**
     * Removes the words and ids in the details of entries about a customer. The entries, the chain, and the record ids
     * of views stay.
     */
    async eraseDetails(transaction: Db, customerId: string): Promise<number> {
      const { numUpdatedRows } = await transaction
        .updateTable('audit_entries')
        .set({ details: null })
        .where('customer_id', '=', customerId)
        .where('details', 'is not', null)
        .where('details', '<>', '{}')
        .where('action', '<>', 'customer.view')
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },
  };
}

const noEntries: SealedEnds = {
  sequence: 0,
  hash: genesisHash,
  deleted_sequence: 0,
  deleted_hash: genesisHash,
  key_id: null,
  seal: null,
};

/** An installation in use has rows of these; a trail that was emptied in it is not new. */
async function isNewDatabase(db: Db): Promise<boolean> {
  const tables = [
    'audit_entries',
    'sessions',
    'inbox_events',
    'engagements',
    'observations',
    'link_decisions',
  ] as const;
  for (const table of tables) {
    const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(db);
    if (rows.length > 0) return false;
  }
  return true;
}

function checkLinks(before: KnownHead, entries: StoredEntry[]): void {
  let last = before;
  for (const entry of entries) {
    const reason = findBreak(entry, last);
    if (reason)
      throw new Error(`The audit trail is broken at entry ${entry.sequence} (${reason}): nothing is deleted.`);
    last = entry;
  }
}

const selectEnds = (db: Db) => db.selectFrom('audit_chain').selectAll().where('id', '=', 'main');

function toRow({ agent, action, engagementId, customerId, details = {} }: AuditEntry, now: number) {
  return {
    account: agent.account,
    at: now,
    actor: toStorable(agent.uid),
    action,
    engagement_id: engagementId ?? null,
    customer_id: customerId === undefined ? null : toStorable(customerId),
    details: JSON.stringify(redactTexts(details)),
  };
}

/** Lists hold ids, which may look like card numbers. */
const redactTexts = (details: NonNullable<AuditEntry['details']>) =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, typeof value === 'string' ? redactCards(value) : value]),
  );

/** The databases change or refuse half a surrogate pair and U+0000, and the hash is of the stored text. */
const toStorable = (text: string): string => text.replace(/[\0\p{Surrogate}]/gu, '\ufffd');

/** Of a stored view. */
const readRecords = (details: string | null): string[] =>
  (JSON.parse(details ?? '{}') as { records?: string[] }).records ?? [];

type View = { account: string; uid: string; engagementId: string; customerId: string };

const findViews = prepareQuery((db, { account, uid, engagementId, customerId }: View) =>
  db
    .selectFrom('audit_entries')
    .select('details')
    .where('account', '=', account)
    .where('engagement_id', '=', engagementId)
    .where('actor', '=', uid)
    .where('customer_id', '=', customerId)
    // Not a parameter: the partial index of views needs the word itself.
    .where('action', '=', sql.lit('customer.view')),
);
