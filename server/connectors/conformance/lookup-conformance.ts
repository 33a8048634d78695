import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConnectorDefinition } from '../port/connector.ts';
import type { Source } from '../port/source.ts';
import type { FakeActivity, FakeCustomer } from './fake-crm-server.ts';

/** A source that holds no customers yet. */
export type SourceUnderTest = {
  source: Source;
  /** Errors that the connector threw. */
  errors: unknown[];
  put(customer: FakeCustomer): Promise<{ id: string; caseNumbers: string[] }>;
  listActivities(): Promise<FakeActivity[]>;
  /** Executes the next write and drops its answer. Absent without a network. */
  dropNextWrite?(): void;
  stop(): Promise<void>;
  /** The source stores normalized numbers, so a national number that it could not parse is never found. */
  keepsNormalized: boolean;
};

const international = [
  ['+14155550101', '+14155550101'],
  ['+14155550101', '+1 415 555 0101'],
  ['+14155550101', '+1 (415) 555-0101'],
  ['+14155550101', '+1-415-555-0101'],
  ['+14155550101', '+1.415.555.0101'],
  ['+442079460001', '+44 20 7946 0001'],
  ['+442079460001', '+44 (0)20 7946 0001'],
  ['+842838220000', '+84 28 3822 0000'],
] as const;

const national = [
  ['+14155550101', '4155550101'],
  ['+14155550101', '(415) 555-0101'],
  ['+14155550101', '415-555-0101'],
  ['+14155550101', '415.555.0101'],
  ['+14155550101', '1 415 555 0101'],
  ['+442079460001', '020 7946 0001'],
  ['+442079460001', '02079460001'],
  ['+842838220000', '(028) 3822 0000'],
] as const;

/** Other numbers that share digits. */
const others = [
  ['a neighbor’s number', '+1 415 555 0102'],
  ['the same digits in another country', '+49 14155550101'],
  ['a longer number', '+1 415 555 01012'],
  ['an extension of another number', '+1 212 555 0199 ext. 5550101'],
  ['the last digits alone', '555 0101'],
  ['an extension alone', '0101'],
] as const;

const hostile = [
  "'",
  '"',
  '\\',
  "x' OR '1'='1",
  "x') OR (1=1",
  '%',
  '_',
  '*',
  '?',
  '^',
  'x^ORactive=true',
  'x^NQactive=true',
  'javascript:gs.getUserID()',
  'x&limit=1000',
  'x#',
  '{x}',
  'x}',
  'x\nactive=true',
  '\u0000',
  '\ud800',
  '\u202e1010\u202c',
  '٠١٢٣٤٥٦',
  '４１５５５５０１０１',
  '+1 (555) 010-0001;ext=%27 OR 1=1--',
  '$filter',
  '../../x',
  '0x7f.1',
  '<img src=x onerror=alert(1)>',
  '__proto__',
  'constructor',
  '9'.repeat(100_000),
  `${'a'.repeat(100_000)}@x.example`,
];
const hostileEmails = ["o'b%@x.example", '*@northwind.example', '%@northwind.example', '_nn.lee@northwind.example'];
const hostileIds = [
  "x' or '1'='1",
  '../../x',
  '..',
  '.',
  '%2e%2e',
  '%',
  '*',
  'x^ORactive=true',
  '0',
  'constructor',
  'contacts/..',
  'x?a=1#b',
  '\u202e1',
  'x'.repeat(200),
  'x'.repeat(100_000),
];

