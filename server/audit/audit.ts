import type { Feature } from '../feature.ts';
import type { Clock } from '../platform/clock.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Database } from '../platform/storage/database.ts';
import { createAuditStore } from './audit-store.ts';
import { createAuditTrail, type RecordAudit, type RecordShownCustomers } from './audit-trail.ts';
import { auditRetention } from './retention.ts';

type Audit = Feature & { record: RecordAudit; recordShownCustomers: RecordShownCustomers };

export function createAudit(parts: {
  database: Pick<Database, 'db' | 'kind'>;
  clock: Clock;
  metrics: Pick<Metrics, 'auditEntries'>;
}): Audit {
  const { metrics } = parts;
  const store = createAuditStore(parts);
  const trail = createAuditTrail({
    append: store.append,
    countEntry: (action) => metrics.auditEntries.inc({ action }),
  });
  return { ...trail, retention: auditRetention };
}
