/**
 * Zoom's REST API reads a `Z` in `from` and `to` as a letter, and then takes the account's time zone for its own; a numeric
 * offset is understood. To the second, downwards.
 */
export function toZoomTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, '+00:00');
}

/** ISO 8601, UTC where no zone is said. Undefined for anything else, and for times before there was a contact center. */
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
