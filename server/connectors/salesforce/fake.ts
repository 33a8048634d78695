/** In-memory Salesforce organization behind its REST API, as documentation and recordings describe it. */
import {
  type FakeCrm,
  type FakeCustomer,
  type FakeReply,
  type FakeRequest,
  startFakeServer,
} from '../conformance/fake-crm-server.ts';
import { createOrganization, type FakeOrganization, reject, SalesforceError, toDateTime } from './fake-records.ts';
import { createSignIn, fakeApp } from './fake-sign-in.ts';
import { runSoql } from './fake-soql.ts';
import { type PhoneIndex, runSosl } from './fake-sosl.ts';
import { createTask, listActivities, upsertTask } from './fake-tasks.ts';

export type FakeSalesforce = FakeCrm & {
  /** Creates a record of any object and returns its 18-character id. */
  insert(object: string, values: Record<string, string | number | boolean | null>): string;
  read(id: string): Record<string, unknown> | undefined;
  remove(id: string): void;
  /** Hides an object, or some of its fields, from the app's user. */
  hide(object: string, fields?: string[]): void;
  /** Adds custom fields to an object, as organizations do by the hundred. */
  addFields(object: string, count: number): void;
  /** Records of one batch; the others are behind `nextRecordsUrl`. */
  setBatchSize(records: number): void;
  /** Uses up the organization's requests of 24 hours. */
  useUpRequests(): void;
};

const version = 'v66.0';
const requestsPerDay = 15_000;

