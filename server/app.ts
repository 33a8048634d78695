import type { Server } from 'node:http';
import type { EngagementFacts } from '#contract/engagements.ts';
import { createAudit } from './audit/audit.ts';
import { createAuth } from './auth/auth.ts';
import { createConnectors } from './connectors/connectors.ts';
import { createCustomers } from './customers/customers.ts';
import { listIdentifiers } from './customers/engagement-identifiers.ts';
import { identifiers } from './customers/identifiers/identifiers.ts';
import { createChangeQuota } from './engagements/change-quota.ts';
import { createEngagements } from './engagements/engagements.ts';
import { createDomainEventBus, createRunTransaction, type TransactionHook } from './events.ts';
import { combineFeatures, type ViewGroupReaders } from './feature.ts';
import { createIntake } from './intake/intake.ts';
import { redactBody } from './intake/normalize/parse-and-redact.ts';
import { createLive } from './live/live.ts';
import { createHistoryReader } from './panel/history-reader.ts';
import { createPanel } from './panel/panel.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import { AppError } from './platform/errors.ts';
import { panelFolder } from './platform/folders.ts';
import { createAppShell } from './platform/http/app-shell.ts';
import { createHttpServer } from './platform/http/http-server.ts';
import type { Route } from './platform/http/route.ts';
import { listSecurityHeaders } from './platform/http/security-headers.ts';
import { createJobRunner } from './platform/jobs/job-runner.ts';
import { createJobStore } from './platform/jobs/job-store.ts';
import { createJobRetention } from './platform/jobs/retention.ts';
import { createLog, type Log } from './platform/log.ts';
import { createMetrics } from './platform/metrics.ts';
import { createRetention, type RetentionRule } from './platform/retention.ts';
import { openDatabase } from './platform/storage/database.ts';
import { createReadinessCheck, writeReadinessRow } from './platform/storage/readiness-check.ts';
import { storageRetention } from './platform/storage/retention.ts';
import { createReconciliation } from './reconcile/reconciliation.ts';

/** A running Deskside. `start` resolves with the port once it answers; `stop` finishes what is under way first. */
export type App = {
  server: Server;
  routes: Route[];
  /** How long each table keeps its rows; a test compares them with the tables. */
  retentionRules: RetentionRule[];
  start(): Promise<{ port: number }>;
  stop(): Promise<void>;
};

type AppOverrides = { clock?: Clock; log?: Log; panelDirectory?: string };

