import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHtml, toText } from './html.ts';

describe('HubSpot body HTML', () => {
  test('any text › round-trips', () => {
    const line = fc.string({ unit: 'grapheme-composite' }).map((text) => text.replace(/[\p{Cc}\s]+/gu, ' ').trim());
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
        const text = lines.filter((item) => item !== '').join('\n');
        expect(toText(`<p>${toHtml(text)}</p>`)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test('any text › adds no element', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(toHtml(text).replaceAll('<br>', '')).not.toMatch(/[<>"']/);
      }),
    );
  });

  test('long text › is cut between characters', () => {
    const html = toHtml('<😀'.repeat(20_000), 100);
    expect(html.length).toBeLessThanOrEqual(100);
    expect(html.endsWith('&lt;') || html.endsWith('😀')).toBe(true);
  });

  test('HTML from HubSpot’s editor › keeps our text', () => {
    const body =
      '<div style="" dir="auto" data-top-level="true"><p>Asked &#38; left</p><p>Reference:&nbsp;k&#43;1</p></div>';
    expect(toText(body)).toBe('Asked & left\nReference: k+1');
  });
});
