/**
 * In-memory HubSpot account behind its API. It serves the date-versioned paths, and the numbered ones of HubSpot's own
 * client. Unlike HubSpot, all versions return the same answers, and a key has all rights except those that a test
 * denies.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type FakeCrm,
  type FakeCustomer,
  type FakeReply,
  type FakeRequest,
  startFakeServer,
} from '../conformance/fake-crm-server.ts';
import {
  callOutcomes,
  createFakeRecords,
  type FakeObject,
  type FakeRecords,
  type FakeType,
  knownProperties,
  ticketStages,
  uniqueProperties,
} from './fake-records.ts';
import { describeError, present, search, validationError } from './fake-search.ts';
import { associateByDefault, createObject, isType, upsertObjects } from './fake-writes.ts';

export type FakeHubspot = FakeCrm &
  Pick<FakeRecords, 'putCompany' | 'ownerOf' | 'remove'> & {
    /** Numbers of all tickets, oldest first. */
    listTickets(): string[];
    /** While the index lags, new records are not found by search. */
    lag(lags: boolean): void;
    /** 429 beyond five searches within a second. */
    limitSearches(): void;
    /** Searches by association answer so much later, in ms. */
    delayAssociationSearches(ms: number): void;
    /** The index still associates every record with every other. */
    leaveAssociationsStale(): void;
    /** A filter of a search by association is an unknown property. */
    refuseAssociationFilters(): void;
    /** Denies paths with these prefixes, such as `/crm/objects/tickets`, without their version. */
    deny(paths: string[]): void;
    /** Rejects activities with the message of an account rule. */
    demand(rule: (properties: Record<string, string>) => string | undefined): void;
    /** A request for a record's associations is denied as a whole. */
    denyAssociations(): void;
    /** Associations on one page, 100 by default. */
    pageAssociations(size: number): void;
    /** Each object has so many further properties. */
    addProperties(count: number): void;
    /** Of a contact that `put` returned. */
    addInteractions(customerId: string, interactions: NonNullable<FakeCustomer['interactions']>): void;
    addTickets(customerId: string, tickets: NonNullable<FakeCustomer['cases']>): string[];
  };

const searchesPerSecond = 5;

