import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DatabaseUnderTest, databasesUnderTest } from '../../platform/storage/storage-conformance.ts';
import type { FileCustomer, FileRow } from './customer-file.ts';
import { createDirectory } from './directory.ts';
import { type IdentifierReading, type ImportOptions, type ImportProblem, importCustomers } from './import-customers.ts';

// Reads only what the tests write; which spellings people use is the look-up's business, and tested there.
const identifiers: IdentifierReading = {
  parsePhone(raw, country) {
    const digits = raw.replace(/\D/g, '');
    if (digits.length < 7) return { kind: 'not-looked-up', reason: 'unreadable' };
    if (raw.startsWith('+')) return { kind: 'phone', e164: `+${digits}` };
    if (country === 'VN') return { kind: 'phone', e164: `+84${digits.slice(1)}` };
    return { kind: 'not-looked-up', reason: 'unreadable' };
  },
  splitPhones: (cell) => cell.split(';').map((part) => part.trim()),
  normaliseEmail: (raw) => (raw.includes('@') ? raw.toLowerCase() : null),
  normaliseCaseNumber: (raw) => raw.toUpperCase(),
};

function customer(id: string, name: string, more: Partial<FileCustomer> = {}): FileCustomer {
  return { id, name, company: undefined, phones: [], emails: [], fields: {}, cases: [], interactions: [], ...more };
}

async function* rowsOf(customers: FileCustomer[]): AsyncGenerator<FileRow> {
  for (const [index, item] of customers.entries()) yield { line: index + 1, kind: 'customer', customer: item };
}

