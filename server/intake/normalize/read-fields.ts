/** Reading single fields out of bodies whose every field may be absent, empty, of a wrong type or far too long. */

export type ZoomObject = Record<string, unknown>;

export function asObject(value: unknown): ZoomObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ZoomObject) : undefined;
}

/** The first of `keys` that holds a text. Empty texts say nothing, and neither database takes U+0000. */
export function readText(object: ZoomObject, ...keys: string[]): string | undefined {
  for (const key of keys) {
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    const text = typeof value === 'string' ? value.replaceAll('\0', '').trim() : '';
    if (text !== '') return text;
  }
  return undefined;
}

/** Without the keys whose value is undefined, which optional fields of exact types must not have. */
export function withoutAbsent<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}

/** Text that people wrote is cut, never dropped. */
export function cutText(text: string | undefined, length: number): string | undefined {
  if (text === undefined || text.length <= length) return text;
  return `${text.slice(0, length - 1)}…`;
}
