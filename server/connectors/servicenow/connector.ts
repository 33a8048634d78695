import type { Connector, ConnectorTools } from '../port/connector.ts';
import { createApi } from './api.ts';
import { checkConnection } from './check-connection.ts';
import { findByAccount, findByCase, findByEmail, findByPhone, search } from './find-customers.ts';
import { logActivity } from './log-activity.ts';
import type { Parts, Settings } from './parts.ts';
import { readCards } from './read-cards.ts';
import { chooseTables } from './table-sets.ts';

export function createConnector(settings: Settings, { crm }: Pick<ConnectorTools, 'crm'>): Connector {
  const parts: Parts = { api: createApi(crm), settings, tables: chooseTables(settings) };
  return {
    findByPhone: (phone, limit) => findByPhone(phone, limit, parts),
    findByEmail: (email, limit) => findByEmail(email, limit, parts),
    findByCase: (number, limit) => findByCase(number, limit, parts),
    ...(parts.tables.fields.accountNumber !== undefined && {
      findByAccount: (number, limit) => findByAccount(number, limit, parts),
    }),
    search: (query, limit) => search(query, limit, parts),
    readCustomers: (ids) => readCards(ids, parts),
    logActivity: (activity) => logActivity(activity, parts),
    check: () => checkConnection(parts),
  };
}
