import * as z from 'zod';
import type { Seal } from '../../platform/seal.ts';
import type { Database } from '../../platform/storage/database.ts';
import type { TokenStore } from './connection-tokens.ts';

const keptToken = z.object({
  token: z.string(),
  baseUrl: z.string().optional(),
  request: z.string(),
  until: z.number(),
});

/** Tokens for all processes of this installation, sealed, each for its own row: moved to another, it opens nothing. */
export function createTokenStore({ database, seal }: { database: Pick<Database, 'db'>; seal: Seal }): TokenStore {
  const { db } = database;
  return {
    async read(connection) {
      const row = await db
        .selectFrom('connection_tokens')
        .select('sealed')
        .where('connection', '=', connection)
        .executeTakeFirst();
      const text = row && seal.open(row.sealed, placeOf(connection));
      // What does not open was sealed with another key, or for another row: a new token is asked for.
      if (text === undefined) return undefined;
      const { token, baseUrl, request, until } = keptToken.parse(JSON.parse(text));
      return { token, baseUrl, request, until };
    },

    async write(connection, token) {
      const row = {
        sealed: seal.seal(JSON.stringify(token), placeOf(connection)),
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

function placeOf(connection: string): string {
  return `connection_tokens sealed ${connection}`;
}
