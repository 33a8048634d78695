import type { Agent } from '#contract/session.ts';
import type { Database } from '../platform/storage/database.ts';
import { prepareQuery } from '../platform/storage/prepare-query.ts';
import type { Db } from '../platform/storage/schema.ts';
import { type AgentRecord, unknownAgent } from './agent-record.ts';

export type AgentStore = ReturnType<typeof createAgentStore>;

/** Agent records: one row per agent. */
export function createAgentStore({ db, kind }: Pick<Database, 'db' | 'kind'>) {
  const findForChange = kind === 'postgres' ? findAndLock : findRecord;

  return {
    async read(agent: Agent): Promise<AgentRecord | undefined> {
      return parseRecord(await findRecord(db, agent));
    },

    /** Locks the record until the transaction ends; a change of it waits. */
    async lock(transaction: Db, { account, uid }: Agent): Promise<AgentRecord | undefined> {
      return parseRecord(await findForChange(transaction, { account, uid }));
    },

    /**
     * Returns whether the record changed. An unknown agent gets an empty row, which is locked; if `change` returns the
     * same object, nothing else is written.
     */
    async change(
      transaction: Db,
      { account, uid, now }: Agent & { now: number },
      change: (known: AgentRecord) => AgentRecord,
    ): Promise<boolean> {
      let [row] = await findForChange(transaction, { account, uid });
      if (!row) {
        await insertRow(transaction, { account, uid, record: JSON.stringify(unknownAgent), email: null, now });
        [row] = await findForChange(transaction, { account, uid });
      }
      const known = row ? (JSON.parse(row.record) as AgentRecord) : unknownAgent;
      const changed = change(known);
      if (changed === known) return false;
      const email = changed.email?.value.toLowerCase() ?? null;
      await updateRow(transaction, { account, uid, record: JSON.stringify(changed), email, now });
      return true;
    },

    /** The user ids of the agents with these e-mails, given in lower case. */
    async findByEmails(from: Db, account: string, emails: string[]): Promise<string[]> {
      if (emails.length === 0) return [];
      const rows = await from
        .selectFrom('agents')
        .select('uid')
        .where('account', '=', account)
        .where('email', 'in', emails)
        .execute();
      return rows.map(({ uid }) => uid);
    },

    /** Deletes at most `limit` that have not changed since `before` (ms UTC); returns how many. */
    async deleteOlder(before: number, limit: number): Promise<number> {
      const old = await db
        .selectFrom('agents')
        .select(['account', 'uid'])
        .where('updated_at', '<', before)
        .limit(limit)
        .execute();
      await db.transaction().execute(async (transaction) => {
        for (const { account, uid } of old) await deleteOlderRow(transaction, { account, uid, before });
      });
      return old.length;
    },
  };
}

const parseRecord = ([row]: { record: string }[]) => row && (JSON.parse(row.record) as AgentRecord);

type Row = Agent & { record: string; email: string | null; now: number };

const selectRecord = (db: Db, { account, uid }: Agent) =>
  db.selectFrom('agents').select('record').where('account', '=', account).where('uid', '=', uid);

const findRecord = prepareQuery(selectRecord);
const findAndLock = prepareQuery((db, agent: Agent) => selectRecord(db, agent).forUpdate());

const insertRow = prepareQuery((db, { account, uid, record, email, now }: Row) =>
  db
    .insertInto('agents')
    .values({ account, uid, record, email, updated_at: now })
    .onConflict((conflict) => conflict.columns(['account', 'uid']).doNothing()),
);

const updateRow = prepareQuery((db, { account, uid, record, email, now }: Row) =>
  db
    .updateTable('agents')
    .set({ record, email, updated_at: now })
    .where('account', '=', account)
    .where('uid', '=', uid),
);

const deleteOlderRow = prepareQuery((db, { account, uid, before }: Agent & { before: number }) =>
  db.deleteFrom('agents').where('account', '=', account).where('uid', '=', uid).where('updated_at', '<', before),
);
