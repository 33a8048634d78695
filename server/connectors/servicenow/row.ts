import * as z from 'zod';

/**
 * A field as `sysparm_display_value=all` gives it: the value that is stored (a `sys_id`, a number of a choice, a time in
 * UTC) and the text that people see (a name, `2 - High`, a time in the API user's zone). Everything is text.
 */
type Cell = { value: string; display: string };

const text = z
  .union([z.string(), z.number(), z.boolean()])
  .nullish()
  .transform((value) => (value == null ? '' : String(value)));

const cell = z.union([
  text.transform((value): Cell => ({ value, display: value })),
  z
    .object({ value: text, display_value: text })
    .transform(({ value, display_value: display }): Cell => ({ value, display: display || value })),
  // What is neither is of no use to us; the other fields of its row are.
  z.unknown().transform((): Cell => ({ value: '', display: '' })),
]);

/** By its field's name. A column that is not there, or may not be read, has no entry: names of no column are passed over. */
export const row = z.record(z.string(), cell).transform((fields) => new Map(Object.entries(fields)));
export type Row = z.infer<typeof row>;

/** Undefined where it is empty, too. */
export function readValue(from: Row, field: string): string | undefined {
  return from.get(field)?.value.trim() || undefined;
}

export function readDisplay(from: Row, field: string): string | undefined {
  return from.get(field)?.display.trim() || undefined;
}

/** ms UTC */
export function readTime(from: Row, field: string): number | undefined {
  const [, day, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/.exec(readValue(from, field) ?? '') ?? [];
  const ms = Date.parse(`${day}T${time}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** UTC, to the second. */
export function toTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