export async function startFakeHubspot(): Promise<FakeHubspot> {
  const records = createFakeRecords();
  const searches: number[] = [];
  let isKeyTaken = true;
  let isLimited = false;
  let denied: string[] = [];
  let areAssociationsDenied = false;
  let areFiltersRefused = false;
  let associationDelayMs = 0;
  let areAssociationsStale = false;
  let pageSize = 100;
  let furtherProperties = 0;
  let rule: ((properties: Record<string, string>) => string | undefined) | undefined;

  function limitSearch(now: number): FakeReply | undefined {
    searches.push(now);
    const recent = searches.filter((at) => at > now - 1_000);
    if (!isLimited || recent.length <= searchesPerSecond) return undefined;
    return problems[429]('SECONDLY');
  }

  async function searchAssociated(type: FakeType, json: unknown): Promise<FakeReply> {
    if (areFiltersRefused) return validationError('There was a problem with the request: no such property');
    await sleep(associationDelayMs, undefined, { ref: false });
    return search(records, type, areAssociationsStale ? { ...(json as object), filterGroups: [] } : json);
  }

  function pageOf(object: FakeObject, to: FakeType, after: number) {
    const all = records.listAssociated(object, to);
    const next = after + pageSize;
    const paging = next < all.length ? { paging: { next: { after: String(next) } } } : {};
    return { page: all.slice(after, next), paging };
  }

  function readObject(type: FakeType, id: string, query: URLSearchParams): FakeReply | undefined {
    const object = records.find(type, id);
    if (!object) return undefined;
    const associations = readList(query, 'associations').filter(isType);
    const lists = associations.flatMap((to) => {
      const { page, paging } = pageOf(object, to, 0);
      if (page.length === 0) return [];
      const results = page.map((other) => ({ id: other.id, type: `${type.slice(0, -1)}_to_${to.slice(0, -1)}` }));
      return [[to, { results, ...paging }] as const];
    });
    const json = present(object, readList(query, 'properties'));
    return { status: 200, json: lists.length === 0 ? json : { ...json, associations: Object.fromEntries(lists) } };
  }

  /** The pages of associated ids, for up to 1,000 records. */
  function readAssociations(path: string, json: unknown): FakeReply | undefined {
    const [, from = '', to = ''] = /^\/crm\/associations\/(\w+)\/(\w+)\/batch\/read$/.exec(path) ?? [];
    const { inputs } = (json ?? {}) as { inputs?: { id: string; after?: string }[] };
    if (!isType(from) || !isType(to)) return undefined;
    if (!Array.isArray(inputs) || inputs.length === 0) return validationError('inputs: 1 to 1000');
    const results = inputs.flatMap(({ id, after = '0' }) => {
      const object = records.find(from, id);
      if (!object) return [];
      const { page, paging } = pageOf(object, to, Number(after));
      const others = page.map((other) => ({ toObjectId: other.id, associationTypes: [] }));
      return others.length === 0 ? [] : [{ from: { id }, to: others, ...paging }];
    });
    const now = new Date().toISOString();
    return { status: 200, json: { status: 'COMPLETE', results, startedAt: now, completedAt: now } };
  }

  function readBatch(type: FakeType, json: unknown): FakeReply {
    const { inputs, properties, propertiesWithHistory, ...rest } = (json ?? {}) as Record<string, unknown>;
    if (!Array.isArray(inputs) || !Array.isArray(properties) || !Array.isArray(propertiesWithHistory)) {
      return validationError('Some required fields were not set: [inputs, properties, propertiesWithHistory]');
    }
    if (Object.keys(rest).some((key) => key !== 'idProperty') || inputs.length > 100 || inputs.length === 0) {
      return validationError('inputs: 1 to 100');
    }
    const ids = inputs.map(({ id }) => String(id));
    const there = ids.flatMap((id) => records.find(type, id) ?? []);
    const gone = ids.filter((id) => !records.find(type, id));
    const now = new Date().toISOString();
    const results = there.map((object) => present(object, properties.map(String)));
    const answer = { status: 'COMPLETE', results, startedAt: now, completedAt: now };
    if (gone.length === 0) return { status: 200, json: answer };
    const error = describeError('OBJECT_NOT_FOUND', `Could not get some ${type}`, { context: { ids: gone } });
    return { status: 207, json: { ...answer, numErrors: 1, errors: [error] } };
  }

  function handleObjects({ method, path, query, json }: FakeRequest): FakeReply | Promise<FakeReply> | undefined {
    const [, type = '', rest = ''] = /^\/crm\/objects\/(\w+)(\/.*)?$/.exec(path) ?? [];
    if (!isType(type)) return undefined;
    if (method === 'PUT') return associateByDefault(records, path);
    if (method === 'POST') {
      if (rest === '/search') {
        const isByAssociation = JSON.stringify(json).includes('"associations.');
        return (
          limitSearch(Date.now()) ?? (isByAssociation ? searchAssociated(type, json) : search(records, type, json))
        );
      }
      if (rest === '/batch/read') return readBatch(type, json);
      if (rest === '/batch/upsert') return upsertObjects(records, type, json);
      return rest === '' ? createObject(records, type, json, rule) : undefined;
    }
    if (rest === '')
      return {
        status: 200,
        json: {
          results: records
            .list(type)
            .slice(0, 1)
            .map((item) => present(item, [])),
        },
      };
    const [, id = ''] = /^\/([^/]+)$/.exec(rest) ?? [];
    return readObject(type, id, query);
  }

  function handle(request: FakeRequest): FakeReply | Promise<FakeReply> | undefined {
    const { headers, method } = request;
    const path = withoutVersion(request.path);
    if (headers.authorization !== `Bearer ${key}` || !isKeyTaken) return problems[401]();
    const isDenied = areAssociationsDenied && request.query.has('associations');
    if (isDenied || denied.some((item) => path.startsWith(item))) return problems[403]();
    if (request.json === undefined && method === 'POST') return validationError('Invalid input JSON');
    if (path.startsWith('/crm/objects/')) return handleObjects({ ...request, path });
    if (path.startsWith('/crm/associations/') && method === 'POST') return readAssociations(path, request.json);
    if (method !== 'GET') return undefined;
    const [, owned, type = '', name] =
      /^\/crm\/(owners|pipelines|properties)(?:\/(\w+))?(?:\/(\w+))?$/.exec(path) ?? [];
    if (owned === 'owners') return listOwners(records, request.query);
    if (owned === 'pipelines' && type === 'tickets') return { status: 200, json: pipelines };
    return owned === 'properties' && isType(type) ? readProperties(type, name, furtherProperties) : undefined;
  }

  const server = await startFakeServer({
    isTokenRequest: () => false,
    isWrite: ({ method, path }) => ['POST', 'PUT'].includes(method) && !/\/(search|batch\/read)$/.test(path),
    onTokensExpired() {
      isKeyTaken = false;
    },
    problem: (status) => problems[status](),
    handle,
  });

  return {
    ...server,
    settings: { baseUrl: server.url, fields: { tier: 'customer_tier', accountNumber: 'customer_number' } },
    secrets: { accessToken: key },
    put: records.put,
    putCompany: records.putCompany,
    ownerOf: records.ownerOf,
    remove: records.remove,
    listActivities: records.listActivities,
    listTickets: () => records.list('tickets').map(({ id }) => id),
    lag: records.lag,
    limitSearches() {
      isLimited = true;
    },
    deny(paths) {
      denied = paths;
    },
    delayAssociationSearches(ms) {
      associationDelayMs = ms;
    },
    leaveAssociationsStale() {
      areAssociationsStale = true;
    },
    refuseAssociationFilters() {
      areFiltersRefused = true;
    },
    denyAssociations() {
      areAssociationsDenied = true;
    },
    demand(next) {
      rule = next;
    },
    pageAssociations(size) {
      pageSize = size;
    },
    addProperties(count) {
      furtherProperties = count;
    },
    addInteractions: records.addInteractions,
    addTickets: (customerId, tickets) => records.addTicketsTo(customerId, tickets),
  };
}

