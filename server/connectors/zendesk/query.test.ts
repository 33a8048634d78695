import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSearch } from './fake-search.ts';
import {
  queryAgentByEmail,
  queryByEmail,
  queryByEmailPrefix,
  queryByName,
  queryByPhone,
  queryByUserField,
} from './query.ts';

const awkward = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'ab9 "*:<>-+@.\'\\()role:agent\n\u202e') }),
  fc.emailAddress(),
  fc.string({ unit: fc.constantFrom(...'ab "*:<>-+.\'\\()') }).map((text) => `${text}@northwind.example`),
);

/** The property and operator of each term. */
const shapeOf = (query: string | undefined) =>
  query === undefined
    ? undefined
    : parseSearch(query)?.map(({ isExcluded, property, operator }) => `${isExcluded ? '-' : ''}${property}${operator}`);

describe('Zendesk query for untrusted text', () => {
  test.each([
    ['e-mail', queryByEmail, ['role:', 'email:']],
    ['agent’s e-mail', queryAgentByEmail, ['type:', 'email:']],
    ['beginning of an e-mail', queryByEmailPrefix, ['role:', 'email:']],
    ['number', (text: string) => queryByPhone(text), ['role:', 'phone:']],
    ['account number', (text: string) => queryByUserField('account_no', text), ['role:', 'account_no:']],
  ])('%s › is one value of one term or is rejected', (_name, build, shape) => {
    fc.assert(
      fc.property(awkward, (text) => {
        const query = build(text);
        if (query === undefined) return;
        expect(shapeOf(query)).toEqual(shape);
        expect(parseSearch(query)?.[1]?.value.replaceAll('*', '')).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test('name › becomes plain words or is rejected', () => {
    fc.assert(
      fc.property(awkward, (text) => {
        const terms = parseSearch(queryByName(text) ?? '');
        const [first, ...words] = terms ?? [];
        if (first === undefined) return;
        expect(first).toMatchObject({ property: 'role', value: 'end-user' });
        for (const word of words) {
          expect(word).toMatchObject({ property: undefined, isExcluded: false });
          expect(word.value).toMatch(/^[\p{L}\p{M}\p{N}]+$/u);
          expect(text).toContain(word.value);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('Zendesk query builder', () => {
  test.each([
    [queryByPhone('4155550101'), 'role:end-user phone:*4155550101'],
    [queryByPhone('+14155550101'), undefined],
    [queryByPhone('*'), undefined],
    [queryByEmail("o'brien@northwind.example"), 'role:end-user email:"o\'brien@northwind.example"'],
    [queryByEmail('x" role:agent "@northwind.example'), undefined],
    [queryByEmail('x"y@northwind.example'), undefined],
    [queryByEmail('*@northwind.example'), undefined],
    [queryByEmailPrefix('ann.l'), 'role:end-user email:ann.l*'],
    [queryByEmailPrefix('-ann'), undefined],
    [queryByName('Anne-Marie O’Brien'), 'role:end-user Anne Marie O Brien'],
    [queryByName('Or Bergman'), 'role:end-user "Or" Bergman'],
    [queryByName('role:agent'), undefined],
    [queryByName('*'), undefined],
    [queryByUserField('no', 'N-778812'), 'role:end-user no:"N-778812"'],
    [queryByUserField('no', 'N" role:agent'), undefined],
  ])('%s › escapes or rejects its text', (query, expected) => {
    expect(query).toBe(expected);
  });
});
