import { ofKind, type RequestKind } from '../http/crm-http.ts';
import { createTtlCache } from '../port/answer-cache.ts';
import type { Connector, ConnectorTools } from '../port/connector.ts';
import { createAccountData } from './account-data.ts';
import { createApi, type Place } from './api.ts';
import { createAssociatedSearch } from './associated-search.ts';
import { checkConnection } from './check-connection.ts';
import { findByAccount, findByCase, findByEmail, findByPhone, search } from './find-customers.ts';
import { logActivity } from './log-activity.ts';
import type { Parts, Settings } from './parts.ts';
import { readCards } from './read-cards.ts';

export function createConnector(settings: Settings, { crm, clock }: Pick<ConnectorTools, 'crm' | 'clock'>): Connector {
  const createApiFor = (kind: RequestKind) => createApi(ofKind(crm, kind), settings.apiVersion);
  const shared = {
    settings,
    account: createAccountData(createApiFor('schema'), clock),
    searchAssociated: createAssociatedSearch(createApiFor('optional'), clock),
    employers: createTtlCache<Place>(clock),
  };
  const partsFor = (kind: RequestKind): Parts => ({ ...shared, api: createApiFor(kind) });
  return {
    findByPhone: (phone, limit) => findByPhone(phone, limit, partsFor('scan')),
    findByEmail: (email, limit, mailbox) => findByEmail({ email, limit, mailbox }, partsFor),
    findByCase: (number, limit) => findByCase(number, limit, partsFor('lookup')),
    ...(settings.fields.accountNumber !== undefined && {
      findByAccount: (number, limit) => findByAccount(number, limit, partsFor('lookup')),
    }),
    search: (query, limit) => search(query, limit, partsFor('search')),
    readCustomers: (ids, freshness) => readCards(ids, freshness, partsFor('read')),
    logActivity: (activity) => logActivity(activity, partsFor('write')),
    check: () => checkConnection(partsFor('schema')),
  };
}
