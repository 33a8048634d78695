/** In-memory Zendesk account behind its REST API, as documentation and recordings describe it. */
import { type FakeCrm, type FakeReply, type FakeRequest, startFakeServer } from '../conformance/fake-crm-server.ts';
import {
  apiUserId,
  createFakeRecords,
  type FakeRecords,
  type FakeTicket,
  type FakeUser,
  organizationFieldKeys,
  userFieldKeys,
} from './fake-records.ts';
import { matchesTicket, matchesUser, parseSearch } from './fake-search.ts';
import { createFakeWrites, reject } from './fake-writes.ts';

/** Additions for tests of this connector. */
export type FakeZendesk = FakeCrm & {
  records: FakeRecords;
  /** Talk Partner Edition. `absent`: the endpoint does not exist. */
  setTalk(state: 'on' | 'denied' | 'absent'): void;
  /** Lag of the search index in ms. */
  setIndexLag(ms: number): void;
  /** Whether lists include side-loaded records. */
  setSideLoading(isOn: boolean): void;
  /** Users and organizations have so many further fields. */
  addFields(count: number): void;
};

const client = { id: 'deskside', secret: 'zendesk-client-secret' };
const apiToken = { email: 'deskside@acme.example', token: 'zendesk-api-token' };
const tokenLife = 7_200;
const perMinute = 2_500;

