/**
 * Cards in one round trip: customers, open cases and interactions, in parallel. A second follows for several customers
 * whose common page is not the last one, for further pages of one customer, and to explain an empty list.
 */
import type { ConnectorCustomer } from '../port/connector.ts';
import { missingParts } from '../port/missing-parts.ts';
import { orderByIds } from '../port/order-by-ids.ts';
import { mapFound, mapItems, notFound, type Outcome } from '../port/outcome.ts';
import type { Rows } from './api.ts';
import { caseFields, interactionFields, isSysId, summaryFields, toCustomer } from './mapping.ts';
import type { Parts } from './parts.ts';
import { equals, isOneOf } from './query.ts';
import { type Row, readValue } from './row.ts';
import { listReadable } from './table-access.ts';

/** Rows of a page, per customer. */
const casePage = 50;
const interactionPage = 20;
const maxPages = 4;

export async function readCards(customerIds: string[], parts: Parts): Promise<Outcome<ConnectorCustomer[]>> {
  const { settings, tables } = parts;
  const ids = customerIds.filter(isSysId);
  if (ids.length === 0) return notFound;
  const fields = [...summaryFields(tables), ...Object.values(tables.fields)];
  const [rows, cases, interactions] = await Promise.all([
    listReadable({ table: tables.table, where: [[isOneOf('sys_id', ids)]], fields, limit: ids.length }, parts),
    listForEach(ids, casePage, tables.caseCustomer, (some, page) => listCases(some, page, parts)),
    listForEach(ids, interactionPage, tables.interactionCustomer, (some, page) => listInteractions(some, page, parts)),
  ]);
  const customers = mapItems(
    mapFound(rows, (list) => list.rows),
    (row) => {
      const id = readValue(row, 'sys_id') ?? '';
      const own = { cases: cases(id), interactions: interactions(id) };
      // The newest interactions are enough; of cases every open one counts.
      const cutCases = own.cases.kind === 'found' && own.cases.value.isCut;
      const missing = missingParts({
        cases: cutCases ? { kind: 'invalid', reason: 'list-cut' } : own.cases,
        interactions: own.interactions,
      });
      const related = { cases: rowsOf(own.cases), interactions: rowsOf(own.interactions) };
      return [{ ...toCustomer(row, related, tables, settings), ...missing }];
    },
  );
  return mapFound(customers, (list) => orderByIds(list, ids));
}

type Page = { limit: number; maxPages: number };

/** One page for all customers. If there are more, each customer gets pages of its own. */
async function listForEach(
  ids: string[],
  limit: number,
  field: string,
  list: (ids: string[], page: Page) => Promise<Outcome<Rows>>,
): Promise<(id: string) => Outcome<Rows>> {
  const [onlyId] = ids.length === 1 ? ids : [];
  const common = await list(ids, { limit: limit * ids.length, maxPages: onlyId === undefined ? 1 : maxPages });
  if (onlyId !== undefined || common.kind !== 'found' || !common.value.isCut) {
    return (id) =>
      mapFound(common, ({ rows, isCut }) => ({ isCut, rows: rows.filter((row) => readValue(row, field) === id) }));
  }
  const lists = await Promise.all(ids.map(async (id) => [id, await list([id], { limit, maxPages })] as const));
  const byId = new Map(lists);
  return (id) => byId.get(id) ?? notFound;
}

function listCases(ids: string[], page: Page, parts: Parts) {
  const { caseTable, caseCustomer } = parts.tables;
  return listReadable(
    {
      ...page,
      table: caseTable,
      fields: [...caseFields, caseCustomer],
      isCounted: true,
      order: 'ORDERBYDESCsys_updated_on',
      where: [[isOneOf(caseCustomer, ids)], [equals('active', 'true')]],
    },
    parts,
  );
}

function listInteractions(ids: string[], page: Page, parts: Parts) {
  const { interactionCustomer } = parts.tables;
  return listReadable(
    {
      ...page,
      // Newest first: further pages have older ones.
      maxPages: 1,
      table: 'interaction',
      fields: [...interactionFields, interactionCustomer],
      isCounted: true,
      where: [[isOneOf(interactionCustomer, ids)]],
      order: 'ORDERBYDESCopened_at',
    },
    parts,
  );
}

function rowsOf(outcome: Outcome<Rows>): Row[] {
  return outcome.kind === 'found' ? outcome.value.rows : [];
}
