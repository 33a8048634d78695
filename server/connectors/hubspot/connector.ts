import { createTtlCache } from '../port/answer-cache.ts';
import type { Connector, ConnectorTools } from '../port/connector.ts';
import { createAccountData } from './account-data.ts';
import { createApi } from './api.ts';
import { createAssociatedSearch } from './associated-search.ts';
import { checkConnection } from './check-connection.ts';
import { findByAccount, findByCase, findByEmail, findByPhone, search } from './find-customers.ts';
import { logActivity } from './log-activity.ts';
import type { Parts, Settings } from './parts.ts';
import { readCards } from './read-cards.ts';

export function createConnector(settings: Settings, { crm, clock }: Pick<ConnectorTools, 'crm' | 'clock'>): Connector {
  const api = createApi(crm, settings.apiVersion);
  const parts: Parts = {
    api,
    settings,
    account: createAccountData(api, clock),
    searchAssociated: createAssociatedSearch(api, clock),
    employers: createTtlCache(clock),
  };
  return {
    findByPhone: (phone, limit) => findByPhone(phone, limit, parts),
    findByEmail: (email, limit) => findByEmail(email, limit, parts),
    findByCase: (number, limit) => findByCase(number, limit, parts),
    ...(settings.fields.accountNumber !== undefined && {
      findByAccount: (number, limit) => findByAccount(number, limit, parts),
    }),
    search: (query, limit) => search(query, limit, parts),
    readCustomers: (ids, freshness) => readCards(ids, freshness, parts),
    logActivity: (activity) => logActivity(activity, parts),
    check: () => checkConnection(parts),
  };
}
