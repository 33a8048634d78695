import * as z from 'zod';

/**
 * A field as `sysparm_display_value=all` returns it: the stored value (a `sys_id`, a choice number, a time in UTC) and
 * the display text (a name, `2 - High`, a time in the API user's time zone). All values are text.
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
  // Any other shape reads as empty, so the other fields of the row stay usable.
  z.unknown().transform((): Cell => ({ value: '', display: '' })),
]);

/** Cells by field name. Unknown and forbidden columns have no entry. */
export const row = z.record(z.string(), cell).transform((fields) => new Map(Object.entries(fields)));
export type Row = z.infer<typeof row>;

/** Undefined if empty. */
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
