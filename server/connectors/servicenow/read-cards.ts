/**
 * Cards in one round trip: customers, open cases and interactions, in parallel. A second follows only for several
 * customers whose common page of cases or interactions is full.
 */
import type { ConnectorCustomer } from '../port/connector.ts';
import { missingParts } from '../port/missing-parts.ts';
import { orderByIds } from '../port/order-by-ids.ts';
import { itemsOf, joinFound, mapFound, mapItems, notFound, type Outcome } from '../port/outcome.ts';
import { caseFields, interactionFields, isSysId, summaryFields, toCustomer } from './mapping.ts';
import type { Parts } from './parts.ts';
import { equals, isOneOf } from './query.ts';
import { type Row, readValue } from './row.ts';

/** Per customer. */
const maxCases = 50;
const maxInteractions = 20;

export async function readCards(customerIds: string[], parts: Parts): Promise<Outcome<ConnectorCustomer[]>> {
  const { api, settings, tables } = parts;
  const ids = customerIds.filter(isSysId);
  if (ids.length === 0) return notFound;
  const fields = [...summaryFields(tables), ...Object.values(tables.fields)];
  const [rows, cases, interactions] = await Promise.all([
    api.list({ table: tables.table, where: [[isOneOf('sys_id', ids)]], fields, limit: ids.length }),
    listForAll(ids, maxCases, (some, limit) => listCases(some, limit, parts)),
    listForAll(ids, maxInteractions, (some, limit) => listInteractions(some, limit, parts)),
  ]);
  const missing = missingParts({ cases, interactions });
  const customers = mapItems(rows, (row) => {
    const id = readValue(row, 'sys_id') ?? '';
    const related = {
      cases: rowsOf(cases, tables.caseCustomer, id),
      interactions: rowsOf(interactions, tables.interactionCustomer, id),
    };
    return [{ ...toCustomer(row, related, tables, settings), ...missing }];
  });
  return mapFound(customers, (list) => orderByIds(list, ids));
}

/** One page for all customers. If it is full, each customer gets a page of its own. */
async function listForAll(
  ids: string[],
  pageSize: number,
  list: (ids: string[], limit: number) => Promise<Outcome<Row[]>>,
): Promise<Outcome<Row[]>> {
  const limit = pageSize * ids.length;
  const page = await list(ids, limit);
  const isFull = itemsOf(page).length >= limit;
  return isFull && ids.length > 1 ? joinFound(await Promise.all(ids.map((id) => list([id], pageSize)))) : page;
}

function listCases(ids: string[], limit: number, { api, tables }: Parts) {
  const { caseTable, caseCustomer } = tables;
  return api.list({
    table: caseTable,
    fields: [...caseFields, caseCustomer],
    limit,
    order: 'ORDERBYDESCsys_updated_on',
    where: [[isOneOf(caseCustomer, ids)], [equals('active', 'true')]],
  });
}

function listInteractions(ids: string[], limit: number, { api, tables }: Parts) {
  const { interactionCustomer } = tables;
  return api.list({
    table: 'interaction',
    fields: [...interactionFields, interactionCustomer],
    limit,
    where: [[isOneOf(interactionCustomer, ids)]],
    order: 'ORDERBYDESCopened_at',
  });
}

function rowsOf(outcome: Outcome<Row[]>, field: string, id: string): Row[] {
  return itemsOf(outcome).filter((row) => readValue(row, field) === id);
}
