/**
 * Formats a time for `from` and `to`, rounded down to the second. With a `Z`, Zoom's REST API uses the account's time
 * zone instead of UTC; a numeric offset works.
 */
export function toZoomTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, '+00:00');
}

/** Parses ISO 8601, in UTC if it has no zone. Undefined for anything else and for times before 2015. */
export function readZoomTime(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const [, zone] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/i.exec(value) ?? [
    undefined,
    null,
  ];
  if (zone === null) return undefined;
  const ms = Date.parse(zone === undefined ? `${value}Z` : value);
  return ms >= Date.UTC(2015, 0) ? ms : undefined;
}
