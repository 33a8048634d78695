/**
 * The tokens of connections, one each.
 *
 *   none ──get──▶ looked for in the store ──there──▶ held until `expires_in` − 60 s, or until it is forgotten ──▶ none
 *                          └─not there─▶ asked for ──2xx──▶ held, and stored
 *                                            ├── 400, 401, 403 ──▶ unauthenticated, remembered for a minute ──▶ none
 *                                            ├── 429 ──▶ rate-limited, remembered until its time ──▶ none
 *                                            └── else ─▶ none: unavailable or invalid; who asked comes again when it likes
 *
 * Whoever asks meanwhile waits for the same answer. Whoever was answered 401 by the CRM says `forget` and asks once more;
 * what another process has stored since then will do.
 *
 * Credentials that changed under the same connection never meet the old token: what was asked is kept beside the answer,
 * as a digest. Guaranteed: a refusal is not repeated to the vendor more often than once a minute, for accounts are locked
 * over less. Not guaranteed: that two processes never ask at the same moment; that gives two good tokens.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { HttpClient, HttpOutcome } from '../../platform/http-client.ts';
import type { Failure } from '../port/outcome.ts';
import type { TokenRequest } from './crm-http.ts';
import { readCrmRetryAt } from './read-crm-retry-at.ts';

/** `baseUrl`: where the vendor says that requests go from now on. */
export type Token = { kind: 'token'; token: string; baseUrl: string | undefined };

export type ConnectionTokens = {
  /** Never rejects. `http` reaches what this connection may reach. */
  get(connection: string, request: TokenRequest, http: HttpClient): Promise<Token | Failure>;
  /** The CRM did not take this token: the next `get` answers another. */
  forget(connection: string, token: string): void;
};

/** `until` in ms UTC. `request`: the digest of what was asked. */
export type StoredToken = { token: string; baseUrl: string | undefined; request: string; until: number };

/** Shared with the server's other processes; where nothing can be sealed there is none. */
export type TokenStore = {
  read(connection: string): Promise<StoredToken | undefined>;
  write(connection: string, token: StoredToken): Promise<void>;
};

const spareMs = 60_000;
const refusedForMs = 60_000;
/** A life that nobody told ends with `forget`. */
const unknownLifeMs = 10 * 365 * 86_400_000;

type Held = { answer: Token | Failure; request: string; until: number };

export function createConnectionTokens(parts: { clock: Clock; store?: TokenStore | undefined }): ConnectionTokens {
  const { clock, store } = parts;
  const held = new Map<string, Held>();
  const asked = new Map<string, Promise<Token | Failure>>();
  const forgotten = new Map<string, string>();

  async function readStore(connection: string, digest: string): Promise<Held | undefined> {
    // A database that fails costs a token request, not the look-up.
    const kept = await store?.read(connection).catch(() => undefined);
    const isGood = kept && kept.request === digest && kept.until > clock() && kept.token !== forgotten.get(connection);
    if (!isGood) return undefined;
    return { answer: { kind: 'token', token: kept.token, baseUrl: kept.baseUrl }, request: digest, until: kept.until };
  }

  async function load(connection: string, request: TokenRequest, http: HttpClient): Promise<Token | Failure> {
    const digest = digestOf(request);
    const stored = await readStore(connection, digest);
    if (stored) {
      held.set(connection, stored);
      return stored.answer;
    }
    // Counted from before the request: a slow answer must not make a token live longer.
    const askedAt = clock();
    const { answer, lifeMs } = readAnswer(await http.send(toHttpRequest(request)), request, clock());
    if (answer.kind === 'token') {
      const until = askedAt + lifeMs - Math.min(spareMs, lifeMs / 2);
      held.set(connection, { answer, request: digest, until });
      const { token, baseUrl } = answer;
      await store?.write(connection, { token, baseUrl, request: digest, until }).catch(() => {});
    }
    if (answer.kind === 'unauthenticated')
      held.set(connection, { answer, request: digest, until: clock() + refusedForMs });
    if (answer.kind === 'rate-limited') held.set(connection, { answer, request: digest, until: answer.retryAt });
    return answer;
  }

  return {
    get(connection, request, http) {
      const digest = digestOf(request);
      const known = held.get(connection);
      if (known && known.request === digest && clock() < known.until) return Promise.resolve(known.answer);
      const flight = `${digest} ${connection}`;
      const underWay = asked.get(flight) ?? load(connection, request, http).finally(() => asked.delete(flight));
      asked.set(flight, underWay);
      return underWay;
    },

    forget(connection, token) {
      forgotten.set(connection, token);
      const known = held.get(connection)?.answer;
      // Another caller may have had it replaced already.
      if (known?.kind === 'token' && known.token === token) held.delete(connection);
    },
  };
}

/** An assertion is signed anew for every request; whose it is tells `identity`. */
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

/** RFC 6749 answers 400 for everything that is wrong with a request, passing troubles of the server included. */
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
