import { fileURLToPath } from 'node:url';
import type { LiveEvent } from '#contract/live.ts';
import type { Agent } from '#contract/session.ts';
import type { EngagementView } from '#contract/view.ts';
import { unknownCustomer } from '../panel/fake-engagements.ts';
import { createAppShell } from '../platform/http/app-shell.ts';
import { createHttpServer } from '../platform/http/http-server.ts';
import { createLog } from '../platform/log.ts';
import { createMetrics } from '../platform/metrics.ts';
import type { Database } from '../platform/storage/database.ts';
import { createChangeStore } from './changes/change-store.ts';
import { openFakeStream } from './fake-stream.ts';
import { createHub, type hubLimits } from './hub.ts';
import { createLiveRoutes } from './routes.ts';

const sessionMs = 60 * 60_000;

export type LiveServer = Awaited<ReturnType<typeof openLiveServer>>;

/** The version of a view is its `startTime`; streams look at nothing else of it. */
export const versionOf = (event: LiveEvent, engagementId: string): number | undefined => {
  if (event.type === 'end') return undefined;
  const views = event.type === 'reset' ? event.data.views : [event.data];
  return views.find((view) => view.engagementId === engagementId)?.engagement.facts.startTime;
};

/**
 * One server process with streams: an HTTP server with the product's shell and a hub. Engagements are replaced by
 * versions, incremented in the transaction that appends the change and stored in the table of agents: the engagement's
 * id as `uid`, its version as `updated_at`.
 */
export async function openLiveServer(
  database: Database,
  options: { limits?: Partial<typeof hubLimits>; filler?: string; onCompose?: () => Promise<void> | void } = {},
) {
  const store = createChangeStore(database);
  const metrics = createMetrics({ withProcess: false });
  const revoked = new Set<string>();
  let clockOffset = 0;
  let composed = 0;

  const readVersions = async ({ account, uid }: Agent) => {
    const rows = await database.db
      .selectFrom('agents')
      .select(['uid as id', 'record as agents', 'updated_at as version'])
      .where('account', '=', account)
      .execute();
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
    filterLiveSessions: async (ids) => new Set(ids.filter((id) => !revoked.has(id))),
    clock: () => Date.now() + clockOffset,
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
        // The bearer is `account/uid` in hexadecimal, padded.
        authenticate: async (bearer) => {
          const [account = '', uid = ''] = Buffer.from(bearer.replace(/_+$/, ''), 'hex').toString().split('/');
          const expiresAt = Date.now() + sessionMs;
          return revoked.has(bearer) ? undefined : { account, uid, role: 'agent', sessionId: bearer, expiresAt };
        },
        flowTokens: [],
      },
      checkReady: database.ping,
      metrics: async () => ({ contentType: metrics.registry.contentType, text: await metrics.registry.metrics() }),
      panelDirectory: fileURLToPath(new URL('../../client', import.meta.url)),
    }),
    // The limits of the product are too short for a busy machine.
    { limits: { headersMs: 120_000, requestMs: 120_000 } },
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

    /** Commits a change without a notification. Answers its version. */
    commit: (account: string, engagementId: string, agents: string[]): Promise<number> =>
      database.db.transaction().execute(async (transaction) => {
        const { version } = await transaction
          .insertInto('agents')
          .values({ account, uid: engagementId, record: JSON.stringify(agents), updated_at: 1 })
          .onConflict((conflict) =>
            conflict.columns(['account', 'uid']).doUpdateSet((row) => ({
              record: row.ref('excluded.record'),
              updated_at: row('agents.updated_at', '+', 1),
            })),
          )
          .returning('updated_at as version')
          .executeTakeFirstOrThrow();
        await store.append(transaction, account, [{ engagementId, agentIds: agents }], Date.now());
        return version;
      }),

    /** As another process would: only the session is removed. */
    revokeSession: (agent: Agent) => void revoked.add(bearerOf(agent)),
    /** Moves the clock past the end of all sessions. */
    expireSessions: () => {
      clockOffset = 2 * sessionMs;
    },
    async close() {
      await hub.drain();
      await hub.stop();
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
    engagement: {
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
    },
    customer: unknownCustomer,
    sources: [],
    history: { kind: 'not-asked' },
  };
}
