import type { DomainEventBus } from '../events.ts';
import type { Feature } from '../feature.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { createChangeNotifications } from '../platform/storage/change-notifications.ts';
import type { Database } from '../platform/storage/database.ts';
import { type ChangeStore, createChangeStore } from './changes/change-store.ts';
import { createHub } from './hub.ts';
import { createLiveRetention } from './retention.ts';
import { createLiveRoutes } from './routes.ts';
import type { ComposeView, ListOpen } from './streams/view-frames.ts';

type Live = Feature & {
  /** Records in the caller's transaction that these engagements changed for these agents. */
  appendChanges: ChangeStore['append'];
  /** The same for a change without a Zoom event: in a transaction of its own, pushed at once. Failures are reported. */
  notifyPanels(account: string, changes: { engagementId: string; agentIds: string[] }[]): Promise<void>;
};

/** Pushes changed views to the panels, whichever process stored the change. */
export function createLive(parts: {
  config: Pick<Config, 'databaseUrl'>;
  database: Database;
  bus: Pick<DomainEventBus, 'subscribe'>;
  composeView: ComposeView;
  listOpen: ListOpen;
  filterLiveSessions(sessionIds: string[]): Promise<Set<string>>;
  clock: Clock;
  metrics: Metrics;
  log: Pick<Log, 'warn'>;
  report(error: unknown): void;
}): Live {
  const { database, bus, clock, report } = parts;
  const store = createChangeStore(database);
  const hub = createHub({ ...parts, store });
  const notifications = createChangeNotifications({ database, url: parts.config.databaseUrl, report });

  notifications.subscribe(hub.notify);
  bus.subscribe('engagement.changed', ({ account }) => notifications.notify(account));
  bus.subscribe('session.revoked', (agent) => hub.endSessionsOf(agent, 'signed-out'));

  return {
    appendChanges: store.append,
    notifyPanels: (account, changes) =>
      database.db
        .transaction()
        .execute((transaction) => store.append(transaction, account, changes, clock()))
        .then(() => notifications.notify(account), report),
    routes: createLiveRoutes(hub),
    retention: createLiveRetention(store),
    async start() {
      await notifications.start();
      hub.start();
    },
    drain: hub.drain,
    async stop() {
      await hub.stop();
      await notifications.stop();
    },
  };
}
