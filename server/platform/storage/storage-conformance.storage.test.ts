import { execFile } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { type DatabaseUnderTest, databasesUnderTest } from './storage-conformance.ts';

const at = 1_790_000_000_123;

/** Starting processes takes its time on a busy machine. */
const forProcesses = { timeout: 180_000 };

const customer = (id: string, name = 'Ann Lee') => ({
  id,
  name,
  fields: '{}',
  cases: '[]',
  interactions: '[]',
  updated_at: at,
});

describe.each(databasesUnderTest)('storage on $name', ({ createEmpty, open }) => {
  describe('starting', () => {
    test('a second start › applies no migration again and keeps the rows', async () => {
      const first = await open();
      await first.db.insertInto('customers').values(customer('C-1')).execute();
      const second = await openDatabase(first.url);
      expect(await second.db.selectFrom('customers').select('id').execute()).toEqual([{ id: 'C-1' }]);
      await second.close();
      await first.close();
    });

    test('processes that start at once on an empty database › all start', forProcesses, async () => {
      const { url, remove } = await createEmpty();
      await inProcesses(3, url, 'await database.ping();');
      const database = await openDatabase(url);
      await database.ping();
      await database.close();
      await remove();
    });

    test('a migration that fails › leaves nothing behind; the next start applies it', async () => {
      const { url, remove } = await createEmpty();
      await runRaw(url, 'create table audit_entries (id integer)');
      await expect(openDatabase(url)).rejects.toThrow('audit_entries');
      await runRaw(url, 'drop table audit_entries');
      const database = await openDatabase(url);
      await database.db.insertInto('customers').values(customer('C-1')).execute();
      await database.close();
      await remove();
    });
  });

  describe('running', () => {
    let database: DatabaseUnderTest;
    beforeEach(async () => {
      database = await open();
    });
    afterEach(() => database.close());

    const countCustomers = async ({ db } = database) =>
      (await db.selectFrom('customers').select('id').execute()).length;

    test('a transaction that throws › leaves nothing', async () => {
      const attempt = database.db.transaction().execute(async (transaction) => {
        await transaction.insertInto('customers').values(customer('C-1')).execute();
        await transaction.insertInto('customers').values(customer('C-2')).execute();
        throw new Error('changed my mind');
      });
      await expect(attempt).rejects.toThrow('changed my mind');
      expect(await countCustomers()).toBe(0);
    });

    test('transactions that start at once › are isolated', async () => {
      const insertPair = (name: string) =>
        database.db.transaction().execute(async (transaction) => {
          await transaction
            .insertInto('customers')
            .values(customer(`${name}-1`))
            .execute();
          await new Promise((resolve) => setTimeout(resolve, 5));
          if (name === 'bad') throw new Error('bad');
          await transaction
            .insertInto('customers')
            .values(customer(`${name}-2`))
            .execute();
        });
      const outcomes = await Promise.allSettled(['good', 'bad', 'fine'].map(insertPair));
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await countCustomers()).toBe(4);
    });

    test('another connection › sees commits and nothing else', async () => {
      const other = await openDatabase(database.url);
      await database.db.transaction().execute(async (transaction) => {
        await transaction.insertInto('customers').values(customer('C-1')).execute();
        expect(await countCustomers({ ...database, ...other })).toBe(0);
      });
      expect(await countCustomers({ ...database, ...other })).toBe(1);
      await other.close();
    });

    test('a reopened database › enforces foreign keys', async () => {
      const reopened = await openDatabase(database.url);
      const orphan = reopened.db.insertInto('customer_name_words').values({ word: 'ann', customer_id: 'nobody' });
      await expect(orphan.execute()).rejects.toThrow(/foreign key/i);

      await reopened.db.insertInto('customers').values(customer('C-1')).execute();
      await reopened.db.insertInto('customer_name_words').values({ word: 'ann', customer_id: 'C-1' }).execute();
      await reopened.db.deleteFrom('customers').execute();
      expect(await reopened.db.selectFrom('customer_name_words').selectAll().execute()).toEqual([]);
      await reopened.close();
    });

    test('times, counts and sums › are numbers', async () => {
      await database.db
        .insertInto('customers')
        .values([customer('C-1'), customer('C-2')])
        .execute();
      const row = await database.db
        .selectFrom('customers')
        .select(({ fn }) => [
          fn.max('updated_at').as('latest'),
          fn.countAll<number>().as('count'),
          fn.sum<number>('updated_at').as('sum'),
        ])
        .executeTakeFirstOrThrow();
      expect(row).toEqual({ latest: at, count: 2, sum: 2 * at });
    });

    test('text › comes back byte for byte', async () => {
      const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }).filter((value) => !value.includes('\0'));
      const hard = [
        'Trần Đức\'s "quote" \\ %_',
        'é e\u0301',
        '日本語',
        '👩‍👩‍👧',
        '\u202e\ufeff\uffff',
        '\r\n\t',
        '\u{10ffff}',
      ];
      await database.db.insertInto('customers').values(customer('C-1')).execute();
      const roundTrip = async (name: string) => {
        await database.db
          .updateTable('customers')
          .set({ name, fields: JSON.stringify({ name }) })
          .execute();
        const row = await database.db.selectFrom('customers').select(['name', 'fields']).executeTakeFirstOrThrow();
        expect(row.name).toBe(name);
        expect(JSON.parse(row.fields)).toEqual({ name });
        expect(await database.db.selectFrom('customers').select('id').where('name', '=', name).execute()).toHaveLength(
          1,
        );
      };
      for (const name of hard) await roundTrip(name);
      await fc.assert(fc.asyncProperty(text, roundTrip), { numRuns: 50 });
    });

    test('half a surrogate pair › becomes the replacement character', async () => {
      await database.db.insertInto('customers').values(customer('C-1', 'Ann \ud83d!')).execute();
      const row = await database.db.selectFrom('customers').select('name').executeTakeFirstOrThrow();
      expect(row.name).toBe('Ann \ufffd!');
    });

    test('text with U+0000 › is refused, as a value and as a parameter', async () => {
      await expect(database.db.insertInto('customers').values(customer('C-1', 'Ann\0Lee')).execute()).rejects.toThrow();
      const search = database.db.selectFrom('customers').select('id').where('name', '=', 'Ann\0');
      await expect(search.execute()).rejects.toThrow();
      expect(await countCustomers()).toBe(0);
    });

    test('order and ranges of text › follow its bytes', async () => {
      const word = fc.oneof(
        fc.constantFrom(
          'a',
          'A',
          'á',
          'ă',
          'ắ',
          'd',
          'đ',
          'D',
          'z',
          'Z',
          '中',
          '中文',
          '日',
          '한',
          '😀',
          '\uffff',
          '_',
          ' ',
          '1',
        ),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }).filter((value) => !value.includes('\0')),
      );
      const phrase = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(''));
      await database.db.insertInto('customers').values(customer('C-1')).execute();
      const words = database.db.selectFrom('customer_name_words').select('word').orderBy('word');
      const compare = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

      const check = async (stored: string[], prefix: string) => {
        await database.db.deleteFrom('customer_name_words').execute();
        await database.db
          .insertInto('customer_name_words')
          .values(stored.map((each) => ({ word: each, customer_id: 'C-1' })))
          .execute();
        const inOrder = stored.toSorted(compare);
        expect((await words.execute()).map((row) => row.word)).toEqual(inOrder);
        const range = words.where('word', '>=', prefix).where('word', '<', `${prefix}\u{10ffff}`);
        expect((await range.execute()).map((row) => row.word)).toEqual(
          inOrder.filter((each) => each.startsWith(prefix) && compare(each, `${prefix}\u{10ffff}`) < 0),
        );
      };
      const phrases = fc.uniqueArray(phrase, { minLength: 1, maxLength: 20 });
      await fc.assert(fc.asyncProperty(phrases, word, check), { numRuns: 50 });
    });

    test('an upsert › inserts once and then updates', async () => {
      const save = (name: string) =>
        database.db
          .insertInto('customers')
          .values(customer('C-1', name))
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ name: (each) => each.ref('excluded.name') }))
          .execute();
      await save('Ann Lee');
      await save('Ann Tran');
      expect(await database.db.selectFrom('customers').select(['id', 'name']).execute()).toEqual([
        { id: 'C-1', name: 'Ann Tran' },
      ]);
    });

    test('a second row with one key › is refused with a code', async () => {
      await database.db.insertInto('customers').values(customer('C-1')).execute();
      await expect(database.db.insertInto('customers').values(customer('C-1')).execute()).rejects.toMatchObject({
        code: expect.stringMatching(/^(SQLITE_CONSTRAINT_PRIMARYKEY|23505)$/),
      });
    });

    test('a refused statement › does not stop the next one', async () => {
      await expect(sql`select * from nowhere`.execute(database.db)).rejects.toThrow();
      await database.ping();
    });

    test('writers in several processes › lose no update', forProcesses, async () => {
      await database.db.insertInto('directory_settings').values({ id: 'directory', default_country: '0' }).execute();
      const increment = `
        const counter = (from) => from.selectFrom('directory_settings').select('default_country');
        for (let round = 0; round < 25; round += 1) {
          await database.db.transaction().execute(async (transaction) => {
            const query = counter(transaction);
            const row = await (database.kind === 'postgres' ? query.forUpdate() : query).executeTakeFirstOrThrow();
            const next = String(Number(row.default_country) + 1);
            await transaction.updateTable('directory_settings').set({ default_country: next }).execute();
          });
        }`;
      await inProcesses(3, database.url, increment);
      const row = await database.db.selectFrom('directory_settings').selectAll().executeTakeFirstOrThrow();
      expect(row.default_country).toBe('75');
    });

    test('closed › ping rejects', async () => {
      const other = await openDatabase(database.url);
      await other.close();
      await expect(other.ping()).rejects.toThrow();
    });
  });

  test('removed › ping rejects', async () => {
    const { url, remove } = await createEmpty();
    const database = await openDatabase(url);
    await database.ping();
    await remove();
    await expect(database.ping()).rejects.toThrow();
    await database.close();
  });
});

