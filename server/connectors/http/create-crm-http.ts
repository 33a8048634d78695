/**
 * The HTTP client of one connection. The path of a request:
 *
 *   circuit of its kind open? ──▶ unavailable, at once                         (circuit-breaker.ts)
 *   no turn within 2 s, or the vendor's pause ──▶ rate-limited, at once        (rate-limits.ts)
 *   access token ──▶ unauthenticated, unavailable, … as its endpoint answers    (connection-tokens.ts)
 *   sent ──▶ 2xx                    ──▶ found, or invalid if it does not fit the schema
 *        ├─▶ `notFoundStatuses`     ──▶ not-found
 *        ├─▶ 401                    ──▶ with an access token: sent once more with a new one; then unauthenticated
 *        ├─▶ 403                    ──▶ forbidden
 *        ├─▶ 429                    ──▶ rate-limited; pauses its limit, else its kind, until `Retry-After`
 *        ├─▶ 5xx, no answer         ──▶ unavailable; counts for the circuit breaker of its kind
 *        └─▶ 3xx, other 4xx, no JSON, too large or too deep ──▶ invalid
 *
 * The definition's `readProblem` takes precedence over the status. Repeated automatically are only a GET whose
 * connection broke before the answer (once: the server may close an idle connection at any time) and a request
 * answered 401, which was not carried out. A deadline counts from the call, waiting included.
 *
 * Kinds of requests (`RequestKind`) fail apart: a vendor that limits writes or is too slow for a scan still answers
 * look-ups and cards. The token endpoint has a circuit breaker of its own.
 */

import type * as z from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { HttpClient, HttpOutcome } from '../../platform/http-client.ts';
import { isTooDeep } from '../../platform/json-depth.ts';
import { withDeadline } from '../../platform/timing/deadline.ts';
import { pause } from '../../platform/timing/pause.ts';
import type { ConnectorDefinition } from '../port/connector.ts';
import { circuitOpen, type Failure, found, isFailure, notFound, type Outcome, timedOut } from '../port/outcome.ts';
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.ts';
import type { ConnectionTokens, Token } from './connection-tokens.ts';
import type { Authorization, CrmHttp, CrmRequest, RequestKind, TokenRequest } from './crm-http.ts';
import { createRateLimits } from './rate-limits.ts';
import { readCrmRetryAt } from './read-crm-retry-at.ts';

const maxDeadlineMs = 10_000;

/** `token` is present if it can be replaced after a 401. */
type Credentials = { kind: 'credentials'; baseUrl: string; headers: Record<string, string>; token?: string };

/** `isSent`: an outcome of the vendor or of the network, not of our own circuit breaker or pause. */
type Exchange = { outcome: Outcome<unknown>; isSent: boolean };

