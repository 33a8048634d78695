import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DatabaseUnderTest, databasesUnderTest } from '../../platform/storage/storage-conformance.ts';
import type { Activity } from '../port/connector.ts';
import type { IdentifierReader } from '../port/identifier-reader.ts';
import { found, notFound, type Outcome } from '../port/outcome.ts';
import { createConnector } from './connector.ts';
import type { FileCustomer, FileRow } from './customer-file.ts';
import { type ImportOptions, type ImportProblem, importCustomers } from './import-customers.ts';

// Reads only what the tests write; which spellings people use is the look-up's business, and tested there.
const identifiers: IdentifierReader = {
  parsePhone(raw, country) {
    const digits = raw.replace(/\D/g, '');
    if (digits.length < 7) return { kind: 'not-looked-up', reason: 'unreadable' };
    if (raw.startsWith('+')) return { kind: 'phone', e164: `+${digits}`, country: undefined };
    if (country === 'VN') return { kind: 'phone', e164: `+84${digits.slice(1)}`, country };
    return { kind: 'not-looked-up', reason: 'unreadable' };
  },
  listFormerNumbers: () => [],
  splitEmails: (cell: string) => [cell],
  isFoldedEmail: () => false,
  toMailbox: (email) => email,
  splitPhones: (cell) => cell.split(';').map((part) => part.trim()),
  normalizeEmail: (raw) => (raw.includes('@') ? raw.toLowerCase() : null),
  normalizeCaseNumber: (raw) => raw.toUpperCase(),
};

function customer(id: string, name: string, more: Partial<FileCustomer> = {}): FileCustomer {
  return { id, name, company: undefined, phones: [], emails: [], fields: {}, cases: [], interactions: [], ...more };
}

async function* rowsOf(customers: FileCustomer[]): AsyncGenerator<FileRow> {
  for (const [index, item] of customers.entries()) yield { line: index + 1, kind: 'customer', customer: item };
}

function itemsOf<Item>(outcome: Outcome<Item[]>): Item[] {
  if (outcome.kind !== 'found' && outcome.kind !== 'not-found') throw new Error(outcome.kind);
  return outcome.kind === 'found' ? outcome.value : [];
}

const activity: Activity = {
  key: 'engagement-1.voice',
  engagementId: 'engagement-1',
  channel: 'voice',
  direction: 'inbound',
  startedAt: 9_000,
  endedAt: 321_000,
  subject: 'Inbound call',
  notes: 'Đã đổi gói 😀',
  customerId: 'C-1',
  agent: { name: 'Mina', email: 'mina@desk.example' },
};

