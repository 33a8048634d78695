/**
 * In-memory ServiceNow instance: OAuth with tokens of half an hour, Basic, the Table API, OpenFrame's voice
 * interactions. Like ServiceNow it silently ignores unknown columns in queries, field lists and records, and rejects a
 * missing Accept or Content-Type and unknown tables.
 */
import { type FakeCrm, type FakeReply, type FakeRequest, startFakeServer } from '../conformance/fake-crm-server.ts';
import { selectRows } from './fake-query.ts';
import { createTables, type StoredRow, toText } from './fake-tables.ts';

export type FakeServicenow = FakeCrm & {
  /** Scripts executed by queries. */
  scripts: string[];
  /** Journal entries that customers can read. */
  listComments(): string[];
  dropColumn(table: string, column: string): void;
  /** Answers 403 for a table until it is allowed again. */
  forbid(table: string): void;
  allow(table: string): void;
  /** Answers 400 for a table, as if its plugin were not installed. */
  remove(table: string): void;
  /** `glide.invalid_query.returns_no_rows` */
  returnNoRowsForInvalidQueries(): void;
  /** Truncates the next list: status 200, half of its rows, then an error. */
  cutOffNext(): void;
  /** Forbidden rows, removed from a page after its limit was applied. */
  hide(id: string): void;
  hideCase(number: string): void;
  /** Forbids all rows of a table, those to come too. */
  hideAll(table: string): void;
  /** Number of requests before 429 for the rest of the hour. */
  allowRequests(count: number): void;
};

type Kind = 'contacts' | 'consumers' | 'callers';

const client = { id: 'deskside-client', secret: 'deskside-secret' };
const basic = { name: 'deskside.api', password: 'deskside-password' };
const maxRows = 10_000;
const tokenLifeMs = 1_800_000;

const kinds = {
  contacts: { table: 'customer_contact', phones: ['phone', 'mobile_phone', 'home_phone'], ref: 'contact' },
  consumers: { table: 'csm_consumer', phones: ['mobile_phone', 'business_phone', 'home_phone'], ref: 'consumer' },
  callers: { table: 'sys_user', phones: ['phone', 'mobile_phone', 'home_phone'], ref: 'opened_for' },
};
const cardFields = {
  contacts: { tier: 'account.rank_tier', owner: 'account.u_account_owner' },
  consumers: { company: 'u_company', tier: 'u_tier', owner: 'u_owner', accountNumber: 'u_account_number' },
  callers: { tier: 'u_tier', owner: 'u_owner', accountNumber: 'u_account_number' },
};

