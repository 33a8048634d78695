import type { DomainEventBus } from '../events.ts';
import type { Feature } from '../feature.ts';
import type { Config } from '../platform/config.ts';
import type { Log } from '../platform/log.ts';
import { createOwnNumberRegistry } from './own-number-registry.ts';
import { createCustomerRetention } from './retention.ts';
import { type CustomerService, type CustomerServiceParts, createCustomerService } from './service.ts';

type Customers = Feature & CustomerService;

/** Finds the customer of an engagement, and prefetches it while the engagement rings. */
export function createCustomers(
  parts: Omit<CustomerServiceParts, 'reportFailure' | 'ownNumbersOf'> & {
    config: Pick<Config, 'ownNumbers'>;
    bus: Pick<DomainEventBus, 'subscribe'>;
    log: Pick<Log, 'error'>;
  },
): Customers {
  const { bus, log, config, database, clock } = parts;
  const ownNumbers = createOwnNumberRegistry({
    database,
    configured: config.ownNumbers,
    clock,
    readCountry: () => service.readCountry(),
    report: (err) => log.error({ err }, 'own numbers could not be read'),
  });
  const service: CustomerService = createCustomerService({
    ...parts,
    ownNumbersOf: ownNumbers.ownNumbersOf,
    reportFailure: (err) => log.error({ err }, 'customer look-up failed'),
  });
  bus.subscribe('engagement.changed', (event) => {
    ownNumbers.remember(event);
    const { account, engagementId, facts, shouldPrefetch } = event;
    if (shouldPrefetch) service.prefetch(account, engagementId, facts);
  });
  return {
    ...service,
    transactionHooks: [ownNumbers.learn],
    retention: createCustomerRetention(database),
    async start() {
      await Promise.all([service.readCountries(), ownNumbers.load()]);
      ownNumbers.start();
    },
    stop: ownNumbers.stop,
  };
}
