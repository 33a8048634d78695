/**
 * The common part of all fake CRMs: an HTTP server on loopback that can be slow, down, rate-limited or wrong, and
 * records every request. The fake of a CRM adds routes, state and answers.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A fake CRM for tests, the conformance suite and the demo. */
export type FakeCrm = {
  url: string;
  /** Settings of a connection to it. */
  settings: Record<string, unknown>;
  secrets: Record<string, string>;
  /** Creates a customer. Returns its id as the connector writes it, and the numbers of its cases in their order. */
  put(customer: FakeCustomer): { id: string; caseNumbers: string[] };
  /** The stored activities, in the order of writing. */
  listActivities(): FakeActivity[];
  behave(mode: FakeMode): void;
  /** Delays every answer. */
  slowDown(latencyMs: number): void;
  requests: RecordedRequest[];
  stop(): Promise<void>;
};

/** Phones are stored in the CRM's phone fields, in their order and as written. */
export type FakeCustomer = {
  name: string;
  company?: string;
  phones?: string[];
  emails?: string[];
  owner?: string;
  /** Goes into the field that the fake's settings map to the card's `tier`. */
  tier?: string;
  /** Of the company or the contact, if the CRM has account numbers. */
  accountNumber?: string;
  cases?: { subject: string; status?: 'open' | 'closed'; priority?: 'low' | 'normal' | 'high'; updatedAt?: number }[];
  interactions?: { at: number; channel?: 'voice' | 'chat' | 'email'; summary: string }[];
};

/** In the suite's terms: `seconds` and `direction` are translated back from the CRM's. */
export type FakeActivity = {
  id: string;
  key: string | undefined;
  subject: string;
  notes: string;
  customerId: string | undefined;
  caseNumber: string | undefined;
  direction: 'inbound' | 'outbound' | undefined;
  seconds: number | undefined;
};

export type FakeMode =
  | 'up'
  /** Connections are reset. */
  | 'down'
  /** Never answers. */
  | 'hanging'
  /** 503 */
  | 'failing'
  /** 401, at the token endpoint too. */
  | 'refusing'
  /** All tokens issued so far are rejected; new ones are accepted. */
  | 'tokens-expired'
  /** 403 */
  | 'forbidding'
  /** 429 with `Retry-After: 2`. */
  | 'limiting'
  /** 200 with a page of HTML, as captive portals and login pages do. */
  | 'html'
  /** 200 with JSON of no known shape. */
  | 'rubbish'
  /** 200 and a body that never ends. */
  | 'endless'
  /** 302 to another place on this machine. */
  | 'redirecting'
  /** The next write is carried out, then the connection breaks before the answer. */
  | 'commit-then-drop';

type RecordedRequest = {
  method: string;
  /** Path and query as sent. */
  target: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  at: number;
};

export type FakeReply = { status: number; headers?: Record<string, string>; json?: unknown; text?: string };

export type FakeRequest = RecordedRequest & { path: string; query: URLSearchParams; json: unknown };

type FakeServerParts = {
  /** Undefined: 404 in the vendor's shape. */
  handle(request: FakeRequest): FakeReply | undefined | Promise<FakeReply | undefined>;
  isTokenRequest(request: FakeRequest): boolean;
  /** Whether the request changes a record; a search by POST does not. */
  isWrite(request: FakeRequest): boolean;
  onTokensExpired(): void;
  /** Failures in the vendor's format. */
  problem(status: 401 | 403 | 404 | 429 | 503): FakeReply;
};

export type FakeServer = Pick<FakeCrm, 'url' | 'behave' | 'slowDown' | 'requests' | 'stop'>;

export async function startFakeServer(parts: FakeServerParts): Promise<FakeServer> {
  const requests: RecordedRequest[] = [];
  let mode: FakeMode = 'up';
  let latencyMs = 0;

  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => response.destroy());
  });

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    if (isBrowser(request))
      return send(response, { status: 200, headers: { 'content-type': 'text/html' }, text: record });
    const { path: _path, query: _query, json: _json, ...recorded } = request;
    requests.push(recorded);
    if (latencyMs > 0) await sleep(latencyMs);
    if (mode === 'down') return void response.destroy();
    if (mode === 'hanging') return;
    if (mode === 'html') return send(response, { status: 200, headers: { 'content-type': 'text/html' }, text: page });
    if (mode === 'rubbish') return send(response, { status: 200, json: { greeting: ['hello', 1, null] } });
    if (mode === 'redirecting') return send(response, { status: 302, headers: { location: 'http://127.0.0.1:1/' } });
    if (mode === 'endless') return sendForEver(response);
    const status = { failing: 503, refusing: 401, forbidding: 403, limiting: 429 }[mode as string];
    if (status !== undefined && !(mode === 'forbidding' && parts.isTokenRequest(request))) {
      const reply = parts.problem(status as 503);
      return send(response, status === 429 ? { ...reply, headers: { 'retry-after': '2', ...reply.headers } } : reply);
    }
    const reply = (await parts.handle(request)) ?? parts.problem(404);
    if (mode === 'commit-then-drop' && parts.isWrite(request)) {
      mode = 'up';
      return void response.destroy();
    }
    send(response, reply);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behave(next) {
      mode = next === 'tokens-expired' ? 'up' : next;
      if (next === 'tokens-expired') parts.onTokensExpired();
    },
    slowDown(milliseconds) {
      latencyMs = milliseconds;
    },
    requests,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers a browser that follows a record's link; connectors never request pages. */
const record = '<!doctype html><title>Record</title><p>In the real system, the record would stand here.';

function isBrowser({ method, headers }: FakeRequest): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

const page = '<!doctype html><title>Sign in</title><p>Please sign in to continue.';

async function readRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  let body = '';
  for await (const chunk of incoming.setEncoding('utf8')) body += chunk;
  const target = incoming.url ?? '/';
  const url = new URL(target, 'http://fake');
  return {
    method: incoming.method ?? 'GET',
    target,
    headers: incoming.headers,
    body,
    at: Date.now(),
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    json: parse(body),
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, headers = {}, json, text }: FakeReply): void {
  const body = text ?? (json === undefined ? '' : JSON.stringify(json));
  response.writeHead(status, { ...(json !== undefined && { 'content-type': 'application/json' }), ...headers });
  response.end(body);
}

function sendForEver(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const chunk = ' '.repeat(65_536);
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}
