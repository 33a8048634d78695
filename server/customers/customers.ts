import type { DomainEventBus } from '../events.ts';
import type { Feature } from '../feature.ts';
import type { Log } from '../platform/log.ts';
import { createCustomerRetention } from './retention.ts';
import { type CustomerService, type CustomerServiceParts, createCustomerService } from './service.ts';

type Customers = Feature & CustomerService;

/** Finds the customer of an engagement, and prefetches it while the engagement rings. */
export function createCustomers(
  parts: Omit<CustomerServiceParts, 'reportFailure'> & {
    bus: Pick<DomainEventBus, 'subscribe'>;
    log: Pick<Log, 'error'>;
  },
): Customers {
  const { bus, log } = parts;
  const service = createCustomerService({
    ...parts,
    reportFailure: (err) => log.error({ err }, 'customer look-up failed'),
  });
  bus.subscribe('engagement.changed', ({ account, engagementId, facts, shouldPrefetch }) => {
    if (shouldPrefetch) service.prefetch(account, engagementId, facts);
  });
  return {
    ...service,
    retention: createCustomerRetention(parts.database),
    start: async () => void (await service.readCountries()),
  };
}