describe.each(databasesUnderTest)('directory on $name', ({ open }) => {
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
  const directory = () => createConnector({ database, clock: () => now });
  const read = async (...ids: string[]) => itemsOf(await directory().readCustomers(ids));
  const byPhone = async (e164: string, limit = 10) =>
    (await holdersOf(e164, limit)).map(({ id, phones }) => [id, phones[0]?.raw]);
  const holdersOf = async (e164: string, limit: number) =>
    itemsOf(await directory().findByPhone({ e164, countryCode: '', national: '', country: undefined }, limit));
  const byName = async (text: string, limit = 10) => itemsOf(await directory().search({ kind: 'name', text }, limit));
  const byEmailPrefix = async (text: string) => itemsOf(await directory().search({ kind: 'email-prefix', text }, 10));
  const count = async (table: 'customers' | 'customer_identifiers' | 'customer_name_words') => {
    const { total } = await database.db
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    return total;
  };

  test('imported customer › is read as in the file', async () => {
    const given = customer('C-1', 'Nguyễn Thị Ánh', {
      company: 'Phở Sen Vàng',
      phones: ['(028) 3822 0000', 'see notes'],
      emails: ['Anh@Sen.example'],
      fields: { tier: 'Gold', Zebra: '1', Apple: '2' },
      cases: [{ number: 'hc-1', subject: 'Đổi gói', status: 'open', priority: undefined, updatedAt: 5 }],
      interactions: [{ at: 7, channel: 'voice', summary: 'Hỏi 😀', agent: undefined }],
    });
    await importing([given], { country: 'VN' });
    const [customerRead] = await read('C-1');
    expect(customerRead).toEqual({
      ...given,
      phones: [
        { raw: '(028) 3822 0000', value: '+842838220000' },
        { raw: 'see notes', value: null },
      ],
      emails: [{ raw: 'Anh@Sen.example', value: 'anh@sen.example' }],
      cases: [{ number: 'hc-1', subject: 'Đổi gói', status: 'open', updatedAt: 5 }],
      interactions: [{ at: 7, channel: 'voice', summary: 'Hỏi 😀' }],
    });
    expect(Object.keys(customerRead?.fields ?? {})).toEqual(['tier', 'Zebra', 'Apple']);
  });

  test('identifier › is found only as its kind', async () => {
    await importing([
      customer('C-1', 'Ann', {
        phones: ['+1 415 555 0101'],
        emails: ['Ann@x.example'],
        fields: { accountNumber: 'ab-7788' },
        cases: [{ number: 'cs-1', subject: 's', status: undefined, priority: undefined, updatedAt: undefined }],
      }),
    ]);
    const { findByPhone, findByEmail, findByCase, findByAccount } = directory();
    const ann = { id: 'C-1', name: 'Ann', phones: [], emails: [] };
    const phone = { e164: '+14155550101', countryCode: '1', national: '4155550101', country: 'US' };
    expect(await findByPhone(phone, 10)).toEqual(
      found([{ ...ann, phones: [{ raw: '+1 415 555 0101', value: '+14155550101' }] }]),
    );
    expect(await findByEmail('ann@x.example', 10)).toEqual(
      found([{ ...ann, emails: [{ raw: 'Ann@x.example', value: 'ann@x.example' }] }]),
    );
    expect(await findByCase('CS-1', 10)).toEqual(found([{ number: 'cs-1', customer: ann }]));
    expect(await findByAccount?.('AB-7788', 10)).toEqual(found([{ number: 'ab-7788', customer: ann }]));
    expect(await findByEmail('+14155550101', 10)).toEqual(notFound);
    expect(await findByCase('AB-7788', 10)).toEqual(notFound);
    expect(await findByPhone({ ...phone, e164: '+1415555010' }, 10)).toEqual(notFound);
  });

  test('case number › keyed-in form is found, whole number matches itself only', async () => {
    const withCase = (id: string, number: string) =>
      customer(id, id, {
        cases: [{ number, subject: 's', status: undefined, priority: undefined, updatedAt: undefined }],
      });
    await importing([
      withCase('A', 'CS-001042'),
      withCase('B', 'RF1042-X'),
      withCase('C', '00001042'),
      withCase('D', 'CS-10'),
    ]);
    const byCase = async (number: string) =>
      itemsOf(await directory().findByCase(number, 10)).map((hit) => [hit.customer.id, hit.number]);
    const meant = [
      ['A', 'CS-001042'],
      ['B', 'RF1042-X'],
      ['C', '00001042'],
    ];
    expect(await byCase('1042')).toEqual(meant);
    expect(await byCase('CS-001042')).toEqual([['A', 'CS-001042']]);
    expect(await byCase('00001042')).toEqual([['C', '00001042']]);
    expect(await byCase('104')).toEqual([]);
  });

  test('account number under any known name › is found, the previous one is not', async () => {
    const withNumber = (name: string, number: string) => [customer('C-1', 'Ann', { fields: { [name]: number } })];
    const byAccount = async (number: string) =>
      itemsOf((await directory().findByAccount?.(number, 10)) ?? notFound).map((hit) => hit.customer.id);
    await importing(withNumber('Account Number', '1001'));
    expect(await byAccount('1001')).toEqual(['C-1']);
    await importing(withNumber('account_number', '1002'));
    expect([await byAccount('1001'), await byAccount('1002')]).toEqual([[], ['C-1']]);
    await importing(withNumber('account', '1003'));
    expect([await byAccount('1002'), await byAccount('1003')]).toEqual([[], []]);
  });

  test('shared number › all counted once, hits within the limit', async () => {
    const phones = ['+1 415 555 0100', '+1.415.555.0100'];
    await importing(Array.from({ length: 5_000 }, (_, index) => customer(`C-${index}`, `N ${index}`, { phones })));
    const holders = await holdersOf('+14155550100', 10);
    expect(new Set(holders.map(({ id }) => id)).size).toBe(10);
    expect(await directory().countHits?.('phone', '+14155550100')).toEqual(found(5_000));
    expect(await directory().countHits?.('phone', '+14155550101')).toEqual(found(0));
  });

  test('deleted customer › is left out, the others keep the order', async () => {
    await importing([customer('a', 'A'), customer('b', 'B'), customer('c', 'C')]);
    expect((await read('c', 'x', 'a')).map(({ id }) => id)).toEqual(['c', 'a']);
    expect(await directory().readCustomers([])).toEqual(notFound);
    expect(await directory().readCustomers(['x'])).toEqual(notFound);
  });

  test('beginnings of name words › found without diacritics, company included', async () => {
    await importing([
      customer('1', 'Nguyễn Thị Ánh', { company: 'Gốm Lam' }),
      customer('2', 'Nguyễn Văn Hùng'),
      customer('3', 'Anh Nguyen'),
      customer('4', 'Jürgen Großmann'),
      customer('5', '田中 太郎'),
      customer('6', 'Ann Anna Annabel'),
    ]);
    expect((await byName('nguyen')).toSorted()).toEqual(['1', '2', '3']);
    expect((await byName('ÁNH ng')).toSorted()).toEqual(['1', '3']);
    expect(await byName('gom anh')).toEqual(['1']);
    expect(await byName('grossm')).toEqual(['4']);
    expect(await byName('田')).toEqual(['5']);
    expect(await byName('ann')).toEqual(['6']);
    expect(await byName('nguyen zoe')).toEqual([]);
    expect(await byName('')).toEqual([]);
    expect(await byName("%' or 1=1 --")).toEqual([]);
    expect(await byName('nguyen', 2)).toHaveLength(2);
  });

  test('rare word and common word › is found', async () => {
    const crowd = Array.from({ length: 6_000 }, (_, index) => customer(`C-${index}`, 'Common Name'));
    await importing([...crowd, customer('Z', 'Common Zoë')]);
    expect(await byName('common zoe')).toEqual(['Z']);
    expect(await byName('common name')).toHaveLength(10);
  });

  test('beginning of an e-mail › each customer once', async () => {
    await importing([
      customer('1', 'A', { emails: ['ann@x.example', 'ann@y.example'] }),
      customer('2', 'B', { emails: ['anna@x.example'] }),
      customer('3', 'C', { emails: ['bob@x.example'] }),
    ]);
    expect(await byEmailPrefix('ann')).toEqual(['1', '2']);
    expect(await byEmailPrefix('ann@y')).toEqual(['1']);
    expect(await byEmailPrefix('%')).toEqual([]);
  });

  test('national number › country of the last import, updated within a second', async () => {
    const source = directory();
    expect(await source.defaultCountry?.()).toBeUndefined();
    await importing([customer('1', 'A', { phones: ['028 3822 0000'] })], { country: 'VN' });
    expect(await source.defaultCountry?.()).toBeUndefined();
    now += 1_000;
    expect(await source.defaultCountry?.()).toBe('VN');
    const outcome = await importing([customer('2', 'B', { phones: ['028 3822 0001'] })]);
    expect(outcome.country).toBe('VN');
    expect(await byPhone('+842838220001')).toEqual([['2', '028 3822 0001']]);
  });

  test('same activity twice › stored once, shown on the customer', async () => {
    const interactions = [
      { at: 7, channel: 'chat', summary: 'Hỏi', agent: undefined },
      { at: 9_500, channel: 'email', summary: 'Trả lời', agent: undefined },
    ];
    await importing([customer('C-1', 'Ann', { interactions }), customer('C-2', 'Bob')]);
    expect(await directory().logActivity(activity)).toEqual(found({ id: activity.key, isNew: true }));
    expect(await directory().logActivity({ ...activity, notes: 'again' })).toEqual(
      found({ id: activity.key, isNew: false }),
    );
    const logged = { at: 9_000, channel: 'voice', summary: 'Inbound call: Đã đổi gói 😀', agent: 'Mina' };
    const reported = [
      { at: 7, channel: 'chat', summary: 'Hỏi' },
      { at: 9_500, channel: 'email', summary: 'Trả lời' },
    ];
    expect((await read('C-1', 'C-2')).map((one) => one.interactions)).toEqual([[reported[1], logged, reported[0]], []]);
    await importing([customer('C-1', 'Ann')]);
    expect((await read('C-1'))[0]?.interactions).toEqual([logged]);
  });

  test('simultaneous attempts › one record', async () => {
    await importing([customer('C-1', 'Ann')]);
    const tries = await Promise.all(Array.from({ length: 8 }, () => directory().logActivity(activity)));
    const isNew = tries.map((outcome) => outcome.kind === 'found' && outcome.value.isNew);
    expect(isNew.filter(Boolean)).toHaveLength(1);
    expect((await read('C-1'))[0]?.interactions).toHaveLength(1);
  });

  test('deleted customer › nothing is logged, earlier activity is recognized', async () => {
    expect(await directory().logActivity(activity)).toEqual(notFound);
    await importing([customer('C-1', 'Ann')]);
    await directory().logActivity(activity);
    await database.db.deleteFrom('customers').where('id', '=', 'C-1').execute();
    expect(await directory().logActivity(activity)).toEqual(found({ id: activity.key, isNew: false }));
    expect(await directory().logActivity({ ...activity, key: 'other' })).toEqual(notFound);
  });

  test('many activities › the newest are shown', async () => {
    await importing([customer('C-1', 'Ann'), customer('C-2', 'Bob')]);
    const { logActivity } = directory();
    for (let index = 0; index < 60; index++) await logActivity({ ...activity, key: `key-${index}`, startedAt: index });
    await logActivity({ ...activity, key: 'bob', startedAt: 1, customerId: 'C-2' });
    const [ann, bob] = await read('C-1', 'C-2');
    expect(ann?.interactions.map(({ at }) => at)).toEqual(Array.from({ length: 50 }, (_, index) => 59 - index));
    expect(bob?.interactions.map(({ at }) => at)).toEqual([1]);
  });

  test('connection check › number of customers, or how to import', async () => {
    expect(await directory().check()).toMatchObject(found({ missing: [expect.stringContaining('import FILE')] }));
    await importing([customer('1', 'A'), customer('2', 'B')]);
    expect(await directory().check()).toEqual(found({ missing: [], summary: 'It holds 2 customers.' }));
  });

  describe('directory version', () => {
    test('an import by another process › is raised within a second, not before', async () => {
      const source = directory();
      expect(await source.readVersion?.()).toBe(0);
      await importing([customer('C-1', 'Ann')]);
      now += 999;
      expect(await source.readVersion?.()).toBe(0);
      now += 1;
      expect(await source.readVersion?.()).toBeGreaterThan(0);
    });

    test('an activity logged by this process › is raised at once', async () => {
      const source = directory();
      await importing([customer('C-1', 'Ann')]);
      const before = (await source.readVersion?.()) ?? 0;
      await source.logActivity(activity);
      expect(await source.readVersion?.()).toBe(before + 1);
    });

    test('a failed read › is not cached', async () => {
      const source = directory();
      await sql`alter table directory_settings rename to away`.execute(database.db);
      await expect(source.readVersion?.()).rejects.toThrow();
      await sql`alter table away rename to directory_settings`.execute(database.db);
      expect(await source.readVersion?.()).toBe(0);
    });

    const version = async () => directory().readVersion?.();

    test('an import of a batch › is raised, and raised again by the same import', async () => {
      expect(await version()).toBe(0);
      await importing([customer('C-1', 'Ann')]);
      const first = await version();
      await importing([customer('C-1', 'Ann')], { country: 'VN' });
      expect(await version()).toBeGreaterThan(first ?? Number.POSITIVE_INFINITY);
      expect(await directory().defaultCountry?.()).toBe('VN');
    });

    test('a dry run or a read › stays', async () => {
      await importing([customer('C-1', 'Ann')]);
      const before = await version();
      await importing([customer('C-2', 'Bo')], { dryRun: true });
      await read('C-1');
      expect(await version()).toBe(before);
    });

    test('an activity › is raised once, and not by a repeated or refused one', async () => {
      await importing([customer('C-1', 'Ann')]);
      const before = (await version()) ?? 0;
      await directory().logActivity(activity);
      await directory().logActivity(activity);
      await directory().logActivity({ ...activity, key: 'other', customerId: 'C-gone' });
      expect(await version()).toBe(before + 1);
    });
  });

  test('database is down › unavailable, never rejects', async () => {
    const { findByEmail, readCustomers, logActivity, check } = directory();
    await database.db.schema.dropTable('directory_activities').execute();
    await database.db.schema.dropTable('customer_identifiers').execute();
    const isAway = { kind: 'unavailable', reason: expect.stringMatching(/^database \w+$/) };
    expect(await findByEmail('ann@x.example', 1)).toEqual(isAway);
    expect(await readCustomers(['1'])).toEqual(isAway);
    expect(await logActivity(activity)).toEqual(isAway);
    expect(await check()).toMatchObject({ kind: 'found' });
  });

  test('customer imported again › is replaced with its identifiers', async () => {
    await importing([customer('1', 'Old Name', { phones: ['+1 415 555 0101'], emails: ['old@x.example'] })]);
    const outcome = await importing([customer('1', 'New Name', { phones: ['+1 415 555 0102'] })]);
    expect(outcome).toMatchObject({ accepted: 0, updated: 1 });
    expect(await byPhone('+14155550101')).toEqual([]);
    expect(await directory().findByEmail('old@x.example', 1)).toEqual(notFound);
    expect(await byPhone('+14155550102')).toEqual([['1', '+1 415 555 0102']]);
    expect(await byName('old', 1)).toEqual([]);
    expect(await byName('new', 1)).toEqual(['1']);
  });

  test('two rows with one id › the later counts as updated', async () => {
    const outcome = await importing([customer('1', 'First'), customer('2', 'Other'), customer('1', 'Second')]);
    expect(outcome).toMatchObject({ accepted: 2, updated: 1, rejected: 0 });
    expect((await read('1'))[0]?.name).toBe('Second');
  });

  test('unreadable phone › row is stored, line reported, never matched on', async () => {
    const outcome = await importing([
      customer('1', 'A', { phones: ['+1 415 555 0101; call mum'], emails: ['at home'] }),
    ]);
    expect(outcome).toMatchObject({ accepted: 1, rejected: 0, warnings: 2 });
    expect(problems).toEqual([
      { line: 1, kind: 'warning', reason: 'phone 2 cannot be read; it is kept but never matched on' },
      { line: 1, kind: 'warning', reason: 'email 1 cannot be read; it is kept but never matched on' },
    ]);
    const [customerRead] = await read('1');
    expect(customerRead?.phones).toEqual([
      { raw: '+1 415 555 0101', value: '+14155550101' },
      { raw: 'call mum', value: null },
    ]);
  });

  test('card numbers in a file or an activity › are not stored, and reported', async () => {
    const card = '4111 1111 1111 1111';
    const given = customer('C-1', `Ann ${card}`, {
      phones: [card],
      fields: { note: card, [card]: 'x' },
      cases: [{ number: '4111111111111111', subject: card, status: undefined, priority: undefined, updatedAt: 5 }],
      interactions: [{ at: 7, channel: undefined, summary: card, agent: undefined }],
    });
    await importing([given]);
    await directory().logActivity?.({ ...activity, notes: `Paid with ${card}` });
    expect(problems.map(({ reason }) => reason).filter((reason) => reason.includes('card'))).toEqual(
      ['phones', 'name', 'fields', 'case 1', 'interaction 1'].map(
        (part) => `${part}: holds a card number; it is not stored`,
      ),
    );
    const [stored] = await read('C-1');
    expect(JSON.stringify(stored)).not.toContain(card);
    expect(stored?.cases[0]?.number).toBe('4111111111111111');
  });

  test.each([
    ['case', '497955AIS', '497955-AIS'],
    ['case', 'T 1234', 'T-1234'],
    ['case', 'CS2042', 'CS-2042'],
    ['case', 'INC10023', 'INC0010023'],
    ['account', 'NW000801', 'NW-000801'],
    ['account', 'NW 801', 'NW-000801'],
    ['account', '801', 'NW-000801'],
  ] as const)('%s number %j › finds %j, whatever stands between its parts', async (kind, asked, stored) => {
    const updated = { subject: 'x', status: undefined, priority: undefined, updatedAt: 5 };
    const holder =
      kind === 'case' ? { cases: [{ number: stored, ...updated }] } : { fields: { accountNumber: stored } };
    await importing([customer('C-1', 'Ann Lee', holder)]);
    const find = kind === 'case' ? directory().findByCase : directory().findByAccount;
    expect(itemsOf((await find?.(asked, 10)) ?? notFound).map(({ number }) => number)).toEqual([stored]);
    expect(await directory().countHits?.(kind, asked)).toEqual(found(1));
  });

  test('mailbox with several addresses › its other addresses are found, another mailbox is not', async () => {
    const reading = { ...identifiers, toMailbox: (email: string) => email.replace(/\.(?=.*@)/g, '') };
    await importing([customer('C-1', 'Ann Lee', { emails: ['ann.b.lee@gmail.com'] })], { identifiers: reading });
    const find = (local: string) =>
      directory().findByEmail(`${local}@gmail.com`, 10, { local, domains: ['gmail.com', 'googlemail.com'] });
    expect(itemsOf(await find('annblee')).map(({ emails }) => emails)).toEqual([[{ raw: 'ann.b.lee@gmail.com' }]]);
    expect((await find('annblees')).kind).toBe('not-found');
    const [stored] = await read('C-1');
    expect(stored?.emails).toEqual([{ raw: 'ann.b.lee@gmail.com', value: 'ann.b.lee@gmail.com' }]);
  });

  test('two phones of a cell that pass the check of a card › are stored', async () => {
    const cell = '0202 555 1000/0202 556 1000';
    const splitting = { ...identifiers, splitPhones: (text: string) => text.split('/') };
    await importing([customer('C-1', 'Ann Lee', { phones: [cell] })], { country: 'VN', identifiers: splitting });
    expect(problems).toEqual([]);
    expect((await read('C-1'))[0]?.phones.map(({ value }) => value)).toEqual(['+842025551000', '+842025561000']);
  });

  test('values that are not understood › are kept and reported with line and reason, fields that look like them too', async () => {
    const given = customer('C-1', '+1 415 555 0101', {
      phones: ['8.49E+10'],
      fields: { Fax: '+1 415 555 0102', accountNumber: '7.78E+11' },
    });
    await importing([given], { identifiers: { ...identifiers, normalizeCaseNumber: () => null } });
    expect(problems.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '1 name is a phone number; it is masked like one and not matched on',
      '1 phone 1 is shortened by a spreadsheet, its last digits are lost; it is kept but never matched on',
      '1 account number 1 is shortened by a spreadsheet, its last digits are lost; it is kept but never matched on',
      '1 "Fax" holds phone numbers (1 of 1 values) but is never matched on; to use it: --map "Fax=phone"',
    ]);
    expect((await read('C-1'))[0]).toMatchObject({ phones: [{ raw: '8.49E+10', value: null }] });
  });

  test('rejected rows › reported with their lines, the rest imported', async () => {
    async function* rows(): AsyncGenerator<FileRow> {
      yield { line: 2, kind: 'rejected', reason: 'name: is missing' };
      yield* rowsOf([customer('1', 'A')]);
    }
    expect(await importing(rows())).toMatchObject({ accepted: 1, rejected: 1 });
    expect(problems).toEqual([{ line: 2, kind: 'rejected', reason: 'name: is missing' }]);
  });

  test('dry run over several batches › nothing written, new and updated are counted', async () => {
    await importing([customer('C-1', 'A')]);
    const rows = Array.from({ length: 2_500 }, (_, index) =>
      customer(`C-${index}`, 'B', { phones: ['028 3822 0000'] }),
    );
    const outcome = await importing([...rows, customer('C-2', 'C')], { dryRun: true, country: 'VN' });
    expect(outcome).toMatchObject({ accepted: 2_499, updated: 2, warnings: 0 });
    expect([await count('customers'), await count('customer_identifiers')]).toEqual([1, 0]);
    expect(await directory().defaultCountry?.()).toBeUndefined();
  });

  test('import stopped › whole customers only', async () => {
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

  test('file breaks off › earlier rows are imported', async () => {
    async function* rows(): AsyncGenerator<FileRow> {
      yield* rowsOf(Array.from({ length: 2_100 }, (_, index) => customer(`C-${index}`, 'One')));
      throw new Error('the disk is gone');
    }
    await expect(importing(rows())).rejects.toThrow('the disk is gone');
    expect(await count('customers')).toBe(2_000);
    expect(await count('customer_name_words')).toBe(2_000);
  });

  test('two simultaneous imports › stays consistent', async () => {
    const rows = (phone: string) =>
      Array.from({ length: 4_500 }, (_, index) => customer(`C-${index}`, 'One Two', { phones: [phone] }));
    const outcomes = await Promise.all([importing(rows('+1 415 555 0101')), importing(rows('+1 415 555 0102'))]);
    expect(outcomes.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(4_500);
    expect(outcomes.reduce((sum, { updated }) => sum + updated, 0)).toBe(4_500);
    expect([await count('customer_identifiers'), await count('customer_name_words')]).toEqual([4_500, 9_000]);
  });
});