const key = 'service-key-of-the-fake-account';

/** The position of the version differs between paths. */
function withoutVersion(path: string): string {
  return path
    .replace(/^\/crm\/v[34]\//, '/crm/')
    .replace(/^(\/crm\/\w+)\/\d{4}-\d{2}(?=\/|$)/, '$1')
    .replace(/\/$/, '');
}

const pipelines = {
  results: [
    {
      id: '0',
      label: 'Support',
      displayOrder: 0,
      archived: false,
      createdAt: '2026-01-01T00:00:00Z',
      updatedAt: '2026-01-01T00:00:00Z',
      stages: ticketStages.map(({ id, label, ticketState }, displayOrder) => ({
        id,
        label,
        displayOrder,
        archived: false,
        writePermissions: 'CRM_PERMISSIONS_ENFORCEMENT',
        createdAt: '2026-01-01T00:00:00Z',
        updatedAt: '2026-01-01T00:00:00Z',
        metadata: { ticketState, isClosed: String(ticketState === 'CLOSED') },
      })),
    },
  ],
};

function listOwners(records: FakeRecords, query: URLSearchParams): FakeReply {
  const from = Number(query.get('after') ?? 0);
  const next = from + Number(query.get('limit') ?? 100);
  const all = [...records.owners.values()].filter(
    ({ email }) => !query.has('email') || email === query.get('email')?.toLowerCase(),
  );
  const times = { createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z' };
  const results = all.slice(from, next).map((owner) => ({ ...owner, ...times, type: 'PERSON', archived: false }));
  return { status: 200, json: { results, ...(next < all.length && { paging: { next: { after: String(next) } } }) } };
}

function readProperties(type: FakeType, name: string | undefined, further: number): FakeReply | undefined {
  const describe = (property: string) => ({
    name: property,
    label: property,
    type: 'string',
    fieldType: 'text',
    groupName: 'information',
    description: '',
    hasUniqueValue: uniqueProperties.includes(`${type} ${property}`),
    options: property === 'hs_call_disposition' ? callOutcomes : [],
    hidden: false,
  });
  const others = Array.from({ length: further }, (_, index) => ({
    ...describe(`custom_${index}`),
    // As large as a recorded property.
    description: 'x'.repeat(1_200),
  }));
  if (name === undefined)
    return { status: 200, json: { results: [...knownProperties[type].map(describe), ...others] } };
  return knownProperties[type].includes(name) ? { status: 200, json: describe(name) } : undefined;
}

function readList(query: URLSearchParams, name: string): string[] {
  return query.getAll(name).flatMap((text) => text.split(','));
}

const problems = {
  401: () => ({
    status: 401,
    json: describeError('INVALID_AUTHENTICATION', 'Authentication credentials not found.'),
  }),
  403: () => ({
    status: 403,
    json: describeError('MISSING_SCOPES', 'This app hasn’t been granted all required scopes to make this call.'),
  }),
  404: () => ({ status: 404, json: describeError('OBJECT_NOT_FOUND', 'Object not found.') }),
  429: (policyName = 'TEN_SECONDLY_ROLLING') => ({
    status: 429,
    json: { ...describeError('RATE_LIMITS', 'You have reached your limit.'), errorType: 'RATE_LIMIT', policyName },
  }),
  503: () => ({ status: 503, json: describeError('SERVICE_UNAVAILABLE', 'Try again later.') }),
} satisfies Record<number, (policy?: string) => FakeReply>;
