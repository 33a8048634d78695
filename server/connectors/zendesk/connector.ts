import { ofKind, type RequestKind } from '../http/crm-http.ts';
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
  const logApi = createApi(ofKind(crm, 'write'));
  const shared = {
    settings,
    tickets: createLogTickets(logApi, clock),
    calls: createTalkCalls(settings, logApi, clock),
  };
  const partsFor = (kind: RequestKind): Parts => ({ ...shared, api: createApi(ofKind(crm, kind)) });
  return {
    findByPhone: (phone, limit) => findByPhone(phone, limit, partsFor('scan')),
    findByEmail: (email, limit, mailbox) => findByEmail({ email, limit, mailbox }, partsFor),
    findByCase: (number, limit) => findByCase(number, limit, partsFor('lookup')),
    ...(isSearchable(settings.fields.accountNumber) && {
      findByAccount: (number, limit) => findByAccount(number, limit, partsFor('lookup')),
    }),
    search: (query, limit) => search(query, limit, partsFor('search')),
    readCustomers: (ids) => readCards(ids, partsFor('read')),
    logActivity: (activity) => logActivity(activity, partsFor('write')),
    check: () => checkConnection(partsFor('schema')),
  };
}
