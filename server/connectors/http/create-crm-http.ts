/**
 * A connection's way to its CRM. What becomes of one question:
 *
 *   resting? ──▶ unavailable, at once, unless a person woke it                   (breaker.ts)
 *   no turn within 2 s, or the vendor wants quiet ──▶ rate-limited, at once      (rate-limit.ts)
 *   token ──▶ unauthenticated, unavailable, … as its endpoint says                       (tokens.ts)
 *   sent ──▶ 2xx                ──▶ found, or invalid when it is not what the schema describes
 *        ├─▶ a not-found status  ──▶ not-found
 *        ├─▶ 401                ──▶ with a token: forgotten, once more with a new one; then unauthenticated
 *        ├─▶ 403                ──▶ forbidden
 *        ├─▶ 429                ──▶ rate-limited; nothing more is sent under that limit before `Retry-After`
 *        ├─▶ 5xx, no answer     ──▶ unavailable; counts for the breaker
 *        └─▶ 3xx, other 4xx, no JSON, too much or too deep ──▶ invalid: asking again will not help
 *
 * The vendor's own words (`readProblem`) come before its status. A 429 speaks of the narrowest limit that the request
 * counts against: a wider one that is full too will say so by itself.
 *
 * Sent again by itself is only: a GET whose connection broke before an answer, once and at once, because a kept connection
 * is closed by the other side at any time; and anything answered 401, for it was not carried out. All else is the caller's
 * to repeat. Deadlines count from the question, its waiting included.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type * as z from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { HttpClient, HttpOutcome } from '../../platform/http-client.ts';
import { isTooDeep } from '../../platform/json-depth.ts';
import type { ConnectorDefinition } from '../port/connector.ts';
import { type Failure, found, isFailure, notFound, type Outcome } from '../port/outcome.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import type { Authorization, CrmHttp, CrmRequest } from './crm-http.ts';
import { withDeadline } from './deadline.ts';
import { createRateLimits } from './rate-limit.ts';
import { readRetryAt } from './retry-after.ts';
import type { ConnectionTokens } from './tokens.ts';

const longestMs = 10_000;

/** Who asks, and where: `token` where there is one to forget. */
type Identity = { kind: 'identity'; baseUrl: string; headers: Record<string, string>; token?: string };

