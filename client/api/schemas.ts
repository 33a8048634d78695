/*
 * The part of `zod/mini` that the panel uses, in its names and with its answers; the client's build puts this module in
 * its place and saves 5 kB of the first load. Types come from `zod/mini`. schemas.test.ts compares the two.
 */
type Result = { success: true; data: unknown } | { success: false };
type Check = (value: string & unknown[]) => boolean;
type Schema = {
  shape?: Record<string, Schema>;
  /** Of a key of an object that is not there; without this it fails. */
  whenAbsent?: 'omit' | 'parse';
  safeParse(value: unknown): Result;
  parse(value: unknown): unknown;
  check(...checks: Check[]): Schema;
};

const failure: Result = { success: false };
const success = (data: unknown): Result => ({ success: true, data });

function toSchema(safeParse: (value: unknown) => Result, more: Partial<Schema> = {}): Schema {
  return {
    ...more,
    safeParse,
    parse(value) {
      const result = safeParse(value);
      if (!result.success) throw new TypeError('The value does not fit its schema');
      return result.data;
    },
    check: (...checks) =>
      toSchema((value) => {
        const result = safeParse(value);
        return result.success && checks.every((check) => check(result.data as string & unknown[])) ? result : failure;
      }, more),
  };
}

const when = (isValid: (value: unknown) => boolean) => toSchema((value) => (isValid(value) ? success(value) : failure));
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const unknown = () => when(() => true);
export const string = () => when((value) => typeof value === 'string');
export const number = () => when(Number.isFinite);
export const boolean = () => when((value) => typeof value === 'boolean');
const oneOf = (values: readonly string[]) => when((value) => values.includes(value as string));

export { oneOf as enum };

export const minLength =
  (length: number): Check =>
  (value) =>
    value.length >= length;
export const maxLength =
  (length: number): Check =>
  (value) =>
    value.length <= length;
export const regex =
  (pattern: RegExp): Check =>
  (value) =>
    pattern.test(value);

export const optional = (schema: Schema) =>
  toSchema((value) => (value === undefined ? success(value) : schema.safeParse(value)), { whenAbsent: 'omit' });

const withDefault = (schema: Schema, fallback: unknown) =>
  toSchema(
    (value) => {
      const result = schema.safeParse(value);
      return result.success ? result : success(fallback);
    },
    { whenAbsent: 'parse' },
  );

export { withDefault as catch };

/** Parses every entry; fails with the first that fails. */
function parseEntries(entries: [string, unknown][], schemaOf: (key: string) => Schema): [string, unknown][] | null {
  const parsed: [string, unknown][] = [];
  for (const [key, value] of entries) {
    const result = schemaOf(key).safeParse(value);
    if (!result.success) return null;
    parsed.push([key, result.data]);
  }
  return parsed;
}

const toData = (entries: [string, unknown][] | null) =>
  entries === null ? failure : success(Object.fromEntries(entries));

export const array = (item: Schema) =>
  toSchema((value) => {
    if (!Array.isArray(value)) return failure;
    const entries = parseEntries(Object.entries(value), () => item);
    return entries === null ? failure : success(entries.map(([, data]) => data));
  });

export const record = (_key: Schema, item: Schema) =>
  toSchema((value) => (isRecord(value) ? toData(parseEntries(Object.entries(value), () => item)) : failure));

/** Keeps the keys of the shape and drops all others. */
export const object = (shape: Record<string, Schema>) =>
  toSchema(
    (value) => {
      if (!isRecord(value)) return failure;
      const keys = Object.keys(shape).filter((key) => key in value || shape[key]?.whenAbsent !== 'omit');
      if (keys.some((key) => !(key in value) && shape[key]?.whenAbsent === undefined)) return failure;
      return toData(
        parseEntries(
          keys.map((key) => [key, value[key]]),
          (key) => shape[key] ?? unknown(),
        ),
      );
    },
    { shape },
  );
