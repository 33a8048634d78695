import { sql } from 'kysely';
import type { Agent } from '#contract/session.ts';
import type { Database } from '../platform/storage/database.ts';
import { prepareQuery } from '../platform/storage/prepare-query.ts';
import type { DatabaseKind, Db } from '../platform/storage/schema.ts';

export type SessionStore = ReturnType<typeof createSessionStore>;

export function createSessionStore({ db, kind }: Pick<Database, 'db' | 'kind'>) {
  return {
    /** `check` runs first, in the same transaction, and throws to prevent the session. */
    async add(
      session: Agent & { tokenHash: string; createdAt: number; expiresAt: number },
      check: (transaction: Db) => Promise<void> = async () => {},
    ): Promise<void> {
      await db.transaction().execute(async (transaction) => {
        await check(transaction);
        await transaction
          .insertInto('sessions')
          .values({
            token_hash: session.tokenHash,
            account: session.account,
            uid: session.uid,
            created_at: session.createdAt,
            expires_at: session.expiresAt,
          })
          .execute();
      });
    },

    async findLive(tokenHash: string, now: number): Promise<(Agent & { expiresAt: number }) | undefined> {
      const [session] = await findLiveSession(db, { tokenHash, now });
      return session;
    },

    /** Those of the sessions that are live. One prepared statement with two parameters, however many sessions. */
    async filterLive(tokenHashes: string[], now: number): Promise<Set<string>> {
      if (tokenHashes.length === 0) return new Set();
      const list = kind === 'postgres' ? tokenHashes : JSON.stringify(tokenHashes);
      const rows = await findLiveSessions[kind](db, { list, now });
      return new Set(rows.map((row) => row.token_hash));
    },

    async end(tokenHash: string): Promise<void> {
      await db.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute();
    },

    /** The live ones, oldest first. */
    async list(now: number): Promise<(Agent & { createdAt: number; expiresAt: number })[]> {
      return db
        .selectFrom('sessions')
        .select(['account', 'uid', 'created_at as createdAt', 'expires_at as expiresAt'])
        .where('expires_at', '>', now)
        .orderBy('created_at')
        .execute();
    },

    /** In every account; returns how many live ones there were. */
    async endAllOfUser(uid: string, now: number): Promise<number> {
      const live = (await this.list(now)).filter((session) => session.uid === uid);
      await db.deleteFrom('sessions').where('uid', '=', uid).execute();
      return live.length;
    },

    /** Returns how many there were. */
    async endAll(transaction: Db, { account, uid }: Agent): Promise<number> {
      const { numDeletedRows } = await transaction
        .deleteFrom('sessions')
        .where('account', '=', account)
        .where('uid', '=', uid)
        .executeTakeFirst();
      return Number(numDeletedRows);
    },

    /**
     * Notes the first use of an app context and answers the address that used it first: the caller's own, unless
     * somebody was faster. One statement decides, so two simultaneous uses cannot both be first.
     */
    async claimContext(context: { digest: string; address: string; expiresAt: number }): Promise<string> {
      await db
        .insertInto('app_contexts')
        .values({ digest: context.digest, address: context.address, expires_at: context.expiresAt })
        .onConflict((conflict) => conflict.column('digest').doNothing())
        .execute();
      const first = await db
        .selectFrom('app_contexts')
        .select('address')
        .where('digest', '=', context.digest)
        .executeTakeFirstOrThrow();
      return first.address;
    },

    /** Deletes at most `limit` sessions that expired before `before` (ms UTC); returns how many. */
    async deleteExpiredSessions(before: number, limit: number): Promise<number> {
      const expired = db.selectFrom('sessions').select('token_hash').where('expires_at', '<=', before).limit(limit);
      const { numDeletedRows } = await db.deleteFrom('sessions').where('token_hash', 'in', expired).executeTakeFirst();
      return Number(numDeletedRows);
    },

    async deleteExpiredContexts(before: number, limit: number): Promise<number> {
      const expired = db.selectFrom('app_contexts').select('digest').where('expires_at', '<=', before).limit(limit);
      const { numDeletedRows } = await db.deleteFrom('app_contexts').where('digest', 'in', expired).executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}

const findLiveSession = prepareQuery((db, { tokenHash, now }: { tokenHash: string; now: number }) =>
  db
    .selectFrom('sessions')
    .select(['account', 'uid', 'expires_at as expiresAt'])
    .where('token_hash', '=', tokenHash)
    .where('expires_at', '>', now),
);

const prepareLiveSessions = (kind: DatabaseKind) =>
  prepareQuery((db, { list, now }: { list: string | string[]; now: number }) => {
    const hashes =
      kind === 'postgres' ? sql`select unnest(${list}::text[])` : sql`select value from json_each(${list})`;
    return db
      .selectFrom('sessions')
      .select('token_hash')
      .where('token_hash', 'in', sql<string>`(${hashes})`)
      .where('expires_at', '>', now);
  });
const findLiveSessions = { sqlite: prepareLiveSessions('sqlite'), postgres: prepareLiveSessions('postgres') };
