/**
 * How the databases execute the statements of a store: tests assert which index a query uses, and that it scans no
 * table.
 */
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import type { DatabaseUnderTest } from './storage-conformance.ts';
import { watchStatements } from './watch-statements-for-tests.ts';

let observed: Set<string> | undefined;
watchStatements(({ text, moment }) => {
  if (moment === 'before') observed?.add(text);
});

/**
 * Runs `work` and returns the plan of each distinct read, update and delete that it gave to the database. PostgreSQL
 * prefers a scan on the empty tables of a test, so scans are disabled there: one remains only where no index fits.
 */
export async function explainStatements(database: DatabaseUnderTest, work: () => Promise<unknown>): Promise<string[]> {
  observed = new Set();
  try {
    await work();
    const statements = [...observed].filter((text) => /^\s*(select|update|delete)\b/i.test(text));
    observed = undefined;
    return database.kind === 'sqlite'
      ? explainSqlite(database.url, statements)
      : explainPostgres(database.url, statements);
  } finally {
    observed = undefined;
  }
}

function explainSqlite(url: string, statements: string[]): string[] {
  const sqlite = new Sqlite(url.slice('sqlite:'.length), { readonly: true });
  try {
    return statements.map((text) => {
      const statement = sqlite.prepare(`explain query plan ${text}`);
      const values = Array<null>(text.split('?').length - 1).fill(null);
      return (statement.all(values) as { detail: string }[]).map(({ detail }) => detail).join('\n');
    });
  } finally {
    sqlite.close();
  }
}

async function explainPostgres(url: string, statements: string[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('set enable_seqscan = off; set plan_cache_mode = force_generic_plan');
    const plans: string[] = [];
    for (const text of statements) {
      const count = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
      const values = count === 0 ? '' : `(${Array(count).fill('null').join(', ')})`;
      await client.query(`prepare explained as ${text}`);
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (costs off) execute explained${values}`);
      await client.query('deallocate explained');
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
    }
    return plans;
  } finally {
    await client.end();
  }
}
