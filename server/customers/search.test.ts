import { beforeEach, expect, test } from 'vitest';
import { createFakeSource, type FakeSource } from './fake-source.ts';
import { noOwnNumbers } from './own-numbers.ts';
import { createSearch } from './search.ts';

let source: FakeSource;
beforeEach(() => {
  source = createFakeSource({ country: 'GB' });
  source.put({
    id: 'C-1',
    name: 'Ann Lee',
    phones: [{ raw: '020 7946 0001', value: '+442079460001' }],
    emails: [{ raw: 'Ann@northwind.example', value: 'ann@northwind.example' }],
    cases: [
      { number: 'CS-1042', subject: 's' },
      { number: '02079460009', subject: 's' },
    ],
  });
  source.put({ id: 'C-2', name: '2079 Annual Ltd' });
});

async function search(query: string, own = noOwnNumbers) {
  const search = createSearch({ sources: [source], clock: () => 5_000, reportFailure: () => {} });
  const { understoodAs, customers, more } = await search(query, own);
  return { understoodAs, ids: customers.map(({ id }) => id.replace('fake:', '')), more };
}

test.each([
  ['ANN@Northwind.example', 'email', ['C-1']],
  ['ann@northwind.example', 'email', ['C-1']],
  ['bob@northwind.example', 'email', []],
  ['+44 20 7946 0001', 'phone', ['C-1']],
  ['020 7946 0001', 'phone', ['C-1']],
  ['020 7946 0002', 'phone', []],
  ['#cs-1042', 'case', ['C-1']],
  ['02079460009', 'case', ['C-1']],
  ['lee ann', 'name', ['C-1']],
  ['ann', 'name', ['C-1', 'C-2']],
  ['2079', 'name', ['C-2']],
  ['nobody', 'name', []],
  ['  ', 'nothing', []],
  ['%', 'nothing', []],
  ['\u0000\u200b', 'nothing', []],
])('customer search › query %j › is understood as %s', async (query, understoodAs, ids) => {
  expect(await search(query)).toEqual({ understoodAs, ids, more: false });
});

test('customer search › prefix of a phone, an e-mail or a case number › finds nothing', async () => {
  const emails = ['ann@', 'ann@n', 'ann@northwind', 'ann@northwind.', 'ann@northwind.exampl'];
  for (const beginning of ['+44 20 7946 000', '020 7946', 'CS-104', ...emails])
    expect((await search(beginning)).ids).toEqual([]);
});

test('customer search › more than twenty customers › answers twenty and that there are more', async () => {
  for (let index = 0; index < 25; index += 1) source.put({ id: `B-${index}`, name: `Bao ${index}` });
  const { ids, more } = await search('bao');
  expect(ids).toHaveLength(20);
  expect(more).toBe(true);
});

test.each(['+44 20 7946 0001', '020 7946 0001'])(
  'customer search › own number %s › is not searched as a phone',
  async (query) => {
    const own = { has: (e164: string) => e164 === '+442079460001', revision: 1 };
    expect(await search(query, own)).toEqual({ understoodAs: 'own-number', ids: [], more: false });
  },
);

test('customer search › several sources › merges customers and names failed sources', async () => {
  const crm = createFakeSource({ id: 'crm', label: 'CRM' });
  crm.put({ id: '7', name: 'Ann Lee', emails: [{ raw: 'ann@northwind.example', value: 'ann@northwind.example' }] });
  crm.put({ id: '8', name: 'Ann Other' });
  const dead = createFakeSource({ id: 'dead', label: 'Dead' });
  dead.state = 'rate-limited';
  const search = createSearch({ sources: [source, crm, dead], clock: () => 5_000, reportFailure: () => {} });
  const { customers, sources } = await search('ann', noOwnNumbers);
  expect(customers.map(({ records }) => records.map(({ id }) => id))).toEqual([
    ['fake:C-1', 'crm:7'],
    ['fake:C-2'],
    ['crm:8'],
  ]);
  expect(sources).toMatchObject([
    { id: 'fake', state: 'found' },
    { id: 'crm', state: 'found' },
    { id: 'dead', state: 'rate-limited', retryAt: 7_000, fetchedAt: null },
  ]);
});
