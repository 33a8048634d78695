import type { Feature } from '../feature.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Database } from '../platform/storage/database.ts';
import type { Db } from '../platform/storage/schema.ts';
import { createActBudget, type SpendActBudget } from './act-budget.ts';
import { createActCountStore } from './act-count-store.ts';
import type { AuditEntry } from './audit-entry.ts';
import { createAuditStore } from './audit-store.ts';
import { createAuditTrail, type RecordAudit, type RecordShownCustomers } from './audit-trail.ts';
import { createChainSeal } from './chain-seal.ts';
import { createChainWatch } from './chain-watch.ts';
import { createAuditRetention } from './retention.ts';

type Audit = Feature & {
  record: RecordAudit;
  /** In the caller's transaction, which then holds the lock of the trail. */
  recordIn(transaction: Db, entry: AuditEntry): Promise<void>;

  recordShownCustomers: RecordShownCustomers;
  spendActBudget: SpendActBudget;
};

/** The append-only, hash-chained trail of what agents did and saw, and how much of it they may do. */
export function createAudit(parts: {
  config: Pick<Config, 'secretsKey'>;
  database: Pick<Database, 'db' | 'kind'>;
  clock: Clock;
  log: Pick<Log, 'info' | 'error' | 'warn'>;
  metrics: Pick<Metrics, 'auditEntries' | 'actsRefused' | 'auditBroken' | 'auditVerifiedAt'>;
}): Audit {
  const { config, database, clock, log, metrics } = parts;
  const seal = config.secretsKey && createChainSeal(config.secretsKey);
  const store = createAuditStore({ database, clock, seal });
  const trail = createAuditTrail({
    append: store.append,
    countEntry: (action) => metrics.auditEntries.inc({ action }),
  });
  const counts = createActCountStore(database);
  const spendActBudget = createActBudget({
    store: counts,
    clock,
    async recordRefusal(entry, { act, hourAt }) {
      const isFirst = await database.db.transaction().execute(async (transaction) => {
        if (!(await counts.markRefused(transaction, { agent: entry.agent, act, hourAt }))) return false;
        await store.appendIn(transaction, [entry]);
        return true;
      });
      if (isFirst) metrics.auditEntries.inc({ action: entry.action });
    },
    countRefusal: (act) => metrics.actsRefused.inc({ action: act }),
  });
  const watch = createChainWatch({ store, seal, clock, log, metrics });
  return {
    record: trail.record,
    async recordIn(transaction, entry) {
      await store.appendIn(transaction, [entry]);
      metrics.auditEntries.inc({ action: entry.action });
    },
    recordShownCustomers: trail.recordShownCustomers,
    spendActBudget,
    retention: createAuditRetention(store, counts),
    async start() {
      await store.sealNewTrail();
      watch.start();
    },
    stop: watch.stop,
  };
}
