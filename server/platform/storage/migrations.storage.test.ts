import { Migrator } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from './database.ts';
import { up } from './migrations/0001-first.ts';
import { openPostgres } from './open-postgres.ts';
import { openSqlite } from './open-sqlite.ts';
import { databasesUnderTest } from './storage-conformance.ts';

const customer = { id: 'C-1', name: 'Ann Lee', company: null, fields: '{}', cases: '[]', interactions: '[]' };
const link = { account: 'main', engagement_id: 'E-1', customer_id: 'C-1', decided_by: 'agent-1', decided_at: 1 };
const session = { token_hash: 'h', account: 'main', uid: 'agent-1', created_at: 1, expires_at: 9 };
const entry = { account: 'main', at: 1, actor: 'agent-1', action: 'customer.reveal', details: '{}' };

test.each(databasesUnderTest)(
  'an installation from before Zoom’s events keeps its customers, links, sessions and audit trail ($name)',
  async ({ name, createEmpty }) => {
    const { url, remove } = await createEmpty();
    onTestFinished(remove);
    const before = name === 'sqlite' ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url);
    const first = { '0001-first': { up: up(name) } };
    const { error } = await new Migrator({
      db: before.db,
      provider: { getMigrations: async () => first },
    }).migrateToLatest();
    expect(error).toBeUndefined();
    await before.db
      .insertInto('customers')
      .values({ ...customer, updated_at: 1 })
      .execute();
    await before.db.insertInto('link_decisions').values(link).execute();
    await before.db.insertInto('sessions').values(session).execute();
    await before.db
      .insertInto('audit_entries')
      .values({ ...entry, engagement_id: 'E-1', customer_id: 'C-1' })
      .execute();
    await before.close();

    const { db, close } = await openDatabase(url);
    onTestFinished(close);
    expect(await db.selectFrom('customers').selectAll().execute()).toMatchObject([customer]);
    expect(await db.selectFrom('link_decisions').selectAll().execute()).toMatchObject([
      { ...link, customer_id: 'directory:C-1' },
    ]);
    expect(await db.selectFrom('sessions').selectAll().execute()).toEqual([session]);
    expect(await db.selectFrom('audit_entries').selectAll().execute()).toMatchObject([entry]);
    expect(await db.selectFrom('engagements').selectAll().execute()).toEqual([]);
    expect(await db.selectFrom('inbox_events').selectAll().execute()).toEqual([]);
  },
);
