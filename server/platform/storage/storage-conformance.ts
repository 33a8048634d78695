import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import type { DatabaseKind } from './schema.ts';

/** `url` opens the same database once more, as another process would. */
export type DatabaseUnderTest = Database & { url: string };

/** An address where nothing of ours is yet. */
type EmptyDatabase = { url: string; remove(): Promise<void> };

type DatabaseUnderTestKind = {
  name: DatabaseKind;
  createEmpty(): Promise<EmptyDatabase>;
  /** A fresh database with our tables and nothing in them; `close` also removes it. */
  open(): Promise<DatabaseUnderTest>;
};

/** Both databases, for the tests of every store: `describe.each(databasesUnderTest)('… on $name', ({ open }) => …)`. */
export const databasesUnderTest: DatabaseUnderTestKind[] = [
  { name: 'sqlite', createEmpty: createSqliteFile, open: () => openFresh(createSqliteFile) },
  { name: 'postgres', createEmpty: createPostgresDatabase, open: () => openFresh(createPostgresDatabase) },
];

async function openFresh(createEmpty: () => Promise<EmptyDatabase>): Promise<DatabaseUnderTest> {
  const { url, remove } = await createEmpty();
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

async function createSqliteFile(): Promise<EmptyDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'deskside-sqlite-'));
  return {
    url: `sqlite:${join(folder, 'test.db')}`,
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function createPostgresDatabase(): Promise<EmptyDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const url = new URL(inject('postgresUrl'));
  url.pathname = name;
  await administer(`create database ${name}`);
  return { url: url.href, remove: () => administer(`drop database if exists ${name} with (force)`) };
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