describe('storage on sqlite', () => {
  test('a reopened file › has the durability of a new one', async () => {
    const [sqlite] = databasesUnderTest;
    const database = await sqlite?.open();
    if (!database) throw new Error('sqlite is not under test');
    const reopened = await openDatabase(database.url);
    const pragma = async (name: string) => (await sql.raw(`pragma ${name}`).execute(reopened.db)).rows[0];
    expect(await pragma('synchronous')).toEqual({ synchronous: 2 });
    expect(await pragma('journal_mode')).toEqual({ journal_mode: 'wal' });
    expect(await pragma('foreign_keys')).toEqual({ foreign_keys: 1 });
    // Short on purpose: the driver waits longer, without stopping the process.
    expect(await pragma('busy_timeout')).toEqual({ timeout: 10 });
    await reopened.close();
    await database.close();
  });
});

describe('storage on sqlite, another process writes', () => {
  let database: DatabaseUnderTest;
  let other: Sqlite.Database;
  beforeEach(async () => {
    const sqlite = databasesUnderTest.find(({ name }) => name === 'sqlite');
    if (!sqlite) throw new Error('sqlite is not under test');
    database = await sqlite.open();
    await database.db.insertInto('customers').values(customer('C-1')).execute();
    other = new Sqlite(database.url.slice('sqlite:'.length));
    other.exec('begin immediate');
  });
  afterEach(async () => {
    other.close();
    await database.close();
  });

  test('a read and a write › the read goes on, the write waits without blocking the process', async () => {
    let hasWritten = false;
    const writing = database.db
      .insertInto('customers')
      .values(customer('C-2'))
      .execute()
      .then(() => {
        hasWritten = true;
      });
    const deciding = database.db
      .transaction()
      .execute((transaction) => transaction.insertInto('customers').values(customer('C-3')).execute());
    // Reached only if nothing blocks; the lock goes with the last of these reads.
    for (let count = 0; count < 20; count++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await database.db.selectFrom('customers').select('id').execute()).toEqual([{ id: 'C-1' }]);
    }
    expect(hasWritten).toBe(false);
    other.exec('commit');
    await Promise.all([writing, deciding]);
    expect(await database.db.selectFrom('customers').select('id').execute()).toHaveLength(3);
  });
});

