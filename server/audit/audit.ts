import type { Feature } from '../feature.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/storage/database.ts';
import { createAuditTrail, type RecordAudit } from './audit-trail.ts';
import { auditRetention } from './retention.ts';

type Audit = Feature & { record: RecordAudit };

export function createAudit({ database, clock }: { database: Pick<Database, 'db'>; clock: Clock }): Audit {
  return { ...createAuditTrail({ db: database.db, clock }), retention: auditRetention };
}
