import type { AccountHit, CaseHit, CustomerSummary, PhoneNumber, SearchQuery } from '../port/connector.ts';
import { hasWords } from '../port/fold-text.ts';
import { found, foundAny, joinFound, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import type { UserList } from './api.ts';
import { readField } from './card-fields.ts';
import { isCustomer, toSummary, toTicketId } from './mapping.ts';
import type { Parts } from './parts.ts';
import {
  queryByEmail,
  queryByEmailPrefix,
  queryByName,
  queryByPhone,
  queryByUserField,
  splitNameQuery,
} from './query.ts';

/** One search per phone field, side by side. */
export async function findByPhone(
  { national }: PhoneNumber,
  limit: number,
  parts: Parts,
): Promise<Outcome<CustomerSummary[]>> {
  const properties = ['phone', ...parts.settings.phoneFields];
  const searches = properties.map((property) => findSummaries(queryByPhone(national, property), limit, parts));
  return joinFound(await Promise.all(searches));
}

export function findByEmail(email: string, limit: number, parts: Parts): Promise<Outcome<CustomerSummary[]>> {
  return findSummaries(queryByEmail(email), limit, parts);
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

/** Requests twice the limit: Zendesk also returns users who have the words in other fields. */
export async function search({ kind, text }: SearchQuery, limit: number, parts: Parts): Promise<Outcome<string[]>> {
  const query = kind === 'name' ? queryByName(text) : queryByEmailPrefix(text);
  const matches = ({ name, emails }: CustomerSummary) =>
    kind === 'name'
      ? hasWords(name, splitNameQuery(text).join(' '))
      : emails.some(({ raw }) => raw.toLowerCase().startsWith(text.toLowerCase()));
  const answer = await searchUsers(query, limit * 2, parts);
  return toList(answer, (list) =>
    toSummaries(list, parts)
      .filter(matches)
      .map(({ id }) => id),
  );
}

/**
 * Whether users can be searched by this field. A company's number is shared by many people, and Zendesk cannot search
 * it.
 */
export function isSearchable(path: string | undefined): boolean {
  return path !== undefined && (path === 'external_id' || path.startsWith('user_fields.'));
}

async function findSummaries(query: string | undefined, limit: number, parts: Parts) {
  return toList(await searchUsers(query, limit, parts), (list) => toSummaries(list, parts));
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
