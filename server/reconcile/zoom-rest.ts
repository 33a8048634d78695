/**
 * Reads Zoom's REST API for one account. Zoom's rate limits apply to the account and are shared by all its apps (the
 * lowest is 5 a second for heavy requests), so all requests share one token bucket, and after a 429 none is sent before
 * the time in Zoom's response. A rejected token is dropped and a new one tried once: an added scope is only in new
 * tokens. URLs and responses are never logged; `code` is a short code of Zoom's or ours.
 */
import type { Clock } from '../platform/clock.ts';
import type { HttpClient, HttpOutcome } from '../platform/http-client.ts';
import { pause } from '../platform/timing/pause.ts';
import { type RetryAfterLimits, readRetryAt } from '../platform/timing/retry-after.ts';
import { createTokenBucket } from '../platform/timing/token-bucket.ts';

/**
 * `empty`: not found, or not yet. `refused`: credentials or scopes; every request fails until they change.
 * `unavailable`: this request failed. `until` in ms UTC.
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

/** Zoom's longest rate limit is one day. */
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

  async function request(pathAndQuery: string): Promise<RestOutcome> {
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
      const first = await request(pathAndQuery);
      return first.kind === 'refused' ? request(pathAndQuery) : first;
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
  // Zoom's code for missing scopes is 4700 with 400 or 401, for tokens 124 with 401.
  if (code === 4_700 || code === 124) return { kind: 'refused', code: `zoom-${code}` };
  if (status === 401 || status === 403) return { kind: 'refused', code: `http-${status}` };
  return status === 404 ? { kind: 'empty' } : { kind: 'unavailable', code: `http-${status}` };
}
