import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createAuditTrail } from './audit/audit-trail.ts';
import { auditRetention } from './audit/retention.ts';
import { createSessionRetention } from './auth/retention.ts';
import { createAuthRoutes } from './auth/routes.ts';
import { createSessionService } from './auth/session.ts';
import { createSessionStore } from './auth/session-store.ts';
import { createZoomTokens } from './auth/zoom-oauth.ts';
import { createTokenStore } from './connectors/http/token-store.ts';
import { createConnectionTokens } from './connectors/http/tokens.ts';
import { openSources } from './connectors/registry.ts';
import { connectorRetention } from './connectors/retention.ts';
import { listIdentifiers } from './customers/engagement-identifiers.ts';
import * as identifiers from './customers/identifiers.ts';
import { createLinkStore } from './customers/link-store.ts';
import { createTextMask } from './customers/masking.ts';
import { customerRetention } from './customers/retention.ts';
import { createCustomerRoutes } from './customers/routes.ts';
import { createCustomerService } from './customers/service.ts';
import { createVerificationStore } from './customers/verification-store.ts';
import { createChangeQuota } from './engagements/change-quota.ts';
import { createEngagementRetention } from './engagements/retention.ts';
import { createEngagementRoutes } from './engagements/routes.ts';
import { createEngagementService } from './engagements/service.ts';
import { createDomainEventBus, createRunTransaction } from './events.ts';
import { createIntakeRoutes } from './intake/http/routes.ts';
import { createInbox } from './intake/inbox/inbox.ts';
import { redactBody } from './intake/normalize/read-body.ts';
import { createIntakeRetention } from './intake/retention.ts';
import { createSocketGapStore } from './intake/socket/socket-gap-store.ts';
import { createZoomSocket } from './intake/socket/zoom-socket.ts';
import { createHub } from './live/hub.ts';
import { createLiveStore } from './live/live-store.ts';
import { createLiveRetention } from './live/retention.ts';
import { createLiveRoutes } from './live/routes.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import { accountKey, type Config } from './platform/config.ts';
import { createAppShell } from './platform/http/app-shell.ts';
import { createHttpServer } from './platform/http/http-server.ts';
import { createHttpClient } from './platform/http-client.ts';
import { createJobStore } from './platform/jobs/job-store.ts';
import { createJobRetention } from './platform/jobs/retention.ts';
import { createLog, type Log } from './platform/log.ts';
import { createMetrics } from './platform/metrics.ts';
import { createRetention, type RetentionRule } from './platform/retention.ts';
import { createSeal } from './platform/seal.ts';
import { openDatabase } from './platform/storage/database.ts';
import { createLease } from './platform/storage/lease.ts';
import { storageRetention } from './platform/storage/retention.ts';
import { createWakeUp } from './platform/storage/wake-up.ts';
import { createPastEngagements } from './reconcile/past-engagements.ts';
import { createReconcile } from './reconcile/reconcile.ts';
import { createReconcileRetention } from './reconcile/retention.ts';
import { createZoomRest } from './reconcile/zoom-rest.ts';

/** A running Deskside. `start` resolves with the address once it answers; `stop` finishes what is under way first. */
export type App = {
  server: Server;
  /** How long each table keeps its rows; a test compares them with the tables. */
  retentionRules: RetentionRule[];
  start(): Promise<{ port: number }>;
  stop(): Promise<void>;
};

export type AppOverrides = { clock?: Clock; log?: Log; panelDirectory?: string };

const builtPanel = fileURLToPath(new URL('../dist/client', import.meta.url));

