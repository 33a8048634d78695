import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { type Database, type DatabaseKind, openDatabase } from './database.ts';

/** `url` opens the same database once more, as another process would. */
export type DatabaseUnderTest = Database & { url: string };

type DatabaseUnderTestKind = {
  name: DatabaseKind;
  /** A fresh, empty database; `close` also removes it. */
  open(): Promise<DatabaseUnderTest>;
};

/** What every store's test runs on: `describe.each(databasesUnderTest)('… on $name', ({ open }) => …)`. */
export const databasesUnderTest: DatabaseUnderTestKind[] = [
  { name: 'sqlite', open: () => openFresh(createSqliteFile()) },
  { name: 'postgres', open: async () => openFresh(await createPostgresDatabase()) },
];

export type FreshDatabase = { url: string; remove(): Promise<void> };

async function openFresh({ url, remove }: FreshDatabase): Promise<DatabaseUnderTest> {
  const database = await openDatabase(url);
  return {
    ...database,
    url,
    close: async () => {
      await database.close();
      await remove();
    },
  };
}

/** An address where nothing is yet. */
export function createSqliteFile(): FreshDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'deskside-sqlite-'));
  return {
    url: `sqlite:${join(folder, 'test.db')}`,
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** An empty database without our tables. */
export async function createPostgresDatabase(): Promise<FreshDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const url = new URL(inject('postgresUrl'));
  url.pathname = name;
  await administer(`create database ${name}`);
  return { url: url.href, remove: () => administer(`drop database ${name} with (force)`) };
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
