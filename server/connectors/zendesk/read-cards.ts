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
import type { OrganizationRecord, TicketList, UserList } from './api.ts';
import { isRecordId, toCustomer } from './mapping.ts';
import type { Parts } from './parts.ts';
import { queryOpenTickets } from './query.ts';

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
async function readTickets(userId: string, { api }: Parts): Promise<ReadTickets> {
  const latest = await api.listTicketsOf(userId);
  if (latest.kind !== 'found') return { list: { tickets: [] }, ...(isFailure(latest) && { failure: latest }) };
  const { tickets, count } = latest.value;
  if ((count ?? 0) <= tickets.length) return { list: latest.value };
  const open = await api.searchTickets(queryOpenTickets(userId));
  if (open.kind !== 'found') return { list: latest.value, ...(isFailure(open) && { openFailure: open }) };
  const knownIds = new Set(tickets.map(({ id }) => id));
  const others = open.value.tickets.filter(({ id, requester_id }) => {
    return !knownIds.has(id) && String(requester_id) === userId;
  });
  return { list: { ...latest.value, tickets: [...tickets, ...others] } };
}
