import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHttpClient, type HttpClient, type HttpOutcome, type HttpRequest } from '../../platform/http-client.ts';
import { createConnectionTokens } from '../http/connection-tokens.ts';
import type { ConnectorDefinition } from '../port/connector.ts';
import type { Failure, Outcome } from '../port/outcome.ts';
import { fakeActivity } from './activity-for-tests.ts';
import { connectToFake, type FakeConnectionOptions } from './connect-for-tests.ts';
import type { FakeCrm, FakeMode } from './fake-crm-server.ts';

const outcomes: [FakeMode, Failure['kind']][] = [
  ['down', 'unavailable'],
  ['hanging', 'unavailable'],
  ['failing', 'unavailable'],
  ['refusing', 'unauthenticated'],
  ['forbidding', 'forbidden'],
  ['limiting', 'rate-limited'],
  ['html', 'invalid'],
  ['rubbish', 'invalid'],
  ['endless', 'invalid'],
  ['redirecting', 'invalid'],
];

/** Whether the request has a pattern, or spellings, for `moberg42` that other addresses match too. */
function isPattern({ url, body }: HttpRequest): boolean {
  const text = `${url} ${body ?? ''}`.replaceAll('%25', '%');
  return /m[%*]o[%*]b|STARTSWITHmo\.berg/.test(text);
}