test('storage on sqlite › a long run of queries › lets the event loop turn', async () => {
  const sqlite = databasesUnderTest.find(({ name }) => name === 'sqlite');
  if (!sqlite) throw new Error('sqlite is not under test');
  const database = await sqlite.open();
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  for (const until = performance.now() + 300; performance.now() < until; ) {
    await database.db.selectFrom('customers').select('id').execute();
  }
  clearInterval(timer);
  await database.close();
  expect(turns).toBeGreaterThan(3);
});

test('storage on sqlite › a file that was moved away › accepts no writes until it is back', async () => {
  const sqlite = databasesUnderTest.find(({ name }) => name === 'sqlite');
  const database = await sqlite?.open();
  if (!database) throw new Error('sqlite is not under test');
  const file = database.url.slice('sqlite:'.length);
  const write = (id: string) => database.db.insertInto('customers').values(customer(id)).execute();
  renameSync(file, `${file}.away`);
  await expect(write('C-1')).rejects.toMatchObject({ code: 'SQLITE_READONLY_DBMOVED' });
  await expect(database.db.transaction().execute(async () => {})).rejects.toThrow('gone');
  await expect(database.ping()).rejects.toThrow();
  writeFileSync(file, '');
  await expect(write('C-1')).rejects.toThrow('gone');
  renameSync(`${file}.away`, file);
  await write('C-1');
  await database.ping();
  await database.close();
});

describe('storage on postgres', () => {
  test('a connection lost inside a transaction › rejects it, and the next statement works', async () => {
    const postgres = databasesUnderTest.find(({ name }) => name === 'postgres');
    const database = await postgres?.open();
    if (!database) throw new Error('postgres is not under test');
    const attempt = database.db.transaction().execute(async (transaction) => {
      await transaction.insertInto('customers').values(customer('C-1')).execute();
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(transaction);
      await runRaw(database.url, `select pg_terminate_backend(${rows[0]?.pid})`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await transaction.insertInto('customers').values(customer('C-2')).execute();
    });
    await expect(attempt).rejects.toThrow();
    expect(await database.db.selectFrom('customers').select('id').execute()).toEqual([]);
    await database.close();
  });
});

/** Runs `work` with an open `database` in that many processes at once; in one process SQLite would wait for itself. */
async function inProcesses(count: number, url: string, work: string): Promise<void> {
  const code = `
    import { openDatabase } from ${JSON.stringify(new URL('./database.ts', import.meta.url).href)};
    const database = await openDatabase(${JSON.stringify(url)});
    ${work}
    await database.close();`;
  const start = () => promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code]);
  await Promise.all(Array.from({ length: count }, start));
}

/** As an operator would, past our own code. */
async function runRaw(url: string, statement: string): Promise<void> {
  if (url.startsWith('sqlite:')) {
    new Sqlite(url.slice('sqlite:'.length)).exec(statement).close();
    return;
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
