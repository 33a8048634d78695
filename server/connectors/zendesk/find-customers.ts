import type { AccountHit, CaseHit, CustomerSummary, Mailbox, PhoneNumber, SearchQuery } from '../port/connector.ts';
import { hasWords, listNameSpellings } from '../port/fold-text.ts';
import { holdsAddress, holdsMailbox, joinMailbox } from '../port/mailbox.ts';
import {
  found,
  foundAny,
  isFailure,
  itemsOf,
  joinFound,
  mapFound,
  mapItems,
  notFound,
  type Outcome,
} from '../port/outcome.ts';
import { listEndings, mayHaveNumber } from '../port/phone-digits.ts';
import { isWholeList, type UserList } from './api.ts';
import { readField } from './card-fields.ts';
import { isCustomer, toSummary, toTicketId } from './mapping.ts';
import type { Parts } from './parts.ts';
import {
  queryByEmail,
  queryByEmailPrefix,
  queryByMailbox,
  queryByName,
  queryByPhone,
  queryByPhoneInside,
  queryByUserField,
  splitNameQuery,
} from './query.ts';

type WantedHits = { isHit(summary: CustomerSummary): boolean; limit: number; mayBePartial?: boolean };

/** Of one search. */
const maxPages = 5;
const usersPerPage = 100;

/**
 * One search per phone field, side by side: for the end of the number, as documented. If it finds nobody, for the
 * digits anywhere in the field.
 */
export async function findByPhone(
  phone: PhoneNumber,
  limit: number,
  parts: Parts,
): Promise<Outcome<CustomerSummary[]>> {
  const isHit = (summary: CustomerSummary) => mayHaveNumber(summary, phone);
  const places = ['phone', ...parts.settings.phoneFields].flatMap((property) =>
    listEndings(phone).map((digits) => ({ property, digits })),
  );
  const searchWith = async (query: typeof queryByPhone) =>
    joinFound(
      await Promise.all(
        places.map(({ digits, property }) => findHits(query(digits, property), { isHit, limit }, parts)),
      ),
    );
  const byEnd = await searchWith(queryByPhone);
  if (isFailure(byEnd) || itemsOf(byEnd).some(isHit)) return byEnd;
  return joinFound([byEnd, await searchWith(queryByPhoneInside)]);
}

/** With `mailbox`, its other addresses too. Where Zendesk rejects that pattern, only the address itself is found. */
export async function findByEmail(
  { email, limit, mailbox }: { email: string; limit: number; mailbox: Mailbox | undefined },
  partsFor: (kind: 'lookup' | 'mailbox') => Parts,
): Promise<Outcome<CustomerSummary[]>> {
  const isHit = (summary: CustomerSummary) => mailbox === undefined || holdsMailbox(summary, mailbox);
  const [exact, others] = await Promise.all([
    findHits(queryByEmail(email), { isHit: (summary) => holdsAddress(summary, email), limit }, partsFor('lookup')),
    mailbox ? findHits(queryByMailbox(mailbox), { isHit, limit }, partsFor('mailbox')) : notFound,
  ]);
  return joinMailbox(exact, others.kind === 'invalid' && others.reason === 'http-422' ? notFound : others);
}

/**
 * Reads on while users who are only alike fill the pages. If they fill all of them, "not found" would be a guess,
 * unless an agent reads the list. An undefined query was rejected by `query.ts` and finds nobody.
 */
async function findHits(
  query: string | undefined,
  { isHit, limit, mayBePartial = false }: WantedHits,
  parts: Parts,
): Promise<Outcome<CustomerSummary[]>> {
  if (query === undefined) return notFound;
  const summaries: CustomerSummary[] = [];
  let count = 0;
  for (let page = 1; page <= maxPages; page += 1) {
    const answer = await parts.api.searchUsers(query, usersPerPage, page);
    if (answer.kind !== 'found') return answer;
    const { users } = answer.value;
    count += users.length;
    summaries.push(...toSummaries(answer.value, parts));
    // Answers without paging exist: a page that is not full is the last.
    const isLast = isWholeList(answer.value, count) || users.length < usersPerPage;
    if (isLast || summaries.filter(isHit).length >= limit) return foundAny(summaries);
  }
  return mayBePartial ? foundAny(summaries) : { kind: 'invalid', reason: 'too-many' };
}

/** The requester is the customer of a ticket, even if that is an agent. A ticket number is unique: no limit applies. */
export async function findByCase(
  number: string,
  _limit: number,
  { api, settings }: Parts,
): Promise<Outcome<CaseHit[]>> {
  const id = toTicketId(number);
  if (id === undefined) return notFound;
  const answer = await api.readTicket(id);
  if (answer.kind !== 'found') return answer;
  const { ticket, users } = answer.value;
  if (ticket.status === 'deleted' || !ticket.requester_id) return notFound;
  const sideLoaded = (users ?? []).find((user) => user.id === ticket.requester_id);
  const requester = sideLoaded ? found(sideLoaded) : await api.readUser(String(ticket.requester_id));
  return mapFound(requester, (user) => [
    { number: String(ticket.id), customer: toSummary(user, [], settings.phoneFields) },
  ]);
}

export async function findByAccount(number: string, limit: number, parts: Parts): Promise<Outcome<AccountHit[]>> {
  const { api, settings } = parts;
  const path = settings.fields.accountNumber ?? '';
  const key = /^user_fields\.(.+)$/.exec(path)?.[1];
  const answer =
    key === undefined
      ? await api.findUsersByExternalId(number)
      : await searchUsers(queryByUserField(key, number), limit, parts);
  return toList(answer, ({ users }) =>
    users.filter(isCustomer).flatMap((user) => {
      const stored = readField(user, undefined, path);
      return stored === undefined ? [] : { number: stored, customer: toSummary(user, [], settings.phoneFields) };
    }),
  );
}

/**
 * Zendesk also returns users who have the words in other fields. Accents are searched as
 * typed and without, because Zendesk may hold either.
 */
export async function search({ kind, text }: SearchQuery, limit: number, parts: Parts): Promise<Outcome<string[]>> {
  const queries = kind === 'name' ? listNameSpellings(text).map(queryByName) : [queryByEmailPrefix(text)];
  const matches = ({ name, emails }: CustomerSummary) =>
    kind === 'name'
      ? hasWords(name, splitNameQuery(text).join(' '))
      : emails.some(({ raw }) => raw.toLowerCase().startsWith(text.toLowerCase()));
  const wanted = { isHit: matches, limit, mayBePartial: true };
  const lists = await Promise.all(queries.map((query) => findHits(query, wanted, parts)));
  return mapItems(joinFound(lists), (summary) => (matches(summary) ? [summary.id] : []));
}

/**
 * Whether users can be searched by this field. A company's number is shared by many people, and Zendesk cannot search
 * it.
 */
export function isSearchable(path: string | undefined): boolean {
  return path !== undefined && (path === 'external_id' || path.startsWith('user_fields.'));
}

/** An undefined query was rejected by `query.ts` and finds nobody. */
async function searchUsers(query: string | undefined, limit: number, { api }: Parts): Promise<Outcome<UserList>> {
  return query === undefined ? notFound : api.searchUsers(query, limit);
}

function toSummaries({ users, identities }: UserList, { settings }: Parts): CustomerSummary[] {
  return users.filter(isCustomer).map((user) => toSummary(user, identities ?? [], settings.phoneFields));
}

function toList<Answer, Item>(outcome: Outcome<Answer>, change: (answer: Answer) => Item[]): Outcome<Item[]> {
  return outcome.kind === 'found' ? foundAny(change(outcome.value)) : outcome;
}
