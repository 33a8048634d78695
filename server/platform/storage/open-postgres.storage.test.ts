import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from './database.ts';
import { openPostgres } from './open-postgres.ts';
import { type DatabaseUnderTest, databasesUnderTest } from './storage-conformance.ts';

const postgres = databasesUnderTest.find(({ name }) => name === 'postgres') as (typeof databasesUnderTest)[number];

/** Stands before PostgreSQL. While it is a black hole nothing passes and nothing is refused, as behind a lost route. */
let proxy: Server;
let url: string;
let isBlackHole: boolean;
let sockets: Socket[];

beforeEach(async () => {
  isBlackHole = false;
  sockets = [];
  const behind = new URL(inject('postgresUrl'));
  const target = { host: behind.hostname, port: Number(behind.port) };
  proxy = createServer((near) => {
    const far = connect(target);
    // Bytes that were dropped never arrive, not even when the route is back.
    const pass = (from: Socket, to: Socket) => {
      let isLost = false;
      from.on('data', (data) => {
        isLost ||= isBlackHole;
        if (!isLost) to.write(data);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    };
    pass(near, far);
    pass(far, near);
    sockets.push(near, far);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  behind.port = String(typeof address === 'object' && address ? address.port : 0);
  url = behind.href;
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => proxy.close(resolve));
});

const select = (database: ReturnType<typeof openPostgres>) =>
  sql<{ one: number }>`select 1 as one`.execute(database.db);

describe('PostgreSQL behind a lost route', () => {
  test('statements › fail in time, and work again when it is back', async () => {
    const database = openPostgres(url, { statementMs: 300 });
    await Promise.all(Array.from({ length: 10 }, () => select(database)));
    isBlackHole = true;
    const asked = await Promise.allSettled(Array.from({ length: 10 }, () => select(database)));
    for (const { status } of asked) expect(status).toBe('rejected');
    isBlackHole = false;
    expect((await select(database)).rows).toEqual([{ one: 1 }]);
    await database.close();
  });

  test('a transaction › fails once, without waiting again for its rollback', async ({ onTestFinished }) => {
    const database = openPostgres(url, { statementMs: 300 });
    const query = vi.spyOn(pg.Client.prototype, 'query');
    onTestFinished(() => query.mockRestore());
    const transaction = database.db.transaction().execute(async (inside) => {
      isBlackHole = true;
      await sql`select 1`.execute(inside);
    });
    await expect(transaction).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    const sent = query.mock.calls.map(([given]) => (given as unknown as { text: string }).text);
    expect(sent).toEqual(['begin', 'select 1']);
    isBlackHole = false;
    await database.close();
  });

  test('a slow statement › does not hold up other connections', async () => {
    const database = openPostgres(url, { statementMs: 300 });
    await expect(sql`select pg_sleep(2)`.execute(database.db)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    expect((await select(database)).rows).toEqual([{ one: 1 }]);
    await database.close();
  });
});

describe('statements on PostgreSQL', () => {
  let database: DatabaseUnderTest;
  beforeEach(async () => {
    database = await postgres.open();
  });
  afterEach(() => database.close());

  it('a query that runs again › is prepared once, under a name', async () => {
    await database.db.transaction().execute(async (transaction) => {
      for (let count = 0; count < 3; count += 1) await transaction.selectFrom('leases').select('name').execute();
      const { rows } = await sql<{ statement: string; calls: number }>`
        select statement, generic_plans + custom_plans as calls from pg_prepared_statements`.execute(transaction);
      expect(rows).toContainEqual({ statement: 'select "name" from "leases"', calls: 3 });
    });
  });

  it('another process alters the table › the query fails once and then works on a new connection', async () => {
    const { db, close } = openPostgres(database.url, { connections: 1 });
    const selectAll = () => db.selectFrom('leases').selectAll().execute();
    await selectAll();
    await sql`alter table leases add column note text`.execute(database.db);
    await expect(selectAll()).rejects.toThrow('cached plan');
    expect(await selectAll()).toEqual([]);
    await close();
  });

  it('a number of connections › is not exceeded', async () => {
    const { db, close } = openPostgres(database.url, { connections: 2 });
    await Promise.all(Array.from({ length: 6 }, () => sql`select pg_sleep(0.05)`.execute(db)));
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from pg_stat_activity where query like 'select pg_sleep(0.05)%'`.execute(database.db);
    expect(rows).toEqual([{ count: 2 }]);
    await close();
  });
});

test('PostgreSQL, a migration › waits longer than a statement may take › is opened', async () => {
  const { url, remove } = await postgres.createEmpty();
  onTestFinished(remove);
  const other = openPostgres(url);
  onTestFinished(other.close);
  const opening = await other.db.transaction().execute(async (transaction) => {
    // The lock that Kysely's migrator takes.
    await sql`select pg_advisory_xact_lock(3853314791062309107)`.execute(transaction);
    const opening = openDatabase(url);
    opening.catch(() => {});
    await wait(5_500);
    return { opening };
  });
  await (await opening.opening).close();
});
