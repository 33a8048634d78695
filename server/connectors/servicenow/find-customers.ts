import type { AccountHit, CaseHit, CustomerSummary, Mailbox, PhoneNumber, SearchQuery } from '../port/connector.ts';
import { hasWords } from '../port/fold-text.ts';
import { holdsAddress, joinMailbox, listSpellings } from '../port/mailbox.ts';
import {
  foundAny,
  isFailure,
  itemsOf,
  joinFound,
  mapFound,
  mapItems,
  notFound,
  type Outcome,
} from '../port/outcome.ts';
import { listNationals, mayHaveNumber } from '../port/phone-digits.ts';
import { listTurkishSpellings } from '../port/turkish-spellings.ts';
import type { Rows } from './api.ts';
import { isInactive, summaryFields, toSummary } from './mapping.ts';
import type { Parts } from './parts.ts';
import { toPhoneConditions, toShortPhoneConditions } from './phone-conditions.ts';
import { type Conditions, equals, splitNameQuery, toCaseNumbers } from './query.ts';
import { type Row, readDisplay, readValue } from './row.ts';
import { listReadable } from './table-access.ts';

const tooMany = { kind: 'invalid', reason: 'too-many' } as const;

type EmailQuery = { email: string; limit: number; mailbox: Mailbox | undefined };

/** Rows per page. ServiceNow removes forbidden rows after cutting the page, so a small page could come back empty. */
const phonePage = 200;
const searchPage = 50;
const maxSearchPages = 4;
/** Conditions of one query, over all columns: the request line must stay short. */
const maxSpellings = 150;

/**
 * Of a line that was renumbered, the former numbers too. Most have the same last digits. The short spellings, which
 * also match other numbers, are searched only if nobody has the number in one of the whole spellings.
 */
export async function findByPhone(
  phone: PhoneNumber,
  limit: number,
  parts: Parts,
): Promise<Outcome<CustomerSummary[]>> {
  const isHit = (summary: CustomerSummary) => mayHaveNumber(summary, phone);
  const whole = await findBySpellings(phone, limit, parts, toPhoneConditions);
  if (isFailure(whole) || itemsOf(whole).some(({ summary }) => isHit(summary))) return toActive(whole);
  const short = await findBySpellings(phone, limit, parts, toShortPhoneConditions);
  return toActive(joinFound([whole, short]));
}

type PhoneRow = { summary: CustomerSummary; isActive: boolean };

function toActive(rows: Outcome<PhoneRow[]>): Outcome<CustomerSummary[]> {
  return mapItems(rows, ({ summary, isActive }) => (isActive ? [summary] : []));
}

async function findBySpellings(
  phone: PhoneNumber,
  limit: number,
  parts: Parts,
  toConditions: typeof toPhoneConditions,
): Promise<Outcome<PhoneRow[]>> {
  const { tables } = parts;
  const byEnd = new Map(listNationals(phone).map((digits) => [digits.slice(-7), digits]));
  const searches = [...byEnd.values()].map((digits) =>
    listCustomers([toConditions(digits, tables.phones)], Math.max(limit, phonePage), parts),
  );
  const answers = await Promise.all(searches);
  const rows = mapItems(joinFound(answers.map(rowsOf)), (row) => [
    { summary: toSummary(row, tables), isActive: !isInactive(row) },
  ]);
  const hits = itemsOf(rows).filter(({ summary }) => mayHaveNumber(summary, phone));
  // A full page of other customers may hide the one with the number, so "not found" would be a guess.
  const isCut = answers.some((answer) => answer.kind === 'found' && answer.value.isCut);
  return isCut && hits.length < limit ? tooMany : rows;
}

/**
 * Addresses that are the whole field, and with `mailbox` those of the same mailbox; if there are none, fields that hold
 * the address among others, which ServiceNow finds by reading the table through.
 */
