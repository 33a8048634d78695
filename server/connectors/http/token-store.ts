import * as z from 'zod';
import type { Seal } from '../../platform/seal.ts';
import type { Database } from '../../platform/storage/database.ts';
import type { TokenStore } from './connection-tokens.ts';

const storedToken = z.object({
  token: z.string(),
  baseUrl: z.string().optional(),
  request: z.string(),
  until: z.number(),
});

/** Access tokens shared by all processes, sealed. Each seal is bound to its row and does not open in another. */
export function createTokenStore({ database, seal }: { database: Pick<Database, 'db'>; seal: Seal }): TokenStore {
  const { db } = database;
  return {
    async read(connection) {
      const row = await db
        .selectFrom('connection_tokens')
        .select('sealed')
        .where('connection', '=', connection)
        .executeTakeFirst();
      const text = row && seal.open(row.sealed, toContext(connection));
      // Sealed with another key or for another row: a new token will be requested.
      if (text === undefined) return undefined;
      const { token, baseUrl, request, until } = storedToken.parse(JSON.parse(text));
      return { token, baseUrl, request, until };
    },

    async write(connection, token) {
      const row = {
        sealed: seal.seal(JSON.stringify(token), toContext(connection)),
        expires_at: Math.round(token.until),
      };
      await db
        .insertInto('connection_tokens')
        .values({ connection, ...row })
        .onConflict((conflict) => conflict.column('connection').doUpdateSet(row))
        .execute();
    },
  };
}

function toContext(connection: string): string {
  return `connection_tokens sealed ${connection}`;
}
