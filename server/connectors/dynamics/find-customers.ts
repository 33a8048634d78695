import type { AccountHit, CaseHit, CustomerSummary, Mailbox, PhoneNumber, SearchQuery } from '../port/connector.ts';
import { holdsAddress, holdsMailbox, joinMailbox } from '../port/mailbox.ts';
import { foundAny, joinFound, mapItems, notFound, type Outcome } from '../port/outcome.ts';
import { mayHaveNumber } from '../port/phone-digits.ts';
import { toAccountHits, toCaseHit, toSummary } from './mapping.ts';
import type { Parts } from './parts.ts';
import {
  queryByAccount,
  queryByCase,
  queryByEmail,
  queryByEmailInside,
  queryByEmailPrefix,
  queryByMailbox,
  queryByName,
  queryByPhone,
} from './query.ts';
import { type Table, type TableName, tables } from './tables.ts';

type EmailQuery = { email: string; limit: number; mailbox: Mailbox | undefined };

/** Rows of a page whose pattern also matches others. */
const patternPage = 200;
/** People of one company among whom an agent can choose; a larger company is itself the hit. */
const maxPeople = 10;

export function findByPhone(phone: PhoneNumber, limit: number, parts: Parts): Promise<Outcome<CustomerSummary[]>> {
  const isHit = (summary: CustomerSummary) => mayHaveNumber(summary, phone);
  return findSummaries(({ phones }) => queryByPhone(phone, phones), limit, parts, isHit);
}

/** If no column is the address, columns that hold it among others: Dataverse reads the tables through for that. */
export async function findByEmail(
  { email, limit, mailbox }: EmailQuery,
  partsFor: (kind: 'lookup' | 'mailbox' | 'inside') => Parts,
): Promise<Outcome<CustomerSummary[]>> {
  const isAddress = (summary: CustomerSummary) => holdsAddress(summary, email, mailbox);
  const [exact, others] = await Promise.all([
    findSummaries(
      ({ emails }) => queryByEmail(email, emails),
      limit,
      partsFor('lookup'),
      () => true,
    ),
    mailbox ? findByMailbox(mailbox, limit, partsFor('mailbox')) : notFound,
  ]);
  const whole = mailbox ? joinMailbox(pick(exact, isAddress), others) : exact;
  if (whole.kind !== 'not-found') return whole;
  const filterOf = ({ emails }: Table) => queryByEmailInside(email, emails, mailbox);
  // A pattern also matches the addresses of others.
  const top = mailbox === undefined ? limit : Math.max(limit, patternPage);
  return pick(await findSummaries(filterOf, top, partsFor('inside'), isAddress), isAddress);
}

async function findByMailbox(mailbox: Mailbox, limit: number, parts: Parts): Promise<Outcome<CustomerSummary[]>> {
  const isHit = (summary: CustomerSummary) => holdsMailbox(summary, mailbox);
  const top = Math.max(limit, patternPage);
  return pick(await findSummaries(({ emails }) => queryByMailbox(mailbox, emails), top, parts, isHit), isHit);
}

function pick(
  summaries: Outcome<CustomerSummary[]>,
  isHit: (summary: CustomerSummary) => boolean,
): Outcome<CustomerSummary[]> {
  return mapItems(summaries, (summary) => (isHit(summary) ? [summary] : []));
}

export async function findByCase(number: string, limit: number, { api, settings }: Parts): Promise<Outcome<CaseHit[]>> {
  const filter = queryByCase(number, settings.casePrefix);
  return filter === undefined ? notFound : mapItems(await api.findCases(filter, limit), toCaseHit);
}

/** The people of the company if there are at most `maxPeople`, else the company. */
export async function findByAccount(number: string, _limit: number, { api }: Parts): Promise<Outcome<AccountHit[]>> {
  const filter = queryByAccount(number);
  return filter === undefined
    ? notFound
    : mapItems(await api.findAccounts(filter, maxPeople + 1), (row) => toAccountHits(row, maxPeople));
}

export async function search({ kind, text }: SearchQuery, limit: number, parts: Parts): Promise<Outcome<string[]>> {
  const filterOf = ({ name, emails }: Table) =>
    kind === 'name' ? queryByName(text, name) : queryByEmailPrefix(text, emails);
  return mapItems(await findSummaries(filterOf, limit, parts, () => true), ({ id }) => [id]);
}

/**
 * Searches the tables in parallel; contacts come before accounts. An undefined filter was rejected and finds nobody. A
 * cut list with few hits may hide others, so "not found" would be a guess.
 */
async function findSummaries(
  filterOf: (table: Table) => string | undefined,
  limit: number,
  { api, settings }: Parts,
  isHit: (summary: CustomerSummary) => boolean,
): Promise<Outcome<CustomerSummary[]>> {
  const names: TableName[] = ['contact', 'account', ...(settings.leads === 'include' ? (['lead'] as const) : [])];
  const searches = names.map(async (name): Promise<Outcome<CustomerSummary[]>> => {
    const filter = filterOf(tables[name]);
    if (filter === undefined) return notFound;
    const answer = await api.findCustomers(name, filter, limit);
    if (answer.kind !== 'found') return answer;
    const { rows, isCut } = answer.value;
    const summaries = rows.flatMap((row) => toSummary(name, row));
    if (isCut && summaries.filter(isHit).length < limit) return { kind: 'invalid', reason: 'too-many' };
    return foundAny(summaries);
  });
  return joinFound(await Promise.all(searches));
}
