import { readText, type ZoomObject } from './read-fields.ts';

const day = 24 * 60 * 60_000;
/** Before there was a Zoom Contact Center: such a time is a mistake, as is one of tomorrow. */
const earliest = Date.UTC(2015, 0);

/**
 * When it happened, ms UTC; undefined where nothing believable says so. A time more than a day ahead of the arrival would
 * win over everything that comes after it, for years, so it is not believed; neither is the next best if it is no better.
 */
export function readHappenedAt(
  event: string,
  object: ZoomObject,
  eventTs: unknown,
  receivedAt: number,
): number | undefined {
  const candidates = [
    ...preciseTimes(event).map((key) => object[key]),
    // To the second only, and perhaps the creation of what has changed since: the envelope knows better.
    eventTs,
    ...['date_time', 'last_modified_time', 'created_time', 'created_time_ms'].map((key) => object[key]),
  ];
  return candidates.map(toMs).find((ms) => ms !== undefined && ms >= earliest && ms <= receivedAt + day);
}

/** Whether the object itself tells its deliveries from another event's: then the envelope's time adds nothing. */
export function hasPreciseTime(event: string, object: ZoomObject): boolean {
  return preciseTimes(event).some((key) => toMs(object[key]) !== undefined);
}

function preciseTimes(event: string): string[] {
  // Of a task that was created, and later accepted, only the later time is when it was accepted.
  return ['date_time_ms', 'last_modified_time_ms', ...(event.endsWith('_created') ? ['created_time_ms'] : [])];
}

/** ISO 8601 with or without its zone, which is then UTC, or a number of milliseconds. */
export function toMs(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : undefined;
  const text = readText({ value }, 'value') ?? '';
  if (/^\d{12,14}$/.test(text)) return Number(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/i.test(text)) return undefined;
  const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}