export async function findByEmail(
  { email, limit, mailbox }: EmailQuery,
  partsFor: (kind: 'lookup' | 'mailbox' | 'inside') => Parts,
): Promise<Outcome<CustomerSummary[]>> {
  const { emails } = partsFor('lookup').tables;
  const spellings = mailbox === undefined ? [] : listSpellings(mailbox, Math.ceil(maxSpellings / emails.length));
  const isAddress = emails.flatMap((field) => listTurkishSpellings(email).map((value) => equals(field, value)));
  const isBeginning = emails.flatMap((field) =>
    spellings.map((value) => ({ field, operator: 'STARTSWITH' as const, value })),
  );
  const isHolder = (summary: CustomerSummary) => holdsAddress(summary, email, mailbox);
  // The beginning of an address is also that of others.
  const page = mailbox === undefined ? limit : Math.max(limit, phonePage);
  const isFound = mailbox === undefined ? () => true : isHolder;
  const [exact, others] = await Promise.all([
    listHolders([isAddress], { limit, page: limit, isHolder: isFound }, partsFor('lookup')),
    mailbox ? listHolders([isBeginning], { limit, page, isHolder }, partsFor('mailbox')) : notFound,
  ]);
  const whole = joinMailbox(exact, others);
  if (whole.kind !== 'not-found') return whole;
  const isInside = emails.flatMap((field) =>
    [...new Set([email, ...spellings])].map((value) => ({ field, operator: 'LIKE' as const, value })),
  );
  return listHolders([isInside], { limit, page, isHolder }, partsFor('inside'));
}

type HolderQuery = { limit: number; page: number; isHolder: (summary: CustomerSummary) => boolean };

async function listHolders(
  where: Conditions,
  { limit, page, isHolder }: HolderQuery,
  parts: Parts,
): Promise<Outcome<CustomerSummary[]>> {
  const answer = await listCustomers(where, page, parts);
  const rows = mapFound(answer, (list) => list.rows.filter((row) => isHolder(toSummary(row, parts.tables))));
  if (rows.kind !== 'found') return rows;
  if (answer.kind === 'found' && answer.value.isCut && rows.value.length < limit) return tooMany;
  return foundAny(rows.value.filter((row) => !isInactive(row)).map((row) => toSummary(row, parts.tables)));
}

export async function findByCase(number: string, limit: number, parts: Parts): Promise<Outcome<CaseHit[]>> {
  const { tables } = parts;
  const { caseTable, caseCustomer, casePrefix } = tables;
  const where = [toCaseNumbers(number, casePrefix).map((value) => equals('number', value))];
  const fields = ['number', ...summaryFields(tables, `${caseCustomer}.`)];
  const rows = await listReadable({ table: caseTable, where, fields, limit }, parts);
  return mapItems(rowsOf(rows), (row) => {
    const customer = toSummary(row, tables, `${caseCustomer}.`);
    return customer.id === '' ? [] : [{ number: readValue(row, 'number') ?? '', customer }];
  });
}

export async function findByAccount(number: string, limit: number, parts: Parts): Promise<Outcome<AccountHit[]>> {
  const { tables } = parts;
  const field = tables.fields.accountNumber ?? '';
  const fields = [...summaryFields(tables), field];
  const rows = await listReadable({ table: tables.table, where: [[equals(field, number)]], fields, limit }, parts);
  return mapItems(rowsOf(rows), (row) =>
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
  return searchIds(where, limit, (name) => hasWords(name, text), parts);
}

/** Names that `isBetter` accepts come first; further pages are read if the first has too few of them. */
async function searchIds(
  where: Conditions,
  limit: number,
  isBetter: (name: string) => boolean,
  parts: Parts,
): Promise<Outcome<string[]>> {
  const rank = (row: Row) => (isBetter(readDisplay(row, 'name') ?? '') ? 0 : 1);
  const [page, order] = [Math.max(limit, searchPage), 'ORDERBYname'];
  const first = await listCustomers(where, page, parts, { order });
  const isEnough = first.kind !== 'found' || first.value.rows.filter((row) => rank(row) === 0).length >= limit;
  const isLast = isEnough || !first.value.isCut;
  const rows = isLast ? first : await listCustomers(where, page, parts, { order, maxPages: maxSearchPages });
  const ranked = mapFound(rowsOf(rows), (list) => list.toSorted((left, right) => rank(left) - rank(right)));
  return mapItems(ranked, (row) => (isInactive(row) ? [] : [readValue(row, 'sys_id') ?? '']));
}

function listCustomers(
  where: Conditions,
  limit: number,
  parts: Parts,
  more: { order?: string; maxPages?: number } = {},
): Promise<Outcome<Rows>> {
  const { tables } = parts;
  return listReadable({ ...more, table: tables.table, where, fields: summaryFields(tables), limit }, parts);
}

function rowsOf(rows: Outcome<Rows>): Outcome<Row[]> {
  return mapFound(rows, (list) => list.rows);
}
