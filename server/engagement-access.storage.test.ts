/*
 * Access to an engagement over HTTP: every route of the route table whose path names an engagement,
 * and the stream, as agents in each relation to it.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { formatUrl } from '#contract/endpoint.ts';
import { openLiveStream } from '#contract/live.ts';
import { searchCustomers } from '#contract/panel-endpoints.ts';
import { openSession } from '#contract/session.ts';
import type { EngagementView } from '#contract/view.ts';
import { type App, createApp } from './app.ts';
import { sealAppContext } from './auth/fake-app-context.ts';
import { signBody } from './intake/http/signature.ts';
import { zoomEvent } from './intake/normalize/fake-zoom-events.ts';
import { openFakeStream } from './live/fake-stream.ts';
import { loadConfig } from './platform/config.ts';
import { callEndpoint } from './platform/http/call-for-tests.ts';
import { createLog } from './platform/log.ts';
import { type Database, openDatabase } from './platform/storage/database.ts';
import { databasesUnderTest } from './platform/storage/storage-conformance.ts';

const clientSecret = 'a secret of the app';
const webhookSecret = 'the-secret-of-the-webhooks';
const engagementId = 'E-matrix';
const begin = Date.now() - 600_000;

/** Texts that only agents of the engagement may see; `later` came after the former agent had left. */
const confidential = {
  caller: '4155550101',
  name: 'Ann Lee',
  queue: 'Support',
  note: 'Note for us',
  later: 'Later note',
};

const agents = {
  answered: 'uid-answered',
  ringing: 'uid-ringing',
  monitoring: 'uid-monitoring',
  former: 'uid-former',
  declined: 'uid-declined',
  stranger: 'uid-stranger',
  otherAccount: 'uid-answered',
} as const;
type Relation = keyof typeof agents;
const relations = Object.keys(agents) as Relation[];

const named: Relation[] = ['answered', 'ringing', 'monitoring'];
const gone: Relation[] = ['former', 'declined'];

const customerId = 'directory:C-1';
/** The body of each route, and what it answers to agents in each relation. */
const routes: Record<string, { body: unknown; named: number; gone: number; unnamed: number }> = {
  view: { body: { facts: {} }, named: 200, gone: 200, unnamed: 200 },
  refresh: { body: {}, named: 200, gone: 200, unnamed: 200 },
  // A decision of an agent whom Zoom does not name counts for their own view.
  link: { body: { customerId: 'directory:C-2' }, named: 200, gone: 403, unnamed: 200 },
  unlink: { body: {}, named: 200, gone: 403, unnamed: 200 },
  undo: { body: {}, named: 200, gone: 403, unnamed: 200 },
  reveal: { body: { customerId, reason: 'call-back' }, named: 200, gone: 403, unnamed: 409 },
  verify: { body: { customerId, method: 'document' }, named: 200, gone: 403, unnamed: 409 },
};

const voice = { channel: 'voice', channel_source: undefined };

