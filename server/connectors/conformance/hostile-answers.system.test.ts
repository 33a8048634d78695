import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttpClient, type HttpClient } from '../../platform/http-client.ts';
import { dynamics } from '../dynamics/definition.ts';
import { startFakeDynamics } from '../dynamics/fake.ts';
import { hubspot } from '../hubspot/definition.ts';
import { startFakeHubspot } from '../hubspot/fake.ts';
import type { Activity, ConnectorDefinition } from '../port/connector.ts';
import { salesforce } from '../salesforce/definition.ts';
import { startFakeSalesforce } from '../salesforce/fake.ts';
import { servicenow } from '../servicenow/definition.ts';
import { startFakeServicenow } from '../servicenow/fake.ts';
import { zendesk } from '../zendesk/definition.ts';
import { startFakeZendesk } from '../zendesk/fake.ts';
import { connectToFake } from './connect-for-tests.ts';
import type { FakeCrm } from './fake-crm-server.ts';

/** Unexpected values. Parts of the answer are also repeated and moved. */
const hostileValues: unknown[] = [
  null,
  true,
  -1,
  0,
  1e308,
  2 ** 60,
  '',
  ' ',
  [],
  {},
  [[]],
  [null],
  '0',
  '-1',
  '9'.repeat(400),
  '..',
  '../../x',
  '<img src=x onerror=alert(1)>',
  'javascript:alert(1)',
  '9999-99-99T99:99:99Z',
  '+275760-09-14',
  '\u202e\u0000\ud800',
  'x'.repeat(100_000),
  '1 / '.repeat(1_000),
  'constructor',
  '__proto__',
  'https://evil.example/x',
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
];

const twist = fc.record({
  /** Of the answers this one, and every one so far on. */
  every: fc.integer({ min: 1, max: 4 }),
  place: fc.nat(),
  how: fc.oneof(
    fc.record({ put: fc.constantFrom(...hostileValues) }),
    fc.record({ put: fc.jsonValue() }),
    fc.record({ copyFrom: fc.nat() }),
    fc.record({ nested: fc.constantFrom('[', '{"a":') }),
    fc.record({ times: fc.integer({ min: 2, max: 300 }) }),
  ),
});

const nested = {
  '[': JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`) as unknown,
  '{"a":': JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`) as unknown,
};

type Twist = typeof twist extends fc.Arbitrary<infer One> ? One : never;

function apply({ place, how }: Twist, whole: unknown): unknown {
  const places = listPlaces(whole);
  const chosen = places[place % places.length];
  if (!chosen) return whole;
  if ('times' in how) return chosen.replace(Array.from({ length: how.times }, () => chosen.value));
  if ('nested' in how) return chosen.replace(nested[how.nested]);
  return chosen.replace('put' in how ? how.put : places[how.copyFrom % places.length]?.value);
}

type Place = { value: unknown; replace(by: unknown): unknown };

/** Every value within, each with a way to make the same whole with another value there. */
function listPlaces(value: unknown, replace = (by: unknown) => by, depth = 0): Place[] {
  const here = { value, replace };
  if (typeof value !== 'object' || value === null || depth > 20) return [here];
  const inner = Array.isArray(value)
    ? value.flatMap((item, index) => listPlaces(item, (by) => replace(value.with(index, by)), depth + 1))
    : Object.entries(value).flatMap(([name, item]) =>
        listPlaces(item, (by) => replace({ ...value, [name]: by }), depth + 1),
      );
  return [here, ...inner];
}

const crms: [ConnectorDefinition, () => Promise<FakeCrm>][] = [
  [salesforce, startFakeSalesforce],
  [zendesk, startFakeZendesk],
  [servicenow, startFakeServicenow],
  [hubspot, startFakeHubspot],
  [dynamics, startFakeDynamics],
];

