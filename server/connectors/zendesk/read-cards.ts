/**
 * Cards in one round trip: the users and each user's latest tickets, side by side. A second follows only for a user
 * with more tickets than one list shows (open ones are searched for), and where Zendesk does not side-load
 * organizations.
 */
import type { ConnectorCustomer } from '../port/connector.ts';
import { missingParts } from '../port/missing-parts.ts';
import {
  type Failure,
  found,
  foundAny,
  isFailure,
  itemsOf,
  mapFound,
  notFound,
  type Outcome,
} from '../port/outcome.ts';
import { isWholeList, type OrganizationRecord, type TicketList, type TicketRecord, type UserList } from './api.ts';
import { isRecordId, toCustomer } from './mapping.ts';
import type { Parts } from './parts.ts';
import { queryOpenTickets } from './query.ts';

/** Of open tickets, 100 each. With more, cases are missing. */
const maxOpenPages = 3;

/** `failure`: no ticket is known. `openFailure`: open tickets may be missing from the list. */
type ReadTickets = { list: TicketList; failure?: Failure; openFailure?: Failure };

export async function readCards(customerIds: string[], parts: Parts): Promise<Outcome<ConnectorCustomer[]>> {
  const ids = customerIds.filter(isRecordId);
  if (ids.length === 0) return notFound;
  const [{ users, organizations }, tickets] = await Promise.all([
    readUsers(ids, parts),
    Promise.all(ids.map((id) => readTickets(id, parts))),
  ]);
  if (users.kind !== 'found') return users;
  const { users: records, identities } = users.value;
  return foundAny(
    ids.flatMap((id, index) => {
      const user = records.find((record) => String(record.id) === id && record.active !== false);
      const read = tickets[index];
      if (!user || !read) return [];
      const organization = itemsOf(organizations).find((candidate) => candidate.id === user.organization_id);
      const customer = toCustomer(
        user,
        { identities: identities ?? [], organization, tickets: read.list },
        parts.settings,
      );
      const missing = missingParts({
        cases: read.failure ?? read.openFailure,
        interactions: read.failure,
        company: user.organization_id ? organizations : undefined,
      });
      return [{ ...customer, ...missing }];
    }),
  );
}

async function readUsers(ids: string[], parts: Parts) {
  const users = await parts.api.readUsers(ids);
  return { users, organizations: users.kind === 'found' ? await readOrganizations(users.value, parts) : notFound };
}

/** Requests only the organizations that were not side-loaded. */
async function readOrganizations(
  { users, organizations }: UserList,
  { api }: Parts,
): Promise<Outcome<OrganizationRecord[]>> {
  const known = organizations ?? [];
  const unknownIds = users.flatMap(({ organization_id: id }) =>
    id && !known.some((organization) => organization.id === id) ? id : [],
  );
  if (unknownIds.length === 0) return found(known);
  const read = await api.readOrganizations([...new Set(unknownIds)]);
  return mapFound(read, (answer) => [...known, ...answer.organizations]);
}

/** A user's latest tickets, and all open ones if there are more than that list shows. */
async function readTickets(userId: string, parts: Parts): Promise<ReadTickets> {
  const latest = await parts.api.listTicketsOf(userId);
  if (latest.kind !== 'found') {
    const failure: Failure = isFailure(latest) ? latest : { kind: 'invalid', reason: 'http-404' };
    return { list: { tickets: [] }, failure };
  }
  const tickets = latest.value.tickets.filter((ticket) => isRequestedBy(userId, ticket));
  const list = { ...latest.value, tickets };
  if (isWholeList(latest.value, latest.value.tickets.length)) return { list };
  const open = await searchOpenTickets(userId, parts);
  if (isFailure(open)) return { list, openFailure: open };
  const knownIds = new Set(tickets.map(({ id }) => id));
  return { list: { ...list, tickets: [...tickets, ...itemsOf(open).filter(({ id }) => !knownIds.has(id))] } };
}

async function searchOpenTickets(userId: string, { api }: Parts): Promise<Outcome<TicketRecord[]>> {
  const tickets: TicketRecord[] = [];
  let count = 0;
  for (let page = 1; page <= maxOpenPages; page += 1) {
    const answer = await api.searchTickets(queryOpenTickets(userId), page);
    if (answer.kind !== 'found') return answer;
    count += answer.value.tickets.length;
    tickets.push(...answer.value.tickets.filter((ticket) => isRequestedBy(userId, ticket)));
    if (isWholeList(answer.value, count) || answer.value.tickets.length === 0) return found(tickets);
  }
  return { kind: 'invalid', reason: 'too-many' };
}

function isRequestedBy(userId: string, { requester_id }: TicketRecord): boolean {
  return String(requester_id) === userId;
}
