/**
 * In-memory Dataverse: tokens of Microsoft Entra, evaluated queries, one record per given id, and its rejections:
 * missing OData headers, unknown names, bindings of another table, texts that are too long.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import {
  type FakeActivity,
  type FakeCrm,
  type FakeCustomer,
  type FakeReply,
  type FakeRequest,
  startFakeServer,
} from '../conformance/fake-crm-server.ts';
import { ODataError } from './fake-filter.ts';
import { type FakeData, project, requireNames, runQuery, tableOf } from './fake-query.ts';
import { type FakeRow, fakeTables } from './fake-tables.ts';
import { activitySets, findStateProblem, missing, type Refusal, readBody } from './fake-writes.ts';

export type FakeDynamics = FakeCrm & {
  rowsOf(set: string): FakeRow[];
  /** Adds a record and returns its id. */
  add(set: string, columns: FakeRow): string;
  /** Whether `%`, `_` and `[]` are wildcards in patterns: documented, but not confirmed. */
  honorWildcards(isHonored: boolean): void;
  /** Removes the right to read this table. */
  forbid(set: string): void;
  /**
   * Answers each query with a leading wildcard by this error, as query throttling does, or runs them again. Its status
   * is not documented.
   */
  refuseScans(error: Refusal | undefined): void;
  /** Rows of a page: 5,000, of elastic tables 500. Further ones are behind `@odata.nextLink`. */
  setPageSize(rows: number): void;
};

const client = { tenantId: 'contoso-tenant', clientId: 'deskside-client', clientSecret: 'dynamics-secret' };
const root = '/api/data/v9.2';
/** The vendor's limit, in characters of the whole line. */
const maxTargetLength = 32_768;

