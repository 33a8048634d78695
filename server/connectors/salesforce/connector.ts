import type { Connector, ConnectorTools } from '../port/connector.ts';
import { createApi } from './api.ts';
import { checkConnection } from './check-connection.ts';
import { findByAccount, findByCase, findByEmail, findByPhone, search } from './find-customers.ts';
import { type LogSettings, logActivity } from './log-activity.ts';
import { readCards } from './read-cards.ts';
import { createRecordKinds, type KindSettings } from './record-kinds.ts';

export type ConnectorSettings = KindSettings & LogSettings & { apiVersion: string; phoneSearch: 'thorough' | 'index' };

export function createConnector(settings: ConnectorSettings, { crm }: ConnectorTools): Connector {
  const api = createApi(crm, settings.apiVersion);
  const kinds = createRecordKinds(settings);
  const parts = { api, kinds };
  return {
    findByPhone: (phone, limit) => findByPhone(phone, limit, settings.phoneSearch === 'thorough', parts),
    findByEmail: (email, limit) => findByEmail(email, limit, parts),
    findByCase: (number, limit) => findByCase(number, limit, parts),
    findByAccount: (number, limit) => findByAccount(number, limit, parts),
    search: (query, limit) => search(query, limit, parts),
    readCustomers: (ids) => readCards(ids, { kinds, linkTemplate: settings.linkTemplate }, api),
    logActivity: (activity) => logActivity(activity, settings, parts),
    check: () => checkConnection(settings, parts),
  };
}