export function describeLookup(
  { name }: Pick<ConnectorDefinition, 'name'>,
  open: () => Promise<SourceUnderTest>,
): void {
  describe(name, () => {
    let subject: SourceUnderTest;
    let source: Source;

    beforeEach(async () => {
      subject = await open();
      source = subject.source;
    });
    afterEach(async () => {
      await subject.stop();
      expect(subject.errors).toEqual([]);
    });

    const ann = { name: 'Ann Lee', phones: ['+1 415 555 0101'], emails: ['ann.lee@northwind.example'] };

    describe('phone lookup', () => {
      test.each(international)('%s stored as %s › is found', async (asked, stored) => {
        const { id } = await subject.put({ name: 'Ann Lee', phones: [stored] });
        const answer = await source.find('phone', asked, 10);
        const hit = { customerId: id, customerName: 'Ann Lee', stored };
        expect(answer).toMatchObject({ kind: 'found', value: { hits: [hit], sharedBy: 1 } });
        expect(answer).not.toHaveProperty('value.hits.0.assumedCountry');
      });

      test('one of several numbers in a field › is the evidence, without the others', async () => {
        const { id } = await subject.put({ name: 'Ann Lee', phones: ['+1 415 555 0101; +1 415 555 0199'] });
        expect(await source.find('phone', '+14155550101', 10)).toMatchObject({
          kind: 'found',
          value: { hits: [{ customerId: id, stored: '+1 415 555 0101' }] },
        });
      });

      test('stored without a country code › is found, caller’s country assumed', async () => {
        const answers = await Promise.all(
          national.map(async ([asked, stored]) => {
            await subject.put({ name: stored, phones: [stored] });
            return { asked, stored };
          }),
        );
        for (const { asked, stored } of answers) {
          const answer = await source.find('phone', asked, 20);
          const hits = answer.kind === 'found' ? answer.value.hits : [];
          const isFound = hits.some((hit) => hit.stored === stored && hit.assumedCountry !== undefined);
          // An unparsed number is never matched on; the import reports every such row.
          expect([stored, isFound]).toEqual([stored, !subject.keepsNormalized]);
        }
      });

      test.each(others)('%s › is not found', async (_what, stored) => {
        await subject.put({ name: 'Bo Lind', phones: [stored] });
        expect(await source.find('phone', '+14155550101', 10)).toMatchObject({ kind: 'not-found' });
      });

      test('customer with several numbers › found by each, once', async () => {
        const phones = ['+1 212 555 0199', '+1 415 555 0101', '+14155550101'];
        const { id } = await subject.put({ name: 'Ann Lee', phones });
        expect(await source.find('phone', '+14155550101', 10)).toMatchObject({
          kind: 'found',
          value: { hits: [{ customerId: id }], sharedBy: 1 },
        });
      });

      test('shared number › both are found', async () => {
        const { id: first } = await subject.put(ann);
        const { id: second } = await subject.put({ name: 'Bo Lind', phones: ['+1 (415) 555-0101'] });
        const answer = await source.find('phone', '+14155550101', 10);
        const ids = answer.kind === 'found' ? answer.value.hits.map(({ customerId }) => customerId) : [];
        expect(ids.sort()).toEqual([first, second].sort());
        expect(answer).toMatchObject({ value: { sharedBy: 2 } });
      });
    });

    describe('e-mail lookup', () => {
      test('other letter case › is found', async () => {
        const { id } = await subject.put({ name: 'Ann Lee', emails: ['Ann.Lee@Northwind.example'] });
        const answer = await source.find('email', 'ann.lee@northwind.example', 10);
        expect(answer).toMatchObject({ kind: 'found', value: { hits: [{ customerId: id }], sharedBy: 1 } });
      });

      test('apostrophe › is found', async () => {
        const { id } = await subject.put({ name: 'Aoife O’Brien', emails: ["o'brien@northwind.example"] });
        const answer = await source.find('email', "o'brien@northwind.example", 10);
        expect(answer).toMatchObject({ kind: 'found', value: { hits: [{ customerId: id }] } });
      });

      test('similar address › is not found', async () => {
        await subject.put(ann);
        const alike = ['nn.lee@northwind.example', 'ann_lee@northwind.example', 'ann.lee@northwind.example.net'];
        for (const email of [...alike, 'lee@northwind.example', 'ann.lee@northwind.exampl', ...hostileEmails]) {
          expect([email, await source.find('email', email, 10)]).toMatchObject([email, { kind: 'not-found' }]);
        }
      });
    });

    describe('case lookup', () => {
      test('whole number › finds the customer, a part of it does not', async () => {
        const { id, caseNumbers } = await subject.put({ ...ann, cases: [{ subject: 'Router restarts' }] });
        const [number = ''] = caseNumbers;
        const asked = number.toUpperCase();
        expect(await source.find('case', asked, 10)).toMatchObject({
          kind: 'found',
          value: { hits: [{ customerId: id, stored: number }], sharedBy: 1 },
        });
        expect(await source.find('case', `${asked}9`, 10)).toMatchObject({ kind: 'not-found' });
        expect(await source.find('case', asked.slice(0, -1), 10)).toMatchObject({ kind: 'not-found' });
      });
    });

    describe('search', () => {
      test('name words or beginning of an e-mail › is found', async () => {
        const { id } = await subject.put(ann);
        await subject.put({ name: 'Bo Lind', emails: ['bo@northwind.example'] });
        for (const text of ['Ann Lee', 'lee', 'ANN']) {
          const found = await source.search({ kind: 'name', text }, 10);
          expect([text, found]).toMatchObject([text, { kind: 'found', value: [id] }]);
        }
        const byEmail = await source.search({ kind: 'email-prefix', text: 'ann.l' }, 10);
        expect(byEmail).toMatchObject({ kind: 'found', value: [id] });
        expect(await source.search({ kind: 'name', text: 'Zoltan' }, 10)).toMatchObject({ kind: 'not-found' });
      });

      test('more customers than the limit › at most the limit', async () => {
        for (let index = 0; index < 4; index += 1) await subject.put({ name: `Ann Lee ${'abcd'[index]}` });
        const found = await source.search({ kind: 'name', text: 'Ann' }, 3);
        expect(found.kind === 'found' && found.value.length).toBe(3);
      });
    });

    describe('customer', () => {
      test('full record › company, owner, tier, open cases and interactions', async () => {
        const at = Date.UTC(2026, 9, 2, 15, 20);
        const { id, caseNumbers } = await subject.put({
          ...ann,
          company: 'Northwind',
          owner: 'Mina Park',
          tier: 'Gold',
          cases: [{ subject: 'Router restarts', priority: 'high', updatedAt: at }],
          interactions: [{ at, channel: 'voice', summary: 'Asked about the invoice' }],
        });
        const answer = await source.readCustomers([id]);
        const customer = answer.kind === 'found' ? answer.value[0] : undefined;
        expect(customer).toMatchObject({
          id,
          name: 'Ann Lee',
          company: 'Northwind',
          fields: { owner: 'Mina Park', tier: 'Gold' },
          phones: [{ value: '+14155550101' }],
          emails: [{ value: 'ann.lee@northwind.example' }],
          cases: [{ number: caseNumbers[0], subject: 'Router restarts', status: expect.any(String) }],
          interactions: [{ at, summary: expect.stringContaining('Asked about the invoice') }],
        });
        expect(customer?.cases[0]?.priority).toBeTruthy();
        expect(customer?.cases[0]?.updatedAt).toEqual(expect.any(Number));
        expect(customer?.missing).toBeUndefined();
      });

      test('deleted customer › is left out, the others keep the order', async () => {
        const { id: first } = await subject.put({ name: 'Ann Lee' });
        const { id: second } = await subject.put({ name: 'Bo Lind' });
        const answer = await source.readCustomers([second, neverGiven(first, [first, second]), first]);
        expect(answer.kind === 'found' && answer.value.map(({ name: found }) => found)).toEqual(['Bo Lind', 'Ann Lee']);
        expect(await source.readCustomers([neverGiven(first, [first, second])])).toMatchObject({ kind: 'not-found' });
      });

      test('sparse record › is read', async () => {
        const { id } = await subject.put({ name: 'Ann Lee' });
        const bare = { id, name: 'Ann Lee', company: undefined, phones: [], emails: [], cases: [], interactions: [] };
        expect(await source.readCustomers([id])).toMatchObject({ kind: 'found', value: [bare] });
      });

      test('several customers › each with its own cases', async () => {
        const { id: first } = await subject.put({
          name: 'Ann Lee',
          cases: [{ subject: 'Router' }, { subject: 'Invoice' }],
        });
        const { id: second } = await subject.put({ name: 'Bo Lind', cases: [{ subject: 'Delivery' }] });
        const answer = await source.readCustomers([first, second]);
        const subjects =
          answer.kind === 'found' ? answer.value.map(({ cases }) => cases.map((one) => one.subject)) : [];
        expect(subjects.map((each) => each.sort())).toEqual([['Invoice', 'Router'], ['Delivery']]);
      });
    });

    describe('hostile text', () => {
      beforeEach(async () => {
        await subject.put({ ...ann, cases: [{ subject: 'Router restarts' }] });
      });

      test.each(['phone', 'email', 'case', 'account'] as const)('as %s › finds nobody', async (kind) => {
        for (const text of hostile) {
          const answer = await source.find(kind, text, 10);
          expect([text.slice(0, 60), answer]).toMatchObject([text.slice(0, 60), { kind: 'not-found' }]);
        }
      });

      test('as a name or the beginning of an e-mail › finds nobody', async () => {
        for (const text of [...hostile, ...hostileEmails]) {
          const short = text.slice(0, 60);
          expect([short, await source.search({ kind: 'name', text }, 10)]).toMatchObject([
            short,
            { kind: 'not-found' },
          ]);
          const byEmail = await source.search({ kind: 'email-prefix', text: text.toLowerCase() }, 10);
          expect([short, byEmail]).toMatchObject([short, { kind: 'not-found' }]);
        }
      });

      test('as an id › not found', async () => {
        for (const id of hostileIds) {
          expect([id, await source.readCustomers([id])]).toMatchObject([id, { kind: 'not-found' }]);
        }
        expect(await source.find('phone', '+14155550101', 10)).toMatchObject({ kind: 'found' });
      });

      test('in a stored name, company and case › is read unchanged', async () => {
        const name = '<img src=x onerror=alert(1)> "O\'Neil" & sons';
        const { id } = await subject.put({ name, company: name, cases: [{ subject: name }] });
        const answer = await source.readCustomers([id]);
        expect(answer).toMatchObject({ kind: 'found', value: [{ name, company: name, cases: [{ subject: name }] }] });
      });
    });

    test('connection check › works', async () => {
      await subject.put(ann);
      expect(await source.check()).toMatchObject({ kind: 'found', value: { missing: [] } });
    });
  });
}

/** An id of the same form that no record has. */
function neverGiven(id: string, given: string[]): string {
  const candidates = [...'0123456789'].map((digit) => id.replace(/[\da-z](?=[^\da-z]*$)/i, digit));
  return candidates.findLast((candidate) => !given.includes(candidate)) ?? `${id}0`;
}
