import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngagementEvent } from '../events.ts';
import { createHttpClient, type HttpClient } from '../platform/http-client.ts';
import { createMetrics } from '../platform/metrics.ts';
import { type Database, openDatabase } from '../platform/storage/database.ts';
import { type AccountReconciler, createAccountReconciler } from './account-reconciler.ts';
import { createFakeZoomRest, type FakeZoomRest } from './fake-zoom-rest.ts';
import { createZoomRest } from './zoom-rest.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Generous: the machine may run other tests at the same time. */
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000, interval: 10 });

let zoom: FakeZoomRest;
let database: Database;
let reconcile: AccountReconciler | undefined;
/** ms UTC; moved by the tests, while timers run in real time. */
let now: number;
/** The reconciler reads the clock in each of its loops, also while it has nothing to do. */
let clockReads: number;
let requestsUnderWay: number;
beforeEach(async () => {
  now = Date.UTC(2026, 10, 25, 9, 0, 0);
  clockReads = 0;
  requestsUnderWay = 0;
  zoom = await createFakeZoomRest({ now: () => now, pageSize: 10 });
  database = await openDatabase('sqlite::memory:');
});
afterEach(async () => {
  await reconcile?.stop();
  reconcile = undefined;
  await zoom.stop();
  await database.close();
});

const time = (ms: number) => new Date(ms).toISOString();
const report = (startedAt: number, endedAt = startedAt + minute) => ({
  start_time: time(startedAt),
  end_time: time(endedAt),
  consumers: [{ consumer_number: '+14155550101' }],
});

function open({ known = new Set<string>(), ended = new Set<string>() } = {}) {
  const applied: EngagementEvent[] = [];
  const logged: unknown[] = [];
  const state = { isStorageDown: false };
  const metrics = createMetrics({ withProcess: false });
  const record = (...line: unknown[]) => logged.push(line);
  let token: Promise<string> | undefined;
  const rest = createZoomRest({
    http: { send },
    clock: () => now,
    perSecond: 1_000,
    tokens: {
      async get() {
        token ??= fetchToken();
        return { kind: 'token', token: await token, apiUrl: `${zoom.origin}/v2` };
      },
      forget() {
        token = undefined;
      },
    },
  });
  reconcile = createAccountReconciler({
    account: 'acme',
    database,
    rest,
    async applyReconciled(_account, events) {
      if (state.isStorageDown) throw new Error('down');
      const missed = events.filter(({ key, kind }) => !known.has(key) && !known.has(kind));
      for (const { key, kind, engagementId } of events) {
        known.add(key);
        if (kind === 'ended') ended.add(engagementId);
      }
      applied.push(...missed);
      return missed;
    },
    isEnded: async (id) => ended.has(id),
    redact: (body) => JSON.parse(JSON.stringify(body).replaceAll('4111111111111111', '•')),
    clock: () => {
      clockReads += 1;
      return now;
    },
    random: () => 0.5,
    log: { info: record, warn: record, error: record },
    metrics,
    limits: { pollMs: 2, tickMs: 2, sweepEveryMs: Number.POSITIVE_INFINITY, retryMs: 30 * second },
  });
  const count = async (name: 'reconcileJobs' | 'reconciledEvents') => {
    const { values } = await metrics[name].get();
    return Object.fromEntries(values.map(({ labels, value }) => [Object.values(labels)[0], value]));
  };
  const end = (engagementId: string) =>
    reconcile?.scheduleEnded(database.db, [
      {
        kind: 'engagement.changed',
        account: 'acme',
        engagementId,
        facts: {},
        flowNumbers: [],
        agentIds: [],
        shouldPrefetch: false,
        hasJustEnded: true,
      },
    ]);
  return { applied, logged, state, count, end, start: () => reconcile?.start(), reconcile };
}

/** Only the answer that never comes is given up soon: on a busy machine the others may take long. */
const client = createHttpClient({ deadlineMs: 60_000 });
const impatientClient = createHttpClient({ deadlineMs: 1_500 });
const send: HttpClient['send'] = async (request) => {
  requestsUnderWay += 1;
  const answer = await (String(request.url).includes('slow-') ? impatientClient : client).send(request);
  requestsUnderWay -= 1;
  return answer;
};

