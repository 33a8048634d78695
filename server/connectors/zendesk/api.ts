import * as z from 'zod';
import { type CrmHttp, maxSchemaBytes, type ReadProblem } from '../http/crm-http.ts';
import type { Activity } from '../port/connector.ts';
import { found, type Outcome } from '../port/outcome.ts';

const id = z.int().positive();
const fieldValues = z.record(z.string(), z.unknown()).nullish();

const userRecord = z.object({
  id,
  name: z.string().nullish(),
  email: z.string().nullish(),
  phone: z.string().nullish(),
  role: z.string().nullish(),
  /** false: deleted. */
  active: z.boolean().nullish(),
  organization_id: id.nullish(),
  external_id: z.string().nullish(),
  locale: z.string().nullish(),
  iana_time_zone: z.string().nullish(),
  notes: z.string().nullish(),
  details: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  user_fields: fieldValues,
});
export type UserRecord = z.infer<typeof userRecord>;

/** Further addresses and numbers of a user. `type`: `email`, `phone_number`, … */
const identityRecord = z.object({ user_id: id, type: z.string(), value: z.string().nullish() });
export type IdentityRecord = z.infer<typeof identityRecord>;

const organizationRecord = z.object({
  id,
  name: z.string().nullish(),
  external_id: z.string().nullish(),
  notes: z.string().nullish(),
  details: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  organization_fields: fieldValues,
});
export type OrganizationRecord = z.infer<typeof organizationRecord>;

const ticketRecord = z.object({
  id,
  subject: z.string().nullish(),
  status: z.string().nullish(),
  priority: z.string().nullish(),
  requester_id: id.nullish(),
  assignee_id: id.nullish(),
  external_id: z.string().nullish(),
  created_at: z.string().nullish(),
  updated_at: z.string().nullish(),
  via: z.object({ channel: z.unknown().optional() }).nullish(),
});
export type TicketRecord = z.infer<typeof ticketRecord>;

const commentRecord = z.object({
  type: z.string().nullish(),
  public: z.boolean().nullish(),
  body: z.string().nullish(),
  created_at: z.string().nullish(),
  /** Details of a call. Its shape is not documented. */
  data: z.unknown().optional(),
});
export type CommentRecord = z.infer<typeof commentRecord>;

/** Of a list in pages. `next_page` is an address, or null on the last page. */
const paging = { count: z.number().nullish(), next_page: z.string().nullish() };
type Paging = { count?: number | null | undefined; next_page?: string | null | undefined };

/** Whether this many items are the whole list. An answer with neither may be a part of it. */
export function isWholeList({ count, next_page }: Paging, items: number): boolean {
  return typeof count === 'number' ? count <= items : next_page === null;
}

/** Side-loaded lists are present if requested and if the endpoint supports them. */
const userList = z.object({
  users: z.array(userRecord),
  identities: z.array(identityRecord).nullish(),
  organizations: z.array(organizationRecord).nullish(),
  ...paging,
});
export type UserList = z.infer<typeof userList>;

const ticketList = z.object({
  tickets: z.array(ticketRecord),
  users: z.array(userRecord).nullish(),
  ...paging,
});
export type TicketList = z.infer<typeof ticketList>;

const foundTickets = z
  .object({ results: z.array(ticketRecord), ...paging })
  .transform(({ results, ...page }): TicketList => ({ tickets: results, ...page }));
const organizationList = z.object({ organizations: z.array(organizationRecord) });
const ticketWithUsers = z.object({ ticket: ticketRecord, users: z.array(userRecord).nullish() });
const oneUser = z.object({ user: userRecord }).transform(({ user }) => user);
const oneTicket = z.object({ ticket: ticketRecord }).transform(({ ticket }) => ticket);
const comments = z.object({ comments: z.array(commentRecord) }).transform((answer) => answer.comments);
const me = z.object({ user: z.object({ id: id.nullish(), role: z.string().nullish() }) }).transform(({ user }) => user);
const keyList = z.array(z.object({ key: z.string().nullish() }));
const userFields = z
  .object({ user_fields: keyList, ...paging })
  .transform(({ user_fields, ...page }) => ({ keys: keysOf(user_fields), ...page }));
const organizationFields = z
  .object({ organization_fields: keyList, ...paging })
  .transform(({ organization_fields, ...page }) => ({ keys: keysOf(organization_fields), ...page }));

function keysOf(list: z.infer<typeof keyList>): string[] {
  return list.flatMap(({ key }) => key ?? []);
}

/** Tickets of one customer on a card: the latest. */
const maxTickets = 25;
/** Open tickets per page of a search. */
const ticketsPerPage = 100;
/** Pages of custom fields, of 100 each. */
const maxFieldPages = 20;
export const maxComments = 25;
const newestFirst = { sort_by: 'updated_at', sort_order: 'desc', per_page: maxTickets };

/** `public` is always false: Zendesk defaults to true and e-mails public comments to the customer. */
export type PrivateComment = { body: string; public: false; author_id?: number };

type NewTicket = {
  subject: string;
  requester_id: number;
  external_id: string;
  tags: string[];
  comment: PrivateComment;
  assignee_id?: number;
  status?: 'solved';
  via_followup_source_id?: number;
};

type NewCall = {
  call: {
    app_id: number;
    external_id: string;
    from_line: string;
    to_line: string;
    call_started_at: string;
    call_ended_at: string;
    direction: Activity['direction'];
    ticket_id: number;
    end_user_id: number;
    agent_id?: number;
    call_disposition?: string;
  };
  comment: { title: string; call_fields: string[] };
};

