import type { Connector, ConnectorTools } from '../port/connector.ts';
import { createApi } from './api.ts';
import { checkConnection } from './check-connection.ts';
import { findByAccount, findByCase, findByEmail, findByPhone, isSearchable, search } from './find-customers.ts';
import { logActivity } from './log-activity.ts';
import { createLogTickets } from './log-tickets.ts';
import type { Parts, Settings } from './parts.ts';
import { readCards } from './read-cards.ts';
import { createTalkCalls } from './talk-calls.ts';

export function createConnector(settings: Settings, { crm, clock }: ConnectorTools): Connector {
  const api = createApi(crm);
  const parts: Parts = {
    api,
    settings,
    tickets: createLogTickets(api, clock),
    calls: createTalkCalls(settings, api, clock),
  };
  return {
    findByPhone: (phone, limit) => findByPhone(phone, limit, parts),
    findByEmail: (email, limit) => findByEmail(email, limit, parts),
    findByCase: (number, limit) => findByCase(number, limit, parts),
    ...(isSearchable(settings.fields.accountNumber) && {
      findByAccount: (number, limit) => findByAccount(number, limit, parts),
    }),
    search: (query, limit) => search(query, limit, parts),
    readCustomers: (ids) => readCards(ids, parts),
    logActivity: (activity) => logActivity(activity, parts),
    check: () => checkConnection(parts),
  };
}