describe.each(databasesUnderTest)('the directory on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let now = 1_000_000;
  let problems: ImportProblem[] = [];

  beforeEach(async () => {
    database = await open();
    problems = [];
  });
  afterEach(() => database.close());

  const importing = (rows: FileCustomer[] | AsyncIterable<FileRow>, options: Partial<ImportOptions> = {}) =>
    importCustomers({
      database,
      rows: Array.isArray(rows) ? rowsOf(rows) : rows,
      identifiers,
      country: undefined,
      dryRun: false,
      clock: () => now,
      onProblem: (problem) => problems.push(problem),
      ...options,
    });
  const directory = () => createDirectory({ database, clock: () => now });
  const count = async (table: 'customers' | 'customer_identifiers' | 'customer_name_words') => {
    const { total } = await database.db
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    return total;
  };

  test('gives a customer back as the file had it', async () => {
    const given = customer('C-1', 'Nguyễn Thị Ánh', {
      company: 'Phở Sen Vàng',
      phones: ['(028) 3822 0000', 'see notes'],
      emails: ['Anh@Sen.example'],
      fields: { tier: 'Gold', Zebra: '1', Apple: '2' },
      cases: [{ number: 'hc-1', subject: 'Đổi gói', status: 'open', priority: undefined, updatedAt: 5 }],
      interactions: [{ at: 7, channel: 'voice', summary: 'Hỏi 😀', agent: undefined }],
    });
    await importing([given], { country: 'VN' });
    const [found] = await directory().getCustomers(['C-1']);
    expect(found).toEqual({
      ...given,
      phones: [
        { raw: '(028) 3822 0000', value: '+842838220000' },
        { raw: 'see notes', value: null },
      ],
      emails: [{ raw: 'Anh@Sen.example', value: 'anh@sen.example' }],
      cases: [{ number: 'hc-1', subject: 'Đổi gói', status: 'open', updatedAt: 5 }],
      interactions: [{ at: 7, channel: 'voice', summary: 'Hỏi 😀' }],
    });
    expect(Object.keys(found?.fields ?? {})).toEqual(['tier', 'Zebra', 'Apple']);
  });

  test('finds a customer by phone, e-mail and case number, each only as its kind', async () => {
    await importing([
      customer('C-1', 'Ann', {
        phones: ['+1 415 555 0101'],
        emails: ['ann@x.example'],
        cases: [{ number: 'cs-1', subject: 's', status: undefined, priority: undefined, updatedAt: undefined }],
      }),
    ]);
    const { findByIdentifier } = directory();
    const hit = (stored: string) => ({ hits: [{ customerId: 'C-1', customerName: 'Ann', stored }], sharedBy: 1 });
    expect(await findByIdentifier('phone', '+14155550101', 10)).toEqual(hit('+1 415 555 0101'));
    expect(await findByIdentifier('email', 'ann@x.example', 10)).toEqual(hit('ann@x.example'));
    expect(await findByIdentifier('case', 'CS-1', 10)).toEqual(hit('cs-1'));
    expect(await findByIdentifier('email', '+14155550101', 10)).toEqual({ hits: [], sharedBy: 0 });
    expect(await findByIdentifier('phone', '+1415555010', 10)).toEqual({ hits: [], sharedBy: 0 });
  });

  test('counts everyone who shares a number once, and names as many as asked', async () => {
    const phones = ['+1 415 555 0100', '+1.415.555.0100'];
    await importing(Array.from({ length: 5_000 }, (_, index) => customer(`C-${index}`, `N ${index}`, { phones })));
    const found = await directory().findByIdentifier('phone', '+14155550100', 10);
    expect(found.sharedBy).toBe(5_000);
    expect(new Set(found.hits.map(({ customerId }) => customerId)).size).toBe(10);
  });

  test('answers customers in the order asked and leaves out those who are gone', async () => {
    await importing([customer('a', 'A'), customer('b', 'B'), customer('c', 'C')]);
    expect((await directory().getCustomers(['c', 'x', 'a'])).map(({ id }) => id)).toEqual(['c', 'a']);
    expect(await directory().getCustomers([])).toEqual([]);
  });

  test('finds names by the beginning of every word, without diacritics, company included', async () => {
    await importing([
      customer('1', 'Nguyễn Thị Ánh', { company: 'Gốm Lam' }),
      customer('2', 'Nguyễn Văn Hùng'),
      customer('3', 'Anh Nguyen'),
      customer('4', 'Jürgen Großmann'),
      customer('5', '田中 太郎'),
      customer('6', 'Ann Anna Annabel'),
    ]);
    const { findByName } = directory();
    expect((await findByName('nguyen', 10)).toSorted()).toEqual(['1', '2', '3']);
    expect((await findByName('ÁNH ng', 10)).toSorted()).toEqual(['1', '3']);
    expect(await findByName('gom anh', 10)).toEqual(['1']);
    expect(await findByName('grossm', 10)).toEqual(['4']);
    expect(await findByName('田', 10)).toEqual(['5']);
    expect(await findByName('ann', 10)).toEqual(['6']);
    expect(await findByName('nguyen zoe', 10)).toEqual([]);
    expect(await findByName('', 10)).toEqual([]);
    expect(await findByName("%' or 1=1 --", 10)).toEqual([]);
    expect(await findByName('nguyen', 2)).toHaveLength(2);
  });

  test('finds a rare word beside one that everybody has', async () => {
    const crowd = Array.from({ length: 6_000 }, (_, index) => customer(`C-${index}`, 'Common Name'));
    await importing([...crowd, customer('Z', 'Common Zoë')]);
    expect(await directory().findByName('common zoe', 10)).toEqual(['Z']);
    expect(await directory().findByName('common name', 10)).toHaveLength(10);
  });

  test('finds e-mails by their beginning, each customer once', async () => {
    await importing([
      customer('1', 'A', { emails: ['ann@x.example', 'ann@y.example'] }),
      customer('2', 'B', { emails: ['anna@x.example'] }),
      customer('3', 'C', { emails: ['bob@x.example'] }),
    ]);
    expect(await directory().findByEmailPrefix('ann', 10)).toEqual(['1', '2']);
    expect(await directory().findByEmailPrefix('ann@y', 10)).toEqual(['1']);
    expect(await directory().findByEmailPrefix('%', 10)).toEqual([]);
  });

  test('reads national numbers in the country of the last import that named one, told anew within a second', async () => {
    const source = directory();
    expect(await source.defaultCountry()).toBeUndefined();
    await importing([customer('1', 'A', { phones: ['028 3822 0000'] })], { country: 'VN' });
    expect(await source.defaultCountry()).toBeUndefined();
    now += 1_000;
    expect(await source.defaultCountry()).toBe('VN');
    const outcome = await importing([customer('2', 'B', { phones: ['028 3822 0001'] })]);
    expect(outcome.country).toBe('VN');
    expect((await source.findByIdentifier('phone', '+842838220001', 1)).sharedBy).toBe(1);
  });

  test('replaces a customer who comes again, with everything that was found by it', async () => {
    await importing([customer('1', 'Old Name', { phones: ['+1 415 555 0101'], emails: ['old@x.example'] })]);
    const outcome = await importing([customer('1', 'New Name', { phones: ['+1 415 555 0102'] })]);
    expect(outcome).toMatchObject({ accepted: 0, updated: 1 });
    const { findByIdentifier, findByName } = directory();
    expect((await findByIdentifier('phone', '+14155550101', 1)).sharedBy).toBe(0);
    expect((await findByIdentifier('email', 'old@x.example', 1)).sharedBy).toBe(0);
    expect((await findByIdentifier('phone', '+14155550102', 1)).sharedBy).toBe(1);
    expect(await findByName('old', 1)).toEqual([]);
    expect(await findByName('new', 1)).toEqual(['1']);
  });

  test('takes the later of two rows with one id and counts it as updated', async () => {
    const outcome = await importing([customer('1', 'First'), customer('2', 'Other'), customer('1', 'Second')]);
    expect(outcome).toMatchObject({ accepted: 2, updated: 1, rejected: 0 });
    expect((await directory().getCustomers(['1']))[0]?.name).toBe('Second');
  });

  test('keeps a row whose phone cannot be read, reports the line and never matches on it', async () => {
    const outcome = await importing([
      customer('1', 'A', { phones: ['+1 415 555 0101; call mum'], emails: ['at home'] }),
    ]);
    expect(outcome).toMatchObject({ accepted: 1, rejected: 0, warnings: 2 });
    expect(problems).toEqual([
      { line: 1, kind: 'warning', reason: 'phone 2 cannot be read; it is kept but never matched on' },
      { line: 1, kind: 'warning', reason: 'email 1 cannot be read; it is kept but never matched on' },
    ]);
    const [found] = await directory().getCustomers(['1']);
    expect(found?.phones).toEqual([
      { raw: '+1 415 555 0101', value: '+14155550101' },
      { raw: 'call mum', value: null },
    ]);
  });

  test('counts rejected rows, reports them with their lines and imports the rest', async () => {
    async function* rows(): AsyncGenerator<FileRow> {
      yield { line: 2, kind: 'rejected', reason: 'name: is missing' };
      yield* rowsOf([customer('1', 'A')]);
    }
    expect(await importing(rows())).toMatchObject({ accepted: 1, rejected: 1 });
    expect(problems).toEqual([{ line: 2, kind: 'rejected', reason: 'name: is missing' }]);
  });

  test('writes nothing in a dry run and still tells new from known, over more rows than one batch', async () => {
    await importing([customer('C-1', 'A')]);
    const rows = Array.from({ length: 2_500 }, (_, index) =>
      customer(`C-${index}`, 'B', { phones: ['028 3822 0000'] }),
    );
    const outcome = await importing([...rows, customer('C-2', 'C')], { dryRun: true, country: 'VN' });
    expect(outcome).toMatchObject({ accepted: 2_499, updated: 2, warnings: 0 });
    expect([await count('customers'), await count('customer_identifiers')]).toEqual([1, 0]);
    expect(await directory().defaultCountry()).toBeUndefined();
  });

  test('stops when asked, with whole customers only', async () => {
    const stop = new AbortController();
    async function* rows(): AsyncGenerator<FileRow> {
      for await (const row of rowsOf(Array.from({ length: 5_000 }, (_, index) => customer(`C-${index}`, 'One Two')))) {
        if (row.line === 3_000) stop.abort();
        yield row;
      }
    }
    const outcome = await importing(rows(), { signal: stop.signal });
    expect(outcome.isComplete).toBe(false);
    expect(outcome.accepted).toBe(await count('customers'));
    expect(await count('customer_name_words')).toBe(2 * outcome.accepted);
  });

  test('loses nothing to a file that breaks off: what came before is there', async () => {
    async function* rows(): AsyncGenerator<FileRow> {
      yield* rowsOf(Array.from({ length: 2_100 }, (_, index) => customer(`C-${index}`, 'One')));
      throw new Error('the disk is gone');
    }
    await expect(importing(rows())).rejects.toThrow('the disk is gone');
    expect(await count('customers')).toBe(2_000);
    expect(await count('customer_name_words')).toBe(2_000);
  });

  test('is left whole by two imports of the same customers at once', async () => {
    const rows = (phone: string) =>
      Array.from({ length: 4_500 }, (_, index) => customer(`C-${index}`, 'One Two', { phones: [phone] }));
    const outcomes = await Promise.all([importing(rows('+1 415 555 0101')), importing(rows('+1 415 555 0102'))]);
    expect(outcomes.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(4_500);
    expect(outcomes.reduce((sum, { updated }) => sum + updated, 0)).toBe(4_500);
    expect([await count('customer_identifiers'), await count('customer_name_words')]).toEqual([4_500, 9_000]);
  });
});
