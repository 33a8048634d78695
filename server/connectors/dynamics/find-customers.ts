import type { AccountHit, CaseHit, CustomerSummary, PhoneNumber, SearchQuery } from '../port/connector.ts';
import { joinFound, mapItems, notFound, type Outcome } from '../port/outcome.ts';
import type { Row } from './api.ts';
import { toAccountHits, toCaseHit, toSummary } from './mapping.ts';
import type { Parts } from './parts.ts';
import { queryByAccount, queryByCase, queryByEmail, queryByEmailPrefix, queryByName, queryByPhone } from './query.ts';
import { type Table, type TableName, tables } from './tables.ts';

export function findByPhone(phone: PhoneNumber, limit: number, parts: Parts): Promise<Outcome<CustomerSummary[]>> {
  return searchTables(({ phones }) => queryByPhone(phone, phones), limit, toSummary, parts);
}

export function findByEmail(email: string, limit: number, parts: Parts): Promise<Outcome<CustomerSummary[]>> {
  return searchTables(({ emails }) => queryByEmail(email, emails), limit, toSummary, parts);
}

export async function findByCase(number: string, limit: number, { api, settings }: Parts): Promise<Outcome<CaseHit[]>> {
  const filter = queryByCase(number, settings.casePrefix);
  return filter === undefined ? notFound : mapItems(await api.findCases(filter, limit), toCaseHit);
}

export async function findByAccount(number: string, limit: number, { api }: Parts): Promise<Outcome<AccountHit[]>> {
  const filter = queryByAccount(number);
  return filter === undefined ? notFound : mapItems(await api.findAccounts(filter, limit), toAccountHits);
}

export function search({ kind, text }: SearchQuery, limit: number, parts: Parts): Promise<Outcome<string[]>> {
  const filterOf = ({ name, emails }: Table) =>
    kind === 'name' ? queryByName(text, name) : queryByEmailPrefix(text, emails);
  return searchTables(filterOf, limit, (table, row) => toSummary(table, row).map(({ id }) => id), parts);
}

/**
 * Searches the tables in parallel; contacts come before accounts. An undefined filter was rejected and finds nobody.
 */
async function searchTables<Item>(
  filterOf: (table: Table) => string | undefined,
  limit: number,
  toItems: (table: TableName, row: Row) => Item[],
  { api, settings }: Parts,
): Promise<Outcome<Item[]>> {
  const names: TableName[] = ['contact', 'account', ...(settings.leads === 'include' ? (['lead'] as const) : [])];
  const searches = names.map(async (name) => {
    const filter = filterOf(tables[name]);
    if (filter === undefined) return notFound;
    return mapItems(await api.findCustomers(name, filter, limit), (row) => toItems(name, row));
  });
  return joinFound(await Promise.all(searches));
}