describe.each(databasesUnderTest)('access to an engagement on $name', ({ createEmpty }) => {
  let app: App;
  let origin = '';
  let database: Database;
  let removeDatabase: () => Promise<void>;
  const bearers = {} as Record<Relation, string>;
  let panelDirectory = '';
  let sent = 0;

  const sendEvent = async (name: string, fields: Record<string, unknown>) => {
    sent += 1;
    const time = new Date(begin + sent * 1_000).toISOString();
    const times = name.startsWith('task_')
      ? { created_time_ms: time, last_modified_time_ms: time }
      : { date_time_ms: time, last_modified_time: time };
    const body = JSON.stringify(zoomEvent(name, { engagement_id: engagementId, ...voice, ...times, ...fields }));
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = signBody({ secret: webhookSecret, timestamp, body });
    const headers = { 'x-zm-signature': signature, 'x-zm-request-timestamp': timestamp };
    const { status } = await fetch(`${origin}/zoom/webhooks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    expect(status).toBe(200);
  };

  const countPending = async () => {
    const pending = database.db.selectFrom('inbox_events').select('id').where('state', '=', 'pending');
    return (await pending.execute()).length;
  };
  const untilApplied = () => vi.waitUntil(async () => (await countPending()) === 0, { timeout: 60_000, interval: 20 });

  async function call(relation: Relation, path: string, body: unknown, id = engagementId) {
    const response = await fetch(origin + formatUrl(path, { params: { engagementId: id } }), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearers[relation]}` },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, text, retryAfter: Number(response.headers.get('retry-after')) };
  }
  const act = (relation: Relation, name: string, body: unknown = routes[name]?.body, id = engagementId) =>
    call(relation, `/api/engagements/:engagementId/${name}`, body, id);
  const view = async (relation: Relation, body: unknown = { facts: {} }, id = engagementId) =>
    JSON.parse((await act(relation, 'view', body, id)).text) as EngagementView;

  async function signIn(relation: Relation): Promise<string> {
    if (relation === 'otherAccount') {
      const token = 'o'.repeat(43);
      const session = { account: 'other', uid: agents[relation], created_at: begin, expires_at: begin + 3_600_000 };
      const tokenHash = createHash('sha256').update(token).digest('base64url');
      await database.db
        .insertInto('sessions')
        .values({ token_hash: tokenHash, ...session })
        .execute();
      return token;
    }
    const claims = { uid: agents[relation], aud: 'client-1', iss: 'marketplace.zoom.us', exp: Date.now() + 120_000 };
    const context = sealAppContext(claims, clientSecret).toString('base64');
    return (await callEndpoint(origin, openSession, { body: { context } })).token;
  }

  async function importCustomers(): Promise<void> {
    for (const [id, name, number] of [
      ['C-1', confidential.name, '+14155550101'],
      ['C-2', 'Bao Tran', '+14155550102'],
    ] as const) {
      const texts = { company: null, fields: '{"Birth date":"1980-01-02"}', cases: '[]', interactions: '[]' };
      await database.db
        .insertInto('customers')
        .values({ id, name, ...texts, updated_at: 1 })
        .execute();
      const identifier = { customer_id: id, kind: 'phone' as const, position: 0, raw: number, value: number };
      await database.db.insertInto('customer_identifiers').values(identifier).execute();
    }
  }

  /** Answered by the former agent, who handed it over; it rings one agent and was declined by another. */
  async function playEngagement(): Promise<void> {
    const by = (user_id: string) => ({ user_id });
    const reserved = (assigned_user_id: string) => ({ assigned_user_id });
    await sendEvent('engagement_started', {});
    await sendEvent('task_reservation_created', reserved(agents.declined));
    await sendEvent('task_reservation_rejected', reserved(agents.declined));
    await sendEvent('engagement_user_answered', by(agents.former));
    await sendEvent('engagement_note_added', { ...by(agents.former), note: confidential.note });
    const transfer = { ...by(agents.former), transfer_to_user_id: agents.answered, transfer_type: 'cold' };
    await sendEvent('engagement_transfer_initiated', transfer);
    await sendEvent('engagement_transfer_accepted', transfer);
    for (const name of ['user_ended', 'wrap_up_started', 'wrap_up_ended'])
      await sendEvent(`engagement_${name}`, by(agents.former));
    await sendEvent('engagement_user_answered', by(agents.answered));
    await sendEvent('engagement_note_added', { ...by(agents.answered), note: confidential.later });
    await sendEvent('task_reservation_created', reserved(agents.ringing));
    await sendEvent('engagement_monitor_started', { ...by(agents.answered), monitoring_user_id: agents.monitoring });
    await untilApplied();
  }

  beforeAll(async () => {
    const { url, remove } = await createEmpty();
    removeDatabase = remove;
    const config = loadConfig({
      PORT: '0',
      DRAIN_LINGER_MS: '100',
      DATABASE_URL: url,
      ZOOM_CLIENT_ID: 'client-1',
      ZOOM_CLIENT_SECRET: clientSecret,
      ZOOM_WEBHOOK_SECRET_TOKEN: webhookSecret,
      // Nothing listens there: no request leaves this machine.
      ZOOM_OAUTH_URL: 'http://127.0.0.1:1',
    });
    if (config.kind === 'malformed') throw new Error(config.problems.join());
    panelDirectory = mkdtempSync(join(tmpdir(), 'deskside-panel-'));
    writeFileSync(join(panelDirectory, 'index.html'), '<!doctype html>');
    app = await createApp(config.value, { log: createLog('silent'), panelDirectory });
    const { port } = await app.start();
    origin = `http://127.0.0.1:${port}`;
    database = await openDatabase(url);
    await importCustomers();
    await playEngagement();
    for (const relation of relations) bearers[relation] = await signIn(relation);
  }, 120_000);

  afterAll(async () => {
    await app.stop();
    await database.close();
    await removeDatabase();
    rmSync(panelDirectory, { recursive: true });
  });

  const engagementRoutes = () => app.routes.filter(({ endpoint }) => endpoint.path.includes(':engagementId'));

  it('routes that name an engagement › are all in the table of this test', () => {
    const names = engagementRoutes().map(({ endpoint }) =>
      endpoint.path.replace('/api/engagements/:engagementId/', ''),
    );
    expect(names.toSorted()).toEqual(Object.keys(routes).toSorted());
  });

  it('an engagement that no panel of theirs observed › is not found for agents whom Zoom does not name', async () => {
    for (const relation of ['stranger', 'otherAccount'] as const) {
      for (const name of Object.keys(routes).filter((each) => each !== 'view')) {
        expect([relation, name, (await act(relation, name)).status]).toEqual([relation, name, 404]);
      }
    }
  });

  it('view › shows the engagement to its agents, the past to former ones, and nothing to others', async () => {
    const findSeen = async (relation: Relation) => {
      const { text } = await act(relation, 'view');
      return Object.entries(confidential).flatMap(([what, value]) => (text.includes(value) ? [what] : []));
    };
    for (const relation of named) {
      expect([relation, await findSeen(relation)]).toEqual([relation, ['caller', 'name', 'queue', 'note', 'later']]);
    }
    expect(await findSeen('former')).toEqual(['caller', 'name', 'queue', 'note']);
    expect(await findSeen('declined')).toEqual(['caller', 'name', 'queue']);
    expect(await findSeen('stranger')).toEqual([]);
    expect(await findSeen('otherAccount')).toEqual([]);
  });

  it('every route › answers by the relation of the agent to the engagement', async () => {
    const others: Relation[] = ['stranger', 'otherAccount', ...gone];
    const answers: unknown[] = [];
    const expected: unknown[] = [];
    // The agents of the engagement last: what they decide must not hide what others changed.
    for (const relation of [...others, ...named]) {
      const kind = named.includes(relation) ? 'named' : gone.includes(relation) ? 'gone' : 'unnamed';
      for (const [name, { body, ...statuses }] of Object.entries(routes)) {
        // So that the linked customer is the one whom they ask for.
        if (name === 'reveal' && statuses[kind] === 200) await act(relation, 'link', { customerId });
        const { status, text } = await act(relation, name, body);
        answers.push([relation, name, status]);
        expected.push([relation, name, statuses[kind]]);
        if (status !== 200) expect(text).toMatch(/"code":"(forbidden|not_confirmed)"/);
        if (kind === 'unnamed') for (const value of Object.values(confidential)) expect(text).not.toContain(value);
      }
      if (relation === 'declined') {
        const { customer } = await view('answered');
        expect(customer).toMatchObject({ link: { decidedBy: 'match' }, card: { id: customerId }, verification: null });
      }
    }
    expect(answers).toEqual(expected);
  });

  it('verified › shows sensitive fields to the agents of the engagement, not to former ones', async () => {
    await act('answered', 'link', { customerId });
    await act('answered', 'verify');
    expect((await act('ringing', 'view')).text).toContain('1980-01-02');
    for (const relation of [...gone, 'stranger', 'otherAccount'] as const) {
      expect((await act(relation, 'view')).text).not.toContain('1980-01-02');
    }
  });

  it('an engagement that only a panel claims › shows the customer found by the claim, masked, and no more', async () => {
    const facts = { channel: 'voice', consumers: [{ number: '+14155550101', id: 'consumer-99' }] };
    const { customer, history } = await view('stranger', { facts }, 'E-claimed');
    expect(customer.card).toMatchObject({ id: customerId, phones: [{ masked: expect.stringContaining('•') }] });
    expect(history).toEqual({ kind: 'not-asked' });
    expect((await act('stranger', 'link', { customerId: 'directory:C-2' }, 'E-claimed')).status).toBe(200);
    for (const name of ['reveal', 'verify']) {
      const body = { ...(routes[name]?.body as object), customerId: 'directory:C-2' };
      expect([name, (await act('stranger', name, body, 'E-claimed')).status]).toEqual([name, 409]);
    }
  });

  it('a consumer id that only a panel claimed › is not recognized in Zoom’s next engagement', async () => {
    const consumer = { consumer_id: 'consumer-99', consumer_number: undefined, user_id: agents.answered };
    await sendEvent('engagement_user_answered', { ...consumer, engagement_id: 'E-next', channel: 'messaging' });
    await untilApplied();
    const { customer } = await view('answered', { facts: {} }, 'E-next');
    expect(customer.match).toMatchObject({ kind: 'none' });
  });

  it('the engagement has ended › its agents still see it and may no longer act', async () => {
    const id = 'E-ended';
    await sendEvent('engagement_user_answered', { engagement_id: id, user_id: agents.answered });
    await sendEvent('engagement_ended', { engagement_id: id });
    await untilApplied();
    expect((await act('answered', 'view', undefined, id)).text).toContain(confidential.caller);
    expect((await act('answered', 'reveal', undefined, id)).status).toBe(403);
    expect((await act('answered', 'verify', undefined, id)).status).toBe(403);
  });

  it('the hourly budget is spent › acts are refused with a time to try again, by every process', async () => {
    const hour = 3_600_000;
    const thisHour = Math.floor(Date.now() / hour) * hour;
    const acts = { reveal: 'reveal', verify: 'verify', link: 'link', unlink: 'link', search: 'search' };
    const key = { account: 'default', uid: agents.answered };
    // As another process counted them; the hour may end meanwhile.
    const spent = [...new Set(Object.values(acts))].flatMap((act) =>
      [thisHour, thisHour + hour].map((hour_at) => ({ ...key, act, hour_at, acts: 120, is_refused: 0 })),
    );
    await database.db.deleteFrom('act_counts').execute();
    await database.db.insertInto('act_counts').values(spent).execute();
    for (const name of Object.keys(acts)) {
      const path = name === 'search' ? searchCustomers.path : `/api/engagements/:engagementId/${name}`;
      const body = name === 'search' ? { query: 'Ann Lee' } : routes[name]?.body;
      const { status, text, retryAfter } = await call('answered', path, body);
      expect([name, status]).toEqual([name, 429]);
      expect(text).toContain('You have reached the limit of');
      expect(retryAfter).toBeGreaterThan(0);
      expect(retryAfter).toBeLessThanOrEqual(3_600);
    }
    await database.db.deleteFrom('act_counts').execute();
    expect((await act('answered', 'unlink')).status).toBe(200);
  });

  it('stream › brings later events to the agents of the engagement, and to others once Zoom names them', async () => {
    const open = (relation: Relation) =>
      openFakeStream({ url: origin + openLiveStream.path, token: bearers[relation] });
    const streams = {
      answered: await open('answered'),
      former: await open('former'),
      stranger: await open('stranger'),
      otherAccount: await open('otherAccount'),
    };
    const all = Object.values(streams);
    await Promise.all(all.map((stream) => stream.next(({ type }) => type === 'reset', 60_000)));
    const isAbout = (id: string, text: string) => (event: (typeof streams.answered.events)[number]) =>
      event.type === 'engagement' && event.data.engagementId === id && JSON.stringify(event).includes(text);

    await sendEvent('engagement_note_added', { user_id: agents.answered, note: 'Only live' });
    await streams.answered.next(isAbout(engagementId, 'Only live'), 60_000);
    // A later change of theirs arrives after everything before it.
    for (const relation of ['former', 'stranger'] as const) {
      const id = `E-of-${relation}`;
      await sendEvent('engagement_user_answered', {
        engagement_id: id,
        user_id: agents[relation],
        queue_name: 'Own queue',
      });
      await streams[relation].next(isAbout(id, 'Own queue'), 60_000);
    }
    for (const relation of ['former', 'stranger', 'otherAccount'] as const) {
      const received = JSON.stringify(streams[relation].events);
      expect(received).not.toContain('Only live');
      expect(received).not.toContain(confidential.later);
    }
    expect(JSON.stringify(streams.stranger.events)).not.toContain(confidential.note);

    await sendEvent('engagement_monitor_started', {
      user_id: agents.answered,
      monitoring_user_id: agents.stranger,
    });
    await streams.stranger.next(isAbout(engagementId, 'Only live'), 60_000);
    for (const stream of all) stream.close();
    await Promise.all(all.map(({ closed }) => closed));
  }, 240_000);

  it('stream › a colleague links, verifies or undoes › reaches all agents of the engagement, and no others', async () => {
    const open = (relation: Relation) =>
      openFakeStream({ url: origin + openLiveStream.path, token: bearers[relation] });
    const id = 'E-shared';
    const by = (uid: string) => ({ engagement_id: id, user_id: uid });
    await sendEvent('engagement_user_answered', by(agents.former));
    const transfer = { ...by(agents.former), transfer_to_user_id: agents.answered, transfer_type: 'cold' };
    await sendEvent('engagement_transfer_initiated', transfer);
    await sendEvent('engagement_transfer_accepted', transfer);
    await sendEvent('engagement_user_ended', by(agents.former));
    await sendEvent('engagement_user_answered', by(agents.answered));
    await sendEvent('engagement_monitor_started', {
      ...by(agents.answered),
      monitoring_user_id: agents.monitoring,
    });
    await untilApplied();
    await view('stranger', { facts: { channel: 'voice' } }, id);
    const concerned = [await open('answered'), await open('answered'), await open('monitoring')];
    const others = {
      former: await open('former'),
      stranger: await open('stranger'),
      other: await open('otherAccount'),
    };
    const all = [...concerned, ...Object.values(others)];
    await Promise.all(all.map((stream) => stream.next(({ type }) => type === 'reset', 60_000)));
    const isPush = (event: (typeof concerned)[number]['events'][number], text: RegExp) =>
      event.type === 'engagement' && event.data.engagementId === id && text.test(JSON.stringify(event.data.customer));
    const expectPush = (text: RegExp) =>
      Promise.all(concerned.map((stream) => stream.next((event) => isPush(event, text), 60_000)));

    const linked = { customerId: 'directory:C-2' };
    expect((await act('answered', 'link', linked, id)).status).toBe(200);
    await expectPush(/"link":\{"customerId":"directory:C-2","decidedBy":"agent"/);
    expect((await act('answered', 'verify', { ...linked, method: 'document' }, id)).status).toBe(200);
    await expectPush(/"verification":\{"method":"document"/);
    expect((await act('monitoring', 'undo', {}, id)).status).toBe(200);
    await expectPush(/"decidedBy":"match","canUndo":false/);

    // A decision for the own view reaches the own panels alone.
    expect((await act('stranger', 'link', linked, id)).status).toBe(200);
    await others.stranger.next((event) => isPush(event, /"customerId":"directory:C-2"/), 60_000);
    expect(others.stranger.events.filter((event) => isPush(event, /./))).toHaveLength(1);
    for (const { events } of [others.former, others.other]) {
      expect(events.filter((event) => isPush(event, /./))).toEqual([]);
    }
    for (const stream of all) stream.close();
    await Promise.all(all.map(({ closed }) => closed));
  }, 240_000);

  it('a decision made before Zoom named the agent › counts for all once Zoom names them', async () => {
    const id = 'E-early';
    const facts = { channel: 'voice', consumers: [{ number: '+14155550101' }] };
    await sendEvent('engagement_user_answered', { engagement_id: id, user_id: agents.answered });
    await untilApplied();
    await view('former', { facts }, id);
    await act('former', 'link', { customerId: 'directory:C-2' }, id);
    expect((await view('answered', { facts: {} }, id)).customer.card?.id).toBe(customerId);
    expect((await view('former', { facts: {} }, id)).customer.card?.id).toBe('directory:C-2');
    await sendEvent('engagement_monitor_started', {
      engagement_id: id,
      user_id: agents.answered,
      monitoring_user_id: agents.former,
    });
    await untilApplied();
    await view('former', { facts: {} }, id);
    expect((await view('answered', { facts: {} }, id)).customer.card?.id).toBe('directory:C-2');
  });
});
