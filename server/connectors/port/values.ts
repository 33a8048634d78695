/** Small readers that every connector's mapping shares. */
import type { StoredValue } from './connector.ts';

type Defined<Values> = { [Name in keyof Values]?: NonNullable<Values[Name]> };

/** Leaves out properties that are undefined, as `exactOptionalPropertyTypes` demands. */
export function withoutUndefined<Values extends Record<string, unknown>>(values: Values): Defined<Values> {
  // `Object.entries` loses the types of the values.
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<Values>;
}

/** Each text once, as a stored phone number or e-mail address. Blank texts are left out. */
export function toStoredValues(texts: unknown[]): StoredValue[] {
  const filled = texts.filter((text): text is string => typeof text === 'string' && text.trim() !== '');
  return [...new Set(filled)].map((raw) => ({ raw }));
}

/** ms UTC. */
export function parseTime(text: string | null | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** Card fields by name, without those that the record leaves empty. */
export function toFields(entries: (readonly [name: string, value: string | undefined])[]): Record<string, string> {
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
