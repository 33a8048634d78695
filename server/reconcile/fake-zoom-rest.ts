import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * Zoom's token endpoint and the part of its REST API that Deskside reads. As in Zoom: the response for an engagement is
 * empty until it is readable, lists filter by start time, `from` and `to` without a numeric offset are in the account's
 * time zone (here UTC − 7 h), a range beyond a month is rejected, page tokens belong to one query.
 *
 * Unlike Zoom: rate limits apply only through `answers`, scopes are a list of rejected paths. Special engagement ids:
 * `broken-…` returns 500, `html-…` 200 with HTML, `huge-…` two megabytes, `slow-…` never responds.
 */
export type FakeZoomRest = {
  origin: string;
  clientId: string;
  clientSecret: string;
  accountId: string;
  engagements: Map<string, { report: FakeReport; readableAt?: number }>;
  variableLogs: Map<string, Record<string, unknown>[]>;
  /** Responses for the next API requests, or for the next one whose path begins with `on`. */
  answers: (Answer & { on?: string })[];
  /** Path prefixes for which the app has no scope. */
  refusedPaths: string[];
  /** Revokes all tokens issued so far. */
  revokeTokens(): void;
  /** API requests, oldest first: path and query as received. */
  requests: string[];
  tokensGranted: number;
  stop(): Promise<void>;
};

/** Status 0: no response. */
type Answer = { status: number; headers?: Record<string, string>; body?: unknown; text?: string };

type FakeReport = Record<string, unknown> & { start_time: string; consumers?: { consumer_number?: string }[] };

export async function createFakeZoomRest({ now = Date.now, pageSize = 100 } = {}): Promise<FakeZoomRest> {
  const tokens = new Set<string>();
  const pages = new Map<string, string>();

  function grant(authorization: string | undefined, form: URLSearchParams): Answer {
    const expected = `Basic ${Buffer.from(`${fake.clientId}:${fake.clientSecret}`).toString('base64')}`;
    const type = form.get('grant_type');
    const isForAccount = type === 'account_credentials' && form.get('account_id') === fake.accountId;
    if (authorization !== expected || !(isForAccount || type === 'client_credentials')) {
      return { status: 401, body: { error: 'invalid_client', reason: 'Invalid client_id or client_secret' } };
    }
    fake.tokensGranted += 1;
    const token = `token-${fake.tokensGranted}`;
    tokens.add(token);
    const api_url = 'https://api.zoom.us';
    return { status: 200, body: { access_token: token, token_type: 'bearer', expires_in: 3_599, api_url } };
  }

  function list({ searchParams: query }: URL): Answer {
    const from = readTime(query.get('from'));
    const to = readTime(query.get('to'));
    if (to - from > 31 * 86_400_000) return { status: 400, body: { code: 300, message: 'Invalid range' } };
    const token = query.get('next_page_token') ?? '';
    query.delete('next_page_token');
    if (token !== '' && pages.get(token) !== query.toString()) {
      return { status: 400, body: { code: 300, message: 'The next page token is invalid' } };
    }
    const number = query.get('consumer_number');
    const found = [...fake.engagements]
      .filter(([, { readableAt = 0 }]) => readableAt <= now())
      .map(([id, { report }]) => ({ engagement_id: id, ...report }))
      .filter(({ start_time }) => Date.parse(start_time) >= from && Date.parse(start_time) <= to)
      .filter(({ consumers = [] }) => number === null || consumers.some((one) => one.consumer_number === number));
    const begin = Number(token.replace('page-', ''));
    const end = begin + Math.min(pageSize, Number(query.get('page_size') ?? 30));
    const next = end < found.length ? `page-${end}` : '';
    if (next !== '') pages.set(next, query.toString());
    const engagements = found.slice(begin, end);
    return { status: 200, body: { engagements, next_page_token: next, total_records: found.length } };
  }

  function describe(id: string): Answer {
    if (id.startsWith('slow-')) return { status: 0 };
    if (id.startsWith('broken-')) return { status: 500, body: { code: 500, message: 'Internal error' } };
    if (id.startsWith('html-')) return { status: 200, text: '<!doctype html>' };
    if (id.startsWith('huge-')) return { status: 200, text: JSON.stringify('x'.repeat(2_000_000)) };
    const known = fake.engagements.get(id);
    if (!known) return { status: 404, body: { code: 300, message: 'The engagement does not exist.' } };
    if ((known.readableAt ?? 0) > now()) return { status: 200 };
    return { status: 200, body: { engagement_id: id, ...known.report } };
  }

  function serve(url: URL, authorization = ''): Answer {
    const path = url.pathname.replace(/^\/v2/, '');
    const index = fake.answers.findIndex(({ on = '' }) => path.startsWith(on));
    const [instead] = index < 0 ? [] : fake.answers.splice(index, 1);
    if (instead) return instead;
    if (!tokens.has(authorization.replace(/^Bearer /, ''))) {
      return { status: 401, body: { code: 124, message: 'Invalid access token.' } };
    }
    if (fake.refusedPaths.some((refused) => path.startsWith(refused))) {
      return { status: 400, body: { code: 4700, message: 'Invalid access token, does not contain scopes.' } };
    }
    const [, id] = /^\/contact_center\/engagements\/([^/]+)$/.exec(path) ?? [];
    if (id !== undefined) return describe(decodeURIComponent(id));
    if (path === '/contact_center/engagements') return list(url);
    if (path === '/contact_center/variable_logs') {
      const logs = fake.variableLogs.get(url.searchParams.get('engagement_id') ?? '') ?? [];
      return { status: 200, body: { variable_logs: logs, next_page_token: '' } };
    }
    return { status: 404, body: { code: 2300, message: 'This API endpoint is not recognized.' } };
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const body = await text(request);
    const { authorization } = request.headers;
    const isForToken = url.pathname === '/oauth/token';
    if (!isForToken) fake.requests.push((request.url ?? '').replace(/^\/v2/, ''));
    const answer = isForToken ? grant(authorization, new URLSearchParams(body)) : serve(url, authorization);
    if (answer.status === 0) return;
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(answer.text ?? (answer.body === undefined ? undefined : JSON.stringify(answer.body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const fake: FakeZoomRest = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clientId: 'fake-client',
    clientSecret: 'fake-secret',
    accountId: 'fake-account',
    engagements: new Map(),
    variableLogs: new Map(),
    answers: [],
    refusedPaths: [],
    revokeTokens: () => tokens.clear(),
    requests: [],
    tokensGranted: 0,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}

/** Zoom ignores a `Z` and reads the time in the account's time zone. */
function readTime(value: string | null): number {
  if (value === null) return Number.NaN;
  return Date.parse(/[+-]\d\d:\d\d$/.test(value) ? value : `${value.replace(/Z$/, '')}-07:00`);
}
