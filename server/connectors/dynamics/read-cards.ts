import type { ConnectorCustomer } from '../port/connector.ts';
import { missingParts } from '../port/missing-parts.ts';
import { orderByIds } from '../port/order-by-ids.ts';
import { itemsOf, joinFound, mapFound, mapItems, notFound, type Outcome } from '../port/outcome.ts';
import type { Row } from './api.ts';
import { columnsOf } from './card-fields.ts';
import { readCustomerId, toCustomer, toCustomerId } from './mapping.ts';
import type { Parts } from './parts.ts';
import { type TableName, tables } from './tables.ts';

/**
 * One round trip for any number of customers: the records of each table, all open cases and all activities, in
 * parallel.
 */
export async function readCards(customerIds: string[], parts: Parts): Promise<Outcome<ConnectorCustomer[]>> {
  const { api, settings } = parts;
  const keys = customerIds.flatMap((customerId) => readCustomerId(customerId) ?? []);
  if (keys.length === 0) return notFound;
  const ids = keys.map(({ id }) => id);
  const names = Object.keys(tables) as TableName[];
  const [cases, activities, records] = await Promise.all([
    api.listOpenCases(ids),
    api.listActivities(ids),
    Promise.all(
      names.map((name) => {
        const ownIds = keys.filter(({ table }) => table === name).map(({ id }) => id);
        return readRecords(name, ownIds, parts);
      }),
    ),
  ]);
  const related = { cases: itemsOf(cases), activities: itemsOf(activities) };
  const missing = missingParts({ cases, interactions: activities });
  const customers = names.map((name, index) =>
    mapItems(records[index] ?? notFound, (row) =>
      toCustomer(name, row, related, settings).map((customer) => ({ ...customer, ...missing })),
    ),
  );
  return mapFound(joinFound(customers), (list) => orderByIds(list, keys.map(toCustomerId)));
}

async function readRecords(table: TableName, ids: string[], { api, settings }: Parts): Promise<Outcome<Row[]>> {
  if (ids.length === 0) return notFound;
  const columns = columnsOf(settings.fields);
  if (table === 'contact') return api.readContacts(ids, columns.contact, columns.account);
  return table === 'account' ? api.readAccounts(ids, columns.account) : api.readLeads(ids);
}
