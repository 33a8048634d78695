/**
 * The system in memory, as its documentation describes it, its rejections included: a fake that accepts anything proves
 * nothing. Decide: which of its behaviors were unexpected? Add them here first.
 */
import {
  type FakeActivity,
  type FakeCrm,
  type FakeReply,
  type FakeRequest,
  startFakeServer,
} from '../conformance/fake-crm-server.ts';

type StoredCustomer = {
  id: string;
  name: string;
  company: string | null;
  phones: { value: string }[];
  emails: { value: string }[];
  accountNumber: string | null;
  owner: { name: string } | null;
  custom: Record<string, string>;
};

type StoredCase = {
  number: string;
  customerId: string;
  subject: string;
  status: string;
  priority: string;
  updatedAt: string;
};

type StoredInteraction = { customerId: string; at: string; channel: string; summary: string };

const client = { id: 'template-client', secret: 'template-secret' };
const filters = ['phone', 'email', 'account', 'name', 'emailPrefix', 'ids'];
const activityFields = [
  'customerId',
  'caseNumber',
  'channel',
  'direction',
  'startedAt',
  'seconds',
  'subject',
  'notes',
  'agentEmail',
  'visibility',
];

export async function startFakeTemplate(): Promise<FakeCrm> {
  const customers = new Map<string, StoredCustomer>();
  const cases: StoredCase[] = [];
  const interactions: StoredInteraction[] = [];
  const activities = new Map<string, FakeActivity>();
  const tokens = new Set<string>();
  let count = 0;
  const nextNumber = () => ++count;

  function giveToken(request: FakeRequest): FakeReply {
    const form = new URLSearchParams(request.body);
    if (form.get('grant_type') !== 'client_credentials') return refuse(400, 'unsupported_grant_type');
    if (form.get('client_id') !== client.id || form.get('client_secret') !== client.secret) {
      return refuse(401, 'invalid_client');
    }
    const token = `token-${nextNumber()}`;
    tokens.add(token);
    return { status: 200, json: { access_token: token, token_type: 'Bearer', expires_in: 3_600 } };
  }

  function listCustomers({ query }: FakeRequest): FakeReply {
    const given = filters.filter((name) => query.has(name));
    const [filter] = given;
    if (given.length !== 1 || filter === undefined || hasUnknown(query, [...filters, 'limit'])) {
      return refuse(400, 'exactly_one_filter');
    }
    const value = query.get(filter) ?? '';
    if (value === '') return refuse(400, 'empty_filter');
    const all = [...customers.values()].filter((customer) => passes(customer, filter, value));
    return items(all, query);
  }

  function listCases({ query }: FakeRequest): FakeReply {
    if (hasUnknown(query, ['number', 'customers', 'status', 'expand', 'limit']))
      return refuse(400, 'unknown_parameter');
    const wanted = query.get('customers')?.split(',');
    const found = cases.filter(
      ({ number, customerId, status }) =>
        (!query.has('number') || number === query.get('number')) &&
        (!wanted || wanted.includes(customerId)) &&
        (!query.has('status') || status === query.get('status')),
    );
    const isWhole = query.get('expand') === 'customer';
    return items(isWhole ? found.map((item) => ({ ...item, customer: customers.get(item.customerId) })) : found, query);
  }

  function listInteractions({ query }: FakeRequest): FakeReply {
    if (hasUnknown(query, ['customers', 'limit'])) return refuse(400, 'unknown_parameter');
    const wanted = query.get('customers')?.split(',') ?? [];
    return items(
      interactions.filter(({ customerId }) => wanted.includes(customerId)),
      query,
    );
  }

  function writeActivity(key: string, { json }: FakeRequest): FakeReply {
    const known = activities.get(key);
    if (known) return { status: 200, json: { id: known.id, created: false } };
    const body = json as Record<string, unknown>;
    const { customerId, caseNumber, direction, startedAt, seconds, subject, notes, visibility } = body;
    if (Object.keys(body).some((name) => !activityFields.includes(name))) return refuse(400, 'unknown_field');
    if (Number.isNaN(Date.parse(String(startedAt))) || !Number.isInteger(seconds)) return refuse(400, 'invalid_value');
    if (visibility !== 'internal') return refuse(400, 'would_be_public');
    if (!customers.has(String(customerId))) return refuse(404, 'no_such_customer');
    if (caseNumber !== undefined && !cases.some(({ number }) => number === caseNumber))
      return refuse(404, 'no_such_case');
    const activity: FakeActivity = {
      id: `A-${nextNumber()}`,
      key,
      subject: String(subject),
      notes: String(notes),
      customerId: String(customerId),
      caseNumber: caseNumber === undefined ? undefined : String(caseNumber),
      direction: direction === 'outbound' ? 'outbound' : 'inbound',
      seconds: Number(seconds),
    };
    activities.set(key, activity);
    return { status: 201, json: { id: activity.id, created: true } };
  }

  const server = await startFakeServer({
    isTokenRequest: ({ path }) => path === '/oauth/token',
    isWrite: ({ method }) => method === 'PUT',
    onTokensExpired: () => tokens.clear(),
    problem: (status) =>
      refuse(status, { 401: 'unknown_token', 403: 'missing_scope', 404: 'not_found' }[status as 401]),
    handle(request) {
      const { method, path, headers } = request;
      if (path === '/oauth/token') return method === 'POST' ? giveToken(request) : undefined;
      const bearer = /^Bearer (.+)$/.exec(headers.authorization?.toString() ?? '')?.[1];
      if (bearer === undefined || !tokens.has(bearer)) return refuse(401, 'unknown_token');
      const [, key] = /^\/v1\/activities\/([^/]+)$/.exec(path) ?? [];
      if (method === 'PUT' && key !== undefined) return writeActivity(key, request);
      if (method !== 'GET') return undefined;
      const read = { '/v1/customers': listCustomers, '/v1/cases': listCases, '/v1/interactions': listInteractions }[
        path
      ];
      return path === '/v1/me' ? { status: 200, json: grants } : read?.(request);
    },
  });

  return {
    ...server,
    settings: {
      baseUrl: `${server.url}/v1`,
      tokenUrl: `${server.url}/oauth/token`,
      webUrl: 'https://app.customers.example',
      clientId: client.id,
      fields: { tier: 'segment' },
    },
    secrets: { clientSecret: client.secret },
    put(customer) {
      const id = `C-${nextNumber()}`;
      customers.set(id, {
        id,
        name: customer.name,
        company: customer.company ?? null,
        phones: (customer.phones ?? []).map((value) => ({ value })),
        emails: (customer.emails ?? []).map((value) => ({ value })),
        accountNumber: customer.accountNumber ?? null,
        owner: customer.owner === undefined ? null : { name: customer.owner },
        custom: customer.tier === undefined ? {} : { segment: customer.tier },
      });
      const made = (customer.cases ?? []).map(({ subject, status = 'open', priority = 'normal', updatedAt = 0 }) => ({
        number: `CS-${String(nextNumber()).padStart(6, '0')}`,
        customerId: id,
        subject,
        status,
        priority,
        updatedAt: new Date(updatedAt).toISOString(),
      }));
      cases.push(...made);
      for (const { at, channel = 'voice', summary } of customer.interactions ?? []) {
        interactions.push({ customerId: id, at: new Date(at).toISOString(), channel, summary });
      }
      return { id, caseNumbers: made.map(({ number }) => number) };
    },
    listActivities: () => [...activities.values()],
  };
}