export async function startFakeZendesk(): Promise<FakeZendesk> {
  const records = createFakeRecords();
  const writes = createFakeWrites(records);
  /** Expiry by token, ms UTC. */
  const tokens = new Map<string, number>();
  const minute = { startedAt: 0, count: 0 };
  let talk: 'on' | 'denied' | 'absent' = 'absent';
  let indexLag = 0;
  let isSideLoading = true;
  let furtherFields: string[] = [];
  let tokenCount = 0;
  const createdAt = new Map<number, number>();

  function giveToken(request: FakeRequest): FakeReply {
    const form = request.json ?? Object.fromEntries(new URLSearchParams(request.body));
    const { grant_type, client_id, client_secret, scope } = form as Record<string, string | undefined>;
    if (grant_type !== 'client_credentials') return reject(400, 'unsupported_grant_type');
    if (client_id !== client.id || client_secret !== client.secret) return reject(401, 'invalid_client');
    if (!scope) return reject(400, 'invalid_scope');
    tokenCount += 1;
    const token = `zendesk-token-${tokenCount}`;
    tokens.set(token, Date.now() + tokenLife * 1_000);
    return { status: 200, json: { access_token: token, token_type: 'bearer', scope, expires_in: tokenLife } };
  }

  function isKnown(authorization: string): boolean {
    const [, kind, value = ''] = /^(Bearer|Basic) (\S+)$/.exec(authorization) ?? [];
    if (kind === 'Bearer') return (tokens.get(value) ?? 0) > Date.now();
    const plain = Buffer.from(value, 'base64').toString();
    return kind === 'Basic' && plain === `${apiToken.email}/token:${apiToken.token}`;
  }

  const isIndexed = ({ id }: { id: number }) => {
    const creationTime = createdAt.get(id) ?? Date.now();
    createdAt.set(id, creationTime);
    return indexLag === 0 || creationTime <= Date.now() - indexLag;
  };

  function searchUsers({ query }: FakeRequest): FakeReply {
    const activeUsers = [...records.users.values()].filter(({ active }) => active);
    const externalId = query.get('external_id');
    if (externalId !== null)
      return listUsers(
        query,
        activeUsers.filter(({ external_id }) => external_id === externalId),
      );
    const terms = parseSearch(query.get('query') ?? '');
    if (!terms || terms.length === 0) return reject(422, 'invalid', 'Invalid search');
    return listUsers(
      query,
      activeUsers.filter((user) => isIndexed(user) && matchesUser(terms, toSearchable(user))),
    );
  }

  function toSearchable(user: FakeUser) {
    const values = (type: string) =>
      records.identities.flatMap((item) => (item.user_id === user.id && item.type === type ? item.value : []));
    const { role, name, notes, user_fields: fields } = user;
    const phones = [...(user.phone === null ? [] : [user.phone]), ...values('phone_number')];
    return {
      role,
      name,
      notes,
      fields,
      phones,
      emails: [...(user.email === null ? [] : [user.email]), ...values('email')],
    };
  }

  function listUsers(query: URLSearchParams, all: FakeUser[]): FakeReply {
    const { items, ...page } = paginate(query, all);
    const included = isSideLoading ? (query.get('include')?.split(',') ?? []) : [];
    const userIds = new Set(items.map(({ id }) => id));
    const companies = new Set(items.map(({ organization_id }) => organization_id));
    return ok({
      users: items,
      ...(included.includes('identities') && {
        identities: records.identities.filter((item) => userIds.has(item.user_id)),
      }),
      ...(included.includes('organizations') && {
        organizations: [...records.organizations.values()].filter(({ id }) => companies.has(id)),
      }),
      ...page,
    });
  }

  function listTickets(query: URLSearchParams, all: FakeTicket[]): FakeReply {
    const direction = query.get('sort_order') === 'desc' ? -1 : 1;
    const key = query.get('sort_by') === 'updated_at' ? 'updated_at' : 'id';
    const sorted = all.toSorted((item, other) => direction * (item[key] < other[key] ? -1 : 1));
    const { items, ...page } = paginate(query, sorted);
    return ok({ tickets: items, ...sideLoadUsers(query, items), ...page });
  }

  function sideLoadUsers(query: URLSearchParams, tickets: FakeTicket[]) {
    const ids = new Set(tickets.flatMap(({ requester_id, assignee_id }) => [requester_id, assignee_id]));
    const isIncluded = isSideLoading && query.get('include')?.split(',').includes('users');
    return isIncluded ? { users: [...records.users.values()].filter(({ id }) => ids.has(id)) } : {};
  }

  function search({ query }: FakeRequest): FakeReply {
    const terms = parseSearch(query.get('query') ?? '');
    if (!terms || terms.length === 0) return reject(422, 'invalid', 'Invalid search');
    const tickets = [...records.tickets.values()].filter(
      (ticket) => isIndexed(ticket) && matchesTicket(terms, { ...ticket, requesterId: ticket.requester_id }),
    );
    const { items, ...page } = paginate(query, tickets);
    return ok({ results: items.map((ticket) => ({ ...ticket, result_type: 'ticket' })), facets: null, ...page });
  }

  function listComments(ticketId: number, query: URLSearchParams): FakeReply {
    const all = records.comments.filter(({ ticket_id }) => ticket_id === ticketId);
    const { items, ...page } = paginate(query, query.get('sort_order') === 'desc' ? all.toReversed() : all);
    return ok({
      comments: items.map(({ ticket_id: _, ...comment }) => ({ ...comment, plain_body: comment.body })),
      ...page,
    });
  }

  function readTicket(path: string, request: FakeRequest): FakeReply | undefined {
    const [, id = '', rest] = /^tickets\/(\d+)(\/comments)?$/.exec(path) ?? [];
    const ticket = records.tickets.get(Number(id));
    if (!ticket) return undefined;
    if (request.method === 'PUT' && rest === undefined) return writes.updateTicket(ticket, request);
    if (request.method !== 'GET') return undefined;
    return rest ? listComments(ticket.id, request.query) : ok({ ticket, ...sideLoadUsers(request.query, [ticket]) });
  }

  function readUser(path: string, { query }: FakeRequest): FakeReply | undefined {
    const [, id = '', rest] = /^users\/(\d+)(\/tickets\/requested)?$/.exec(path) ?? [];
    const user = records.users.get(Number(id));
    if (!user) return undefined;
    const tickets = [...records.tickets.values()].filter(({ requester_id }) => requester_id === user.id);
    return rest ? listTickets(query, tickets) : ok({ user });
  }

  function listAllTickets({ query }: FakeRequest): FakeReply {
    const wanted = query.get('external_id')?.split(',');
    const all = [...records.tickets.values()];
    return listTickets(query, wanted ? all.filter(({ external_id }) => wanted.includes(external_id ?? '')) : all);
  }

  function listFields(name: string, keys: string[], query: URLSearchParams): FakeReply {
    const { items, ...page } = paginate(query, keys.toSorted().toReversed());
    return ok({ [name]: items.map((key) => ({ key, type: 'text' })), ...page });
  }

  function pickMany<Item>(all: Map<number, Item>, query: URLSearchParams): Item[] {
    const ids = (query.get('ids') ?? '').split(',').map(Number);
    return ids.slice(0, 100).flatMap((id) => all.get(id) ?? []);
  }

  function readCollection(path: string, request: FakeRequest): FakeReply | undefined {
    const { query } = request;
    switch (path) {
      case 'users/me':
        return ok({ user: records.users.get(apiUserId) });
      case 'users/search':
        return searchUsers(request);
      case 'users/show_many':
        return listUsers(query, pickMany(records.users, query));
      case 'organizations':
        return ok({ organizations: paginate(query, [...records.organizations.values()]).items });
      case 'organizations/show_many':
        return ok({ organizations: pickMany(records.organizations, query) });
      case 'tickets':
        return listAllTickets(request);
      case 'search':
        return search(request);
      case 'user_fields':
        return listFields('user_fields', [...userFieldKeys, ...furtherFields], query);
      case 'organization_fields':
        return listFields('organization_fields', [...organizationFieldKeys, ...furtherFields], query);
      default:
        return undefined;
    }
  }

  function route(request: FakeRequest): FakeReply | undefined {
    const [, path] = /^\/api\/v2\/(.+?)(?:\.json)?$/.exec(request.path) ?? [];
    if (path === undefined) return undefined;
    if (request.method === 'POST' && path === 'tickets') return writes.createTicket(request);
    if (request.method === 'POST' && path === 'calls' && talk !== 'absent') {
      return talk === 'denied' ? problem(403) : writes.createCall(request);
    }
    const collection = request.method === 'GET' ? readCollection(path, request) : undefined;
    return collection ?? readTicket(path, request) ?? (request.method === 'GET' ? readUser(path, request) : undefined);
  }

  /** Account-wide, per full minute. */
  function count(): { headers: Record<string, string>; isOver: boolean } {
    const now = Date.now();
    if (now - minute.startedAt >= 60_000) Object.assign(minute, { startedAt: now, count: 0 });
    minute.count += 1;
    const remaining = Math.max(0, perMinute - minute.count);
    const reset = String(Math.ceil((minute.startedAt + 60_000 - now) / 1_000));
    const isOver = minute.count > perMinute;
    return {
      isOver,
      headers: {
        'x-rate-limit': String(perMinute),
        'x-rate-limit-remaining': String(remaining),
        'ratelimit-limit': String(perMinute),
        'ratelimit-remaining': String(remaining),
        'ratelimit-reset': reset,
        ...(isOver && { 'retry-after': reset }),
      },
    };
  }

  const server = await startFakeServer({
    isTokenRequest: ({ path }) => path === '/oauth/tokens',
    isWrite: ({ method, path }) => method !== 'GET' && path !== '/oauth/tokens',
    onTokensExpired: () => tokens.clear(),
    problem,
    handle(request) {
      if (request.path === '/oauth/tokens') return request.method === 'POST' ? giveToken(request) : undefined;
      const { headers, isOver } = count();
      if (isOver) return { ...problem(429), headers };
      if (!isKnown(request.headers.authorization?.toString() ?? '')) return { ...problem(401), headers };
      const reply = route(request) ?? (isRecordPath(request.path) ? problem(404) : invalidEndpoint);
      return { ...reply, headers: { ...headers, ...reply.headers } };
    },
  });

  return {
    ...server,
    records,
    settings: {
      baseUrl: server.url,
      clientId: client.id,
      phoneFields: ['mobile_number'],
      fields: {
        tier: 'user_fields.tier',
        owner: 'user_fields.account_manager',
        accountNumber: 'user_fields.account_number',
      },
    },
    secrets: { clientSecret: client.secret },
    put: (customer) => records.put(customer),
    listActivities: () => records.listActivities(),
    setTalk(state) {
      talk = state;
    },
    setIndexLag(ms) {
      indexLag = ms;
    },
    setSideLoading(isOn) {
      isSideLoading = isOn;
    },
    addFields(count) {
      furtherFields = Array.from({ length: count }, (_, index) => `zz_custom_${index}`);
    },
  };
}

