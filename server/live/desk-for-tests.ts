import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import type { EngagementView } from '#contract/customers.ts';
import type { LiveEvent } from '#contract/live.ts';
import type { Agent } from '#contract/session.ts';
import { createAppShell } from '../platform/http/app-shell.ts';
import { createHttpServer } from '../platform/http/http-server.ts';
import { createLog } from '../platform/log.ts';
import { createMetrics } from '../platform/metrics.ts';
import type { Database } from '../platform/storage/database.ts';
import { openFakeStream } from './fake-stream-reader.ts';
import { createHub, type hubLimits } from './hub.ts';
import { createLiveStore } from './live-store.ts';
import { createLiveRoutes } from './routes.ts';

const sessionMs = 60 * 60_000;

export type Desk = Awaited<ReturnType<typeof openDesk>>;

/** A view's version stands in `startTime`; everything else of it is of no interest to streams. */
export const versionOf = (event: LiveEvent, engagementId: string): number | undefined => {
  if (event.type === 'end') return undefined;
  const views = event.type === 'reset' ? event.data.views : [event.data];
  return views.find((view) => view.engagementId === engagementId)?.facts.startTime;
};

/**
 * One server process with streams: a real HTTP server with the product's shell, a hub, and in place of the engagements a
 * table of versions, raised in the same transaction that appends to the live events.
 */
export async function openDesk(
  database: Database,
  options: { limits?: Partial<typeof hubLimits>; filler?: string; onCompose?: () => Promise<void> | void } = {},
) {
  await sql`create table if not exists versions (
    account text, engagement_id text, agents text, version integer, primary key (account, engagement_id)
  )`.execute(database.db);
  const store = createLiveStore(database);
  const metrics = createMetrics({ withProcess: false });
  const dead = new Set<string>();
  let passed = 0;
  let composed = 0;

  const readVersions = async ({ account, uid }: Agent) => {
    const { rows } = await sql<{ id: string; agents: string; version: number }>`
      select engagement_id as id, agents, version from versions where account = ${account}`.execute(database.db);
    return rows.filter(({ agents }) => (JSON.parse(agents) as string[]).includes(uid));
  };
  const hub = createHub({
    store,
    async composeView(agent, engagementId) {
      composed++;
      const found = (await readVersions(agent)).find(({ id }) => id === engagementId);
      await options.onCompose?.();
      return found && toView(engagementId, found.version, options.filler);
    },
    listOpen: async (agent) => (await readVersions(agent)).map(({ id }) => id),
    keepLive: async (ids) => new Set(ids.filter((id) => !dead.has(id))),
    clock: () => Date.now() + passed,
    metrics,
    log: createLog('silent'),
    limits: { tickMs: 50, sessionsMs: 100, ...options.limits },
  });
  const http = createHttpServer(
    createAppShell({
      config: { host: '127.0.0.1', publicUrl: undefined, frameAncestors: ["'self'"] },
      log: createLog('silent'),
      routes: createLiveRoutes(hub),
      guards: {
        // The bearer says who it is: `account/uid` in hexadecimal, filled up.
        authenticate: async (bearer) => {
          const [account = '', uid = ''] = Buffer.from(bearer.replace(/_+$/, ''), 'hex').toString().split('/');
          const expiresAt = Date.now() + sessionMs;
          return dead.has(bearer) ? undefined : { account, uid, sessionId: bearer, expiresAt };
        },
        flowTokens: [],
      },
      checkReady: database.ping,
      metrics: async () => ({ contentType: metrics.registry.contentType, text: await metrics.registry.metrics() }),
      panelDirectory: fileURLToPath(new URL('../../client', import.meta.url)),
    }),
  );
  const port = await http.listen(0, '127.0.0.1');
  hub.start();

  return {
    hub,
    store,
    metrics,
    http,
    port,
    composed: () => composed,
    bearerOf,
    openStream: (agent: Agent, lastEventId?: string) =>
      openFakeStream({ url: `http://127.0.0.1:${port}/api/live`, token: bearerOf(agent), lastEventId }),

    /** Commits a change; nobody is woken. Answers its version. */
    commit: (account: string, engagementId: string, agents: string[]): Promise<number> =>
      database.db.transaction().execute(async (transaction) => {
        const { rows } = await sql<{ version: number }>`
          insert into versions values (${account}, ${engagementId}, ${JSON.stringify(agents)}, 1)
          on conflict (account, engagement_id) do update set version = versions.version + 1, agents = excluded.agents
          returning version`.execute(transaction);
        await store.append(transaction, account, [{ engagementId, agents }], Date.now());
        return rows[0]?.version ?? 0;
      }),

    /** As another process would: only the session goes. */
    killSession: (agent: Agent) => void dead.add(bearerOf(agent)),
    /** All sessions are over. */
    passSessions: () => {
      passed = 2 * sessionMs;
    },
    async close() {
      await hub.drain();
      hub.stop();
      await http.drain();
    },
  };
}

function bearerOf({ account, uid }: Agent): string {
  return Buffer.from(`${account}/${uid}`).toString('hex').padEnd(43, '_');
}

function toView(engagementId: string, version: number, filler = ''): EngagementView {
  const spans = { count: 0, totalMs: 0, since: null };
  return {
    engagementId,
    match: { kind: 'none', evidence: [] },
    link: { customerId: null, decidedBy: 'match', canUndo: false },
    customer: null,
    candidates: [],
    facts: { startTime: version, queueName: filler },
    record: {
      phase: 'active',
      hold: spans,
      mute: spans,
      handOver: null,
      disposition: null,
      timeline: [],
      gaps: [],
    },
    lookup: 'warm',
    past: { kind: 'not-asked' },
  };
}
