import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as mini from 'zod/mini';
import * as own from './schemas.ts';

type Zod = typeof mini;

/** Every form of schema that the contract and the client use. */
const build = (z: Zod) =>
  z.object({
    name: z.string().check(z.minLength(1), z.maxLength(8)),
    id: z.optional(z.string().check(z.regex(/^[\w.~=+-]{1,128}$/))),
    at: z.optional(z.number()),
    isOpen: z.optional(z.boolean()),
    reason: z.optional(z.enum(['call-back', 'other'])),
    tags: z.optional(z.array(z.string()).check(z.maxLength(3))),
    loose: z.optional(z.record(z.string(), z.unknown())),
    nested: z.optional(z.object({ value: z.unknown() })),
    missing: z.catch(z.array(z.string()), []),
  });

const inZod = build(mini);
const inOwn = build(own as unknown as Zod);

const leaf = fc.oneof(
  fc.string({ maxLength: 10 }),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(null, undefined, 'call-back', [], {}),
  fc.array(fc.string({ maxLength: 3 }), { maxLength: 5 }),
  fc.dictionary(fc.string({ maxLength: 3 }), fc.anything({ maxDepth: 1 }), { maxKeys: 3, noNullPrototype: true }),
);
const keys = ['name', 'id', 'at', 'isOpen', 'reason', 'tags', 'loose', 'nested', 'missing', 'more'];
const mostlyValid = fc
  .record({ name: fc.string({ minLength: 1, maxLength: 9 }) })
  .chain((named) =>
    fc.dictionary(fc.constantFrom(...keys), leaf, { noNullPrototype: true }).map((more) => ({ ...more, ...named })),
  );

const outcome = (schema: { safeParse(value: unknown): { success: boolean; data?: unknown } }, value: unknown) => {
  const { success, data } = schema.safeParse(value);
  return success ? { success, data } : { success };
};

describe('client schemas', () => {
  it('any value › are accepted, cut and refused as by zod/mini', () => {
    fc.assert(
      fc.property(fc.oneof({ weight: 5, arbitrary: mostlyValid }, leaf), (value) => {
        expect(outcome(inOwn, value)).toEqual(outcome(inZod, value));
      }),
      { numRuns: 3_000 },
    );
  });

  it('a value that does not fit › parse throws', () => {
    expect(() => inOwn.parse({})).toThrow(TypeError);
    expect(inOwn.parse({ name: 'Ann', more: 1 })).toEqual({ name: 'Ann', missing: [] });
  });
});
