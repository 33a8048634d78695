import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findSyntaxError } from './json-syntax.ts';

describe('syntax error', () => {
  test.each([
    ['', 1, 1],
    ['{"a": x}', 1, 7],
    ['{"a":1,}', 1, 8],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3],
    ['{\r\n  "a": [1, 2,],\r\n}', 2, 14],
    ["{'a': 1}", 1, 2],
    ['{"a": 1} // why', 1, 10],
    ['[1', 1, 3],
    ['"open', 1, 1],
    ['01', 1, 2],
    ['[1.]', 1, 3],
    ['NaN', 1, 1],
    ['\u00a0[]', 1, 1],
  ])('%j › is at line %i, column %i', (text, line, column) => {
    expect(findSyntaxError(text)).toEqual({ line, column });
  });

  test.each(['[', '{"a":'])('deep nesting of %s › is an error and does not overflow the stack', (opens) => {
    const closes = opens === '[' ? ']' : '}';
    const nest = (levels: number) => `${opens.repeat(levels)}1${closes.repeat(levels)}`;
    expect(findSyntaxError(nest(400))).toBeUndefined();
    expect(findSyntaxError(nest(100_000))).toEqual({ line: 1, column: 500 * opens.length + 1 });
    expect(findSyntaxError(`[${`${nest(400)},`.repeat(9)}1]`)).toBeUndefined();
  });

  test.each(['1e9', '1E+9', '-0.5E-1', '[1e1,2E2]'])('the number %s › has none', (text) => {
    expect(findSyntaxError(text)).toBeUndefined();
  });

  test('any text › has one exactly where JSON.parse fails', () => {
    const agree = (text: string) => {
      expect(findSyntaxError(text) === undefined, text).toBe(isJson(text));
    };
    fc.assert(fc.property(fc.json(), agree));
    fc.assert(fc.property(fc.json(), fc.nat(), fc.nat({ max: 3 }), (json, at, cut) => agree(cutOut(json, at, cut))));
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '\\',
      '\\u00e9',
      '\\uD83d',
      '-',
      '0',
      '1',
      '.',
      'e',
      'E+',
    ];
    const others = ['true', 'null', 'tru', ' ', '\t', '\n', '\u0000', '\u007f', '\u0085', '\u2028', '😀', '\ud800'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces, ...others)), (parts) => agree(parts.join(''))),
      {
        numRuns: 2_000,
      },
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => agree(`"${text}"`)));
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function cutOut(text: string, from: number, count: number): string {
  const at = from % (text.length + 1);
  return text.slice(0, at) + text.slice(at + count);
}