export async function startFakeDynamics(): Promise<FakeDynamics> {
  const tables = new Map<string, FakeRow[]>(Object.keys(fakeTables).map((set) => [set, []]));
  const tokens = new Set<string>();
  const forbidden = new Set<string>();
  let hasWildcards = true;
  let scanRefusal: Refusal | undefined;
  let pageSize = 5_000;
  let caseCount = 0;

  const ownRows = (set: string) => tables.get(set) ?? [];
  const data: FakeData = {
    rowsOf: (set) =>
      set === 'activitypointers'
        ? activitySets.flatMap((item) =>
            ownRows(item).map((row) => ({ ...row, activitytypecode: fakeTables[item]?.name ?? '' })),
          )
        : ownRows(set),
    nameOf(id) {
      for (const [set, rows] of tables) {
        const row = rows.find((candidate) => candidate[tableOf(set).key] === id);
        const name = row?.fullname ?? row?.name ?? row?.title ?? row?.subject;
        if (typeof name === 'string') return name;
      }
      return undefined;
    },
    hasWildcards: () => hasWildcards,
  };

  function add(set: string, columns: FakeRow): string {
    const { key } = tableOf(set);
    const now = new Date().toISOString();
    const row: FakeRow = {
      [key]: randomUUID(),
      statecode: 0,
      statuscode: 1,
      createdon: now,
      modifiedon: now,
      ...columns,
    };
    ownRows(set).push(row);
    return String(row[key]);
  }

  const server = await startFakeServer({
    isTokenRequest: ({ path }) => path.endsWith('/oauth2/v2.0/token'),
    isWrite: ({ method, path }) => path.startsWith(root) && method !== 'GET',
    onTokensExpired: () => tokens.clear(),
    problem: (status) => problems[status],
    handle(request) {
      if (request.method === 'POST' && request.path === `/${client.tenantId}/oauth2/v2.0/token`)
        return giveToken(request);
      if (!request.path.startsWith(`${root}/`)) return undefined;
      const bearer = /^Bearer (.+)$/.exec(request.headers.authorization?.toString() ?? '')?.[1];
      if (bearer === undefined || !tokens.has(bearer)) return problems[401];
      try {
        return answer(request);
      } catch (error) {
        if (error instanceof ODataError) return reject({ status: 400, code: '0x80060888', message: error.message });
        throw error;
      }
    },
  });

  function giveToken({ body }: FakeRequest): FakeReply {
    const form = new URLSearchParams(body);
    const fail = (status: number, error: string) => ({
      status,
      json: { error, error_description: `AADSTS: ${error}` },
    });
    if (form.get('grant_type') !== 'client_credentials') return fail(400, 'unsupported_grant_type');
    if (form.get('client_id') !== client.clientId) return fail(400, 'unauthorized_client');
    if (form.get('client_secret') !== client.clientSecret) return fail(401, 'invalid_client');
    if (form.get('scope') !== `${server.url}/.default`) return fail(400, 'invalid_scope');
    const token = `ey${randomBytes(24).toString('base64url')}`;
    tokens.add(token);
    return {
      status: 200,
      json: { token_type: 'Bearer', expires_in: 3_599, ext_expires_in: 3_599, access_token: token },
    };
  }

  function answer(request: FakeRequest): FakeReply | undefined {
    const { headers, method, path, target } = request;
    if (headers['odata-version'] !== '4.0' || headers['odata-maxversion'] !== '4.0') {
      throw new ODataError('The headers OData-Version and OData-MaxVersion must be 4.0');
    }
    if (target.length > maxTargetLength) return { status: 414, text: 'URI Too Long' };
    const [, set = '', key] = /^\/api\/data\/v9\.2\/(\w+)(?:\((.*)\))?$/.exec(path) ?? [];
    if (method === 'GET' && set === 'WhoAmI') return { status: 200, json: { UserId: application.systemuserid } };
    if (!Object.hasOwn(fakeTables, set)) return undefined;
    if (forbidden.has(set)) return problems[403];
    if (key !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(key)) {
      throw new ODataError(`Unrecognized 'Edm.String' literal '${key}'`);
    }
    if (method === 'GET') return key === undefined ? list(set, request) : readOne(set, key, request);
    if (method === 'POST' && key === undefined) return create(set, randomUUID(), request);
    if (method === 'PATCH' && key !== undefined) return upsert(set, key, request);
    return undefined;
  }

  function list(set: string, request: FakeRequest): FakeReply {
    const hasLeadingWildcard = /\b(?:contains|endswith)\(/.test(request.query.get('$filter') ?? '');
    if (scanRefusal && hasLeadingWildcard) return reject(scanRefusal);
    const { $skiptoken: skipped = '0', ...options } = Object.fromEntries(request.query);
    const all = runQuery(set, new Map(Object.entries(options)), data, isAnnotated(request));
    const end = Number(skipped) + pageSize;
    const following = new URLSearchParams({ ...options, $skiptoken: String(end) });
    const json = {
      '@odata.context': `${server.url}${root}/$metadata#${set}`,
      value: all.slice(Number(skipped), end),
      ...(end < all.length && { '@odata.nextLink': `${server.url}${root}/${set}?${following}` }),
    };
    return { status: 200, json };
  }

  function readOne(set: string, key: string, request: FakeRequest): FakeReply {
    const row = data.rowsOf(set).find((candidate) => candidate[tableOf(set).key] === key);
    if (!row) return reject(missing(tableOf(set).name, key));
    requireNames(tableOf(set), new Map(request.query));
    return { status: 200, json: project(set, row, new Map(request.query), data, isAnnotated(request)) };
  }

  function upsert(set: string, key: string, request: FakeRequest): FakeReply {
    const { headers, json } = request;
    const row = ownRows(set).find((candidate) => candidate[tableOf(set).key] === key);
    if (row && headers['if-none-match'] === '*') {
      const message = 'A record with matching key values already exists.';
      return { status: 412, json: { error: { code: '0x80060892', message } } };
    }
    if (!row && headers['if-match'] === '*') return reject(missing(tableOf(set).name, key));
    if (!row) return create(set, key, request);
    const body = readBody(set, json, data);
    if (body.kind === 'rejection') return reject(body.refusal);
    const problem = findStateProblem(set, body.columns, false);
    if (problem) return reject(problem);
    Object.assign(row, body.columns, { modifiedon: new Date().toISOString() });
    return written(set, key);
  }

  function create(set: string, key: string, { headers, json }: FakeRequest): FakeReply {
    const caller = headers.callerobjectid;
    const author = caller === undefined ? application : findAgent(caller.toString());
    if (!author) return problems[403];
    const body = readBody(set, json, data);
    if (body.kind === 'rejection') return reject(body.refusal);
    const problem = findStateProblem(set, body.columns, true);
    if (problem) return reject(problem);
    add(set, { [tableOf(set).key]: key, ...body.columns, _ownerid_value: author.systemuserid, isLogged: true });
    for (const party of body.parties) add('activityparties', { ...party, _activityid_value: key });
    const regarding = body.columns._regardingobjectid_value;
    if (regarding !== undefined) {
      add('activityparties', { _partyid_value: regarding, _activityid_value: key, participationtypemask: 8 });
    }
    return written(set, key);
  }

  function written(set: string, key: string): FakeReply {
    return {
      status: 204,
      headers: { 'odata-entityid': `${server.url}${root}/${set}(${key})`, 'odata-version': '4.0' },
    };
  }

  function findAgent(objectId: string): { systemuserid: string } | undefined {
    const row = ownRows('systemusers').find((candidate) => candidate.azureactivedirectoryobjectid === objectId);
    return row && { systemuserid: String(row.systemuserid) };
  }

  function putAgent(fullname: string, internalemailaddress: string | null): string {
    const known = ownRows('systemusers').find((row) => row.fullname === fullname);
    const fresh = () => ({ azureactivedirectoryobjectid: randomUUID(), isdisabled: false });
    return known ? String(known.systemuserid) : add('systemusers', { fullname, internalemailaddress, ...fresh() });
  }

  const application = { systemuserid: putAgent('# Deskside', null) };
  putAgent('Mina Park', 'mina@deskside.example');

  function putAccount({ name, company, accountNumber }: FakeCustomer): string | undefined {
    if (company === undefined && accountNumber === undefined) return undefined;
    const known = ownRows('accounts').find(
      (row) => row.name === company && (accountNumber === undefined || row.accountnumber === accountNumber),
    );
    const fresh = { name: company ?? name, accountnumber: accountNumber ?? null, accountcategorycode: null };
    return known ? String(known.accountid) : add('accounts', fresh);
  }

  function put(customer: FakeCustomer): { id: string; caseNumbers: string[] } {
    const { name, phones = [], emails = [], owner, tier, cases = [], interactions = [] } = customer;
    const ownerId = owner === undefined ? null : putAgent(owner, null);
    const [telephone1, mobilephone, telephone2, telephone3] = phones;
    const [emailaddress1, emailaddress2, emailaddress3] = emails;
    const id = add('contacts', {
      fullname: name,
      telephone1,
      mobilephone,
      telephone2,
      telephone3,
      emailaddress1,
      emailaddress2,
      emailaddress3,
      new_tier: tier,
      _parentcustomerid_value: putAccount(customer),
      _ownerid_value: ownerId,
    });
    const caseNumbers = cases.map(({ subject, status = 'open', priority = 'normal', updatedAt = Date.now() }) => {
      const ticketnumber = nextCaseNumber();
      add('incidents', {
        ticketnumber,
        title: subject,
        _customerid_value: id,
        _ownerid_value: ownerId,
        prioritycode: { high: 1, normal: 2, low: 3 }[priority],
        modifiedon: new Date(updatedAt).toISOString(),
        ...(status === 'closed' && { statecode: 1, statuscode: 5 }),
      });
      return ticketnumber;
    });
    for (const { at, channel = 'voice', summary } of interactions) {
      const time = new Date(at).toISOString();
      add(channel === 'voice' ? 'phonecalls' : channel === 'email' ? 'emails' : 'tasks', {
        subject: summary,
        actualstart: time,
        actualend: time,
        createdon: time,
        statecode: 1,
        _regardingobjectid_value: id,
        _ownerid_value: ownerId,
      });
    }
    return { id: `contact:${id}`, caseNumbers };
  }

  /** `CAS-01000-X1Y2Z3`: the suffix is random and starts with a letter here, as most do. */
  function nextCaseNumber(): string {
    caseCount += 1;
    const suffix = randomBytes(5).toString('hex').slice(0, 5).toUpperCase();
    return `CAS-${String(999 + caseCount).padStart(5, '0')}-${'XYZ'[caseCount % 3]}${suffix}`;
  }

  function listActivities(): FakeActivity[] {
    return [...ownRows('phonecalls'), ...ownRows('tasks')].filter(({ isLogged }) => isLogged === true).map(toActivity);
  }

  function toActivity(row: FakeRow): FakeActivity {
    const { activityid, _regardingobjectid_value: regarding, directioncode } = row;
    const parties = ownRows('activityparties')
      .filter((party) => party._activityid_value === activityid)
      .map((party) => party._partyid_value);
    const names = ['contacts', 'accounts', 'leads'].flatMap((set) => {
      const { key, name } = tableOf(set);
      return ownRows(set)
        .filter((item) => parties.includes(item[key]))
        .map((item) => `${name}:${item[key]}`);
    });
    const caseRow = ownRows('incidents').find(({ incidentid }) => incidentid === regarding);
    const description = String(row.description ?? '');
    const seconds = /^Duration: (\d+) s$/m.exec(description)?.[1];
    return {
      id: String(activityid),
      key: undefined,
      subject: String(row.subject),
      notes: description,
      customerId: names[0],
      caseNumber: caseRow && String(caseRow.ticketnumber),
      direction: directioncode === undefined ? undefined : directioncode === true ? 'outbound' : 'inbound',
      seconds: seconds === undefined ? undefined : Number(seconds),
    };
  }

  return {
    ...server,
    settings: {
      baseUrl: server.url,
      tenantId: client.tenantId,
      clientId: client.clientId,
      tokenUrl: `${server.url}/${client.tenantId}/oauth2/v2.0/token`,
      fields: { tier: 'new_tier' },
    },
    secrets: { clientSecret: client.clientSecret },
    put,
    listActivities,
    add,
    rowsOf: data.rowsOf,
    honorWildcards(isHonored) {
      hasWildcards = isHonored;
    },
    forbid: (set) => void forbidden.add(set),
    setPageSize(rows) {
      pageSize = rows;
    },
    refuseScans(error) {
      scanRefusal = error;
    },
  };
}

function isAnnotated({ headers }: FakeRequest): boolean {
  return /odata\.include-annotations="[^"]*(\*|FormattedValue)/.test(headers.prefer?.toString() ?? '');
}

function reject({ status, code, message }: Refusal): FakeReply {
  return { status, json: { error: { code, message } } };
}

const problem = (status: number, code: string, message: string): FakeReply => ({
  status,
  json: { error: { code, message } },
});

const problems: Record<401 | 403 | 404 | 429 | 503, FakeReply> = {
  401: { status: 401, headers: { 'www-authenticate': 'Bearer authorization_uri=https://login.example' } },
  403: problem(403, '0x80040220', 'Principal user is missing prvReadContact privilege'),
  404: problem(404, '0x80060888', 'Resource not found for the segment.'),
  429: problem(429, '0x80072322', 'Number of requests exceeded the limit of 6000 over time window of 300 seconds.'),
  503: { status: 503, headers: { 'content-type': 'text/html' }, text: '<h1>Service Unavailable</h1>' },
};