async function fetchToken(): Promise<string> {
  const response = await fetch(`${zoom.origin}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${zoom.clientId}:${zoom.clientSecret}`)}` },
    body: new URLSearchParams({ grant_type: 'account_credentials', account_id: zoom.accountId }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
}

const detail = '/contact_center/engagements/';
const details = () => zoom.requests.filter((path) => path.startsWith(detail));
const lists = () => zoom.requests.filter((path) => path.startsWith('/contact_center/engagements?'));
const outcome = async (id: string) => {
  const query = database.db.selectFrom('jobs').select(['outcome', 'reason', 'due_at', 'tries', 'claimed_until']);
  return query.where('kind', '=', 'reconcile').where('key', '=', id).executeTakeFirst();
};

/** The reconciler has nothing to do at this time: its loops ran some times without a request. */
async function settled(): Promise<void> {
  for (let until = clockReads + 20; clockReads < until; ) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (requestsUnderWay > 0) until = clockReads + 20;
  }
}

/** The engagement e1 ended within the last minute and its report has been read once. */
async function readSoonAfterEnd() {
  zoom.engagements.set('e1', { report: report(now - minute, now) });
  const opened = open();
  await opened.end('e1');
  opened.start();
  await moveOn(10 * second);
  return opened;
}

async function moveOn(by: number): Promise<void> {
  now += by;
  await settled();
}

describe('reconcile job', () => {
  it('an engagement ends › runs ten seconds later and not before', async () => {
    zoom.engagements.set('e1', { report: report(now - minute, now - second) });
    const { end, start } = open();
    await end('e1');
    start();
    await moveOn(9_999);
    expect(details()).toEqual([]);
    await moveOn(1);
    await eventually(() => expect(details()).toEqual(['/contact_center/engagements/e1']));
  });

  it('Zoom is not ready › retries until it is and counts the missed events', async () => {
    zoom.engagements.set('e1', { report: report(now - minute, now), readableAt: now + 55 * second });
    const { end, start, count, applied } = open({ known: new Set(['started']) });
    await end('e1');
    start();
    for (const seconds of [10, 10, 20]) {
      await moveOn(seconds * second);
      await eventually(async () => expect(await outcome('e1')).toMatchObject({ outcome: null, claimed_until: 0 }));
      expect((await outcome('e1'))?.due_at).toBeGreaterThan(now);
    }
    await moveOn(30 * second);
    await eventually(async () => expect((await outcome('e1'))?.outcome).toBe('corrected'));
    expect(details()).toHaveLength(4);
    expect(await count('reconcileJobs')).toEqual({ 'not-ready': 3, corrected: 1 });
    expect(await count('reconciledEvents')).toEqual({ ended: 1 });
    expect(applied.map(({ kind }) => kind)).toEqual(['ended']);
  });

  it('the report was read within a minute of the end › reads it once more and agrees', async () => {
    const { count } = await readSoonAfterEnd();
    await eventually(async () =>
      expect(await outcome('e1')).toMatchObject({ outcome: null, due_at: now + 50 * second }),
    );
    await moveOn(50 * second);
    await eventually(async () => expect((await outcome('e1'))?.outcome).toBe('agreed'));
    expect(await count('reconcileJobs')).toEqual({ corrected: 1, agreed: 1 });
  });

  it('a note was saved after the disposition › the second read applies it', async () => {
    const { applied } = await readSoonAfterEnd();
    await eventually(() => expect(applied).toHaveLength(2));
    const note = { note_id: 'n1', note: 'Paid with 4111111111111111', user_id: 'u1' };
    zoom.engagements.set('e1', { report: { ...report(now - 70 * second, now - 10 * second), notes: [note] } });
    await moveOn(50 * second);
    await eventually(() =>
      expect(applied).toContainEqual(expect.objectContaining({ kind: 'note', text: 'Paid with •' })),
    );
  });

  it('the engagement has flow variables › applies them', async () => {
    zoom.engagements.set('e1', { report: report(now - 5 * hour, now - minute) });
    zoom.variableLogs.set('e1', [{ variable_name: 'Case', variable_value: 'CS-1' }]);
    const { end, start, applied } = open();
    await end('e1');
    start();
    await moveOn(10 * second);
    await eventually(() =>
      expect(applied.at(-1)?.facts.variables).toEqual([{ id: 'Case', name: 'Case', value: 'CS-1' }]),
    );
  });

  it('the scope for variables is missing › reads the rest and logs it once', async () => {
    for (const id of ['e1', 'e2']) zoom.engagements.set(id, { report: report(now - 5 * hour, now - minute) });
    zoom.refusedPaths.push('/contact_center/variable_logs');
    const { end, start, logged } = open();
    for (const id of ['e1', 'e2']) await end(id);
    start();
    await moveOn(10 * second);
    await eventually(async () => expect((await outcome('e2'))?.outcome).toBe('corrected'));
    expect(logged).toHaveLength(1);
  });

  it('Zoom is never ready › gives up after a day', async () => {
    const { end, start, count } = open();
    await end('never');
    start();
    const begin = now;
    while (!(await outcome('never'))?.outcome && now < begin + 72 * hour) await moveOn(30 * minute);
    expect(await outcome('never')).toMatchObject({ outcome: 'dead', reason: 'not-ready' });
    expect((now - begin) / hour).toBeGreaterThan(18);
    expect((now - begin) / hour).toBeLessThan(30);
    expect(await count('reconcileJobs')).toMatchObject({ 'given-up': 1 });
  });

  it('the id has reserved characters › the path encodes it', async () => {
    zoom.engagements.set('a~b=+..', { report: report(now - hour) });
    const { end, start } = open();
    await end('a~b=+..');
    start();
    await moveOn(10 * second);
    await eventually(() => expect(details()).toEqual(['/contact_center/engagements/a~b%3D%2B..']));
    await eventually(async () => expect((await outcome('a~b=+..'))?.outcome).toBe('corrected'));
  });

  it('the storage is down › applies the report when it is back', async () => {
    zoom.engagements.set('e1', { report: report(now - 5 * hour, now - minute) });
    const { end, start, state } = open();
    state.isStorageDown = true;
    await end('e1');
    start();
    await moveOn(10 * second);
    await eventually(() => expect(details()).toHaveLength(1));
    state.isStorageDown = false;
    await moveOn(minute);
    await eventually(async () => expect((await outcome('e1'))?.outcome).toBe('corrected'));
  });
});

describe('reconcile job, Zoom fails', () => {
  it.each(['broken-1', 'html-1', 'huge-1', 'slow-1'])(
    'the answer is %s › other jobs run, this one is retried',
    async (id) => {
      zoom.engagements.set('e1', { report: report(now - 5 * hour, now - minute) });
      const { end, start, count } = open();
      await end(id);
      await end('e1');
      start();
      await moveOn(10 * second);
      await eventually(async () => expect((await outcome('e1'))?.outcome).toBe('corrected'));
      await eventually(async () =>
        expect(await outcome(id)).toMatchObject({ outcome: null, tries: 1, due_at: now + 10 * second }),
      );
      expect(await count('reconcileJobs')).toMatchObject({ unavailable: 1 });
    },
  );

  it.each<[string, Record<string, string>, number]>([
    ['seconds', { 'retry-after': '30' }, 30],
    ['a date by HTTP', { 'retry-after': 'Wed, 25 Nov 2026 09:01:10 GMT' }, 60],
    ['an ISO 8601 time', { 'retry-after': '2026-11-25T10:00:10Z' }, 3_600],
    ['a reset', { 'x-ratelimit-reset': '1795597220' }, 10],
  ])('429 with %s › no request before that time', async (_name, headers, seconds) => {
    expect(Date.UTC(2026, 10, 25, 9, 0, 20) / 1_000).toBe(1_795_597_220);
    for (const id of ['e1', 'e2']) zoom.engagements.set(id, { report: report(now - 5 * hour, now - minute) });
    const { end, start, logged } = open();
    for (const id of ['e1', 'e2']) await end(id);
    now += 10 * second;
    const limited = { status: 429, headers, body: { code: 429, message: 'maximum per-second rate limit' } };
    zoom.answers.push({ on: detail, ...limited });
    start();
    // Time moves on when the answer has been read, not when the request has arrived.
    await eventually(() => expect(logged).toHaveLength(1));
    await moveOn((seconds - 1) * second);
    expect(details()).toHaveLength(1);
    await moveOn(second);
    await eventually(async () => expect((await outcome('e1'))?.outcome).toBe('corrected'));
    await eventually(async () => expect((await outcome('e2'))?.outcome).toBe('corrected'));
    // The second job was not claimed in between.
    expect(logged).toHaveLength(1);
  });

  it('the token is rejected › is replaced once', async () => {
    zoom.engagements.set('e1', { report: report(now - 5 * hour, now - minute) });
    zoom.engagements.set('e2', { report: report(now - 5 * hour, now - minute) });
    const { end, start } = open();
    await end('e1');
    start();
    await moveOn(10 * second);
    await eventually(async () => expect((await outcome('e1'))?.outcome).toBe('corrected'));
    zoom.revokeTokens();
    await end('e2');
    await moveOn(10 * second);
    await eventually(async () => expect((await outcome('e2'))?.outcome).toBe('corrected'));
    expect(zoom.tokensGranted).toBe(2);
  });

  it.each([
    [401, { code: 124 }],
    [400, { code: 4700 }],
    [403, {}],
  ])('Zoom refuses with %i %j › is logged, one job probes again in an hour', async (status, body) => {
    for (const id of ['e1', 'e2', 'e3']) zoom.engagements.set(id, { report: report(now - 5 * hour, now - minute) });
    const { end, start, count, logged } = open();
    for (const id of ['e1', 'e2', 'e3']) await end(id);
    zoom.answers.push({ on: detail, status, body }, { on: detail, status, body });
    start();
    await moveOn(10 * second);
    await eventually(async () => expect(await count('reconcileJobs')).toEqual({ refused: 1 }));
    expect(JSON.stringify(logged)).toMatch(/scopes/);
    expect(JSON.stringify(logged)).not.toMatch(/e1|e2|e3|token-/);
    await moveOn(59 * minute);
    expect(details()).toHaveLength(2);
    await moveOn(minute);
    await eventually(async () => expect(await count('reconcileJobs')).toEqual({ refused: 1, corrected: 3 }));
  });
});

describe('sweep', () => {
  it('a span is requested › lists it page by page and schedules unknown and open engagements', async () => {
    const ids = Array.from({ length: 25 }, (_, n) => `e${n}`);
    for (const id of ids) zoom.engagements.set(id, { report: report(now - 30 * minute) });
    zoom.engagements.set('old', { report: report(now - 5 * hour) });
    const { start, count, reconcile } = open({ ended: new Set(['e3', 'e4']) });
    reconcile.requestSweep({ from: now - hour, until: now });
    start();
    await eventually(async () => expect(await count('reconcileJobs')).toEqual({ corrected: 23 }));
    expect(lists()).toHaveLength(3);
    for (const path of lists())
      expect(path).toMatch(/[?&]from=2026-11-25T07%3A00%3A00%2B00%3A00&to=2026-11-25T09%3A00%3A01%2B00%3A00&/);
    expect(lists()[1]).toMatch(/next_page_token=page-10$/);
    expect(await outcome('e3')).toBeUndefined();
    expect(await outcome('old')).toBeUndefined();
  });

  it('at the start › covers the last hour', async () => {
    zoom.engagements.set('e1', { report: report(now - 50 * minute) });
    const { start, count } = open();
    start();
    await eventually(async () => expect(await count('reconcileJobs')).toEqual({ corrected: 1 }));
  });

  it('the span exceeds a month › requests a month', async () => {
    const { start, reconcile } = open();
    reconcile.requestSweep({ from: now - 400 * 24 * hour, until: now });
    start();
    await eventually(() => expect(lists()).toHaveLength(1));
    expect(lists()[0]).toMatch(/from=2026-10-26T09/);
  });

  it('it fails › is repeated with back-off until it succeeds', async () => {
    zoom.engagements.set('e1', { report: report(now - 50 * minute) });
    zoom.answers.push({ status: 500 }, { status: 429, headers: { 'retry-after': '120' } });
    const { start, count, logged } = open();
    start();
    await eventually(() => expect(logged).toHaveLength(1));
    await moveOn(30 * second);
    await eventually(() => expect(logged).toHaveLength(2));
    await moveOn(119 * second);
    expect(lists()).toHaveLength(2);
    await moveOn(second);
    await eventually(async () => expect(await count('reconcileJobs')).toEqual({ corrected: 1 }));
  });
});