/** The only file that knows Zendesk's URLs. */
export function createApi(crm: CrmHttp) {
  const listUsers = (query: Record<string, string | number>) =>
    crm.request({ path: '/api/v2/users/search.json', query: { ...query, include: 'identities' } }, userList);

  return {
    /** At most 100 users per page. */
    searchUsers: (query: string, limit: number, page = 1) =>
      listUsers({ query, per_page: Math.min(limit, 100), ...(page > 1 && { page }) }),

    findUsersByExternalId: (externalId: string) => listUsers({ external_id: externalId }),

    readUsers: (ids: string[]) =>
      crm.request(
        {
          path: '/api/v2/users/show_many.json',
          query: { ids: ids.join(','), include: 'organizations,identities' },
        },
        userList,
      ),

    readUser: (userId: string) =>
      crm.request({ path: `/api/v2/users/${userId}.json`, notFoundStatuses: [404] }, oneUser),

    readOrganizations: (ids: number[]) =>
      crm.request({ path: '/api/v2/organizations/show_many.json', query: { ids: ids.join(',') } }, organizationList),

    /** A list, not a search: the search index lags by minutes. Only a user who does not exist has none. */
    listTicketsOf: (userId: string) =>
      crm.request(
        {
          path: `/api/v2/users/${userId}/tickets/requested.json`,
          query: { ...newestFirst, include: 'users' },
          notFoundStatuses: [404],
        },
        ticketList,
      ),

    searchTickets: (query: string, page: number) =>
      crm.request(
        { path: '/api/v2/search.json', query: { query, ...newestFirst, per_page: ticketsPerPage, page } },
        foundTickets,
      ),

    readTicket: (ticketId: string) =>
      crm.request(
        { path: `/api/v2/tickets/${ticketId}.json`, query: { include: 'users' }, notFoundStatuses: [404] },
        ticketWithUsers,
      ),

    findTicketsByExternalId: (externalId: string) =>
      crm.request({ path: '/api/v2/tickets.json', query: { external_id: externalId } }, ticketList),

    listComments: (ticketId: number, page: number) =>
      crm.request(
        {
          path: `/api/v2/tickets/${ticketId}/comments.json`,
          query: { sort_order: 'desc', per_page: maxComments, page },
          notFoundStatuses: [404],
        },
        comments,
      ),

    createTicket: (key: string, ticket: NewTicket) =>
      crm.request(
        { method: 'POST', path: '/api/v2/tickets.json', headers: { 'idempotency-key': key }, json: { ticket } },
        oneTicket,
      ),

    /** `stamp`: the ticket's `updated_at`. Zendesk rejects the update (409) if the ticket changed since. */
    addComment: (ticketId: number, comment: PrivateComment, stamp: string | undefined) =>
      crm.request(
        {
          method: 'PUT',
          path: `/api/v2/tickets/${ticketId}.json`,
          notFoundStatuses: [404],
          json: { ticket: { comment, ...(stamp !== undefined && { safe_update: true, updated_stamp: stamp }) } },
        },
        oneTicket,
      ),

    /** Exists only with Talk Partner Edition. */
    createCall: (call: NewCall) =>
      crm.request(
        { method: 'POST', path: '/api/v2/calls', json: call, notFoundStatuses: [404] },
        z.object({ call: z.object({ id }) }),
      ),

    readMe: () => crm.request({ path: '/api/v2/users/me.json' }, me),

    tryTickets: () => crm.request({ path: '/api/v2/tickets.json', query: { per_page: 1 } }, ticketList),

    tryOrganizations: () =>
      crm.request({ path: '/api/v2/organizations.json', query: { per_page: 1 } }, organizationList),

    listUserFields: () =>
      listKeys((page) =>
        crm.request(
          { path: '/api/v2/user_fields.json', query: { per_page: 100, page }, maxBytes: maxSchemaBytes },
          userFields,
        ),
      ),

    listOrganizationFields: () =>
      listKeys((page) =>
        crm.request(
          { path: '/api/v2/organization_fields.json', query: { per_page: 100, page }, maxBytes: maxSchemaBytes },
          organizationFields,
        ),
      ),
  };
}

export type Api = ReturnType<typeof createApi>;

/** The keys of all pages. A page without a next one is the last: few accounts have more than one. */
async function listKeys(
  readPage: (page: number) => Promise<Outcome<{ keys: string[] } & Paging>>,
): Promise<Outcome<string[]>> {
  const keys: string[] = [];
  for (let page = 1; page <= maxFieldPages; page += 1) {
    const answer = await readPage(page);
    if (answer.kind !== 'found') return answer;
    keys.push(...answer.value.keys);
    if (!answer.value.next_page) return found(keys);
  }
  return { kind: 'invalid', reason: 'too-many' };
}

const problemBody = z.object({ error: z.string() });

/**
 * A path that does not exist answers 404 as a record does, which would mean that there is nothing. Temporary failures
 * with a misleading status: a ticket that changed between our read and our write, an idempotency key that was used with
 * another body (the next attempt finds its ticket), a search that is down.
 */
export const readProblem: ReadProblem = ({ status, json }) => {
  if (status < 400) return undefined;
  if (status === 409) return 'unavailable';
  const { data } = problemBody.safeParse(json);
  if (data?.error === 'InvalidEndpoint') return 'invalid';
  const passes = data !== undefined && ['unavailable', 'IdempotentRequestError'].includes(data.error);
  return passes && status !== 429 ? 'unavailable' : undefined;
};
