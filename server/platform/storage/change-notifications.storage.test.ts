import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ChangeNotifications, createChangeNotifications } from './change-notifications.ts';
import { type Database, openDatabase } from './database.ts';
import { type DatabaseUnderTest, databasesUnderTest } from './storage-conformance.ts';

const until = (check: () => void | Promise<void>) => vi.waitFor(check, 60_000);

describe.each(databasesUnderTest)('change notifications on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let notifications: ChangeNotifications;
  const report = vi.fn();
  beforeEach(async () => {
    database = await open();
    notifications = createChangeNotifications({ database, url: database.url, report });
    await notifications.start();
  });
  afterEach(async () => {
    await notifications.stop();
    await database.close();
  });

  test('this process › is notified at once, until it unsubscribes', () => {
    const heard: (string | null)[] = [];
    const stop = notifications.subscribe((account) => heard.push(account));
    notifications.notify('main');
    expect(heard).toEqual(['main']);
    stop();
    notifications.notify('main');
    expect(heard).toEqual(['main']);
  });

  test('a listener throws › all others are notified', () => {
    const heard = vi.fn();
    notifications.subscribe(() => {
      throw new Error('of the first');
    });
    notifications.subscribe(heard);
    notifications.notify('main');
    expect(heard).toHaveBeenCalledWith('main');
    expect(report).toHaveBeenCalled();
  });
});

describe('change notifications between processes on postgres', () => {
  const postgres = databasesUnderTest.find(({ name }) => name === 'postgres');
  if (!postgres) throw new Error('there is PostgreSQL among the databases');
  let database: DatabaseUnderTest;
  let elsewhere: Database;
  let here: ChangeNotifications;
  let there: ChangeNotifications;
  let heard: (string | null)[];
  const report = vi.fn();

  beforeEach(async () => {
    database = await postgres.open();
    elsewhere = await openDatabase(database.url);
    here = createChangeNotifications({ database, url: database.url, report });
    there = createChangeNotifications({ database: elsewhere, url: database.url, report });
    heard = [];
    there.subscribe((account) => heard.push(account));
    await Promise.all([here.start(), there.start()]);
    heard.length = 0;
  });
  afterEach(async () => {
    await Promise.all([here.stop(), there.stop()]);
    await elsewhere.close();
    await database.close();
  });

  const listenedBy = async () => {
    const { rows } = await sql<{ pid: number }>`
      select pid from pg_stat_activity where datname = current_database() and query ilike 'listen %'`.execute(
      database.db,
    );
    return rows.map(({ pid }) => pid);
  };

  test('several accounts › are received by their keys', async () => {
    here.notify('a');
    here.notify('b');
    await until(() => expect(new Set(heard)).toEqual(new Set(['a', 'b'])));
  });

  test('many at once › are gathered into few statements', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('listen deskside_live');
    let notifications = 0;
    client.on('notification', () => notifications++);
    for (let count = 0; count < 1_000; count++) here.notify('main');
    await until(() => expect(heard).toContain('main'));
    await here.stop();
    await client.query('select 1');
    expect(notifications).toBeLessThan(5);
    await client.end();
  });

  test('the listening connection is killed › listens again and notifies with null', async () => {
    const killed = await listenedBy();
    expect(killed).toHaveLength(2);
    for (const pid of killed) await sql`select pg_terminate_backend(${pid})`.execute(database.db);
    await until(() => expect(heard).toContain(null));
    heard.length = 0;
    await until(async () => {
      here.notify('after');
      expect(heard).toContain('after');
    });
  });

  test('a notification that fails › does not stop later ones', async () => {
    here.notify('text with \0 that PostgreSQL refuses');
    await until(() => expect(report).toHaveBeenCalled());
    here.notify('main');
    await until(() => expect(heard).toContain('main'));
  });

  test('PostgreSQL is unreachable › starts and stops', async () => {
    const url = new URL(database.url);
    url.port = '1';
    const lost = createChangeNotifications({ database, url: url.href, report });
    await lost.start();
    await lost.stop();
  });
});
