import { type JsonObject, readText } from './json-fields.ts';

const day = 24 * 60 * 60_000;
/** Earlier times are errors: Zoom Contact Center did not exist. */
const earliest = Date.UTC(2015, 0);

/**
 * When the event happened, ms UTC; undefined if no field holds a plausible time. The newest event wins in a record, so
 * a time more than a day after the arrival is dropped: it would win over all later events.
 */
export function readHappenedAt(
  event: string,
  object: JsonObject,
  eventTs: unknown,
  receivedAt: number,
): number | undefined {
  const possibleTimes = [
    ...preciseTimes(event).map((key) => object[key]),
    // Less precise: the time Zoom sent the event, times in whole seconds, and the creation of a changed object.
    eventTs,
    ...['date_time', 'last_modified_time', 'created_time', 'created_time_ms'].map((key) => object[key]),
  ];
  return possibleTimes.map(toMs).find((ms) => ms !== undefined && ms >= earliest && ms <= receivedAt + day);
}

/** With a time in ms the object identifies its occurrence; without one the envelope's time is part of the key. */
export function hasPreciseTime(event: string, object: JsonObject): boolean {
  return preciseTimes(event).some((key) => toMs(object[key]) !== undefined);
}

function preciseTimes(event: string): string[] {
  // In all other events of a task, its creation is not when the event happened.
  return ['date_time_ms', 'last_modified_time_ms', ...(event.endsWith('_created') ? ['created_time_ms'] : [])];
}

/** Reads ISO 8601, in UTC unless it has a zone, or a number of milliseconds. */
export function toMs(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : undefined;
  const text = readText({ value }, 'value') ?? '';
  if (/^\d{12,14}$/.test(text)) return Number(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/i.test(text)) return undefined;
  const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}
