/**
 * Access tokens, one for each connection.
 *
 *   none ──get──▶ in the store? ──yes──▶ cached until `expires_in` − 60 s, or `forget` ──▶ none
 *                        └─no─▶ requested ──2xx──▶ cached and stored
 *                                   ├── 400, 401, 403 ──▶ unauthenticated, cached for a minute ──▶ none
 *                                   ├── 429 ──▶ rate-limited, cached until its time ──▶ none
 *                                   └── else ──▶ none: unavailable or invalid; the next `get` requests again
 *
 * Simultaneous calls share one request. After a 401 of the CRM the caller calls `forget` and `get` once more; a token
 * that another process has stored meanwhile is used. A digest of the token request is stored with its answer, so
 * changed credentials never use an old token.
 *
 * Guarantees: rejected credentials are sent at most once a minute, because vendors lock accounts. Not guaranteed: two
 * processes may request at the same moment, which yields two valid tokens.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { HttpClient, HttpOutcome } from '../../platform/http-client.ts';
import type { Failure } from '../port/outcome.ts';
import type { TokenRequest } from './crm-http.ts';
import { readCrmRetryAt } from './read-crm-retry-at.ts';

/** `baseUrl`: from the token's answer; requests go there. */
export type Token = { kind: 'token'; token: string; baseUrl: string | undefined };

export type ConnectionTokens = {
  /** Never rejects. `http` reaches what this connection may reach. */
  get(connection: string, request: TokenRequest, http: HttpClient): Promise<Token | Failure>;
  /** After a 401: the next `get` returns another token. */
  forget(connection: string, token: string): void;
};

/** `until` in ms UTC. `request`: digest of the token request. */
export type StoredToken = { token: string; baseUrl: string | undefined; request: string; until: number };

/** Shared by all processes; absent without a sealing key. */
export type TokenStore = {
  read(connection: string): Promise<StoredToken | undefined>;
  write(connection: string, token: StoredToken): Promise<void>;
};

const expiryMarginMs = 60_000;
const unauthenticatedMs = 60_000;
/** Without `expires_in` a token is used until `forget`. */
const unknownLifeMs = 10 * 365 * 86_400_000;

type CachedAnswer = { answer: Token | Failure; request: string; until: number };

export function createConnectionTokens(parts: { clock: Clock; store?: TokenStore | undefined }): ConnectionTokens {
  const { clock, store } = parts;
  const cache = new Map<string, CachedAnswer>();
  const pending = new Map<string, Promise<Token | Failure>>();
  const forgotten = new Map<string, string>();

  async function readStore(connection: string, digest: string): Promise<CachedAnswer | undefined> {
    // A failing database costs a token request, not the look-up.
    const stored = await store?.read(connection).catch(() => undefined);
    if (!stored || stored.request !== digest || stored.until <= clock()) return undefined;
    const { token, baseUrl, until } = stored;
    if (token === forgotten.get(connection)) return undefined;
    return { answer: { kind: 'token', token, baseUrl }, request: digest, until };
  }

  async function load(connection: string, request: TokenRequest, http: HttpClient): Promise<Token | Failure> {
    const digest = digestOf(request);
    const stored = await readStore(connection, digest);
    if (stored) {
      cache.set(connection, stored);
      return stored.answer;
    }
    // Before the request: a slow answer must not prolong the token's life.
    const requestedAt = clock();
    const { answer, lifeMs } = readAnswer(await http.send(toHttpRequest(request)), request, clock());
    if (answer.kind === 'token') {
      const until = requestedAt + lifeMs - Math.min(expiryMarginMs, lifeMs / 2);
      cache.set(connection, { answer, request: digest, until });
      const { token, baseUrl } = answer;
      await store?.write(connection, { token, baseUrl, request: digest, until }).catch(() => {});
    }
    if (answer.kind === 'unauthenticated')
      cache.set(connection, { answer, request: digest, until: clock() + unauthenticatedMs });
    if (answer.kind === 'rate-limited') cache.set(connection, { answer, request: digest, until: answer.retryAt });
    return answer;
  }

  return {
    get(connection, request, http) {
      const digest = digestOf(request);
      const known = cache.get(connection);
      if (known && known.request === digest && clock() < known.until) return Promise.resolve(known.answer);
      const key = JSON.stringify([digest, connection]);
      const answer = pending.get(key) ?? load(connection, request, http).finally(() => pending.delete(key));
      pending.set(key, answer);
      return answer;
    },

    forget(connection, token) {
      forgotten.set(connection, token);
      const known = cache.get(connection)?.answer;
      // Another caller may have replaced it already.
      if (known?.kind === 'token' && known.token === token) cache.delete(connection);
    },
  };
}

/** Without assertions, which are signed anew for each request; `identity` stands for them. */
function digestOf({ url, form, identity }: TokenRequest): string {
  const { assertion: _, client_assertion: __, ...lasting } = form;
  return createHash('sha256')
    .update(JSON.stringify([url, Object.entries(lasting).sort(([a], [b]) => (a < b ? -1 : 1)), identity]))
    .digest('base64url');
}

function toHttpRequest({ url, form, headers }: TokenRequest) {
  return {
    url,
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  } as const;
}

const grantAnswer = z.looseObject({
  access_token: z.string().regex(/^[\x21-\x7e]{1,8192}$/),
  expires_in: z.coerce
    .number()
    .positive()
    .max(unknownLifeMs / 1_000)
    .optional()
    .catch(undefined),
});

type Answer = { answer: Token | Failure; lifeMs: number };

function readAnswer(outcome: HttpOutcome, request: TokenRequest, now: number): Answer {
  if (outcome.kind !== 'ok') return { answer: readFailure(outcome, now), lifeMs: 0 };
  const granted = grantAnswer.safeParse(outcome.json);
  if (!granted.success) return { answer: { kind: 'invalid', reason: 'token-shape' }, lifeMs: 0 };
  const { access_token: token, expires_in: seconds } = granted.data;
  const base = request.baseUrlFrom === undefined ? undefined : granted.data[request.baseUrlFrom];
  const baseUrl = typeof base === 'string' ? base.replace(/\/+$/, '') : undefined;
  return { answer: { kind: 'token', token, baseUrl }, lifeMs: seconds === undefined ? unknownLifeMs : seconds * 1_000 };
}

/** RFC 6749 answers 400 to every bad request, and to temporary server failures. */
const passing = z.object({ error: z.enum(['temporarily_unavailable', 'server_error']) });

function readFailure(outcome: Exclude<HttpOutcome, { kind: 'ok' }>, now: number): Failure {
  if (outcome.kind === 'timeout') return { kind: 'unavailable', reason: 'token-timeout' };
  if (outcome.kind === 'unreachable') {
    return { kind: outcome.code === 'blocked' ? 'invalid' : 'unavailable', reason: `token-${outcome.code}` };
  }
  if (outcome.kind !== 'http') return { kind: 'invalid', reason: `token-${outcome.kind}` };
  const { status, headers, json } = outcome;
  const reason = `token-http-${status}`;
  if (status === 429) return { kind: 'rate-limited', retryAt: readCrmRetryAt(headers, now) };
  if (status >= 500 || (status >= 400 && passing.safeParse(json).success)) return { kind: 'unavailable', reason };
  return [400, 401, 403].includes(status) ? { kind: 'unauthenticated' } : { kind: 'invalid', reason };
}
