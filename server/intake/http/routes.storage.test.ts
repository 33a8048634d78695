import { mkdtempSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRunTransaction } from '../../events.ts';
import { createAppShell } from '../../platform/http/app-shell.ts';
import { createHttpServer, type HttpServer } from '../../platform/http/http-server.ts';
import { createLog } from '../../platform/log.ts';
import { createMetrics, type Metrics } from '../../platform/metrics.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../../platform/storage/storage-conformance.ts';
import { createInbox } from '../inbox/inbox.ts';
import type { InboxRow } from '../inbox/inbox-store.ts';
import { documentedEvents, urlValidation, zoomEvent } from '../normalize/fake-zoom-events.ts';
import { createIntakeRoutes } from './routes.ts';
import { answerValidation, signBody } from './signature.ts';

const secret = 'the-current-secret';
const previous = 'the-previous-secret';
const flowToken = 'the-flow-token-of-these-tests';
const now = Date.parse('2026-11-20T09:30:00Z');
const stamp = String(now / 1_000);

const panelDirectory = mkdtempSync(join(tmpdir(), 'deskside-panel-'));
writeFileSync(join(panelDirectory, 'index.html'), '<!doctype html>');

type Answer = { status: number; body: Record<string, unknown> };

describe.each(databasesUnderTest)('webhooks and flow posts on $name', ({ name: kind, open }) => {
  let database: DatabaseUnderTest;
  let http: HttpServer;
  let port: number;
  let metrics: Metrics;
  const lines: string[] = [];
  beforeAll(async () => {
    database = await open();
    ({ http, port, metrics } = await serve([secret, previous], database));
  });
  afterAll(async () => {
    await http.drain();
    await database.close();
  });
  beforeEach(() => {
    lines.length = 0;
  });
  afterEach(async () => {
    await database.db.deleteFrom('inbox_events').execute();
  });

  async function serve(secrets: string[], where: Pick<DatabaseUnderTest, 'db' | 'kind'>) {
    const log = createLog('debug', { write: (line: string) => void lines.push(line) });
    const counted = createMetrics({ withProcess: false });
    const intake = createInbox({
      database: where,
      accountKeyFor: (id) => (id === undefined ? 'main' : `key-${id}`),
      apply: async () => [],
      runTransaction: createRunTransaction({ db: where.db, publish: () => {} }),
      clock: () => now,
      metrics: counted,
      log,
    });
    const shell = createAppShell({
      config: { host: '127.0.0.1', publicUrl: undefined, frameAncestors: [] },
      log,
      routes: createIntakeRoutes({ secrets, receiver: intake.receiver, clock: () => now, metrics: counted, log }),
      guards: { authenticate: async () => undefined, flowTokens: [flowToken] },
      checkReady: async () => {},
      metrics: async () => ({ contentType: 'text/plain', text: '' }),
      panelDirectory,
    });
    const server = createHttpServer(shell);
    return { http: server, port: await server.listen(0, '127.0.0.1'), metrics: counted };
  }

  /** `more`: sent after the body, without a Content-Length. */
  function post(
    path: string,
    body: string | Buffer,
    headers: Record<string, string | string[]> = {},
    more: string[] = [],
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request({ port, host: '127.0.0.1', path, method: 'POST', headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        response.on('end', () => {
          const { error, ...rest } = JSON.parse(text || '{}');
          resolve({ status: response.statusCode ?? 0, body: error ?? rest });
        });
      });
      outgoing.on('error', reject);
      if (more.length > 0) outgoing.flushHeaders();
      for (const part of more) outgoing.write(part);
      outgoing.end(body);
    });
  }

  const headersOf = (body: string | Buffer, signingSecret = secret, timestamp = stamp): Record<string, string> => ({
    'content-type': 'application/json',
    'x-zm-request-timestamp': timestamp,
    'x-zm-signature': signBody({ secret: signingSecret, timestamp, body }),
  });
  const send = (body: string | Buffer, headers: Record<string, string | string[]> = {}, more: string[] = []) =>
    post('/zoom/webhooks', body, { ...headersOf(body), ...headers }, more);
  const event = (name: string, overrides = {}, envelope = {}) => JSON.stringify(zoomEvent(name, overrides, envelope));
  const rows = async (): Promise<InboxRow[]> =>
    database.db.selectFrom('inbox_events').selectAll().orderBy('id').execute();
  const stored = async () =>
    (await rows()).map((row) => `${row.event} ${row.state}${row.reason ? ` ${row.reason}` : ''}`);

  describe('signed event', () => {
    test('every documented shape › is stored', async () => {
      const answers = await Promise.all(documentedEvents.map((name) => send(event(name))));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect((await stored()).sort()).toEqual(
        documentedEvents
          .map(
            (name) =>
              `${name} ${['task_reservation_completed', 'recording_completed'].includes(name) ? 'ignored' : 'pending'}`,
          )
          .sort(),
      );
    });

    test('signed by either secret during a rotation › is stored', async () => {
      const body = event('engagement_ended');
      expect((await post('/zoom/webhooks', body, headersOf(body, previous))).status).toBe(200);
    });

    test('repeated, with another tracking id or signature › is acknowledged and stored once', async () => {
      const body = event('engagement_ended');
      for (const id of ['WEB_1', 'WEB_1', 'WEB_2'])
        expect((await send(body, { 'x-zm-trackingid': id })).status).toBe(200);
      expect((await post('/zoom/webhooks', body, headersOf(body, secret, String(now / 1_000 - 60)))).status).toBe(200);
      const spaced = JSON.stringify(JSON.parse(body), null, 2);
      expect((await send(spaced)).status).toBe(200);
      expect(await stored()).toEqual(['engagement_ended pending']);
    });

    test('from two subscriptions at once › is stored once', async () => {
      const bodies = Array.from({ length: 50 }, (_, index) =>
        event('engagement_ended', { engagement_id: `E-${index}` }),
      );
      const answers = await Promise.all([...bodies, ...bodies].map((body) => send(body)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(await rows()).toHaveLength(50);
    });

    test('without or with a wrong content type › is stored', async () => {
      const plain = event('engagement_ended');
      const { 'content-type': _, ...headers } = headersOf(plain);
      expect((await post('/zoom/webhooks', plain, headers)).status).toBe(200);
      const other = event('engagement_started');
      expect((await send(other, { 'content-type': 'text/html' })).status).toBe(200);
      expect(await rows()).toHaveLength(2);
    });

    test('of another account › is stored under that account, whichever secret signed it', async () => {
      await send(event('engagement_ended', {}, { accountId: 'one' }));
      await send(event('engagement_ended', {}, { accountId: 'two' }));
      expect((await rows()).map(({ account }) => account)).toEqual(['key-one', 'key-two']);
    });

    test('an implausible time › is stored without a time; a recent future is accepted', async () => {
      await send(event('engagement_ended', { date_time_ms: '2099-01-01T00:00:00Z' }, { eventTs: 4_070_908_800_000 }));
      await send(event('engagement_ended', { engagement_id: 'E-2' }));
      await send(event('engagement_started', { engagement_id: 'E-2', date_time_ms: '2026-11-19T09:00:00Z' }));
      expect((await rows()).map((row) => row.happened_at)).toEqual([
        null,
        Date.parse('2026-11-20T09:27:15.987Z'),
        Date.parse('2026-11-19T09:00:00Z'),
      ]);
    });

    test('card numbers and keypad digits › are not stored', async () => {
      await send(event('engagement_note_added', { note: 'Card 4111 1111 1111 1111, please' }));
      await send(event('engagement_consumer_sent_message', { message_text: '5555-5555-5555-4444' }));
      await send(event('engagement_user_dtmf_sent', { dtmf_input: '*73915#' }));
      await send(event('engagement_disposition_added', { disposition_description: '378282246310005' }));
      await send(event('engagement_user_dtmf_sent', { dtmf_digits: '*73915#', 'Dtmf keys': ['73915', { x: 73915 }] }));
      await send('{"event":"contact_center.engagement_user_dtmf_sent","payload":{"object":{"dtmf_input":"*73915#"');
      await send('{"payload":{"object":{"\\u0064tmf_input":["73915"],"note":"4111 1111\\u00201111 1111"');
      const bodies = (await rows()).map(({ body }) => body).join('\n');
      expect(bodies).not.toMatch(/4111 1111|5555-5555|37828|73915/);
      expect(bodies).toContain('•••••••');
      expect(bodies).toContain('+14155550101');
      expect(bodies).toContain('"event_ts":');
    });
  });

  describe('webhook with a wrong signature', () => {
    const body = event('engagement_ended');
    const signed = headersOf(body);
    const signature = String(signed['x-zm-signature']);
    const lastChanged = `${signature.slice(0, -1)}${signature.endsWith('0') ? '1' : '0'}`;
    test.each<[string, string, Record<string, string | string[]>]>([
      ['no signature', 'no-signature', { 'x-zm-request-timestamp': stamp }],
      ['another secret', 'signature-wrong', headersOf(body, 'another-secret')],
      ['a changed digit', 'signature-wrong', { ...signed, 'x-zm-signature': lastChanged }],
      ['a shorter signature', 'signature-shape', { ...signed, 'x-zm-signature': signature.slice(0, -2) }],
      ['a longer signature', 'signature-shape', { ...signed, 'x-zm-signature': `${signature}00` }],
      ['upper case', 'signature-shape', { ...signed, 'x-zm-signature': `v0=${signature.slice(3).toUpperCase()}` }],
      ['another version', 'signature-shape', { ...signed, 'x-zm-signature': signature.replace('v0', 'v1') }],
      [
        'another secret and an old time',
        'signature-wrong',
        headersOf(body, 'another-secret', String(now / 1_000 - 301)),
      ],
      ['NaN', 'timestamp-shape', headersOf(body, secret, 'NaN')],
      ['a negative time', 'timestamp-shape', headersOf(body, secret, `-${stamp}`)],
      ['an empty time', 'timestamp-shape', headersOf(body, secret, '')],
      ['the signature twice', 'signature-shape', { ...signed, 'x-zm-signature': [signature, signature] }],
      ['the time twice', 'timestamp-shape', { ...signed, 'x-zm-request-timestamp': [stamp, stamp] }],
    ])('%s (%s) › is refused with 401 and not stored', async (_, reason, headers) => {
      expect(await post('/zoom/webhooks', body, headers)).toMatchObject({
        status: 401,
        body: { code: 'unauthenticated' },
      });
      expect(await rows()).toEqual([]);
      expect(lines.join('')).toContain(`"reason":"${reason}"`);
      expect(lines.join('')).not.toContain(body.slice(20, 60));
    });

    test('the same JSON written differently › is refused with 401', async () => {
      const original = '{"event":"contact_center.engagement_ended","payload":{"name":"Caf\u00e9"}}';
      const others = [
        '{"payload":{"name":"Caf\u00e9"},"event":"contact_center.engagement_ended"}',
        original.replace(':', ': '),
        original.replace('\u00e9', '\\u00e9'),
      ];
      for (const other of others) expect((await post('/zoom/webhooks', other, headersOf(original))).status).toBe(401);
      expect(await rows()).toEqual([]);
    });
  });

  describe('webhook with a good signature and another time', () => {
    const body = event('engagement_ended');
    test.each([
      ['301 seconds old', String(now / 1_000 - 301)],
      ['301 seconds ahead', String(now / 1_000 + 301)],
      ['an hour old', String(now / 1_000 - 3_600)],
      ['milliseconds', String(now)],
    ])('%s › is answered 503, so that Zoom repeats it, and not stored', async (_, timestamp) => {
      expect(await post('/zoom/webhooks', body, headersOf(body, secret, timestamp))).toMatchObject({
        status: 503,
        body: { code: 'unavailable' },
      });
      expect(await rows()).toEqual([]);
      expect(lines.join('')).toContain('"reason":"timestamp-stale"');
    });

    test('many › tell the offset of the clock in the log, once a minute', async () => {
      const serving = await serve([secret], database);
      const before = port;
      port = serving.port;
      for (let count = 0; count < 3; count++) {
        await post('/zoom/webhooks', body, headersOf(body, secret, String(now / 1_000 - 3_600)));
      }
      port = before;
      await serving.http.drain();
      const offsets = lines.filter((line) => line.includes('offsetSeconds'));
      expect(offsets.map((line) => JSON.parse(line))).toMatchObject([{ level: 50, offsetSeconds: 3_600 }]);
    });
  });

  describe('signed hostile or malformed body', () => {
    test.each<[string, string | Buffer, string]>([
      ['no JSON', 'not json', 'unreadable dead not-json'],
      ['nothing', '', 'unreadable dead not-json'],
      ['a NUL', '{"event":"contact_center.x\0"}', 'unreadable dead not-json'],
      ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'unreadable dead not-json'],
      ['brackets that never close', '['.repeat(60_000), 'unreadable dead not-json'],
      ['brackets that close', `${'['.repeat(60_000)}${']'.repeat(60_000)}`, 'unreadable dead too-deep'],
      ['a list', '[]', 'unnamed dead no-event-name'],
      ['a number', '7', 'unnamed dead no-event-name'],
      ['null', 'null', 'unnamed dead no-event-name'],
      [
        'an event without its object',
        '{"event":"contact_center.engagement_ended"}',
        'engagement_ended dead no-engagement-id',
      ],
      [
        'an id that is none',
        event('engagement_ended', { engagement_id: '\u0000' }),
        'engagement_ended dead bad-engagement-id',
      ],
      ['an unknown event', '{"event":"contact_center.engagement_teleported"}', 'engagement_teleported ignored'],
      ['an event of another part of Zoom', '{"event":"meeting.started"}', 'meeting.started ignored'],
      ['a byte order mark', Buffer.from(`\ufeff${event('engagement_ended')}`), 'engagement_ended pending'],
      ['a trailing dot', event('user_skills_assigned.'), 'user_skills_assigned ignored'],
      ['a lone surrogate', event('engagement_ended').replace('Front door', '\\ud800'), 'engagement_ended pending'],
      [
        'prototypes',
        event('engagement_ended').replace(
          '{"event"',
          '{"__proto__":{"event":1},"constructor":{"prototype":{"a":1}},"event"',
        ),
        'engagement_ended pending',
      ],
      [
        'too large numbers',
        event('engagement_ended').replace('{"event"', '{"a":1e400,"b":9007199254740993,"event"'),
        'engagement_ended pending',
      ],
      [
        'doubled keys',
        event('engagement_ended').replace('{"event"', '{"event":"meeting.started","event"'),
        'engagement_ended pending',
      ],
      ['an escaped NUL', event('engagement_ended').replace('Front door', 'a\\u0000b'), 'engagement_ended pending'],
    ])('%s › is answered 200 and stored', async (_, body, expected) => {
      expect((await send(body)).status).toBe(200);
      expect(await stored()).toEqual([expected]);
      expect((await send(body)).status).toBe(200);
      expect(await rows()).toHaveLength(1);
      expect(({} as Record<string, unknown>).event).toBeUndefined();
    });

    test('compressed or too large › is refused without being read', async () => {
      const bomb = gzipSync(Buffer.alloc(50_000_000));
      expect((await send(bomb, { 'content-encoding': 'gzip' })).status).toBe(400);
      expect((await send('x'.repeat(128 * 1_024))).status).toBe(200);
      await database.db.deleteFrom('inbox_events').execute();
      expect((await send('x'.repeat(128 * 1_024 + 1))).status).toBe(413);
      const unannounced = Array.from({ length: 100 }, () => 'x'.repeat(65_536));
      expect((await send(Buffer.from('x'), {}, unannounced)).status).toBe(413);
      expect(await rows()).toEqual([]);
    });
  });

  describe('validation of the webhook URL', () => {
    const validate = (token: unknown, signingSecret = secret) => {
      const body = JSON.stringify(urlValidation(token));
      return post('/zoom/webhooks', body, headersOf(body, signingSecret));
    };

    test('a signed request › is answered with the secret that signed it, and not stored', async () => {
      for (const signingSecret of [secret, previous]) {
        expect(await validate('qPlainToken_1', signingSecret)).toEqual({
          status: 200,
          body: answerValidation(signingSecret, 'qPlainToken_1'),
        });
      }
      expect(await validate('4111111111111111')).toMatchObject({ body: { plainToken: '4111111111111111' } });
      expect(await rows()).toEqual([]);
    });

    test('an unsigned request, or a token that could be an event › is not signed', async () => {
      expect((await validate('qPlainToken_1', 'another-secret')).status).toBe(401);
      const forged = await validate(`v0:${stamp}:${event('engagement_ended')}`);
      expect(forged).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      for (const token of ['a:b', '', undefined, 7, 'x'.repeat(200)]) expect((await validate(token)).status).toBe(400);
    });
  });

  describe('flow post', () => {
    const fields = {
      engagementId: 'E-1',
      caller_number: '+14155550101',
      agent_email: 'mina.park@acme.example',
      queue_name: 'Support',
    };
    const json = { 'content-type': 'application/json', authorization: `Bearer ${flowToken}` };
    const flow = (path: string, body: unknown, headers: IncomingHttpHeaders = json) =>
      post(`/flow/${path}`, typeof body === 'string' ? body : JSON.stringify(body), headers as Record<string, string>);

    test('each of the paths › is stored and acknowledged', async () => {
      for (const path of [
        'acceptedcall',
        'dispositionedcall',
        'events/engagement-closed',
        'events/Engagement_Started',
      ]) {
        expect(await flow(path, fields)).toEqual({ status: 200, body: { stored: true } });
      }
      expect(await stored()).toEqual(
        ['acceptedcall', 'dispositionedcall', 'engagement-closed', 'engagement-started'].map(
          (name) => `${name} pending`,
        ),
      );
      expect((await rows()).map(({ account }) => account)).toEqual(['main', 'main', 'main', 'main']);
    });

    test('repeated › is stored once', async () => {
      for (let count = 0; count < 3; count++) expect((await flow('acceptedcall', fields)).status).toBe(200);
      expect(await rows()).toHaveLength(1);
    });

    test('without an engagement id › is refused with advice and not stored', async () => {
      const answer = await flow('acceptedcall', { ...fields, engagementId: undefined });
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'invalid_request', message: expect.stringMatching(/engagementId is missing/) },
      });
      for (const body of [[], [fields], 'x', '7', { engagementId: '../x' }]) {
        expect((await flow('acceptedcall', body)).status).toBe(400);
      }
      expect(
        (await flow('acceptedcall', `{"engagementId":"E-1","a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`)).status,
      ).toBe(400);
      expect(await rows()).toEqual([]);
    });

    test('without a token, with an old or an agent’s one › is refused', async () => {
      for (const authorization of ['', 'Bearer old-token', `Bearer ${'A'.repeat(43)}`, `Basic ${flowToken}`]) {
        expect((await flow('acceptedcall', fields, { ...json, authorization })).status).toBe(401);
      }
      expect(await rows()).toEqual([]);
    });

    test('prototypes, markup and a card number › are stored as text', async () => {
      const body = `{"engagementId":"E-1","__proto__":{"a":1},"constructor":"c","note":"<img src=x>","card":"4111 1111 1111 1111"}`;
      expect((await flow('acceptedcall', body)).status).toBe(200);
      const [row] = await rows();
      expect(row?.body).toContain('<img src=x>');
      expect(row?.body).not.toContain('4111');
      expect(({} as Record<string, unknown>).a).toBeUndefined();
    });
  });

  test('webhooks without a secret › are answered 503 with the setting’s name', async () => {
    const bare = await serve([], database);
    const before = port;
    port = bare.port;
    const answer = await send(event('engagement_ended'));
    port = before;
    await bare.http.drain();
    expect(answer).toMatchObject({
      status: 503,
      body: { message: expect.stringContaining('ZOOM_WEBHOOK_SECRET_TOKEN') },
    });
  });

  test('metrics › count outcomes, pending rows and dead letters without personal data', async () => {
    await send(event('engagement_ended'));
    await send('not json');
    const text = await metrics.registry.metrics();
    expect(text).toMatch(/deskside_intake_events_total\{origin="webhook",outcome="stored"\} [1-9]/);
    expect(text).toMatch(/deskside_intake_events_total\{origin="webhook",outcome="refused"\} [1-9]/);
    expect(text).toMatch(/^deskside_intake_pending 1$/m);
    expect(text).toMatch(/^deskside_intake_dead_letters 1$/m);
    expect(text).not.toContain('kT93fLqWQ0yV5hZr1NcX2A');
  });

  test('the storage is down › is answered 503 at once', async ({ onTestFinished }) => {
    const closed = await open();
    const serving = await serve([secret], closed);
    await closed.close();
    const before = port;
    port = serving.port;
    // Time stands still: an answer that waits for a second attempt never comes.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const answer = await send(event('engagement_ended'));
    vi.useRealTimers();
    port = before;
    await serving.http.drain();
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(kind).toBe(closed.kind);
  });
});
