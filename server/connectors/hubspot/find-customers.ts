import type { AccountHit, CaseHit, CustomerSummary, Mailbox, PhoneNumber, SearchQuery } from '../port/connector.ts';
import { hasWords, listNameSpellings } from '../port/fold-text.ts';
import { holdsAddress, holdsMailbox, joinMailbox } from '../port/mailbox.ts';
import { foundAny, itemsOf, joinFound, mapFound, mapItems, notFound, type Outcome } from '../port/outcome.ts';
import { mayHaveNumber } from '../port/phone-digits.ts';
import type { HubspotRecord } from './api.ts';
import {
  type CustomerKind,
  companyIdOf,
  objectTypeOf,
  propertiesOf,
  readFieldPath,
  readProperty,
  toSummary,
  toTicketId,
} from './mapping.ts';
import type { Parts } from './parts.ts';
import {
  type FilterGroup,
  queryByEmail,
  queryByEmailInside,
  queryByEmailPrefix,
  queryByProperty,
  queryCompaniesByName,
  queryCompaniesByPhone,
  queryContactsByName,
  queryContactsByPhone,
} from './query.ts';
import { listedIds, readOthers } from './read-cards.ts';

/** Customers of one ticket: at most one batch. */
const maxTicketCustomers = 100;
/** Hits of one search that are compared with the requested number or name. */
const maxHitPages = 5;
const hitsPerPage = 200;

type WantedHits = { isHit(summary: CustomerSummary): boolean; limit: number; mayBePartial?: boolean };

/** Between finding a customer and reading the card. */
const employersTtlMs = 10_000;

/**
 * Companies are searched only if no contact has the number: a contact is the better hit, and one search per call keeps
 * within HubSpot's limit of searches per second.
 */
export async function findByPhone(
  phone: PhoneNumber,
  limit: number,
  parts: Parts,
): Promise<Outcome<CustomerSummary[]>> {
  const isHit = (summary: CustomerSummary) => mayHaveNumber(summary, phone);
  const contacts = await findHits('contact', queryContactsByPhone(phone), { isHit, limit }, parts);
  const isOpen = contacts.kind === 'not-found' || (contacts.kind === 'found' && !contacts.value.some(isHit));
  if (!isOpen) return contacts;
  return joinFound([contacts, await findHits('company', queryCompaniesByPhone(phone), { isHit, limit }, parts)]);
}

/**
 * Reads on while customers that are only alike fill the pages. If they fill all of them, "not found" would be a guess,
 * unless an agent reads the list. Undefined groups were rejected by `query.ts` and find nobody.
 */
async function findHits(
  kind: CustomerKind,
  groups: FilterGroup[] | undefined,
  { isHit, limit, mayBePartial = false }: WantedHits,
  parts: Parts,
): Promise<Outcome<CustomerSummary[]>> {
  if (groups === undefined) return notFound;
  const summaries: CustomerSummary[] = [];
  let after: string | undefined;
  for (let page = 0; page < maxHitPages; page += 1) {
    const answer = await searchPage(kind, groups, propertiesOf(kind), { limit: hitsPerPage, after }, parts);
    if (answer.kind !== 'found') return answer;
    summaries.push(...answer.value.results.map((record) => toSummary(kind, record)));
    after = answer.value.after;
    if (after === undefined || summaries.filter(isHit).length >= limit) return foundAny(summaries);
  }
  return mayBePartial ? foundAny(summaries) : { kind: 'invalid', reason: 'too-many' };
}

/**
 * The address itself, and parts of a field, which also match others: of a mailbox side by side. Otherwise together,
 * since searches per second are few; if others fill all pages, the address itself is searched alone.
 */
export async function findByEmail(
  { email, limit, mailbox }: { email: string; limit: number; mailbox: Mailbox | undefined },
  partsFor: (kind: 'lookup' | 'mailbox') => Parts,
): Promise<Outcome<CustomerSummary[]>> {
  const isHit = (summary: CustomerSummary) =>
    holdsAddress(summary, email) || (mailbox !== undefined && holdsMailbox(summary, mailbox));
  const wanted = { isHit, limit };
  const [exact, inside] = [queryByEmail(email), queryByEmailInside(email, mailbox)];
  const findExact = () => findHits('contact', exact, wanted, partsFor('lookup'));
  if (mailbox !== undefined) {
    const others = findHits('contact', inside, wanted, partsFor('mailbox'));
    return joinMailbox(await findExact(), await others);
  }
  const all = await findHits('contact', exact && inside && [...exact, ...inside], wanted, partsFor('lookup'));
  const isCut = all.kind === 'invalid' && all.reason === 'too-many';
  return isCut ? joinMailbox(await findExact(), all) : all;
}