/** Composition root: creates every feature and passes it what it needs from the others. */
export async function createApp(config: Config, overrides: AppOverrides = {}): Promise<App> {
  const clock = overrides.clock ?? systemClock;
  const log = overrides.log ?? createLog(config.logLevel);
  const database = await openDatabase(config.databaseUrl, { connections: config.databaseConnections });
  const metrics = createMetrics();
  const report = (err: unknown) => log.warn({ err }, 'a part of the server could not do its work');
  const bus = createDomainEventBus(report);
  const runTransaction = createRunTransaction({ db: database.db, publish: bus.publish });
  const hooks: TransactionHook[] = [];
  const platform = { config, clock, log, database, metrics, report, bus, runTransaction };

  const audit = createAudit(platform);
  const auth = createAuth({
    ...platform,
    recordAudit: audit.record,
    recordAuditIn: audit.recordIn,
    agents: {
      async read(agent, transaction) {
        const known = await (transaction
          ? engagements.lockAgent(transaction, agent)
          : engagements.readAgent(agent.account, agent.uid));
        return known && { isDeleted: known.isDeleted?.value === true };
      },
      // With TRUST_PANELS every user whom Zoom signs in is an agent, unless Zoom deleted them.
      isListed: async (agent) => (config.trustPanels ? undefined : reconciliation.isListed(agent.uid)),
    },
  });
  const live = createLive({
    ...platform,
    composeView: (agent, engagementId) => panel.composePush(agent, engagementId),
    listOpen: (agent) => engagements.listOpen(agent),
    filterLiveSessions: auth.filterLiveSessions,
  });
  const engagements = createEngagements({
    ...platform,
    hooks,
    appendChanges: live.appendChanges,
    maskText: (text) => customers.maskText(text),
    trustPanels: config.trustPanels,
  });
  const reconciliation = createReconciliation({
    ...platform,
    zoomTokens: auth.zoomTokens,
    applyReconciled: engagements.applyReconciled,
    isEnded: engagements.isEnded,
    redact: redactBody,
    maskText: (text) => customers.maskText(text),
    onPast: live.notifyPanels,
  });
  const intake = createIntake({
    ...platform,
    zoomTokens: auth.zoomTokens,
    apply: engagements.apply,
    onGap(account, { from, until }) {
      if (until !== null) reconciliation.requestSweep({ from, until });
      engagements.listAllOpen(account).then((open) => live.notifyPanels(account, open), report);
    },
  });
  const connectors = createConnectors({ ...platform, identifiers });
  const customers = createCustomers({
    ...platform,
    sources: connectors.sources,
    recordAudit: audit.record,
    notifyLateResult: (account, engagementId, agentIds) => live.notifyPanels(account, [{ engagementId, agentIds }]),
  });
  const listPhones = (facts: EngagementFacts) => listIdentifiers(facts).filter(({ kind }) => kind === 'phone');
  const viewGroups: ViewGroupReaders = { history: createHistoryReader(reconciliation.findPast, listPhones) };
  const spendQuota = createChangeQuota({ clock });
  const panel = createPanel({
    ...platform,
    engagements,
    customers,
    readers: viewGroups,
    recordShownCustomers: audit.recordShownCustomers,
    spendActBudget: audit.spendActBudget,
    notifyDecision({ account, uid }, engagementId, isShared) {
      const concerned = isShared ? engagements.listConcerned(account, engagementId) : Promise.resolve([]);
      concerned
        .then((agentIds) => live.notifyPanels(account, [{ engagementId, agentIds: [...new Set([uid, ...agentIds])] }]))
        .catch(report);
    },
    // Each identifier is a query to every source.
    spendQuota: (agent, facts, bytes) => spendQuota(agent, { identifiers: listIdentifiers(facts).length, bytes }),
  });

  // Started in this order and stopped in reverse. A feature uses those before it; to compose views, live also uses
  // engagements and panel, and panel uses reconciliation.
  const features = combineFeatures([
    audit,
    auth,
    live,
    engagements,
    connectors,
    customers,
    panel,
    reconciliation,
    intake,
  ]);
  hooks.push(...features.transactionHooks);
  Object.assign(viewGroups, features.viewGroups);

  const jobStore = createJobStore(platform);
  const jobs = createJobRunner({ db: database.db, store: jobStore, handlers: features.jobs, clock, log });
  const retentionRules = [...features.retention, ...createJobRetention(jobStore), ...storageRetention];
  const retention = createRetention({ rules: retentionRules, clock, log });
  const checkDatabase = createReadinessCheck({ ping: database.ping, write: () => writeReadinessRow(database.db) });
  let isStopping = false;
  const shell = createAppShell({
    config,
    log,
    routes: features.routes,
    guards: { authenticate: auth.authenticate, flowTokens: config.flowTokens },
    async checkReady() {
      if (isStopping) throw new AppError('unavailable', 'Not ready: the server is stopping.', { reason: 'stopping' });
      await checkDatabase();
    },
    listConditions: () => (connectors.isRebuildingDirectory() ? { rebuildsDirectory: true } : {}),
    metrics: async () => ({ contentType: metrics.registry.contentType, text: await metrics.registry.metrics() }),
    countRefusal: (refusal) => metrics.refused.inc(refusal),
    panelDirectory: overrides.panelDirectory ?? panelFolder,
  });
  const http = createHttpServer(shell, {
    headers: listSecurityHeaders(config.frameAncestors),
    limits: { lingerMs: config.drainLingerMs },
    onDrop: () => metrics.droppedConnections.inc(),
  });

  return {
    server: http.server,
    routes: features.routes,
    retentionRules,
    async start() {
      await features.start();
      jobs.start();
      retention.start();
      return { port: await http.listen(config.port, config.host) };
    },
    // `/readyz` says no, so that a load balancer sends nothing more; then nothing new is accepted, then requests under
    // way are finished, then the database is closed.
    async stop() {
      isStopping = true;
      await Promise.all([retention.stop(), jobs.stop(), http.linger()]);
      await Promise.all([features.drain(), http.drain()]);
      await features.stop();
      await database.close();
    },
  };
}
