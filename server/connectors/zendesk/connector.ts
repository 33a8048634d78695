import type { Clock } from '../../platform/clock.ts';
import type { CrmHttp } from '../http/crm-http.ts';
import type { AccountHit, Connector, ConnectorCustomer } from '../port/connector.ts';
import type { Failure } from '../port/outcome.ts';
import { found, foundAny, isFailure, joinFound, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import { createApi, type TicketList, type UserList, type UserRecord } from './api.ts';
import { readField } from './card-fields.ts';
import { checkConnection } from './check-connection.ts';
import { createActivityLog, type LogSettings } from './log-activity.ts';
import { type CardSettings, isCustomer, isRecordId, toCustomer, toSummary, toTicketId } from './mapping.ts';
import {
  queryByEmail,
  queryByEmailPrefix,
  queryByName,
  queryByPhone,
  queryByUserField,
  queryOpenTickets,
  splitNameQuery,
} from './query.ts';

export type ConnectorSettings = CardSettings & LogSettings & { auth: 'oauth' | 'api-token' };

export function createConnector(
  settings: ConnectorSettings,
  { crm, clock }: { crm: CrmHttp; clock: Clock },
): Connector {
  const api = createApi(crm);
  const log = createActivityLog(settings, { api, clock });
  const { phoneFields, fields } = settings;
  const accountField = isOfPerson(fields.accountNumber) ? fields.accountNumber : undefined;

  async function searchUsers(query: string | undefined, limit: number): Promise<Outcome<UserList>> {
    return query === undefined ? notFound : api.searchUsers(query, limit);
  }

  const summariesOf = ({ users, identities }: UserList) =>
    users.filter(isCustomer).map((user) => toSummary(user, identities ?? [], phoneFields));

  async function findSummaries(query: string | undefined, limit: number) {
    return toList(await searchUsers(query, limit), summariesOf);
  }

  async function findByAccount(path: string, number: string, limit: number): Promise<Outcome<AccountHit[]>> {
    const key = /^user_fields\.(.+)$/.exec(path)?.[1];
    const query = key === undefined ? undefined : queryByUserField(key, number);
    const answer = key === undefined ? await api.findUsersByExternalId(number) : await searchUsers(query, limit);
    return toList(answer, ({ users }) =>
      users.filter(isCustomer).flatMap((user) => {
        const held = readField(user, undefined, path);
        return held === undefined ? [] : { number: held, customer: toSummary(user, [], phoneFields) };
      }),
    );
  }

  /** All tickets that are open and the latest others, of one user. The second question is only asked where many are. */
  async function readTickets(userId: string): Promise<ReadTickets> {
    const latest = await api.listTicketsOf(userId);
    if (latest.kind !== 'found') return { tickets: { tickets: [] }, ...(isFailure(latest) && { failure: latest }) };
    const { tickets, count } = latest.value;
    if ((count ?? 0) <= tickets.length) return { tickets: latest.value };
    const open = await api.searchTickets(queryOpenTickets(userId));
    if (open.kind !== 'found') return { tickets: latest.value, ...(isFailure(open) && { failureOfOpen: open }) };
    const known = new Set(tickets.map(({ id }) => id));
    const more = open.value.tickets.filter(({ id, requester_id }) => !known.has(id) && String(requester_id) === userId);
    return { tickets: { ...latest.value, tickets: [...tickets, ...more] } };
  }

  /** Zendesk sends companies along; where it does not, they are asked for. */
  async function readOrganizations({ users, organizations }: UserList) {
    const known = organizations ?? [];
    const missing = users.flatMap(({ organization_id: id }) =>
      id && !known.some((organization) => organization.id === id) ? id : [],
    );
    if (missing.length === 0) return found(known);
    const read = await api.readOrganizations([...new Set(missing)]);
    return mapFound(read, (answer) => [...known, ...answer.organizations]);
  }

  async function readUsers(ids: string[]) {
    const users = await api.readUsers(ids);
    return { users, organizations: users.kind === 'found' ? await readOrganizations(users.value) : notFound };
  }

  return {
    async findByPhone({ national }, limit) {
      const properties = ['phone', ...phoneFields];
      const answers = await Promise.all(
        properties.map((property) => findSummaries(queryByPhone(national, property), limit)),
      );
      return joinFound(answers);
    },

    findByEmail: (email, limit) => findSummaries(queryByEmail(email), limit),

    /** Whoever asked for it is its customer, an agent too. */
    async findByCase(number) {
      const id = toTicketId(number);
      if (id === undefined) return notFound;
      const answer = await api.readTicket(id);
      if (answer.kind !== 'found') return answer;
      const { ticket, users } = answer.value;
      if (ticket.status === 'deleted' || !ticket.requester_id) return notFound;
      const sent = (users ?? []).find((user) => user.id === ticket.requester_id);
      const requester = sent ? found(sent) : await api.readUser(String(ticket.requester_id));
      return mapFound(requester, (user) => [{ number: String(ticket.id), customer: toSummary(user, [], phoneFields) }]);
    },

    ...(accountField !== undefined && { findByAccount: (number, limit) => findByAccount(accountField, number, limit) }),

    async search({ kind, text }, limit) {
      const query = kind === 'name' ? queryByName(text) : queryByEmailPrefix(text);
      // Some that Zendesk names hold the words elsewhere.
      const answer = await searchUsers(query, limit * 2);
      return toList(answer, (list) =>
        summariesOf(list)
          .filter(({ name, emails }) =>
            kind === 'name'
              ? hasWords(name, splitNameQuery(text))
              : emails.some(({ raw }) => raw.toLowerCase().startsWith(text.toLowerCase())),
          )
          .map(({ id }) => id),
      );
    },

    async readCustomers(given) {
      const ids = given.filter(isRecordId);
      if (ids.length === 0) return notFound;
      const [{ users, organizations }, ...tickets] = await Promise.all([readUsers(ids), ...ids.map(readTickets)]);
      return toList(users, ({ users: records, identities }) =>
        ids.flatMap((id, index) => {
          const user = records.find((record) => String(record.id) === id && record.active !== false);
          const read = tickets[index];
          if (!user || !read) return [];
          const organization =
            organizations.kind === 'found'
              ? organizations.value.find((candidate) => candidate.id === user.organization_id)
              : undefined;
          const of = { identities: identities ?? [], organization, tickets: read.tickets };
          const missing = listMissing(user, read, organizations);
          return { ...toCustomer(user, of, settings), ...(missing.length > 0 && { missing }) };
        }),
      );
    },

    logActivity: log,

    check: () => checkConnection(settings, api),
  };
}

/** `failure`: nothing is known of the tickets; `failureOfOpen`: some that are open may not be among them. */
type ReadTickets = { tickets: TicketList; failure?: Failure; failureOfOpen?: Failure };

function listMissing(
  { organization_id }: UserRecord,
  { failure, failureOfOpen }: ReadTickets,
  organizations: Outcome<unknown>,
): Required<ConnectorCustomer>['missing'] {
  const cases = failure ?? failureOfOpen;
  return [
    ...(cases ? [{ part: 'cases' as const, failure: cases }] : []),
    ...(failure ? [{ part: 'interactions' as const, failure }] : []),
    ...(organization_id && isFailure(organizations) ? [{ part: 'company' as const, failure: organizations }] : []),
  ];
}

/** A number of a company is many people's, and Zendesk finds people by their own fields alone. */
function isOfPerson(path: string | undefined): path is string {
  return path !== undefined && (path === 'external_id' || path.startsWith('user_fields.'));
}

function toList<Answer, Item>(outcome: Outcome<Answer>, change: (answer: Answer) => Item[]): Outcome<Item[]> {
  return outcome.kind === 'found' ? foundAny(change(outcome.value)) : outcome;
}

/** Each word begins one of the name's, whatever their accents. */
function hasWords(name: string, words: string[]): boolean {
  const held = splitWords(name);
  return words.flatMap(splitWords).every((word) => held.some((item) => item.startsWith(word)));
}

function splitWords(text: string): string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}
