/**
 * Reading from Zoom's REST API for one account. Zoom's limits are by account and shared by all its apps (the lowest is 5 a
 * second for heavy requests), so everything here goes through one bucket, and after a 429 nothing is asked before the time
 * that Zoom named. A token that is not taken is forgotten and another tried once: a scope that was added shows only in a
 * new one. Neither an address nor an answer is logged; `code` is a word or number of ours or Zoom's.
 */
import type { Clock } from '../platform/clock.ts';
import type { HttpClient, HttpOutcome } from '../platform/http-client.ts';
import { pause } from '../platform/timing/pause.ts';
import { type RetryAfterLimits, readRetryAt } from '../platform/timing/retry-after.ts';
import { createTokenBucket } from '../platform/timing/token-bucket.ts';

/**
 * `empty`: Zoom has nothing of that name, or not yet. `refused`: credentials or scopes; the same for whatever else is
 * asked, until somebody changes them. `unavailable`: this once. `until` in ms UTC.
 */
export type RestOutcome =
  | { kind: 'answer'; json: unknown }
  | { kind: 'empty' }
  | { kind: 'rate-limited'; until: number }
  | { kind: 'refused'; code: string }
  | { kind: 'unavailable'; code: string };

export type ZoomRest = {
  /** `path` begins with a slash, its parts encoded. Never rejects. */
  get(path: string, query?: Record<string, string>): Promise<RestOutcome>;
};

/** Tokens of the account (`account_credentials`). */
export type AccountTokens = {
  get(): Promise<
    { kind: 'token'; token: string; apiUrl: string } | { kind: 'refused'; reason: string } | { kind: 'unavailable' }
  >;
  forget(token: string): void;
};

/** No limit of Zoom's lasts longer than a day. */
const retryAfterLimits: RetryAfterLimits = { minMs: 1_000, maxMs: 24 * 60 * 60_000, defaultMs: 1_000 };

export function createZoomRest(parts: {
  http: HttpClient;
  tokens: AccountTokens;
  clock: Clock;
  perSecond?: number;
}): ZoomRest {
  const { http, tokens, clock } = parts;
  // Without a burst: Zoom counts requests within a second of its own.
  const bucket = createTokenBucket({ perSecond: parts.perSecond ?? 4, burst: 1 });
  let limitedUntil = 0;

  async function ask(pathAndQuery: string): Promise<RestOutcome> {
    const granted = await tokens.get();
    if (granted.kind === 'refused') return { kind: 'refused', code: granted.reason };
    if (granted.kind === 'unavailable') return { kind: 'unavailable', code: 'no-token' };
    const waitMs = bucket.reserve(performance.now());
    if (waitMs > 0) await pause(waitMs);
    if (clock() < limitedUntil) return { kind: 'rate-limited', until: limitedUntil };

    const outcome = await http.send({
      url: granted.apiUrl + pathAndQuery,
      headers: { authorization: `Bearer ${granted.token}` },
    });
    if (outcome.kind === 'http' && outcome.status === 429) {
      limitedUntil = Math.max(limitedUntil, readRetryAt(outcome.headers, clock(), retryAfterLimits));
      return { kind: 'rate-limited', until: limitedUntil };
    }
    const read = readOutcome(outcome);
    if (read.kind === 'refused') tokens.forget(granted.token);
    return read;
  }

  return {
    async get(path, query = {}) {
      const search = new URLSearchParams(query).toString();
      const pathAndQuery = search === '' ? path : `${path}?${search}`;
      const first = await ask(pathAndQuery);
      return first.kind === 'refused' ? ask(pathAndQuery) : first;
    },
  };
}

function readOutcome(outcome: HttpOutcome): RestOutcome {
  if (outcome.kind === 'ok') {
    return outcome.json === undefined ? { kind: 'empty' } : { kind: 'answer', json: outcome.json };
  }
  if (outcome.kind !== 'http') return { kind: 'unavailable', code: outcome.kind };
  const { status, json } = outcome;
  const code = (json as { code?: unknown } | null | undefined)?.code;
  // Of scopes Zoom says 4700 with 400 or 401, of tokens 124 with 401.
  if (code === 4_700 || code === 124) return { kind: 'refused', code: `zoom-${code}` };
  if (status === 401 || status === 403) return { kind: 'refused', code: `http-${status}` };
  return status === 404 ? { kind: 'empty' } : { kind: 'unavailable', code: `http-${status}` };
}
