import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createConnector } from './connectors/directory/connector.ts';
import type { FileRow } from './connectors/directory/customer-file.ts';
import { importCustomers } from './connectors/directory/import-customers.ts';
import { createIndexRebuild } from './connectors/directory/index-rebuild.ts';
import { indexVersion } from './connectors/directory/index-version.ts';
import { up } from './connectors/migrations/0018-directory-index-version.ts';
import { itemsOf } from './connectors/port/outcome.ts';
import { createSource } from './connectors/port/source.ts';
import { identifiers as reader } from './customers/identifiers/identifiers.ts';
import { openDatabase } from './platform/storage/database.ts';
import { explainStatements } from './platform/storage/explain-for-tests.ts';
import type { Schema } from './platform/storage/schema.ts';
import { type DatabaseUnderTest, databasesUnderTest } from './platform/storage/storage-conformance.ts';

type FormerCustomer = { id: string; name?: string; fields?: object; cases?: object[] };
type FormerRow = [kind: Schema['customer_identifiers']['kind'], raw: string, value: string | null];

/** As versions before 1 wrote them: one row for each cell, numbers by their text, and no mailboxes. */
const former: { customer: FormerCustomer; rows: FormerRow[]; words: string[] }[] = [
  {
    customer: {
      id: 'A',
      name: 'Đặng Thị Ánh',
      fields: { accountNumber: '778,812.00' },
      cases: [{ number: 'AC–01042' }],
    },
    rows: [
      ['phone', '84912345671.0', '+84912345670'],
      ['email', 'Ann.Lee+shop@googlemail.com', 'ann.lee+shop@googlemail.com'],
      ['case', 'AC–01042', 'AC–01042'],
      ['account', '778,812.00', '778,812.00'],
    ],
    words: ['đang', 'thi', 'anh'],
  },
  {
    customer: { id: 'B' },
    rows: [['phone', '+1 415 555 0101 ::: +1 415 555 0102', null]],
    words: ['b'],
  },
  { customer: { id: 'C' }, rows: [['phone', '(415) 555-0103', '+14155550103']], words: ['c'] },
  { customer: { id: 'D' }, rows: [['phone', '0912 345 678', null]], words: ['d'] },
  { customer: { id: 'E' }, rows: [['phone', '0163 912 3456', '+841639123456']], words: ['e'] },
];

