import type { DomainEventBus } from '../events.ts';
import type { Feature } from '../feature.ts';
import type { Clock } from '../platform/clock.ts';
import { withClockCheck } from '../platform/clock-check.ts';
import type { Config } from '../platform/config.ts';
import { createHttpClient } from '../platform/http-client.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Database } from '../platform/storage/database.ts';
import { createSessionRetention } from './retention.ts';
import { createAuthRoutes } from './routes.ts';
import { createSessionService, type KnownAgents, type RecordSignIn, type SessionService } from './session.ts';
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
  recordAudit: RecordSignIn;
  agents: KnownAgents;
}): Auth {
  const { clock } = parts;
  const { zoom } = parts.config;
  const store = createSessionStore(parts.database);
  const sessions = createSessionService({ store, clock, zoom, recordAudit: parts.recordAudit, agents: parts.agents });
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
      // Without a token of its own, a server with webhooks would ask Zoom nothing; any answer has a date.
      if (zoom.webhookSecrets.length > 0) void http.send({ url: zoom.oauthUrl });
    },
  };
}