const invalidEndpoint = reject(404, 'InvalidEndpoint', 'Not found');

function isRecordPath(path: string): boolean {
  return /^\/api\/v2\/(?:users|tickets)\/\d+\b/.test(path);
}

function ok(json: unknown): FakeReply {
  return { status: 200, json };
}

function problem(status: 401 | 403 | 404 | 429 | 503): FakeReply {
  const errors: Record<number, [unknown, string?]> = {
    401: ["Couldn't authenticate you"],
    403: [{ title: 'Forbidden', message: 'You do not have access to this page.' }],
    404: ['RecordNotFound', 'Not found'],
    429: ['APIRateLimitExceeded', 'Number of allowed API requests per minute exceeded'],
    503: ['unavailable', 'Sorry, the service is not available'],
  };
  const [error, description] = errors[status] ?? ['Unknown'];
  return reject(status, error, description);
}

/** Offset pagination: at most 100 per page and 1,000 in total. */
function paginate<Item>(query: URLSearchParams, all: Item[]) {
  const size = Math.min(Math.max(Number(query.get('per_page') ?? 100), 1), 100);
  const page = Math.max(Number(query.get('page') ?? 1), 1);
  const items = all.slice((page - 1) * size, page * size);
  return {
    items,
    count: all.length,
    next_page: page * size < all.length ? `?page=${page + 1}` : null,
    previous_page: null,
  };
}
