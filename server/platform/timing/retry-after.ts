export type RetryAfterLimits = {
  minMs: number;
  maxMs: number;
  /** For headers that name no time, or one that cannot be read. */
  defaultMs: number;
};

/**
 * When a server that limits requests may be asked again, ms UTC, within `minMs` and `maxMs` from now: a proxy's typing
 * error must not switch a source off for a day. `Retry-After` is seconds or an HTTP date (RFC 9110, 10.2.3), or, on
 * Zoom's daily limit, an ISO 8601 time; without it `X-RateLimit-Reset` counts, in seconds or ms since 1970.
 */
export function readRetryAt(
  headers: { get(name: string): string | null },
  now: number,
  limits: RetryAfterLimits,
): number {
  const retryAt =
    readRetryAfter(headers.get('retry-after')?.trim() ?? '', now) ??
    readReset(headers.get('x-ratelimit-reset')?.trim() ?? '') ??
    now + limits.defaultMs;
  return Math.min(Math.max(retryAt, now + limits.minMs), now + limits.maxMs);
}

function readRetryAfter(text: string, now: number): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return now + Number(text) * 1_000;
  // Date.parse alone would read `-5` as a year: only an HTTP date and a full ISO time are tried.
  const isDate = /^\w{3,9},? /.test(text) || /^\d{4}-\d\d-\d\dT\d\d:/.test(text);
  const time = isDate ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function readReset(text: string): number | undefined {
  if (!/^\d{10,13}$/.test(text)) return undefined;
  return text.length > 10 ? Number(text) : Number(text) * 1_000;
}
