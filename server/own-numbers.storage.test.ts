/** The contact center's own numbers, from Zoom's signed events and a flow's post to the agent's view. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SearchAnswer } from '#contract/customers.ts';
import type { EngagementView } from '#contract/view.ts';
import { type App, createApp } from './app.ts';
import { signBody } from './intake/http/signature.ts';
import { zoomEvent } from './intake/normalize/fake-zoom-events.ts';
import { loadConfig } from './platform/config.ts';
import { createLog } from './platform/log.ts';
import { type Database, openDatabase } from './platform/storage/database.ts';
import { databasesUnderTest } from './platform/storage/storage-conformance.ts';

const webhookSecret = 'the-secret-of-the-webhooks';
const flowToken = 'Tq7vT2mXRk6LwYb0ZsEo4gaQ';
const uid = 'm1NaPaRkR0y9bTgHuJikLQ';
const begin = Date.now() - 600_000;
const hotline = '+14155550199';
const configured = '+442079460000';
/** A customer who stores the hotline, by mistake or as the number of a company. */
const keeper = 'C-keeper';

describe.each(databasesUnderTest)('own number on $name', ({ createEmpty }) => {
  let app: App;
  let origin = '';
  let database: Database;
  let removeDatabase: () => Promise<void>;
  let panelDirectory = '';
  let sent = 0;

  const post = async (path: string, body: string, headers: Record<string, string>) => {
    const response = await fetch(origin + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    const text = await response.text();
    expect([path, response.status]).toEqual([path, 200]);
    return text === '' ? undefined : JSON.parse(text);
  };

  const sendEvent = async (engagementId: string, name: string, fields: Record<string, unknown>) => {
    sent += 1;
    const time = new Date(begin + sent * 1_000).toISOString();
    const times = name.startsWith('task_')
      ? { created_time_ms: time, last_modified_time_ms: time }
      : { date_time_ms: time, last_modified_time: time };
    const voice = { channel: 'voice', channel_source: undefined };
    const event = zoomEvent(name, { engagement_id: engagementId, ...voice, ...times, ...fields });
    const body = JSON.stringify(event);
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = signBody({ secret: webhookSecret, timestamp, body });
    await post('/zoom/webhooks', body, { 'x-zm-signature': signature, 'x-zm-request-timestamp': timestamp });
  };

  const countPending = async () => {
    const pending = database.db.selectFrom('inbox_events').select('id').where('state', '=', 'pending');
    return (await pending.execute()).length;
  };
  const untilApplied = () => vi.waitUntil(async () => (await countPending()) === 0, { timeout: 60_000, interval: 20 });

  const bearerOf = (account: string) => ({ authorization: `Bearer ${account.padEnd(43, 'x')}` });
  const search = (query: string, account = 'default'): Promise<SearchAnswer> =>
    post('/api/customers/search', JSON.stringify({ query }), bearerOf(account));
  async function readMatch(engagementId: string) {
    await untilApplied();
    const path = `/api/engagements/${engagementId}/view`;
    const { customer }: EngagementView = await post(path, '{"facts":{}}', bearerOf('default'));
    const { match } = customer;
    const evidence = match.evidence.map(({ raw, normalized, notLookedUp }) => [raw, notLookedUp ?? normalized]);
    return { match: match.kind === 'matched' ? match.customerId : match.kind, evidence };
  }

  beforeAll(async () => {
    const { url, remove } = await createEmpty();
    removeDatabase = remove;
    const config = loadConfig({
      PORT: '0',
      DRAIN_LINGER_MS: '100',
      DATABASE_URL: url,
      ZOOM_CLIENT_ID: 'client-1',
      ZOOM_CLIENT_SECRET: 'a secret of the app',
      ZOOM_WEBHOOK_SECRET_TOKEN: webhookSecret,
      FLOW_TOKEN: flowToken,
      OWN_NUMBERS: configured,
      // Nothing listens there: no request leaves this machine.
      ZOOM_OAUTH_URL: 'http://127.0.0.1:1',
    });
    if (config.kind === 'malformed') throw new Error(config.problems.join());
    panelDirectory = mkdtempSync(join(tmpdir(), 'deskside-panel-'));
    writeFileSync(join(panelDirectory, 'index.html'), '<!doctype html>');
    app = await createApp(config.value, { log: createLog('silent'), panelDirectory });
    origin = `http://127.0.0.1:${(await app.start()).port}`;
    database = await openDatabase(url);
    const customers = { 'C-1': ['+14155550101'], [keeper]: [hotline, configured] };
    for (const [id, numbers] of Object.entries(customers)) {
      const texts = { name: id, company: null, fields: '{}', cases: '[]', interactions: '[]' };
      await database.db
        .insertInto('customers')
        .values({ id, ...texts, updated_at: 1 })
        .execute();
      for (const [position, value] of numbers.entries()) {
        const identifier = { customer_id: id, kind: 'phone' as const, position, raw: value, value };
        await database.db.insertInto('customer_identifiers').values(identifier).execute();
      }
    }
    for (const account of ['default', 'other']) {
      const token = account.padEnd(43, 'x');
      const token_hash = createHash('sha256').update(token).digest('base64url');
      const times = { created_at: begin, expires_at: Date.now() + 3_600_000 };
      await database.db
        .insertInto('sessions')
        .values({ token_hash, account, uid, ...times })
        .execute();
    }
  }, 120_000);

  afterAll(async () => {
    await app.stop();
    await database.close();
    await removeDatabase();
    rmSync(panelDirectory, { recursive: true });
  });

  it('a flow gathers the dialed number › the caller alone is matched', async () => {
    await sendEvent('E-1', 'engagement_started', {});
    await sendEvent('E-1', 'engagement_user_answered', {});
    const gathered = {
      engagementId: 'E-1',
      caller_number: '+14155550101',
      phone: '415 555 0199',
      callback_number: hotline,
    };
    await post('/flow/acceptedcall', JSON.stringify(gathered), { authorization: `Bearer ${flowToken}` });
    expect(await readMatch('E-1')).toEqual({
      match: 'directory:C-1',
      evidence: [
        ['+14155550101', '+14155550101'],
        ['415 555 0199', 'unreadable'],
        [hotline, 'own-number'],
      ],
    });
  });

  it('a later call comes from it, to another number › nobody is matched, even a customer who stores it', async () => {
    const fields = { consumer_number: '14155550199', consumer_id: 'zc-hotline', flow_number: '+14155550198' };
    await sendEvent('E-2', 'task_reservation_created', { caller_number: '14155550199', callee_number: '+14155550198' });
    await sendEvent('E-2', 'engagement_user_answered', fields);
    expect(await readMatch('E-2')).toEqual({ match: 'none', evidence: [['14155550199', 'own-number']] });
  });

  it('it comes from a configured number › nobody is matched', async () => {
    await sendEvent('E-3', 'engagement_user_answered', { consumer_number: configured });
    expect(await readMatch('E-3')).toEqual({ match: 'none', evidence: [[configured, 'own-number']] });
  });

  it('an outbound call › its callee is the customer, by events without a direction too', async () => {
    const number = '+14155550101';
    const numbers = { caller_number: '+14155550197', callee_number: number };
    await sendEvent('E-4', 'engagement_started', { engagement_direction: 'outbound' });
    await sendEvent('E-4', 'task_reservation_created', { engagement_direction: 'outbound', ...numbers });
    await sendEvent('E-4', 'task_reservation_timeout', numbers);
    expect(await readMatch('E-4')).toEqual({ match: 'directory:C-1', evidence: [[number, number]] });
    expect((await search(number)).understoodAs).toBe('phone');
  });

  it('an agent searches for it › is understood as own, in its account alone', async () => {
    expect(await search(hotline)).toMatchObject({ understoodAs: 'own-number', customers: [] });
    const elsewhere = await search(hotline, 'other');
    expect([elsewhere.understoodAs, elsewhere.customers.map(({ id }) => id)]).toEqual([
      'phone',
      [`directory:${keeper}`],
    ]);
    expect(await search(configured, 'other')).toMatchObject({ understoodAs: 'own-number', customers: [] });
  });
});