const grants = {
  scopes: ['customers:read', 'cases:read', 'interactions:read', 'activities:write'],
  customFields: ['segment'],
};

function passes(customer: StoredCustomer, filter: string, value: string): boolean {
  const emails = customer.emails.map((email) => email.value.toLowerCase());
  switch (filter) {
    case 'phone':
      return customer.phones.some((phone) => phone.value.replace(/\D/g, '').includes(value));
    case 'email':
      return emails.includes(value);
    case 'emailPrefix':
      return emails.some((email) => email.startsWith(value));
    case 'account':
      return customer.accountNumber?.toUpperCase() === value;
    case 'name':
      return startsWithEach(customer.name, value);
    default:
      return value.split(',').includes(customer.id);
  }
}

/** Each of the words begins one of the name's. */
function startsWithEach(name: string, words: string): boolean {
  const held = name.toLowerCase().split(/\s+/);
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => held.some((one) => one.startsWith(word)));
}

function items(all: unknown[], query: URLSearchParams): FakeReply {
  return { status: 200, json: { items: all.slice(0, Number(query.get('limit') ?? 100)) } };
}

function hasUnknown(query: URLSearchParams, known: string[]): boolean {
  return [...query.keys()].some((name) => !known.includes(name));
}

function refuse(status: number, error = 'try_later'): FakeReply {
  return { status, json: { error } };
}
