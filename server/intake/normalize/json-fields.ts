/** Reads single fields of bodies in which every field may be absent, empty, of a wrong type or too long. */

export type JsonObject = Record<string, unknown>;

export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** The first of `keys` that holds a non-empty text, without U+0000, which neither database stores. */
export function readText(object: JsonObject, ...keys: string[]): string | undefined {
  for (const key of keys) {
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    const text = typeof value === 'string' ? value.replaceAll('\0', '').trim() : '';
    if (text !== '') return text;
  }
  return undefined;
}

/** Drops keys whose value is undefined, which exactOptionalPropertyTypes does not allow. */
export function withoutAbsent<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}

/** Shortens with an ellipsis. */
export function cutText(text: string | undefined, length: number): string | undefined {
  if (text === undefined || text.length <= length) return text;
  return `${text.slice(0, length - 1)}…`;
}
