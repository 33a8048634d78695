import type { HttpHeaders } from '../platform/http-client.ts';

const day = 24 * 60 * 60_000;

/**
 * When Zoom may be asked again after a 429, ms UTC. `Retry-After` is seconds or a date by HTTP, and on Zoom's daily limit an
 * ISO 8601 time; on its limit per second there may be `X-RateLimit-Reset`, in seconds since 1970. What is absent, past or
 * nonsense means a second; more than a day is not obeyed, for no limit of Zoom's lasts longer.
 */
export function readRetryAt(headers: HttpHeaders, now: number): number {
  const said = readRetryAfter(headers.get('retry-after'), now) ?? readReset(headers.get('x-ratelimit-reset'));
  return Math.min(Math.max(said ?? 0, now + 1_000), now + day);
}

function readRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return now + Number(value) * 1_000;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

function readReset(value: string | null): number | undefined {
  if (value === null || !/^\d{10,13}$/.test(value.trim())) return undefined;
  return value.trim().length > 10 ? Number(value) : Number(value) * 1_000;
}
