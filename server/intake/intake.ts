import type { Gap } from '#contract/engagements.ts';
import type { RunTransaction } from '../events.ts';
import type { Feature } from '../feature.ts';
import type { Clock } from '../platform/clock.ts';
import { accountKey, type Config } from '../platform/config.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Database } from '../platform/storage/database.ts';
import { createSingletonJob } from '../platform/storage/singleton-job.ts';
import { createIntakeRoutes } from './http/routes.ts';
import { createInbox } from './inbox/inbox.ts';
import type { ApplyEvents } from './inbox/inbox-processor.ts';
import { createIntakeRetention } from './retention.ts';
import type { SocketTokens } from './socket/socket-builder.ts';
import { createSocketGapStore } from './socket/socket-gap-store.ts';
import { createZoomSocket } from './socket/zoom-socket.ts';

/** Receives Zoom's events by webhooks, flows and the WebSocket, stores each once, and applies them. */
export function createIntake(parts: {
  config: Pick<Config, 'zoom'>;
  database: Pick<Database, 'db' | 'kind'>;
  zoomTokens: SocketTokens;
  apply: ApplyEvents;
  runTransaction: RunTransaction;
  /** A gap of the WebSocket began or ended. */
  onGap(account: string, gap: Gap): void;
  clock: Clock;
  metrics: Metrics;
  log: Log;
  report(error: unknown): void;
}): Feature {
  const { config, database, clock, metrics, log, report } = parts;
  const { zoom } = config;
  const inbox = createInbox({ ...parts, accountKeyFor: (accountId) => chooseAccount(zoom, accountId) });
  const socketJob =
    zoom.webSocketSubscriptionId === undefined ? undefined : createSocketJob(zoom.webSocketSubscriptionId);

  function createSocketJob(subscriptionId: string) {
    const socket = createZoomSocket({
      url: zoom.webSocketUrl,
      subscriptionId,
      tokens: parts.zoomTokens,
      receive: (body) => inbox.receiver.receiveZoomEvent('socket', body),
      gaps: createSocketGapStore(database, zoom.account),
      onGap: (gap) => parts.onGap(zoom.account, gap),
      clock,
      metrics,
      log,
    });
    return createSingletonJob({ database, name: `zoom-socket ${zoom.account}`, job: socket, report });
  }

  return {
    routes: createIntakeRoutes({ secrets: zoom.webhookSecrets, receiver: inbox.receiver, clock, metrics, log }),
    retention: createIntakeRetention(database),
    start() {
      inbox.start();
      socketJob?.start();
    },
    drain: async () => socketJob?.stop(),
    stop: inbox.stop,
  };
}

/**
 * An event of an account that is not the configured one is stored under that account's key, so no agent here sees it.
 * Without a configured account every authentic event belongs to the installation's only one.
 */
function chooseAccount(zoom: Pick<Config['zoom'], 'account' | 'accountId'>, accountId: string | undefined): string {
  return zoom.accountId === undefined || accountId === undefined ? zoom.account : accountKey(accountId);
}
