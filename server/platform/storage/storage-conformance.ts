import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, inject } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { openPostgres } from './open-postgres.ts';
import { openSqlite } from './open-sqlite.ts';
import type { DatabaseKind } from './schema.ts';

/** `url` opens the same database once more, as another process would. */
export type DatabaseUnderTest = Database & { url: string };

/** An address where nothing of ours is yet. */
type EmptyDatabase = { url: string; remove(): Promise<void> };

type DatabaseUnderTestKind = {
  name: DatabaseKind;
  createEmpty(): Promise<EmptyDatabase>;
  /** A database with our tables and nothing in them, which nobody else uses until `close`. */
  open(): Promise<DatabaseUnderTest>;
};

/** Both databases, for the tests of every store: `describe.each(databasesUnderTest)('… on $name', ({ open }) => …)`. */
export const databasesUnderTest: DatabaseUnderTestKind[] = [
  { name: 'sqlite', createEmpty: createSqliteFile, open: openSqliteCopy },
  { name: 'postgres', createEmpty: createPostgresDatabase, open: openEmptied },
];

/** Migrations are a third of a test's time, so each test file applies them once; its tests open copies. */
let migratedFile: Promise<Buffer> | undefined;

async function openSqliteCopy(): Promise<DatabaseUnderTest> {
  migratedFile ??= createMigratedFile();
  const { url, remove } = await createSqliteFile();
  const file = url.slice('sqlite:'.length);
  writeFileSync(file, await migratedFile);
  return withClose(openSqlite(file), url, remove);
}

async function createMigratedFile(): Promise<Buffer> {
  const { url, remove } = await createSqliteFile();
  await (await openDatabase(url)).close();
  const bytes = readFileSync(url.slice('sqlite:'.length));
  await remove();
  return bytes;
}

/**
 * Databases of PostgreSQL that a test has closed: emptied they serve the next one of its file. Plans depend on the size
 * that earlier rows left behind, so a file does not get those of another.
 */
const closedDatabases: { url: string; shape: string; file: string | undefined }[] = [];

async function openEmptied(): Promise<DatabaseUnderTest> {
  const file = expect.getState().testPath;
  const index = closedDatabases.findLastIndex((each) => each.file === file);
  const [closed] = index === -1 ? [] : closedDatabases.splice(index, 1);
  if (closed !== undefined && (await empty(closed.url)) === closed.shape) {
    return withClose(openPostgres(closed.url), closed.url, async () => void closedDatabases.push(closed));
  }
  const { url } = await createPostgresDatabase();
  await (await openDatabase(url)).close();
  const made = { url, shape: await empty(url), file };
  return withClose(openPostgres(url), url, async () => void closedDatabases.push(made));
}

function withClose(database: Database, url: string, afterwards: () => Promise<void>): DatabaseUnderTest {
  return {
    ...database,
    url,
    close: async () => {
      await database.close();
      await afterwards();
    },
  };
}

async function createSqliteFile(): Promise<EmptyDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'deskside-sqlite-'));
  return {
    url: `sqlite:${join(folder, 'test.db')}`,
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Those that are left are dropped when the tests are over (postgres-for-tests.ts). */
async function createPostgresDatabase(): Promise<EmptyDatabase> {
  const name = `${inject('postgresPrefix')}${randomBytes(8).toString('hex')}`;
  const url = new URL(inject('postgresUrl'));
  url.pathname = name;
  await run(inject('postgresUrl'), `create database ${name}`);
  return {
    url: url.href,
    remove: async () => void (await run(inject('postgresUrl'), `drop database if exists ${name} with (force)`)),
  };
}

/** Of all rows, after ending the connections that a test left behind. The answer names every column and index. */
async function empty(url: string): Promise<string> {
  return run(
    url,
    `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid();
     set session_replication_role = replica;
     do $$ declare name text; begin
       for name in select format('%I', tablename) from pg_tables
         where schemaname = 'public' and tablename not like 'kysely_migration%' loop
         execute 'delete from ' || name;
       end loop;
       for name in select format('%I', sequencename) from pg_sequences where schemaname = 'public' loop
         execute 'alter sequence ' || name || ' restart';
       end loop;
     end $$;
     select string_agg(attrelid::regclass || '.' || attname, ' ' order by attrelid::regclass::text, attnum) as answer
       from pg_attribute join pg_class on pg_class.oid = attrelid
       where relnamespace = 'public'::regnamespace and attnum > 0`,
  );
}

/** Answers with the column `answer` of the last statement, where it has one. */
async function run(url: string, statements: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const results = [await client.query<{ answer?: string }>(statements)].flat();
    return results.at(-1)?.rows[0]?.answer ?? '';
  } finally {
    await client.end();
  }
}
