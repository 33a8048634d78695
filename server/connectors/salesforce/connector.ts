import { ofKind, type RequestKind } from '../http/crm-http.ts';
import type { Connector, ConnectorTools } from '../port/connector.ts';
import { createApi } from './api.ts';
import { checkConnection } from './check-connection.ts';
import { findByAccount, findByCase, findByEmail, findByPhone, search } from './find-customers.ts';
import { logActivity } from './log-activity.ts';
import type { Parts, Settings } from './parts.ts';
import { readCards } from './read-cards.ts';
import { createRecordKinds } from './record-kinds.ts';
import { createTaskDescription } from './task-description.ts';

export function createConnector(settings: Settings, { crm, clock }: Pick<ConnectorTools, 'crm' | 'clock'>): Connector {
  const kinds = createRecordKinds(settings);
  const describeTask = createTaskDescription(clock);
  const partsFor = (kind: RequestKind): Parts => ({
    api: createApi(ofKind(crm, kind), settings.apiVersion),
    settings,
    kinds,
    describeTask,
  });
  return {
    findByPhone: (phone, limit) => findByPhone(phone, limit, partsFor('scan')),
    findByEmail: (email, limit, mailbox) => findByEmail({ email, limit, mailbox }, partsFor),
    findByCase: (number, limit) => findByCase(number, limit, partsFor('lookup')),
    findByAccount: (number, limit) => findByAccount(number, limit, partsFor('lookup')),
    search: (query, limit) => search(query, limit, partsFor('search')),
    readCustomers: (ids) => readCards(ids, partsFor('read')),
    logActivity: (activity) => logActivity(activity, partsFor('write')),
    check: () => checkConnection(partsFor('schema')),
  };
}
