import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHtml, toText } from './html.ts';

describe('a text in a body of HubSpot', () => {
  test('is read again as it was written', () => {
    const line = fc.string({ unit: 'grapheme-composite' }).map((text) => text.replace(/[\p{Cc}\s]+/gu, ' ').trim());
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
        const text = lines.filter((item) => item !== '').join('\n');
        expect(toText(`<p>${toHtml(text)}</p>`)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test('opens no element and closes none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(toHtml(text).replaceAll('<br>', '')).not.toMatch(/[<>"']/);
      }),
    );
  });

  test('is cut before HubSpot would refuse it, and never within a character', () => {
    const html = toHtml('<😀'.repeat(20_000), 100);
    expect(html.length).toBeLessThanOrEqual(100);
    expect(html.endsWith('&lt;') || html.endsWith('😀')).toBe(true);
  });

  test('is found within what HubSpot’s editor puts around it', () => {
    const body =
      '<div style="" dir="auto" data-top-level="true"><p>Asked &#38; left</p><p>Reference:&nbsp;k&#43;1</p></div>';
    expect(toText(body)).toBe('Asked & left\nReference: k+1');
  });
});
