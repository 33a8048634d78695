import type { DomainEventBus } from '../events.ts';
import type { Feature } from '../feature.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Database } from '../platform/storage/database.ts';
import { createLinkStore } from './link-store.ts';
import { customerRetention } from './retention.ts';
import { createCustomerRoutes } from './routes.ts';
import { type CustomerService, createCustomerService } from './service.ts';
import { createVerificationStore } from './verification-store.ts';

export type Customers = Feature & CustomerService;

type ServiceParts = Parameters<typeof createCustomerService>[0];

/** Finds the customer of an engagement, and prefetches it while the engagement rings. */
export function createCustomers(
  parts: Omit<ServiceParts, 'links' | 'verifications' | 'countView' | 'reportFailure'> & {
    database: Pick<Database, 'db' | 'kind'>;
    bus: Pick<DomainEventBus, 'subscribe'>;
    metrics: Pick<Metrics, 'views'>;
    log: Pick<Log, 'error'>;
  },
): Customers {
  const { database, bus, metrics, log } = parts;
  const service = createCustomerService({
    ...parts,
    links: createLinkStore(database),
    verifications: createVerificationStore(database),
    countView: (isPrefetched) => metrics.views.inc({ prefetched: String(isPrefetched) }),
    reportFailure: (err) => log.error({ err }, 'a source broke its contract'),
  });
  bus.subscribe('engagement.changed', ({ account, engagementId, facts, isArriving }) => {
    if (isArriving) service.warm(account, engagementId, facts);
  });
  return { ...service, routes: createCustomerRoutes(service), retention: customerRetention };
}