export function describeOutage(definition: ConnectorDefinition, startFake: () => Promise<FakeCrm>): void {
  describe(definition.name, () => {
    let fake: FakeCrm;
    let customerId: string;
    /** Added to the system clock, in ms. */
    let ahead: number;

    beforeEach(async () => {
      ahead = 0;
      fake = await startFake();
      customerId = fake.put({ name: 'Ann Lee', phones: ['+1 415 555 0101'], cases: [{ subject: 'Router' }] }).id;
    });
    afterEach(() => fake.stop());

    const clock = () => Date.now() + ahead;
    const connect = (options: FakeConnectionOptions = {}) => connectToFake(definition, fake, { clock, ...options });
    const find = ({ source }: Pick<ReturnType<typeof connect>, 'source'>) =>
      source.find('phone', '+14155550101', 10, 'fresh');

    const settings = () => definition.settings.parse({ ...fake.settings, ...fake.secrets });
    function listTokenRequests() {
      const authorization = definition.authorize(settings());
      const tokenPath = authorization.kind === 'token' ? new URL(authorization.request().url).pathname : undefined;
      return fake.requests.filter(({ target }) => target.split('?', 1)[0] === tokenPath);
    }

    describe('outage', () => {
      test.each(outcomes)('%s › is %s', async (mode, kind) => {
        const connection = connect(mode === 'hanging' ? { deadlineMs: 500 } : {});
        expect(await find(connection)).toMatchObject({ kind: 'found' });
        fake.behave(mode);
        const { source } = connection;
        expect(await find(connection)).toMatchObject({ kind });
        expect(await source.readCustomers([customerId], 'fresh')).toMatchObject({ kind });
        expect(await source.search({ kind: 'name', text: 'Ann' }, 10)).toMatchObject({ kind });
        const report = await source.check();
        // A check may go on to name every right that is missing.
        const namesThem = kind === 'forbidden' && report.kind === 'found' && report.value.missing.length > 0;
        expect(namesThem ? kind : report.kind).toBe(kind);
        expect(connection.errors).toEqual([]);
      });

      test('CRM recovers › is found again', async () => {
        const connection = connect();
        fake.behave('failing');
        expect(await find(connection)).toMatchObject({ kind: 'unavailable' });
        fake.behave('up');
        expect(await find(connection)).toMatchObject({ kind: 'found' });
      });

      test('missing right › nothing is logged, failure is returned', async () => {
        const { source } = connect();
        fake.behave('forbidding');
        const outcome = await source.logActivity({ ...fakeActivity, customerId });
        expect(outcome).toMatchObject({ kind: 'forbidden' });
        expect(fake.listActivities()).toEqual([]);
      });
    });

    describe('load on the CRM', () => {
      test('429 › nothing is sent before the named time', async () => {
        const connection = connect();
        await find(connection);
        fake.behave('limiting');
        const limited = await find(connection);
        expect(limited).toMatchObject({ kind: 'rate-limited' });
        const waitMs = limited.kind === 'rate-limited' ? limited.retryAt - clock() : 0;
        expect(waitMs).toBeGreaterThan(1_000);
        expect(waitMs).toBeLessThanOrEqual(2_000);
        fake.behave('up');
        const before = fake.requests.length;
        expect(await find(connection)).toMatchObject({ kind: 'rate-limited' });
        expect(fake.requests).toHaveLength(before);
        ahead += waitMs;
        expect(await find(connection)).toMatchObject({ kind: 'found' });
      });

      test('ten simultaneous equal lookups › one request', async () => {
        const connection = connect();
        await find(connection);
        const before = fake.requests.length;
        await find(connection);
        const one = fake.requests.length - before;
        await Promise.all(Array.from({ length: 10 }, () => find(connection)));
        expect(fake.requests.length - before).toBe(2 * one);
      });

      test('repeated lookup › is cached unless fresh', async () => {
        const { source } = connect();
        await source.find('phone', '+14155550101', 10);
        await source.readCustomers([customerId]);
        const before = fake.requests.length;
        await source.find('phone', '+14155550101', 10);
        await source.readCustomers([customerId]);
        expect(fake.requests).toHaveLength(before);
        await source.readCustomers([customerId], 'fresh');
        expect(fake.requests.length).toBeGreaterThan(before);
      });

      test('twenty simultaneous lookups › one token at most', async () => {
        const { source } = connect();
        const numbers = Array.from({ length: 20 }, (_, index) => `+1415555${String(100 + index).padStart(4, '0')}`);
        await Promise.all(numbers.map((number) => source.find('phone', number, 10)));
        expect(listTokenRequests().length).toBeLessThanOrEqual(1);
      });

      test('token rejected › is replaced without a failure', async () => {
        const tokens = createConnectionTokens({ clock });
        const connection = connect({ tokens });
        await find(connection);
        const before = listTokenRequests().length;
        fake.behave('tokens-expired');
        // A fixed token cannot be renewed.
        const isRenewed = definition.authorize(settings()).kind === 'token';
        if (isRenewed) expect(await find(connection)).toMatchObject({ kind: 'found' });
        expect(listTokenRequests().length - before).toBe(isRenewed ? 1 : 0);
      });
    });

    describe('kinds of requests', () => {
      /** Answers every request but those for a token. */
      let reply: HttpOutcome | undefined;
      const honest = createHttpClient();
      const http: HttpClient = {
        send: (request) => (reply ? Promise.resolve(reply) : honest.send(request)),
      };
      const limited: HttpOutcome = { kind: 'http', status: 429, headers: new Headers({ 'retry-after': '60' }) };
      const failing: HttpOutcome = { kind: 'http', status: 503, headers: new Headers() };

      /** With its token, and without cached answers. A fresh request would let the circuit breaker probe. */
      async function open() {
        reply = undefined;
        const { source } = connect({ http });
        await source.readCustomers([customerId]);
        const { id: otherId } = fake.put({ name: 'Bo Lind' });
        let count = 0;
        return {
          phone: () => source.find('phone', `+1415555010${count++}`, 10),
          email: () => source.find('email', `ann-${count++}@northwind.example`, 10),
          search: () => source.search({ kind: 'name', text: `Ann ${'abcdefghijklm'[count++]}` }, 10),
          card: () => source.readCustomers([otherId]),
          log: () => source.logActivity({ ...fakeActivity, customerId, key: `kinds-${count++}` }),
        };
      }

      test.each([
        ['phone', ['card', 'log']],
        ['card', ['phone', 'email', 'search', 'log']],
        ['log', ['phone', 'email', 'search', 'card']],
      ] as const)('429 of a %s › leaves %s alone', async (limitedName, others) => {
        const requests = await open();
        reply = limited;
        expect(await requests[limitedName]()).toMatchObject({ kind: 'rate-limited' });
        reply = undefined;
        for (const name of others) expect([name, hasFailed(await requests[name]())]).toEqual([name, false]);
        expect(await requests[limitedName]()).toMatchObject({ kind: 'rate-limited' });
      });

      test.each(['phone', 'search', 'card', 'log'] as const)(
        '%s fails again and again › others are sent',
        async (name) => {
          const requests = await open();
          reply = failing;
          for (let count = 0; count < 6; count += 1) await requests[name]();
          reply = undefined;
          const others = (['phone', 'email', 'search', 'card', 'log'] as const).filter((other) => other !== name);
          for (const other of others) expect([other, hasFailed(await requests[other]())]).toEqual([other, false]);
        },
      );

      test('pattern of a mailbox fails again and again › address itself and others are found', async () => {
        const { id } = fake.put({ name: 'Mo Berg', emails: ['moberg42@gmail.com'] });
        const mailbox = { local: 'moberg42', domains: ['gmail.com', 'googlemail.com'] };
        const { connector, source } = connect({
          http: { send: (request) => (isPattern(request) ? Promise.resolve(failing) : honest.send(request)) },
        });
        for (let count = 0; count < 4; count += 1) {
          const answer = await connector.findByEmail('moberg42@gmail.com', 10, mailbox);
          expect(answer).toMatchObject({ kind: 'found', value: [{ id }] });
        }
        expect(hasFailed(await source.find('email', 'ann@northwind.example', 10))).toBe(false);
        expect(hasFailed(await source.find('case', '1042', 10))).toBe(false);
      });
    });

    test('customer › has a link into its CRM', async () => {
      const { source } = connect();
      const answer = await source.readCustomers([customerId]);
      expect(answer).toMatchObject({ kind: 'found', value: [{ url: expect.stringMatching(/^https?:\/\//) }] });
    });
  });
}

function hasFailed({ kind }: Pick<Outcome<unknown>, 'kind'>): boolean {
  return kind !== 'found' && kind !== 'not-found';
}