export async function startFakeServicenow(kind: Kind = 'contacts'): Promise<FakeServicenow> {
  const tables = createTables();
  const tokens = new Map<string, number>();
  const scripts: string[] = [];
  const [forbidden, removed, hidden] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const hiddenTables = new Set<string>();
  let isStrict = false;
  let isCutOff = false;
  let allowed = Number.POSITIVE_INFINITY;
  let count = 1_000;
  const nextNumber = (prefix: string) => `${prefix}${String(++count).padStart(7, '0')}`;
  const { table: customerTable, phones: phoneColumns, ref } = kinds[kind];
  const [caseTable, caseRef, prefix] =
    kind === 'callers' ? ['incident', 'caller_id', 'INC'] : ['sn_customerservice_case', ref, 'CS'];

  function insert(table: string, values: Record<string, unknown>): StoredRow {
    const now = toText(Date.now());
    const usual = { sys_created_on: now, ...(table === 'interaction' && { number: nextNumber('IMS') }) };
    return tables.write(table, tables.newId(), { ...usual, ...values });
  }

  function giveToken({ body }: FakeRequest): FakeReply {
    const form = new URLSearchParams(body);
    const isKnown = form.get('client_id') === client.id && form.get('client_secret') === client.secret;
    if (!isKnown || form.get('grant_type') !== 'client_credentials') {
      return { status: 401, json: { error: 'server_error', error_description: 'access_denied' } };
    }
    const token = tables.newId();
    tokens.set(token, Date.now() + tokenLifeMs);
    const json = { access_token: token, scope: 'useraccount', token_type: 'Bearer', expires_in: tokenLifeMs / 1_000 };
    return { status: 200, json };
  }

  function isSignedIn({ headers }: FakeRequest): boolean {
    const [scheme, credentials = ''] = String(headers.authorization ?? '').split(' ');
    if (scheme === 'Bearer') return (tokens.get(credentials) ?? 0) > Date.now();
    return credentials === Buffer.from(`${basic.name}:${basic.password}`).toString('base64');
  }

  function present(table: string, row: StoredRow, query: URLSearchParams): Record<string, unknown> {
    const fields = query.get('sysparm_fields')?.split(',');
    return tables.present(table, row, fields, query.get('sysparm_display_value') === 'all');
  }

  function list(table: string, { query }: FakeRequest): FakeReply {
    const run = (script: string) => {
      scripts.push(script);
      return '6816f79cc0a8016401c5a33be04be441';
    };
    const rows = selectRows(table, query.get('sysparm_query') ?? '', { tables, run, isStrict });
    // ServiceNow applies the limit before the rights, and counts before the rights too.
    const [start, limit] = [Number(query.get('sysparm_offset') ?? 0), Number(query.get('sysparm_limit') ?? maxRows)];
    const page = hiddenTables.has(table) ? [] : rows.slice(start, start + limit);
    const result = page.filter(({ sys_id: id = '' }) => !hidden.has(id)).map((row) => present(table, row, query));
    if (!isCutOff)
      return { status: 200, headers: countHeaders(table, query, rows.length, start + limit), json: { result } };
    isCutOff = false;
    const error = {
      message: 'Transaction cancelled: maximum execution time exceeded',
      detail: 'maximum execution time',
    };
    return { status: 200, json: { result: result.slice(0, result.length / 2), error, status: 'failure' } };
  }

  /** Whether a page has a `Link` without a count is not documented; the worst case is that it has none. */
  function countHeaders(table: string, query: URLSearchParams, total: number, next: number): Record<string, string> {
    if (query.get('sysparm_no_count') === 'true') return {};
    const following = new URLSearchParams([...query, ['sysparm_offset', String(next)]]);
    const link = `<${server.url}/api/now/table/${table}?${following}>;rel="next"`;
    return { 'x-total-count': String(total), ...(next < total && { link }) };
  }

  function serveTable(request: FakeRequest, table: string, id: string | undefined): FakeReply | undefined {
    const { method, query, json } = request;
    if (removed.has(table) || !tables.rows(table)) return reject(400, `Invalid table ${table}`);
    if (forbidden.has(table)) return reject(403, 'Operation Failed', 'ACL Exception: insufficient rights');
    const values = typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : undefined;
    if (method === 'GET' && id === undefined) return list(table, request);
    if (method === 'POST' && id === undefined) {
      if (!values) return reject(400, 'Exception while reading request');
      return { status: 201, json: { result: present(table, insert(table, values), query) } };
    }
    const row = tables.rows(table)?.get(id ?? '');
    if (!row) return reject(404, 'No Record found', 'Record doesn’t exist or ACL restricts the record retrieval');
    if (method === 'PATCH' && values) tables.write(table, id ?? '', values);
    return { status: 200, json: { result: present(table, row, query) } };
  }

  function createVoiceInteraction({ json }: FakeRequest): FakeReply {
    const { interaction, phoneLogs = [], relatedRecords = [] } = json as VoiceBody;
    if (!/^\+\d{5,15}$/.test(interaction?.userPhoneNumber ?? '')) return reject(400, 'userPhoneNumber is required');
    const row = insert('interaction', {
      type: 'phone',
      client_session_id: interaction?.clientSessionId ?? '',
      caller_phone_number: interaction?.callbackPhoneNumber ?? '',
      ...interaction?.additionalParams,
    });
    const { sys_id: id = '', number } = row;
    for (const log of phoneLogs) insert('sn_openframe_phone_log', log);
    for (const { documentTable, documentId } of relatedRecords) {
      insert('interaction_related_record', {
        interaction: id,
        document_table: documentTable,
        document_id: documentId,
      });
      // The effect of the phone log's business rule.
      if (documentTable === caseTable) tables.write(caseTable, documentId, { work_notes: `Phone call ${number}` });
    }
    return { status: 200, json: { result: { status: 'SUCCESS', sysId: id, number } } };
  }

  const server = await startFakeServer({
    isTokenRequest: ({ path }) => path === '/oauth_token.do',
    isWrite: ({ method, path }) => method !== 'GET' && path !== '/oauth_token.do',
    onTokensExpired: () => tokens.clear(),
    problem: (status) => reject(status),
    handle(request) {
      const { method, path, headers } = request;
      if (path === '/oauth_token.do') return method === 'POST' ? giveToken(request) : undefined;
      if (!isSignedIn(request)) return reject(401);
      if (--allowed < 0) return { ...reject(429), headers: rateHeaders() };
      const types = [headers.accept, headers['content-type']];
      if (!types.every((type) => type === 'application/json')) return reject(400, 'Unsupported media type');
      if (path === '/api/now/openframe/voice-interaction' && method === 'POST') return createVoiceInteraction(request);
      const [, table, id] = /^\/api\/now\/table\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
      return table === undefined ? undefined : serveTable(request, table, id);
    },
  });

  tables.write('sys_user', tables.newId(), {
    name: 'Mina Park',
    email: 'mina@deskside.example',
    active: 'true',
  });

  return {
    ...server,
    settings: {
      baseUrl: server.url,
      clientId: client.id,
      customers: kind,
      fields: cardFields[kind],
      emailFields: ['email', 'u_email_2'],
    },
    secrets: { clientSecret: client.secret },
    scripts,
    listComments: () => tables.journal.filter(({ column }) => column === 'comments').map(({ text }) => text),
    dropColumn: tables.dropColumn,
    forbid: (table) => void forbidden.add(table),
    allow: (table) => void forbidden.delete(table),
    remove: (table) => void removed.add(table),
    hide: (id) => void hidden.add(id),
    hideCase(number) {
      for (const [id, row] of tables.rows(caseTable) ?? []) if (row.number === number) hidden.add(id);
    },
    hideAll: (table) => void hiddenTables.add(table),
    returnNoRowsForInvalidQueries() {
      isStrict = true;
    },
    cutOffNext() {
      isCutOff = true;
    },
    allowRequests(most) {
      allowed = most;
    },

    put({ name, company = '', phones = [], emails = [], owner, tier = '', accountNumber = '', ...rest }) {
      const ownerId = owner === undefined ? '' : (insert('sys_user', { name: owner, active: 'true' }).sys_id ?? '');
      const isKnownCompany = [company, tier, accountNumber, ownerId].some((value) => value !== '');
      const account = { name: company, number: accountNumber, rank_tier: tier, u_account_owner: ownerId };
      const customer = insert(customerTable, {
        name,
        active: 'true',
        email: emails[0] ?? '',
        u_email_2: emails[1] ?? '',
        ...Object.fromEntries(phoneColumns.map((column, index) => [column, phones[index] ?? ''])),
        ...(kind === 'contacts' && isKnownCompany && { account: insert('customer_account', account).sys_id }),
        ...(kind === 'callers' && company !== '' && { company: insert('core_company', { name: company }).sys_id }),
        u_company: company,
        u_tier: tier,
        u_owner: ownerId,
        u_account_number: accountNumber,
      });
      const { sys_id: id = '' } = customer;
      const cases = (rest.cases ?? []).map(
        ({ subject, status = 'open', priority = 'normal', updatedAt = Date.now() }) =>
          insert(caseTable, {
            number: nextNumber(prefix),
            short_description: subject,
            active: String(status === 'open'),
            state: status === 'open' ? '10' : '3',
            priority: { high: '2', normal: '3', low: '4' }[priority],
            sys_updated_on: toText(updatedAt),
            [caseRef]: id,
          }),
      );
      for (const { at, channel = 'voice', summary } of rest.interactions ?? []) {
        const type = channel === 'voice' ? 'phone' : channel;
        insert('interaction', { type, short_description: summary, opened_at: toText(at), [ref]: id });
      }
      return { id, caseNumbers: cases.map(({ number = '' }) => number) };
    },

    listActivities() {
      const logged = [...(tables.rows('interaction')?.values() ?? [])].filter((row) => row.client_session_id);
      return logged.map((row) => {
        const related = [...(tables.rows('interaction_related_record')?.values() ?? [])];
        const toCase = related.find(
          (candidate) => candidate.interaction === row.sys_id && candidate.document_table === caseTable,
        );
        const named = tables.rows(caseTable)?.get(toCase?.document_id ?? '');
        const notes = tables.journal.filter((entry) => entry.id === row.sys_id && entry.column === 'work_notes');
        const length = Date.parse(`${row.closed_at}Z`) - Date.parse(`${row.opened_at}Z`);
        return {
          id: row.sys_id ?? '',
          key: row.client_session_id,
          subject: row.short_description ?? '',
          notes: notes.map(({ text }) => text).join('\n'),
          customerId: row[ref],
          caseNumber: named?.number,
          direction: row.direction === 'outbound' ? 'outbound' : 'inbound',
          seconds: Number.isNaN(length) ? undefined : length / 1_000,
        };
      });
    },
  };
}

type VoiceBody = {
  interaction?: {
    userPhoneNumber?: string;
    callbackPhoneNumber?: string;
    clientSessionId?: string;
    additionalParams?: Record<string, string>;
  };
  phoneLogs?: Record<string, string>[];
  relatedRecords?: { documentTable: string; documentId: string }[];
};

function rateHeaders(): Record<string, string> {
  const hour = Math.ceil(Date.now() / 3_600_000) * 3_600;
  return { 'x-ratelimit-limit': '100', 'x-ratelimit-reset': String(hour), 'retry-after': '2' };
}

const messages: Record<number, string> = {
  401: 'User Not Authenticated',
  403: 'Insufficient rights to query records',
  404: 'Requested URI does not represent any resource',
  429: 'Rate limit exceeded',
};

function reject(status: number, message = messages[status] ?? 'Service unavailable', detail = message): FakeReply {
  return { status, json: { error: { message, detail }, status: 'failure' } };
}
