import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cardPlaceholder, redactCards } from './redact-cards.ts';

// Numbers that card schemes publish for tests.
const cards = [
  '4111111111111111',
  '5555555555554444',
  '378282246310005',
  '6011111111111117',
  '2223003122003222',
  '6205500000000000004',
];

describe('card number', () => {
  test.each(cards)('%s in any grouping › is replaced', (card) => {
    const spaced = card.replace(/(\d{4})(?=\d)/g, '$1 ');
    for (const written of [
      card,
      spaced,
      spaced.replaceAll(' ', '-'),
      spaced.replaceAll(' ', '\u00a0'),
      [...card].join(' '),
    ]) {
      expect(redactCards(`My card is ${written}, thanks`)).toBe(`My card is ${cardPlaceholder}, thanks`);
    }
  });

  test.each([
    ['with its date behind it', '4111 1111 1111 1111 12/27', `${cardPlaceholder} 12/27`],
    ['with other digits before it', '16 4111 1111 1111 1111', `16 ${cardPlaceholder}`],
    ['beside another', '4111 1111 1111 1111 5555 5555 5555 4444', `${cardPlaceholder} ${cardPlaceholder}`],
    ['in full-width digits', '\uff14\uff11\uff11\uff11 1111 1111 1111 end', `${cardPlaceholder} end`],
    ['as the whole text', '4111111111111111', cardPlaceholder],
    ['between letters', 'card4111111111111111x', `card${cardPlaceholder}x`],
  ])('%s › is replaced', (_, text, redacted) => {
    expect(redactCards(text)).toBe(redacted);
  });

  test('within any text › is replaced, and the rest stays', () => {
    const words = fc.stringMatching(/^[a-zA-Z ,!\u00e9]{0,40}$/);
    fc.assert(
      fc.property(words, words, fc.constantFrom(...cards), (before, after, card) => {
        expect(redactCards(before + card + after)).toBe(before + cardPlaceholder + after);
      }),
    );
  });
});

describe('other digits', () => {
  test.each(['490154203237518', '35-209900-176148-1', '352099001761481'])(
    'device number %s with a valid check digit › stays',
    (imei) => {
      expect(redactCards(`IMEI ${imei}`)).toBe(`IMEI ${imei}`);
    },
  );

  test.each([
    ['a time in milliseconds', '1795512435987'],
    ['a phone number with a plus', '+4915123456789'],
    ['every other number of 16 digits', '4111111111111112'],
    ['a scheme that there is not', '7992739871300000'],
    ['twelve digits', '411111111111'],
    ['twenty digits in one', '41111111111111111111'],
    ['a date and a case', '2026-11-20 09:27:15 CS-1042'],
    ['an empty text', ''],
  ])('%s › stays', (_, text) => {
    expect(redactCards(text)).toBe(text);
  });

  test('a text without a run of digits › stays; redacting twice equals redacting once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(redactCards(redactCards(text))).toBe(redactCards(text));
        const quiet = text.replace(/\d{2,}/g, '');
        expect(redactCards(quiet)).toBe(quiet);
      }),
    );
  });

  test('a long run of digits and separators › costs linear time', () => {
    const began = process.cpuUsage();
    redactCards('4 '.repeat(60_000));
    redactCards('4'.repeat(120_000));
    redactCards(' -'.repeat(60_000));
    // µs of this process, however busy the machine.
    expect(process.cpuUsage(began).user).toBeLessThan(2_000_000);
  });
});