export function createCrmHttp(parts: {
  /** The connection's id: its token is kept under it. */
  connection: string;
  definition: Pick<ConnectorDefinition, 'limits' | 'readProblem'>;
  /** Without a slash at its end. */
  baseUrl: string;
  authorization: Authorization;
  http: HttpClient;
  tokens: ConnectionTokens;
  clock: Clock;
  /** Whether a base that came with a token may be spoken to. */
  isBaseAllowed(url: string): boolean;
  /** Of every failure that was met on the way; not of those that were only remembered. */
  reportFailure?: (failure: Failure) => void;
}): CrmHttp & Pick<Breaker, 'wake'> {
  const { connection, definition, authorization, http, tokens, clock, reportFailure = () => {} } = parts;
  const limits = createRateLimits(definition.limits, clock);
  const breaker = createBreaker();

  async function identify(): Promise<Identity | Failure> {
    const { baseUrl } = parts;
    if (authorization.kind === 'none') return { kind: 'identity', baseUrl, headers: {} };
    if (authorization.kind === 'fixed') {
      return { kind: 'identity', baseUrl, headers: { authorization: authorization.header } };
    }
    const answer = await tokens.get(connection, authorization.request(), http);
    if (answer.kind !== 'token') return answer;
    const { token, baseUrl: told } = answer;
    if (told !== undefined && !parts.isBaseAllowed(told)) return { kind: 'invalid', reason: 'base-not-allowed' };
    return { kind: 'identity', baseUrl: told ?? baseUrl, headers: { authorization: `Bearer ${token}` }, token };
  }

  async function send(request: CrmRequest, identity: Identity, signal: AbortSignal): Promise<HttpOutcome> {
    const { method = 'GET', json } = request;
    const sent = {
      url: toUrl(identity.baseUrl, request),
      method,
      headers: {
        ...request.headers,
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...identity.headers,
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      signal,
    };
    const outcome = await http.send(sent);
    return method === 'GET' && isBroken(outcome) ? http.send(sent) : outcome;
  }

  function judge(outcome: HttpOutcome, request: CrmRequest): Outcome<unknown> {
    if (outcome.kind === 'timeout') return { kind: 'unavailable', reason: 'timeout' };
    if (outcome.kind === 'unreachable') return toFailure(outcome);
    if (outcome.kind === 'too-large' || outcome.kind === 'not-json') return { kind: 'invalid', reason: outcome.kind };
    const { status, headers, json } = outcome;
    if (isTooDeep(json)) return { kind: 'invalid', reason: 'too-deep' };
    const problem = definition.readProblem?.({ status, headers, json });
    if (problem === undefined && request.notFoundStatuses?.includes(status)) return notFound;
    if (problem === undefined && outcome.kind === 'ok') return found(json);
    const kind = problem ?? kindOf(status);
    if (kind === 'unauthenticated' || kind === 'forbidden') return { kind };
    if (kind !== 'rate-limited') return { kind, reason: `http-${status}` };
    const retryAt = readRetryAt(headers, clock());
    limits.pauseUntil(request.limit ?? 'default', retryAt);
    return { kind, retryAt };
  }

  async function exchange(request: CrmRequest, signal: AbortSignal): Promise<Outcome<unknown>> {
    const identity = await identify();
    if (identity.kind !== 'identity') return identity;
    const answer = judge(await send(request, identity, signal), request);
    if (answer.kind !== 'unauthenticated' || identity.token === undefined) return answer;
    tokens.forget(connection, identity.token);
    const renewed = await identify();
    if (renewed.kind !== 'identity') return renewed;
    return judge(await send(request, renewed, signal), request);
  }

  async function askOnce(request: CrmRequest, signal: AbortSignal): Promise<Outcome<unknown>> {
    const names = request.limit === undefined ? ['default'] : ['default', request.limit];
    const turn = limits.take(names);
    if (turn.kind === 'not-before') return { kind: 'rate-limited', retryAt: turn.at };
    if (turn.waitMs > 0) await wait(turn.waitMs);
    if (signal.aborted) return { kind: 'unavailable', reason: 'timeout' };
    const retryAt = limits.pausedUntil(names);
    if (retryAt !== undefined) return { kind: 'rate-limited', retryAt };
    return breaker.run(async (): Promise<Outcome<unknown>> => {
      // Who waited for a trial may have learnt by it that the vendor wants quiet.
      const until = limits.pausedUntil(names);
      if (until !== undefined) return { kind: 'rate-limited', retryAt: until };
      const outcome = await exchange(request, signal);
      if (isFailure(outcome)) reportFailure(outcome);
      return outcome;
    });
  }

  return {
    wake: breaker.wake,
    async ask<Schema extends z.ZodType>(request: CrmRequest, schema: Schema): Promise<Outcome<z.infer<Schema>>> {
      if (request.limit !== undefined && !(request.limit in definition.limits)) {
        throw new Error(`The definition has no limit called ${request.limit}`);
      }
      // Before a turn is taken: what is not sent must not count against a limit, nor wait for it. Only who waits for a
      // trial takes one in advance.
      if (breaker.isResting()) return breaker.resting;
      const deadlineMs = Math.min(request.deadlineMs ?? longestMs, longestMs);
      const outcome = await withDeadline(deadlineMs, (signal) => askOnce(request, signal()));
      if (outcome.kind !== 'found') return outcome;
      const parsed = schema.safeParse(outcome.value);
      if (parsed.success) return found(parsed.data);
      const failure: Failure = { kind: 'invalid', reason: 'shape' };
      reportFailure(failure);
      return failure;
    },
  };
}

function kindOf(status: number): Failure['kind'] {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 429) return 'rate-limited';
  return status >= 500 ? 'unavailable' : 'invalid';
}

/** An address that the guard refused is a setting to be corrected, not a CRM that is down. */
function toFailure({ code }: { code: string }): Failure {
  return { kind: code === 'blocked' ? 'invalid' : 'unavailable', reason: code };
}

/** Nothing came back: the connection was closed under the request. */
function isBroken(outcome: HttpOutcome): boolean {
  return outcome.kind === 'unreachable' && ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(outcome.code);
}

/** Spaces as `%20`: not every server reads `+` as one. Without its leading slash a path could turn into another host. */
function toUrl(baseUrl: string, { path, query = {} }: CrmRequest): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.append(name, String(value));
  const text = given.toString().replaceAll('+', '%20');
  return `${baseUrl}${path.startsWith('/') ? '' : '/'}${path}${text === '' ? '' : `?${text}`}`;
}