/**
 * Reads the ticket by its id, and searches its contacts beside it. The hits are its contacts, or its companies if it
 * has no contact.
 */
export async function findByCase(number: string, _limit: number, parts: Parts): Promise<Outcome<CaseHit[]>> {
  const { api, searchAssociated } = parts;
  const id = toTicketId(number);
  if (id === undefined) return notFound;
  const [ticket, contacts] = await Promise.all([
    api.readRecord({ type: 'tickets', id }, ['subject'], ['contacts', 'companies']),
    searchAssociated('contacts', 'tickets', id, propertiesOf('contact')),
  ]);
  if (ticket.kind !== 'found') return ticket;
  const contactIds = listedIds(ticket.value, 'contacts').slice(0, maxTicketCustomers);
  const kind = contactIds.length > 0 ? 'contact' : 'company';
  const ids = contactIds.length > 0 ? contactIds : listedIds(ticket.value, 'companies').slice(0, maxTicketCustomers);
  const known = kind === 'contact' ? contacts : [];
  const records = await readOthers(api, objectTypeOf(kind), { ids: new Set(ids), known, names: propertiesOf(kind) });
  rememberEmployers(kind, records, parts);
  return mapItems(records, (record) => [{ number: ticket.value.id, customer: toSummary(kind, record) }]);
}

export async function findByAccount(number: string, limit: number, parts: Parts): Promise<Outcome<AccountHit[]>> {
  const { kind, property } = readFieldPath(parts.settings.fields.accountNumber ?? '');
  const properties = [...propertiesOf(kind), property];
  return mapItems(await searchRecords(kind, queryByProperty(property, number), properties, limit, parts), (record) => {
    const stored = readProperty(record, property);
    return stored === undefined ? [] : [{ number: stored, customer: toSummary(kind, record) }];
  });
}

export async function search({ kind, text }: SearchQuery, limit: number, parts: Parts): Promise<Outcome<string[]>> {
  if (kind === 'name') {
    const lists = [searchByName('contact', text, limit, parts), searchByName('company', text, limit, parts)];
    return joinFound(await Promise.all(lists));
  }
  const isHit = ({ emails }: CustomerSummary) =>
    emails.some(({ raw }) => raw.toLowerCase().startsWith(text.toLowerCase()));
  const wanted = { isHit, limit, mayBePartial: true };
  const contacts = await findHits('contact', queryByEmailPrefix(text), wanted, parts);
  return mapItems(contacts, (summary) => (isHit(summary) ? [summary.id] : []));
}

/**
 * HubSpot matches only the first words; the others are compared here. Accents are searched as typed and without,
 * because HubSpot may hold either.
 */
async function searchByName(kind: CustomerKind, text: string, limit: number, parts: Parts): Promise<Outcome<string[]>> {
  const query = kind === 'contact' ? queryContactsByName : queryCompaniesByName;
  const isHit = ({ name }: CustomerSummary) => hasWords(name, text);
  const wanted = { isHit, limit, mayBePartial: true };
  const searches = listNameSpellings(text).map((spelling) => findHits(kind, query(spelling), wanted, parts));
  return mapItems(joinFound(await Promise.all(searches)), (summary) => (isHit(summary) ? [summary.id] : []));
}

/** Undefined groups were rejected by `query.ts` and find nobody. */
async function searchRecords(
  kind: CustomerKind,
  groups: FilterGroup[] | undefined,
  properties: string[],
  limit: number,
  parts: Parts,
): Promise<Outcome<HubspotRecord[]>> {
  if (groups === undefined) return notFound;
  return mapFound(await searchPage(kind, groups, properties, { limit }, parts), ({ results }) => results);
}

async function searchPage(
  kind: CustomerKind,
  groups: FilterGroup[],
  properties: string[],
  page: { limit: number; after?: string | undefined },
  parts: Parts,
) {
  const answer = await parts.api.search(objectTypeOf(kind), groups, properties, page);
  rememberEmployers(
    kind,
    mapFound(answer, ({ results }) => results),
    parts,
  );
  return answer;
}

function rememberEmployers(kind: CustomerKind, records: Outcome<HubspotRecord[]>, { employers }: Parts): void {
  for (const record of itemsOf(records)) {
    const companyId = companyIdOf(kind, record);
    if (companyId !== undefined) employers.set(record.id, { type: 'companies', id: companyId }, employersTtlMs);
  }
}