describe.each(databasesUnderTest)("the directory's index on $name", ({ open }) => {
  let database: DatabaseUnderTest;
  let logged: unknown[] = [];

  beforeEach(async () => {
    database = await open();
    logged = [];
  });
  afterEach(() => database.close());

  async function insertFormer(customers = former, country: string | null = 'VN'): Promise<void> {
    const { db } = database;
    const rows = customers.map(({ customer: { id, name = id, fields = {}, cases = [] } }) => {
      return { id, name, company: null, fields: JSON.stringify(fields), cases: JSON.stringify(cases) };
    });
    await db
      .insertInto('customers')
      .values(rows.map((row) => ({ ...row, interactions: '[]', updated_at: 1 })))
      .execute();
    const identifierRows = customers.flatMap(({ customer, rows }) =>
      rows.map(([kind, raw, value], position) => ({ customer_id: customer.id, kind, position, raw, value })),
    );
    await db.insertInto('customer_identifiers').values(identifierRows).execute();
    const words = customers.flatMap(({ customer, words }) => words.map((word) => ({ customer_id: customer.id, word })));
    await db.insertInto('customer_name_words').values(words).execute();
    await db
      .insertInto('directory_settings')
      .values({ id: 'directory', default_country: country, version: 7 })
      .execute();
  }

  function createRebuild(
    options: { identifiers?: typeof reader; batchSize?: number; on?: { db: DatabaseUnderTest['db'] } } = {},
  ) {
    const { identifiers = reader, batchSize = 2, on = database } = options;
    const log = { info: (...entry: unknown[]) => logged.push(entry) };
    return createIndexRebuild({ database: on, identifiers, log, batchSize, report: (error) => logged.push(error) });
  }

  async function rebuildAll(rebuild: ReturnType<typeof createRebuild>): Promise<number> {
    if (await rebuild.readIsCurrent()) return 0;
    for (let batches = 1; ; batches++) if (await rebuild.rebuildBatch()) return batches;
  }

  const connector = () => createConnector({ database, clock: () => 0 });
  const source = () =>
    createSource({
      id: 'directory',
      label: 'Directory',
      settings: { sensitive: [] },
      connector: connector(),
      identifiers: reader,
      clock: () => 0,
      isLinkAllowed: () => false,
    });
  const find = async (kind: 'phone' | 'email' | 'case' | 'account', value: string) => {
    const outcome = await source().find(kind, value, 10);
    if (outcome.kind !== 'found' && outcome.kind !== 'not-found') throw new Error(outcome.kind);
    return outcome.kind === 'found' ? outcome.value.hits.map(({ customerId }) => customerId) : [];
  };
  const readRows = async () => {
    const tables = ['customer_identifiers', 'customer_name_words'] as const;
    const rows = await Promise.all(tables.map((table) => database.db.selectFrom(table).selectAll().execute()));
    return rows.map((each) => each.map((row) => JSON.stringify(row)).toSorted());
  };
  const readSettings = () => database.db.selectFrom('directory_settings').selectAll().executeTakeFirstOrThrow();

  it('rows of a former version › are found by what their values mean, and by no former value', async () => {
    await insertFormer();
    expect(await find('phone', '+84912345670')).toEqual([]);
    expect(await connector().check()).toMatchObject({ value: { summary: expect.stringContaining('being rebuilt') } });
    expect(await rebuildAll(createRebuild())).toBe(3);
    expect(await find('phone', '+84912345670')).toEqual([]);
    expect(await find('phone', '+84912345671')).toEqual(['A']);
    expect(await find('email', 'annlee@gmail.com')).toEqual(['A']);
    expect(await find('case', '1042')).toEqual(['A']);
    expect(await find('account', '778812')).toEqual(['A']);
    expect(itemsOf(await connector().search({ kind: 'name', text: 'dang' }, 10))).toEqual(['A']);
    expect(itemsOf(await connector().search({ kind: 'name', text: 'đang' }, 10))).toEqual(['A']);
    expect(await find('phone', '+14155550102')).toEqual(['B']);
    expect(await find('phone', '+84339123456')).toEqual(['E']);
    expect(await connector().check()).toMatchObject({ value: { summary: 'It holds 5 customers.' } });
  });

  it('numbers of another country, and read in none › stay as they were read', async () => {
    await insertFormer();
    await rebuildAll(createRebuild());
    expect(await find('phone', '+14155550103')).toEqual(['C']);
    expect(await find('phone', '+84912345678')).toEqual([]);
    const countries = await database.db.selectFrom('customers').select(['id', 'country']).orderBy('id').execute();
    expect(countries.map(({ id, country }) => `${id} ${country}`)).toEqual(['A VN', 'B VN', 'C US', 'D ', 'E VN']);
  });

  it('a rebuilt index › equals one imported anew, and is not rebuilt again', async () => {
    await insertFormer(former.filter(({ customer }) => !['C', 'D'].includes(customer.id)));
    await rebuildAll(createRebuild());
    const rebuilt = await readRows();
    const { version } = await readSettings();
    expect(version).toBeGreaterThan(7);
    async function* rows(): AsyncGenerator<FileRow> {
      for (const [index, { customer, rows }] of former.entries()) {
        const { id, name = id, fields = {}, cases = [] } = customer;
        if (['C', 'D'].includes(id)) continue;
        const rawOf = (wanted: string) => rows.filter(([kind]) => kind === wanted).map(([, raw]) => raw);
        const given = {
          id,
          name,
          company: undefined,
          phones: rawOf('phone'),
          emails: rawOf('email'),
          interactions: [],
        };
        yield { line: index, kind: 'customer', customer: { ...given, fields, cases } as never };
      }
    }
    const options = { database, identifiers: reader, country: 'VN', dryRun: false, clock: () => 1, onProblem() {} };
    await importCustomers({ ...options, rows: rows() });
    expect(await readRows()).toEqual(rebuilt);
    expect(await rebuildAll(createRebuild())).toBe(0);
    // Another country of the directory since: each customer keeps that of its own import.
    const another = { default_country: 'US', index_version: 0, rebuild_version: 0 };
    await database.db.updateTable('directory_settings').set(another).execute();
    expect(await rebuildAll(createRebuild())).toBeGreaterThan(0);
    expect(await readRows()).toEqual(rebuilt);
  });

  it('customers without a row of settings, as the first versions left them › are rebuilt', async () => {
    const { db, kind } = database;
    await insertFormer();
    await db.deleteFrom('directory_settings').execute();
    for (const column of ['index_version', 'rebuild_version', 'rebuilt_to']) {
      await db.schema.alterTable('directory_settings').dropColumn(column).execute();
    }
    await db.schema.alterTable('customers').dropColumn('country').execute();
    await up(kind)(db as never);
    expect(await rebuildAll(createRebuild())).toBe(3);
    expect(await find('phone', '+14155550102')).toEqual(['B']);
  });

  it('a rebuild that ends midway › is continued from its last batch', async () => {
    await insertFormer();
    const first = createRebuild();
    await first.readIsCurrent();
    await first.rebuildBatch();
    const failing: typeof reader = {
      ...reader,
      parsePhone(raw, country) {
        if (raw.startsWith('0912')) throw new Error('killed');
        return reader.parsePhone(raw, country);
      },
    };
    await expect(createRebuild({ identifiers: failing }).rebuildBatch()).rejects.toThrow('killed');
    expect(await readSettings()).toMatchObject({ index_version: 0, rebuild_version: indexVersion, rebuilt_to: 'B' });
    expect(await find('phone', '+84912345671')).toEqual(['A']);
    expect(await rebuildAll(createRebuild())).toBe(2);
    expect(await readSettings()).toMatchObject({ index_version: indexVersion, rebuilt_to: null });
    expect(await find('phone', '+14155550103')).toEqual(['C']);
  });

  it('two processes at once, an import between › end with the same rows', async () => {
    await insertFormer();
    const other = await openDatabase(database.url);
    onTestFinished(other.close);
    async function* rows(): AsyncGenerator<FileRow> {
      yield {
        line: 1,
        kind: 'customer',
        customer: {
          id: 'E',
          name: 'E',
          phones: ['0163 912 3456'],
          emails: [],
          fields: {},
          cases: [],
          interactions: [],
          company: undefined,
        },
      };
    }
    const options = {
      database,
      identifiers: reader,
      country: undefined,
      dryRun: false,
      clock: () => 1,
      onProblem() {},
    };
    await Promise.all([
      rebuildAll(createRebuild({ batchSize: 1 })),
      rebuildAll(createRebuild({ batchSize: 1, on: other })),
      importCustomers({ ...options, rows: rows() }),
    ]);
    expect(await readSettings()).toMatchObject({ index_version: indexVersion, rebuilt_to: null });
    expect(await find('phone', '+84912345671')).toEqual(['A']);
    expect(await find('phone', '+14155550101')).toEqual(['B']);
    const seen = (logged as [{ customers?: number }, string][]).filter(([, text]) => text.endsWith('rebuilt'));
    expect(seen.reduce((sum, [{ customers = 0 }]) => sum + customers, 0)).toBe(5);
    expect(JSON.stringify(logged)).not.toMatch(/\d{5}|@/);
  });

  it('an index of a newer version, an empty directory, a rebuild to a newer version › changes nothing', async () => {
    expect(await createRebuild().readIsCurrent()).toBe(true);
    await insertFormer();
    const before = await readRows();
    for (const versions of [
      { index_version: 0, rebuild_version: indexVersion + 1 },
      { index_version: indexVersion + 1, rebuild_version: indexVersion + 1 },
    ]) {
      await database.db.updateTable('directory_settings').set(versions).execute();
      expect(await createRebuild().readIsCurrent()).toBe(true);
      expect(await createRebuild().rebuildBatch()).toBe(true);
    }
    expect(await readRows()).toEqual(before);
  });

  it('a started server › rebuilds by itself, and says when it has', async () => {
    await insertFormer();
    const rebuild = createRebuild();
    await rebuild.start();
    onTestFinished(rebuild.stop);
    expect(rebuild.isCurrent()).toBe(false);
    await vi.waitFor(() => expect(rebuild.isCurrent()).toBe(true), 10_000);
    expect(await readSettings()).toMatchObject({ index_version: indexVersion });
    expect(logged).toEqual([
      [{ from: 0, to: indexVersion }, "rebuilding the directory's index"],
      [{ customers: 5, changed: 3, version: indexVersion }, "the directory's index is rebuilt"],
    ]);
  });

  it('every statement of a rebuild › uses an index', async () => {
    await insertFormer();
    const plans = await explainStatements(database, () => rebuildAll(createRebuild()));
    const scans = plans.filter((plan) => /\bSCAN (?!directory_settings)|Seq Scan on (?!directory_settings)/.test(plan));
    expect(scans).toEqual([]);
    expect(plans.length).toBeGreaterThan(4);
  });
});
