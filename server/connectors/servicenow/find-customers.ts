import type { AccountHit, CaseHit, CustomerSummary, PhoneNumber, SearchQuery } from '../port/connector.ts';
import { foundAny, mapFound, mapItems, type Outcome } from '../port/outcome.ts';
import { isInactive, summaryFields, toSummary } from './mapping.ts';
import type { Parts } from './parts.ts';
import { toPhoneConditions } from './phone-conditions.ts';
import { type Conditions, equals, nameBegins, splitNameQuery, toCaseNumbers } from './query.ts';
import { type Row, readDisplay, readValue } from './row.ts';

/** Rows per page. ServiceNow removes forbidden rows after cutting the page, so a small page could come back empty. */
const phonePage = 200;
const searchPage = 50;

export async function findByPhone(
  { national }: PhoneNumber,
  limit: number,
  parts: Parts,
): Promise<Outcome<CustomerSummary[]>> {
  const { tables } = parts;
  const where = [toPhoneConditions(national, tables.phones)];
  const rows = await listCustomers(where, Math.max(limit, phonePage), parts);
  if (rows.kind !== 'found') return rows;
  const summaries = rows.value.map((row) => toSummary(row, tables));
  const hits = summaries.filter(({ phones }) => phones.some(({ raw }) => raw.replace(/\D/g, '').endsWith(national)));
  // A full page of other customers may hide the one with the number, so "not found" would be a guess.
  if (summaries.length >= phonePage && hits.length < limit) return { kind: 'invalid', reason: 'too-many' };
  return foundAny(rows.value.filter((row) => !isInactive(row)).map((row) => toSummary(row, tables)));
}

export async function findByEmail(email: string, limit: number, parts: Parts): Promise<Outcome<CustomerSummary[]>> {
  const where = [parts.tables.emails.map((field) => equals(field, email))];
  const rows = await listCustomers(where, limit, parts);
  return mapItems(rows, (row) => (isInactive(row) ? [] : [toSummary(row, parts.tables)]));
}

export async function findByCase(number: string, limit: number, { api, tables }: Parts): Promise<Outcome<CaseHit[]>> {
  const { caseTable, caseCustomer, casePrefix } = tables;
  const where = [toCaseNumbers(number, casePrefix).map((value) => equals('number', value))];
  const fields = ['number', ...summaryFields(tables, `${caseCustomer}.`)];
  const rows = await api.list({ table: caseTable, where, fields, limit });
  return mapItems(rows, (row) => {
    const customer = toSummary(row, tables, `${caseCustomer}.`);
    return customer.id === '' ? [] : [{ number: readValue(row, 'number') ?? '', customer }];
  });
}

export async function findByAccount(
  number: string,
  limit: number,
  { api, tables }: Parts,
): Promise<Outcome<AccountHit[]>> {
  const field = tables.fields.accountNumber ?? '';
  const fields = [...summaryFields(tables), field];
  const rows = await api.list({ table: tables.table, where: [[equals(field, number)]], fields, limit });
  return mapItems(rows, (row) =>
    isInactive(row) ? [] : [{ number: readValue(row, field) ?? '', customer: toSummary(row, tables) }],
  );
}

export async function search({ kind, text }: SearchQuery, limit: number, parts: Parts): Promise<Outcome<string[]>> {
  if (kind === 'email-prefix') {
    const where = [parts.tables.emails.map((field) => ({ field, operator: 'STARTSWITH' as const, value: text }))];
    return searchIds(where, limit, () => true, parts);
  }
  const words = splitNameQuery(text);
  const where = words.map((value) => [{ field: 'name', operator: 'LIKE' as const, value }]);
  return searchIds(where, limit, nameBegins(words), parts);
}

/** Names that `isBetter` accepts come first. */
async function searchIds(
  where: Conditions,
  limit: number,
  isBetter: (name: string) => boolean,
  parts: Parts,
): Promise<Outcome<string[]>> {
  const rank = (row: Row) => (isBetter(readDisplay(row, 'name') ?? '') ? 0 : 1);
  const rows = await listCustomers(where, Math.max(limit, searchPage), parts, 'ORDERBYname');
  const ranked = mapFound(rows, (list) => list.toSorted((left, right) => rank(left) - rank(right)));
  return mapItems(ranked, (row) => (isInactive(row) ? [] : [readValue(row, 'sys_id') ?? '']));
}

function listCustomers(where: Conditions, limit: number, { api, tables }: Parts, order?: string) {
  const fields = summaryFields(tables);
  return api.list({ table: tables.table, where, fields, limit, ...(order !== undefined && { order }) });
}
