import type { ConnectorCustomer } from '../port/connector.ts';
import { missingParts } from '../port/missing-parts.ts';
import { orderByIds } from '../port/order-by-ids.ts';
import { joinFound, mapFound, mapItems, notFound, type Outcome } from '../port/outcome.ts';
import type { Row, Rows } from './api.ts';
import { columnsOf } from './card-fields.ts';
import { readCustomerId, toCustomer, toCustomerId } from './mapping.ts';
import type { Parts } from './parts.ts';
import { readGuid } from './row.ts';
import { type TableName, tables } from './tables.ts';

/** Rows of a list, per customer. */
const casesAtFirst = 50;
const maxCases = 200;
const maxActivities = 20;

/**
 * One round trip for any number of customers: the records of each table, open cases and the newest activities, in
 * parallel. A second follows for customers whose common list is cut.
 */
export async function readCards(customerIds: string[], parts: Parts): Promise<Outcome<ConnectorCustomer[]>> {
  const { api, settings } = parts;
  const keys = customerIds.flatMap((customerId) => readCustomerId(customerId) ?? []);
  if (keys.length === 0) return notFound;
  const ids = keys.map(({ id }) => id);
  const names = Object.keys(tables) as TableName[];
  const [cases, activities, records] = await Promise.all([
    listForEach(ids, { atFirst: casesAtFirst, atMost: maxCases }, api.listOpenCases),
    listForEach(ids, { atFirst: maxActivities, atMost: maxActivities }, api.listActivities),
    Promise.all(
      names.map((name) => {
        const ownIds = keys.filter(({ table }) => table === name).map(({ id }) => id);
        return readRecords(name, ownIds, parts);
      }),
    ),
  ]);
  const customers = names.map((name, index) =>
    mapItems(records[index] ?? notFound, (row) => {
      const id = readGuid(row, tables[name].id) ?? '';
      const own = { cases: cases(id), activities: activities(id) };
      const related = { cases: rowsOf(own.cases), activities: rowsOf(own.activities) };
      // The newest activities are enough; of cases every open one counts.
      const cutCases = own.cases.kind === 'found' && own.cases.value.isCut;
      const missing = missingParts({
        cases: cutCases ? { kind: 'invalid', reason: 'list-cut' } : own.cases,
        interactions: own.activities,
      });
      return toCustomer(name, row, related, settings).map((customer) => ({ ...customer, ...missing }));
    }),
  );
  return mapFound(joinFound(customers), (list) => orderByIds(list, keys.map(toCustomerId)));
}

/** One list for all customers. If it is cut, each customer gets one of its own. */
async function listForEach(
  ids: string[],
  { atFirst, atMost }: { atFirst: number; atMost: number },
  list: (ids: string[], top: number) => Promise<Outcome<Rows>>,
): Promise<(id: string) => Outcome<Rows>> {
  const common = await list(ids, atFirst * ids.length);
  const isWhole = common.kind !== 'found' || !common.value.isCut || (ids.length === 1 && atFirst === atMost);
  if (isWhole) return () => common;
  const lists = await Promise.all(ids.map(async (id) => [id, await list([id], atMost)] as const));
  const byId = new Map(lists);
  return (id) => byId.get(id) ?? notFound;
}

function rowsOf(outcome: Outcome<Rows>): Row[] {
  return outcome.kind === 'found' ? outcome.value.rows : [];
}

async function readRecords(table: TableName, ids: string[], { api, settings }: Parts): Promise<Outcome<Row[]>> {
  if (ids.length === 0) return notFound;
  const columns = columnsOf(settings.fields);
  if (table === 'contact') return api.readContacts(ids, columns.contact, columns.account);
  return table === 'account' ? api.readAccounts(ids, columns.account) : api.readLeads(ids);
}