export function createCrmHttp(parts: {
  /** The connection's id, under which its access token is stored. */
  connection: string;
  definition: Pick<ConnectorDefinition, 'limits' | 'readProblem'>;
  /** Without a trailing slash. */
  baseUrl: string;
  authorization: Authorization;
  http: HttpClient;
  tokens: ConnectionTokens;
  clock: Clock;
  /** Whether requests may go to a base URL that came with an access token. */
  isBaseAllowed(url: string): boolean;
  /** Called for failures of requests that were sent; not for an open circuit or a pause. */
  reportFailure?: (failure: Failure) => void;
}): CrmHttp & Pick<CircuitBreaker, 'allowProbe'> {
  const { connection, definition, authorization, http, tokens, clock, reportFailure = () => {} } = parts;
  const limits = createRateLimits(definition.limits, clock);
  const tokenBreaker = createCircuitBreaker();
  const breakers = new Map<RequestKind, CircuitBreaker>();

  function breakerOf(request: CrmRequest): CircuitBreaker {
    const kind = kindOf(request);
    const breaker = breakers.get(kind) ?? createCircuitBreaker();
    breakers.set(kind, breaker);
    return breaker;
  }

  async function getToken(request: TokenRequest): Promise<Outcome<Token>> {
    return tokenBreaker.run(async () => {
      const answer = await tokens.get(connection, request, http);
      return answer.kind === 'token' ? found(answer) : answer;
    });
  }

  async function readCredentials(): Promise<Credentials | Failure> {
    const { baseUrl } = parts;
    if (authorization.kind === 'none') return { kind: 'credentials', baseUrl, headers: {} };
    if (authorization.kind === 'fixed') {
      return { kind: 'credentials', baseUrl, headers: { authorization: authorization.header } };
    }
    const answer = await getToken(authorization.request());
    if (answer.kind !== 'found') return isFailure(answer) ? answer : { kind: 'unauthenticated' };
    const { token, baseUrl: tokenBaseUrl = baseUrl } = answer.value;
    if (tokenBaseUrl !== baseUrl && !parts.isBaseAllowed(tokenBaseUrl)) {
      return { kind: 'invalid', reason: 'base-not-allowed' };
    }
    return { kind: 'credentials', baseUrl: tokenBaseUrl, headers: { authorization: `Bearer ${token}` }, token };
  }

  async function send(request: CrmRequest, credentials: Credentials, signal: AbortSignal): Promise<HttpOutcome> {
    const { method = 'GET', json } = request;
    const httpRequest = {
      url: toUrl(credentials.baseUrl, request),
      method,
      headers: {
        ...request.headers,
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...credentials.headers,
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      ...(request.maxBytes !== undefined && { maxBytes: request.maxBytes }),
      signal,
    };
    const outcome = await http.send(httpRequest);
    return method === 'GET' && isBroken(outcome) ? http.send(httpRequest) : outcome;
  }

  function readOutcome(outcome: HttpOutcome, request: CrmRequest): Outcome<unknown> {
    if (outcome.kind === 'timeout') return timedOut;
    if (outcome.kind === 'unreachable') return toFailure(outcome);
    if (outcome.kind === 'too-large' || outcome.kind === 'not-json') return { kind: 'invalid', reason: outcome.kind };
    const { status, headers, json } = outcome;
    if (isTooDeep(json)) return { kind: 'invalid', reason: 'too-deep' };
    const problem = definition.readProblem?.({ status, headers, json });
    if (problem === undefined && request.notFoundStatuses?.includes(status)) return notFound;
    if (problem === undefined && outcome.kind === 'ok') return found(toAnswer(json, headers, request));
    if (typeof problem === 'object') return problem;
    const kind = problem ?? toFailureKind(status);
    if (kind === 'unauthenticated' || kind === 'forbidden') return { kind };
    if (kind !== 'rate-limited') return { kind, reason: `http-${status}` };
    const retryAt = readCrmRetryAt(headers, clock());
    // A 429 concerns the narrowest limit; a wider one that is exhausted too causes a 429 of its own.
    limits.pauseUntil(pauseNameOf(request), retryAt);
    return { kind, retryAt };
  }

  /** Sends unless the circuit breaker, or a pause that its probe has set meanwhile, forbids it. */
  async function sendIfAllowed(request: CrmRequest, credentials: Credentials, signal: AbortSignal): Promise<Exchange> {
    let isSent = false;
    const outcome = await breakerOf(request).run(async (): Promise<Outcome<unknown>> => {
      const pausedUntil = limits.pausedUntil(namesOf(request));
      if (pausedUntil !== undefined) return { kind: 'rate-limited', retryAt: pausedUntil };
      isSent = true;
      return readOutcome(await send(request, credentials, signal), request);
    });
    return { outcome, isSent };
  }

  async function exchange(request: CrmRequest, signal: AbortSignal): Promise<Exchange> {
    const credentials = await readCredentials();
    if (credentials.kind !== 'credentials') return { outcome: credentials, isSent: credentials !== circuitOpen };
    const first = await sendIfAllowed(request, credentials, signal);
    if (first.outcome.kind !== 'unauthenticated' || credentials.token === undefined) return first;
    tokens.forget(connection, credentials.token);
    const renewed = await readCredentials();
    if (renewed.kind !== 'credentials') return { outcome: renewed, isSent: renewed !== circuitOpen };
    return sendIfAllowed(request, renewed, signal);
  }

  async function exchangeInTurn(request: CrmRequest, signal: AbortSignal): Promise<Outcome<unknown>> {
    const names = namesOf(request);
    const admission = limits.admit(names, request);
    if (admission.kind === 'rejected') return { kind: 'rate-limited', retryAt: admission.retryAt };
    if (admission.waitMs > 0) await pause(admission.waitMs);
    if (signal.aborted) return timedOut;
    const retryAt = limits.pausedUntil(names);
    if (retryAt !== undefined) return { kind: 'rate-limited', retryAt };
    const { outcome, isSent } = await exchange(request, signal);
    if (isSent && isFailure(outcome)) reportFailure(outcome);
    return outcome;
  }

  return {
    allowProbe() {
      for (const breaker of [tokenBreaker, ...breakers.values()]) breaker.allowProbe();
    },
    async request<Schema extends z.ZodType>(request: CrmRequest, schema: Schema): Promise<Outcome<z.infer<Schema>>> {
      if (request.limit !== undefined && !(request.limit in definition.limits)) {
        throw new Error(`The definition has no limit called ${request.limit}`);
      }
      // Before the rate limits: a request that is not sent takes nothing from them.
      if (breakerOf(request).isOpen()) return circuitOpen;
      const deadlineMs = Math.min(request.deadlineMs ?? maxDeadlineMs, maxDeadlineMs);
      const outcome = await withDeadline(
        deadlineMs,
        (getSignal) => exchangeInTurn(request, getSignal()),
        () => timedOut,
      );
      if (outcome.kind !== 'found') return outcome;
      const parsed = schema.safeParse(outcome.value);
      if (parsed.success) return found(parsed.data);
      const failure: Failure = { kind: 'invalid', reason: 'shape' };
      reportFailure(failure);
      return failure;
    },
  };
}

/** The body, beside the requested headers if there are any. */
function toAnswer(body: unknown, headers: { get(name: string): string | null }, { withHeaders }: CrmRequest): unknown {
  if (withHeaders === undefined) return body;
  return { body, headers: Object.fromEntries(withHeaders.map((name) => [name, headers.get(name) ?? undefined])) };
}

function kindOf({ kind, method = 'GET' }: CrmRequest): RequestKind {
  return kind ?? (method === 'GET' ? 'read' : 'write');
}

/** The limits and pauses that apply to a request. */
function namesOf(request: CrmRequest): string[] {
  return [...new Set(['default', request.limit ?? kindOf(request), pauseNameOf(request)])];
}

/**
 * The name that a 429 pauses: a limit that the vendor counts is shared by all kinds that use it. An optional request
 * pauses its kind alone, so that it never costs a look-up.
 */
function pauseNameOf(request: CrmRequest): string {
  return request.isOptional ? kindOf(request) : (request.limit ?? kindOf(request));
}

function toFailureKind(status: number): Failure['kind'] {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 429) return 'rate-limited';
  return status >= 500 ? 'unavailable' : 'invalid';
}

/** An address that the guard blocked is a wrong setting, not a CRM that is down. */
function toFailure({ code }: { code: string }): Failure {
  return { kind: code === 'blocked' ? 'invalid' : 'unavailable', reason: code };
}

/** The connection was closed before any answer. */
function isBroken(outcome: HttpOutcome): boolean {
  return outcome.kind === 'unreachable' && ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(outcome.code);
}

/**
 * Spaces become `%20`, because not every server reads `+` as one. Without a leading slash, a path could change the
 * host.
 */
function toUrl(baseUrl: string, { path, query = {} }: CrmRequest): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.append(name, String(value));
  const text = parameters.toString().replaceAll('+', '%20');
  return `${baseUrl}${path.startsWith('/') ? '' : '/'}${path}${text === '' ? '' : `?${text}`}`;
}