describe.each(crms)('$name with hostile CRM answers', (definition, startFake) => {
  let fake: FakeCrm;
  let put: ReturnType<FakeCrm['put']>;
  const honest = createHttpClient();
  const canary = 'Canary Person';

  beforeAll(async () => {
    fake = await startFake();
    put = fake.put({
      name: canary,
      company: 'Canary Ltd',
      owner: 'Canary Agent',
      tier: 'gold',
      accountNumber: 'A-77',
      phones: ['+1 415 555 0147', '(415) 555-0148'],
      emails: ['canary@person.example'],
      cases: [{ subject: 'Canary router' }, { subject: 'Canary invoice', status: 'closed' }],
      interactions: [{ at: Date.UTC(2026, 1, 3), channel: 'voice', summary: 'Canary call' }],
    });
  });
  afterAll(() => fake.stop());

  test('any mutated answer › bounded result, no error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(twist, { minLength: 1, maxLength: 2 }), async (twists) => {
        let count = 0;
        const twisting: HttpClient = {
          async send(request) {
            const outcome = await honest.send(request);
            if (outcome.kind !== 'ok' || outcome.json === undefined || isToken(outcome.json)) return outcome;
            count += 1;
            const due = twists.filter(({ every }) => count % every === 0);
            const json = due.reduce<unknown>((whole, one) => apply(one, whole), outcome.json);
            return { ...outcome, json };
          },
        };
        const { source, failures, errors } = connectToFake(definition, fake, { http: twisting });
        const caseNumber = put.caseNumbers[0] ?? '';
        const found = await Promise.all([
          source.find('phone', '+14155550147', 10),
          source.find('email', 'canary@person.example', 10),
          source.find('case', caseNumber, 10),
          source.find('account', 'A-77', 10),
        ]);
        const read = await source.readCustomers([put.id]);
        const search = await source.search({ kind: 'name', text: 'Canary' }, 10);
        const check = await source.check();
        const logged = await source.logActivity({ ...activity, customerId: put.id, caseNumber });

        expect(errors).toEqual([]);
        for (const { hits } of found.flatMap((one) => (one.kind === 'found' ? one.value : []))) {
          expect(hits.length).toBeLessThanOrEqual(10);
          for (const { customerId, customerName } of hits) {
            expect(customerId.length).toBeLessThanOrEqual(256);
            expect(customerName.length).toBeLessThanOrEqual(512);
          }
        }
        const customers = read.kind === 'found' ? read.value : [];
        expect(customers.map(({ id }) => id)).toEqual(customers.length === 0 ? [] : [put.id]);
        for (const { cases, interactions, url } of customers) {
          const times = [...cases.map(({ updatedAt }) => updatedAt ?? 0), ...interactions.map(({ at }) => at)];
          for (const at of times) expect(() => new Date(at).toISOString()).not.toThrow();
          for (const link of [url, ...cases.map((one) => one.url)]) {
            if (link !== undefined) expect(link).toMatch(/^https?:\/\/(?!evil)/);
          }
        }
        const reasons = [...failures, ...found, read, search, check, logged].map(
          (one) => 'reason' in one && one.reason,
        );
        for (const reason of reasons) expect(String(reason)).toMatch(/^[a-z0-9-]{1,40}$/i);
        expect(Object.prototype).not.toHaveProperty('polluted');
        // Cached and sent results must be serializable and bounded.
        expect(JSON.stringify([found, customers, search, check, logged]).length).toBeLessThan(3_000_000);
      }),
      { numRuns: 25 },
    );
  });
});

const activity: Omit<Activity, 'customerId'> = {
  key: 'hostile-1',
  engagementId: 'E-1',
  subject: 'Call',
  notes: 'n',
  channel: 'voice',
  direction: 'inbound',
  startedAt: Date.UTC(2026, 1, 3),
  endedAt: Date.UTC(2026, 1, 3, 0, 5),
  agent: { name: 'Canary Agent', email: 'agent@desk.example' },
};

function isToken(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'access_token' in json;
}
