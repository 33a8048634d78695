import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConnector } from './connectors/directory/connector.ts';
import type { FileRow } from './connectors/directory/customer-file.ts';
import { importCustomers } from './connectors/directory/import-customers.ts';
import { readMailbox } from './connectors/port/mailbox.ts';
import { createSource } from './connectors/port/source.ts';
import { identifiers } from './customers/identifiers/identifiers.ts';
import { explainStatements } from './platform/storage/explain-for-tests.ts';
import { type DatabaseUnderTest, databasesUnderTest } from './platform/storage/storage-conformance.ts';

type Stored = { phone?: string; email?: string; case?: string; account?: string };

const stored: Record<string, Stored> = {
  exact: { account: '5042', case: '7042' },
  padded: { account: '0005042', case: '007042' },
  prefixed: { account: 'AC-5042', case: 'CS-7042' },
  alone: { account: '00012345', case: 'AC–1042' },
  twin: { account: 'NW-000801', case: 'CS-000811' },
  'other twin': { account: 'NX-801', case: 'RF 811' },
  dash: { account: '12–345' },
  float: { account: '778812.0', case: '990011.00' },
  thousands: { account: '1,066', case: '2,077,088' },
  scientific: { account: '3.033E+3' },
  lost: { account: '7.78E+11' },
  'two phones': { phone: '0912345671 02838221111' },
  'phones with a dash': { phone: '0912345672-0287654321' },
  gmail: { email: 'ann.b.lee@gmail.com' },
};

/** More than the limit of a connector. The exact one is the last of them by id. */
const crowd = Array.from({ length: 60 }, (_, index): [string, Stored] => [
  `crowd ${String(index).padStart(2, '0')}`,
  {
    account: index === 59 ? '4243' : `${'0'.repeat(index + 1)}4243`,
    case: index === 59 ? '4343' : `C${'0'.repeat(index + 1)}4343`,
    email: `josephine+${index}@gmail.com`,
  },
]);

describe.each(databasesUnderTest)('directory look-up on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  const warnings: string[] = [];

  beforeAll(async () => {
    database = await open();
    async function* rows(): AsyncGenerator<FileRow> {
      for (const [id, values] of [...Object.entries(stored), ...crowd]) {
        const { phone, email, case: number, account } = values;
        const subject = { subject: 's', status: undefined, priority: undefined, updatedAt: undefined };
        const customer = {
          id,
          name: id,
          company: undefined,
          phones: phone === undefined ? [] : [phone],
          emails: email === undefined ? [] : [email],
          fields: account === undefined ? {} : { accountNumber: account },
          cases: number === undefined ? [] : [{ number, ...subject }],
          interactions: [],
        };
        yield { line: 1, kind: 'customer', customer };
      }
    }
    await importCustomers({
      database,
      rows: rows(),
      identifiers,
      country: 'VN',
      dryRun: false,
      clock: () => 0,
      onProblem: ({ reason }) => warnings.push(reason),
    });
  });
  afterAll(() => database.close());

  const connector = () => createConnector({ database, clock: () => 0 });
  const source = () =>
    createSource({
      id: 'directory',
      label: 'Directory',
      settings: { sensitive: [] },
      connector: connector(),
      identifiers,
      clock: () => 0,
      isLinkAllowed: () => false,
    });
  const find = async (kind: 'phone' | 'email' | 'case' | 'account', value: string) => {
    const outcome = await source().find(kind, value, 10);
    if (outcome.kind !== 'found') return [outcome.kind];
    return [...outcome.value.hits.map(({ customerId, rule }) => (rule ? `${customerId} by ${rule}` : customerId))];
  };

  it.each([
    ['account', '5042', ['exact']],
    ['case', '7042', ['exact']],
    ['account', '0005042', ['padded']],
    ['account', '00005042', ['exact', 'padded', 'prefixed']],
    ['account', 'AC 5042', ['prefixed']],
    ['account', '12345', ['alone']],
    ['case', 'AC-1042', ['alone']],
    ['case', 'AC—1042', ['alone']],
    ['case', '1042', ['alone']],
    ['account', '801', ['other twin', 'twin']],
    ['case', '811', ['other twin', 'twin']],
    ['account', '12-345', ['dash']],
    ['account', '12—345', ['dash']],
    ['account', '12345-', ['alone']],
    ['account', '778812', ['float']],
    ['account', '7788120', ['not-found']],
    ['case', '990011', ['float']],
    ['account', '1066', ['thousands']],
    ['case', '2077088', ['thousands']],
    ['account', '3033', ['scientific']],
    ['account', '7.78E+11', ['not-found']],
    ['account', '778000000000', ['not-found']],
    ['phone', '+84912345671', ['two phones']],
    ['phone', '+842838221111', ['two phones']],
    ['phone', '+84912345672', ['phones with a dash']],
    ['email', 'annblee+orders@googlemail.com', ['gmail by same-mailbox']],
    ['email', 'ann.b.lee@googlemail.com', ['gmail by same-mailbox']],
    ['email', 'annblee@gmail.example', ['not-found']],
  ] as const)('%s %j › is %j', async (kind, value, expected) => {
    expect((await find(kind, value)).toSorted()).toEqual(expected);
  });

  it('an exact number among more padded ones than the limit › is the only hit', async () => {
    expect(await find('account', '4243')).toEqual(['crowd 59']);
    expect(await find('case', '4343')).toEqual(['crowd 59']);
  });

  it('numbers and mailboxes of more customers than the limit › are all counted', async () => {
    const count = async (kind: 'email' | 'case' | 'account', value: string) => {
      const outcome = await source().find(kind, value, 10);
      return outcome.kind === 'found' && outcome.value.sharedBy;
    };
    expect(await count('account', '-4243')).toBe(60);
    expect(await count('case', '-4343')).toBe(60);
    expect(await count('email', 'josephine@gmail.com')).toBe(60);
  });

  it('a value that lost digits › is reported, never matched on', () => {
    expect(warnings).toContainEqual(expect.stringMatching(/account number 1 is shortened by a spreadsheet/));
  });

  it('every statement › uses an index', async () => {
    const mailbox = readMailbox('ann.b.lee@gmail.com', identifiers);
    const phone = { e164: '+84912345678', countryCode: '84', national: '912345678', country: 'VN' };
    const { findByPhone, findByEmail, findByCase, findByAccount, countHits, search, readCustomers } = connector();
    const plans = await explainStatements(database, async () => {
      await findByPhone(phone, 10);
      await findByEmail('ann.b.lee@gmail.com', 10, mailbox);
      await findByCase('none', 10);
      await findByAccount?.('none', 10);
      await countHits?.('case', 'none');
      await countHits?.('email', 'none', mailbox);
      await search({ kind: 'name', text: 'ann lee' }, 10);
      await search({ kind: 'email-prefix', text: 'ann' }, 10);
      await readCustomers(['exact', 'padded']);
    });
    expect(plans.length).toBeGreaterThan(5);
    const ownTables = /\bSCAN (?:customer|directory_act)|Seq Scan on (?:customer|directory_act)/;
    expect(plans.filter((plan) => ownTables.test(plan))).toEqual([]);
    expect(plans.filter((plan) => /customer_identifiers_by_value/.test(plan)).length).toBeGreaterThan(1);
  });
});