export async function startFakeSalesforce(options: { phoneIndex?: PhoneIndex } = {}): Promise<FakeSalesforce> {
  const { phoneIndex = 'tokens' } = options;
  const organization = createOrganization();
  const signIn = createSignIn();
  const cursors = new Map<string, unknown[]>();
  let batchSize = 2_000;
  let used = 0;
  organization.insert('User', {
    Name: 'Deskside',
    Username: fakeApp.username,
    Email: 'it@acme.example',
    IsActive: true,
  });

  function composite({ json, headers }: FakeRequest): FakeReply {
    // Parsed JSON; each value is validated below.
    const { compositeRequest } = (json ?? {}) as { compositeRequest?: Record<string, string>[] };
    if (!isJson(headers) || !Array.isArray(compositeRequest)) reject(400, 'JSON_PARSER_ERROR', 'Unexpected parameter');
    const isQuery = ({ url = '' }: Record<string, string>) => /\/query\/?\?/.test(url);
    if (compositeRequest.length === 0 || compositeRequest.length > 25 || compositeRequest.filter(isQuery).length > 5) {
      reject(400, 'LIMIT_EXCEEDED', 'at most 25 subrequests, and 5 queries');
    }
    const names = compositeRequest.map(({ referenceId = '' }) => referenceId);
    if (new Set(names).size < names.length || names.some((name) => !/^[A-Za-z]\w*$/.test(name))) {
      reject(400, 'INVALID_FIELD', 'referenceId');
    }
    const compositeResponse = compositeRequest.map(({ method, url = '', referenceId }) => {
      const target = new URL(url, 'http://fake');
      const part = { method: method ?? '', path: decodeURIComponent(target.pathname), query: target.searchParams };
      const isAllowed = part.method === 'GET' && !part.path.endsWith('/limits');
      const reply = attempt(() => (isAllowed ? readResource(part) : undefined)) ?? notFound();
      return { body: reply.json, httpHeaders: {}, httpStatusCode: reply.status, referenceId };
    });
    return { status: 200, json: { compositeResponse } };
  }

  function readResource({ path, query }: Pick<FakeRequest, 'path' | 'query'>): FakeReply | undefined {
    const resource = path.replace(`/services/data/${version}/`, '').replace(/\/$/, '');
    const q = query.get('q') ?? '';
    if (resource === 'search') return { status: 200, json: { searchRecords: runSosl(organization, q, phoneIndex) } };
    if (resource === 'query') {
      const records = runSoql(organization, q);
      return { status: 200, json: { totalSize: records.length, ...toBatch(records, 0) } };
    }
    const [, cursor = '', start] = /^query\/(\w+)-(\d+)$/.exec(resource) ?? [];
    if (start !== undefined) {
      const records = cursors.get(cursor) ?? reject(404, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
      return { status: 200, json: { totalSize: records.length, ...toBatch(records, Number(start), cursor) } };
    }
    if (resource === 'limits') {
      return { status: 200, json: { DailyApiRequests: { Max: requestsPerDay, Remaining: requestsPerDay - used } } };
    }
    const [, name] = /^sobjects\/(\w+)\/describe$/.exec(resource) ?? [];
    return name === undefined ? undefined : { status: 200, json: describe(organization, name) };
  }

  /** `01g…-2000`: a query locator and the first record of the next batch. */
  function toBatch(all: unknown[], start: number, cursor = `01g${String(cursors.size).padStart(15, '0')}`) {
    const end = start + batchSize;
    const records = all.slice(start, end);
    if (end >= all.length) return { done: true, records };
    cursors.set(cursor, all);
    return { done: false, nextRecordsUrl: `/services/data/${version}/query/${cursor}-${end}`, records };
  }

  function writeTask({ method, path, json, headers }: FakeRequest): FakeReply | undefined {
    if (!isJson(headers)) reject(415, 'UNSUPPORTED_MEDIA_TYPE', 'Content type not supported');
    const [, field, value] = /\/sobjects\/Task(?:\/(\w+)\/(.+))?$/.exec(path) ?? [];
    if (method === 'POST' && field === undefined) {
      return { status: 201, json: { id: createTask(organization, json).Id, success: true, errors: [] } };
    }
    if (method !== 'PATCH' || field === undefined || value === undefined) return undefined;
    const saved = upsertTask(organization, field, value, json);
    if (!saved) {
      const several = organization.listOf('Task').filter((task) => task[field] === value);
      return { status: 300, json: several.map(({ Id }) => `/services/data/${version}/sobjects/Task/${Id}`) };
    }
    const { record, created } = saved;
    return { status: created ? 201 : 200, json: { id: record.Id, success: true, errors: [], created } };
  }

  function answer(request: FakeRequest): FakeReply | undefined {
    if (!signIn.isSignedIn(request)) reject(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
    if (used >= requestsPerDay) reject(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
    used += 1;
    if (!request.path.startsWith(`/services/data/${version}/`)) return undefined;
    if (request.method === 'GET') return readResource(request);
    if (request.path.endsWith('/composite')) return request.method === 'POST' ? composite(request) : undefined;
    return request.path.includes('/sobjects/Task') ? writeTask(request) : undefined;
  }

  const server = await startFakeServer({
    isTokenRequest: ({ path }) => path === '/services/oauth2/token',
    isWrite: ({ method, path }) => method !== 'GET' && path.includes('/sobjects/'),
    onTokensExpired: () => signIn.expire(),
    problem: (status) => problems[status],
    handle(request) {
      if (request.path === '/services/oauth2/token') {
        return request.method === 'POST' ? signIn.giveToken(request, server.url) : undefined;
      }
      const reply = attempt(() => answer(request));
      return reply && { ...reply, headers: { 'sforce-limit-info': `api-usage=${used}/${requestsPerDay}` } };
    },
  });

  return {
    ...server,
    settings: {
      baseUrl: server.url,
      clientId: fakeApp.clientId,
      fields: { tier: 'Account.Tier__c' },
      emailFields: ['Contact.Second_Email__c'],
    },
    secrets: { clientSecret: fakeApp.clientSecret },
    put: (customer) => put(organization, customer),
    listActivities: () => listActivities(organization),
    insert: (object, values) => organization.insert(object, values).Id,
    read: (id) => organization.findById(id)?.record,
    remove: (id) => organization.remove(id),
    hide(object, fields) {
      const known = organization.objects.get(object)?.fields ?? {};
      if (!fields) organization.hidden.add(object);
      for (const field of fields ?? []) delete known[field];
    },
    addFields(object, count) {
      const known = organization.objects.get(object)?.fields ?? {};
      for (let index = 0; index < count; index += 1) known[`Custom_${index}__c`] = 'text';
    },
    setBatchSize(records) {
      batchSize = records;
    },
    useUpRequests() {
      used = requestsPerDay;
    },
  };
}

const problems: Record<401 | 403 | 404 | 429 | 503, FakeReply> = {
  401: problem(401, 'INVALID_SESSION_ID', 'Session expired or invalid'),
  403: problem(403, 'INSUFFICIENT_ACCESS', 'insufficient access rights'),
  404: problem(404, 'NOT_FOUND', 'The requested resource does not exist'),
  // Salesforce has no 429: a used-up limit is a 403.
  429: problem(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'),
  503: problem(503, 'SERVER_UNAVAILABLE', 'Server is too busy'),
};

function problem(status: number, errorCode: string, message: string): FakeReply {
  return { status, json: [{ message, errorCode }] };
}

function notFound(): FakeReply {
  return problems[404];
}

function attempt(work: () => FakeReply | undefined): FakeReply | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof SalesforceError) return problem(error.status, error.errorCode, error.message);
    throw error;
  }
}

function isJson(headers: FakeRequest['headers']): boolean {
  return String(headers['content-type']).startsWith('application/json');
}

function describe(organization: FakeOrganization, name: string) {
  const [object, { fields }] = organization.findObject(name);
  return {
    name: object,
    createable: true,
    queryable: true,
    fields: Object.entries(fields).map(([field, type]) => ({
      name: field,
      type,
      createable: !['Id', 'IsClosed', 'AccountId', 'CreatedDate'].includes(field),
      externalId: field === 'Engagement_Id__c',
      // Recorded: 3.5 kB for each field, most of it flags and the values of picklists.
      picklistValues: Array.from({ length: 30 }, (_, index) => ({
        active: true,
        defaultValue: false,
        label: `Value ${index} of a picklist`,
        validFor: null,
        value: `Value ${index}`,
      })),
    })),
  };
}

const phoneFields = ['Phone', 'MobilePhone', 'HomePhone', 'OtherPhone'];
const emailFields = ['Email', 'Second_Email__c'];

/** A Contact, with its company if the customer has one. */
function put(organization: FakeOrganization, customer: FakeCustomer): { id: string; caseNumbers: string[] } {
  const { name, company, phones = [], emails = [], tier, accountNumber } = customer;
  if (phones.length > phoneFields.length || emails.length > emailFields.length)
    throw new Error('A Contact has no more');
  const owner = customer.owner === undefined ? undefined : findOrMakeUser(organization, customer.owner);
  const hasCompany = company !== undefined || tier !== undefined || accountNumber !== undefined;
  const account = hasCompany
    ? organization.insert('Account', {
        Name: company ?? `${name} Household`,
        Tier__c: tier ?? null,
        AccountNumber: accountNumber ?? null,
      }).Id
    : null;
  const { Id: id } = organization.insert('Contact', {
    Name: name,
    AccountId: account,
    OwnerId: owner ?? null,
    ...Object.fromEntries(phones.map((phone, index) => [phoneFields[index], phone])),
    ...Object.fromEntries(emails.map((email, index) => [emailFields[index], email])),
  });
  const caseNumbers = (customer.cases ?? []).map((item) => {
    const number = String(organization.listOf('Case').length + 1_001).padStart(8, '0');
    organization.insert('Case', {
      CaseNumber: number,
      Subject: item.subject,
      ContactId: id,
      AccountId: account,
      Status: item.status === 'closed' ? 'Closed' : 'New',
      IsClosed: item.status === 'closed',
      Priority: { low: 'Low', normal: 'Medium', high: 'High' }[item.priority ?? 'normal'],
      LastModifiedDate: toDateTime(item.updatedAt ?? Date.now()),
    });
    return number;
  });
  for (const { at, channel, summary } of customer.interactions ?? []) {
    organization.insert('Task', {
      Subject: summary,
      WhoId: id,
      AccountId: account,
      Status: 'Completed',
      IsClosed: true,
      TaskSubtype: channel === 'email' ? 'Email' : channel === 'voice' ? 'Call' : 'Task',
      CreatedDate: toDateTime(at),
    });
  }
  return { id, caseNumbers };
}

function findOrMakeUser(organization: FakeOrganization, name: string): string {
  const known = organization.listOf('User').find((user) => user.Name === name);
  const local = name.toLowerCase().replace(/\W+/g, '.');
  const made = { Name: name, Email: `${local}@acme.example`, Username: `${local}@acme.example`, IsActive: true };
  return (known ?? organization.insert('User', made)).Id;
}
