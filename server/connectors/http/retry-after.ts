const shortest = 1_000;
const longest = 10 * 60_000;
const usual = 10_000;

/**
 * When a CRM may be asked again after it said "too often", ms UTC. `Retry-After` is seconds or a date by HTTP (RFC 9110,
 * 10.2.3). What is absent or nonsense means 10 s, what is past a second; more than ten minutes is not obeyed, for a typing
 * error of a proxy must not switch a source off for a day: it is asked once more, and says so again.
 */
export function readRetryAt(headers: { get(name: string): string | null }, now: number): number {
  const at = readTime(headers.get('retry-after')?.trim() ?? '', now) ?? now + usual;
  return Math.min(Math.max(at, now + shortest), now + longest);
}

function readTime(text: string, now: number): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return now + Number(text) * 1_000;
  // A date begins with the name of its day; `Date.parse` alone would read `-5` as a year.
  const at = /^\w{3,9},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