/** The system on one page: every part is made here and given what it needs from the others. */
export async function createApp(config: Config, overrides: AppOverrides = {}): Promise<App> {
  const clock = overrides.clock ?? systemClock;
  const log = overrides.log ?? createLog(config.logLevel);
  const database = await openDatabase(config.databaseUrl, { connections: config.databaseConnections });

  const metrics = createMetrics();
  const report = (err: unknown) => log.warn({ err }, 'a part of the server could not do its work');
  const bus = createDomainEventBus(report);
  const runTransaction = createRunTransaction({ db: database.db, publish: bus.publish });
  const audit = createAuditTrail({ db: database.db, clock });
  const sessionStore = createSessionStore(database.db);
  const sessions = createSessionService({
    store: sessionStore,
    clock,
    zoom: config.zoom,
  });
  const liveStore = createLiveStore(database);
  const engagements = createEngagementService({
    database,
    runTransaction,
    hooks: [
      sessions.revokeDeletedAgents,
      async (transaction, events) => (await reconcile?.scheduleEnded(transaction, events)) ?? [],
    ],
    clock,
    appendChanges: liveStore.append,
    // Of no customer in particular: whatever looks like a number or an address.
    maskText: createTextMask({ phones: [] }),
  });
  const intake = createInbox({
    database,
    accountOf: (accountId) => accountOf(config, accountId),
    apply: engagements.apply,
    runTransaction,
    ...{ clock, metrics, log },
  });
  const customers = createCustomerService({
    sources: createSources(),
    links: createLinkStore(database),
    verifications: createVerificationStore(database),
    clock,
    recordAudit: audit.record,
    readFacts: engagements.readFacts,
    readRecord: engagements.readRecord,
    findPast(agent, engagementId, number) {
      past?.ask(number, () => void tellPanels(agent.account, [{ engagementId, agents: [agent.uid] }]));
      return past?.peek(number) ?? { kind: 'not-asked' };
    },
    countView: (isPrefetched) => metrics.views.inc({ prefetched: String(isPrefetched) }),
    reportFailure: (err) => log.error({ err }, 'a source did what no source may do'),
    onLate: (account, engagementId, uids) => void tellPanels(account, [{ engagementId, agents: uids }]),
  });
  const hub = createHub({
    store: liveStore,
    async composeView(agent, engagementId) {
      const facts = await engagements.readFacts(agent, engagementId);
      return facts && customers.tellView(agent, engagementId, facts);
    },
    listOpen: engagements.listOpen,
    keepLive: sessions.keepLive,
    ...{ clock, metrics, log },
  });
  const wakeUp = createWakeUp({ database, url: config.databaseUrl, report });
  const tokens = createZoomTokens({ ...config.zoom, http: createHttpClient(), clock });
  const { past, reconcile } = createReadBack();
  const socket = createSocket(config.zoom.webSocketSubscriptionId);
  const sweeping = reconcile && createSolo('reconcile', reconcile);

  const spendAllowance = createChangeQuota({ clock });
  const shell = createAppShell({
    config,
    log,
    routes: [
      ...createAuthRoutes(sessions),
      ...createEngagementRoutes({
        engagements,
        composeView: customers.viewOf,
        // Each is a question to every source.
        spendAllowance: (agent, facts) => spendAllowance(agent, listIdentifiers(facts).length),
      }),
      ...createCustomerRoutes(customers),
      ...createLiveRoutes(hub),
      ...createIntakeRoutes({ secrets: config.zoom.webhookSecrets, receive: intake.receiver, clock, metrics, log }),
    ],
    guards: { authenticate: sessions.authenticate, flowTokens: config.flowTokens },
    checkReady: database.ping,
    metrics: async () => ({ contentType: metrics.registry.contentType, text: await metrics.registry.metrics() }),
    countRefusal: (refusal) => metrics.refused.inc(refusal),
    panelDirectory: overrides.panelDirectory ?? builtPanel,
  });
  const http = createHttpServer(shell);

  bus.subscribe('engagement.changed', ({ account, engagementId, facts, isArriving }) => {
    if (isArriving) customers.warm(account, engagementId, facts);
    wakeUp.notify(account);
  });
  wakeUp.subscribe(hub.wake);
  bus.subscribe('session.revoked', (agent) => hub.endSessionsOf(agent, 'signed-out'));
  const retentionRules = [
    ...createSessionRetention(sessionStore),
    ...createEngagementRetention(database),
    ...createIntakeRetention(database),
    ...createLiveRetention(liveStore),
    ...createReconcileRetention(database),
    ...createJobRetention(createJobStore({ database, clock })),
    ...auditRetention,
    ...connectorRetention,
    ...customerRetention,
    ...storageRetention,
  ];
  const retention = createRetention({ rules: retentionRules, clock, log });

  return {
    server: http.server,
    retentionRules,
    async start() {
      await wakeUp.start();
      hub.start();
      intake.start();
      socket?.start();
      sweeping?.start();
      retention.start();
      return { port: await http.listen(config.port, config.host) };
    },
    // Nothing new is accepted, then what is under way is finished, then the database is closed.
    async stop() {
      await retention.stop();
      await Promise.all([socket?.stop(), sweeping?.stop()]);
      await Promise.all([hub.drain(), http.drain()]);
      await intake.stop();
      hub.stop();
      await wakeUp.stop();
      await database.close();
    },
  };

  /** Settings were checked before: what is wrong with them here is wrong with us. */
  function createSources() {
    const { secretsKey, allowPrivateSources: allowPrivate } = config;
    const store = secretsKey && createTokenStore({ database, seal: createSeal(secretsKey) });
    const { sources, problems } = openSources({
      ...{ connections: config.sources, tokens: createConnectionTokens({ clock, store }), clock, database },
      ...{ readers: identifiers, allowPrivate, createHttp: (guard) => createHttpClient({ guard }) },
      reportFailure(source, failure) {
        metrics.sourceFailures.inc({ source, kind: failure.kind });
        log.warn({ source, ...failure }, 'a source gave no answer');
      },
      reportError: report,
    });
    if (problems.length > 0) throw new Error(problems.join('\n'));
    return sources;
  }

  /** For what no statement of Zoom's tells. */
  async function tellPanels(account: string, changes: { engagementId: string; agents: string[] }[]): Promise<void> {
    await database.db
      .transaction()
      .execute((transaction) => liveStore.append(transaction, account, changes, clock()))
      .then(() => wakeUp.notify(account), report);
  }

  /** Needs an account to ask for. */
  function createReadBack() {
    if (config.zoom.accountId === undefined) return {};
    const { account } = config.zoom;
    const restTokens = { get: () => tokens.get('account_credentials'), forget: tokens.forget };
    const rest = createZoomRest({ http: createHttpClient(), tokens: restTokens, clock });
    const reconcile = createReconcile({
      ...{ account, database, rest, clock, log, metrics, redact: redactBody },
      isEnded: (engagementId) => engagements.isEnded(account, engagementId),
      apply: engagements.applyReconciled,
    });
    return { past: createPastEngagements({ rest, clock }), reconcile };
  }

  /** Of all processes on this database the one that holds the lease does it. */
  function createSolo(name: string, { start, stop }: { start(): void; stop(): Promise<void> }) {
    const term = { name: `${name} ${config.zoom.account}`, owner: randomUUID(), ttlMs: 15_000, renewEveryMs: 5_000 };
    return createLease({ database, ...term, onGained: start, onLost: stop, report });
  }

  function createSocket(subscriptionId: string | undefined) {
    if (subscriptionId === undefined) return undefined;
    const { account, webSocketUrl: url } = config.zoom;
    const listener = createZoomSocket({
      ...{ url, subscriptionId, tokens, clock, metrics, log },
      receive: (body) => intake.receiver.receiveZoomEvent('socket', body),
      gaps: createSocketGapStore(database, account),
      onGap({ from, until }) {
        if (until !== null) reconcile?.owe({ from, until });
        engagements.listAllOpen(account).then((open) => tellPanels(account, open), report);
      },
    });
    return createSolo('zoom-socket', listener);
  }
}

/**
 * An event of an account that is not the configured one is kept under its own key, so that nobody of ours sees it.
 * Without a configured account the installation serves one, and whatever is signed with its secret is its own.
 */
function accountOf({ zoom }: Config, accountId: string | undefined): string {
  return zoom.accountId === undefined || accountId === undefined ? zoom.account : accountKey(accountId);
}
