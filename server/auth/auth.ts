import type { DomainEventBus } from '../events.ts';
import type { Feature } from '../feature.ts';
import type { Clock } from '../platform/clock.ts';
import { withClockCheck } from '../platform/clock-check.ts';
import type { Config } from '../platform/config.ts';
import { createHttpClient } from '../platform/http-client.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Database } from '../platform/storage/database.ts';
import { createLoop } from '../platform/timing/loop.ts';
import { createRefusedSignIns } from './refused-sign-ins.ts';
import { createSessionRetention } from './retention.ts';
import { createAuthRoutes } from './routes.ts';
import { createSessionService, type KnownAgents, type RecordSession, type SessionService } from './session.ts';
import { createSessionStore } from './session-store.ts';
import { createZoomTokens, type ZoomTokens } from './zoom-oauth.ts';

type Auth = Feature & Pick<SessionService, 'authenticate' | 'filterLiveSessions'> & { zoomTokens: ZoomTokens };

/** Sessions of agents, and the server's own access to Zoom. */
export function createAuth(parts: {
  config: Pick<Config, 'zoom'>;
  database: Pick<Database, 'db' | 'kind'>;
  bus: Pick<DomainEventBus, 'subscribe'>;
  clock: Clock;
  log: Pick<Log, 'error'>;
  metrics: Pick<Metrics, 'clockOffset'>;
  recordAudit: RecordSession;
  recordAuditIn: Parameters<typeof createSessionService>[0]['recordAuditIn'];
  report(error: unknown): void;
  agents: KnownAgents;
}): Auth {
  const { clock } = parts;
  const { zoom } = parts.config;
  const store = createSessionStore(parts.database);
  const { recordAudit, recordAuditIn, agents, report } = parts;
  const refused = createRefusedSignIns({ account: zoom.account, recordAudit });
  const sessions = createSessionService({
    store,
    clock,
    zoom,
    recordAudit,
    recordAuditIn,
    countRefused: refused.count,
    agents,
  });
  const recording = createLoop({ run: refused.flush, intervalMs: 60_000, firstDelayMs: 60_000, report });
  parts.bus.subscribe('session.revoked', sessions.dropCached);
  const http = withClockCheck(createHttpClient(), parts);
  return {
    authenticate: sessions.authenticate,
    filterLiveSessions: sessions.filterLiveSessions,
    zoomTokens: createZoomTokens({ ...zoom, http, clock }),
    routes: createAuthRoutes(sessions),
    transactionHooks: [sessions.revokeDeletedAgents],
    retention: createSessionRetention(store),
    start() {
      recording.start();
      // Without a token of its own, a server with webhooks would ask Zoom nothing; any answer has a date.
      if (zoom.webhookSecrets.length > 0) void http.send({ url: zoom.oauthUrl });
    },
    async stop() {
      await recording.stop();
      await refused.flush().catch(report);
    },
  };
}
