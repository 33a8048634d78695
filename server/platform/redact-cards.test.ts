import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cardPlaceholder, redactCards, redactField, redactJson } from './redact-cards.ts';

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
    ['in Arabic digits', '\u0664\u0661\u0661\u0661 1111 1111 1111', cardPlaceholder],
    ['with invisible marks', '4111\u200b1111\u00ad1111\u20601111', cardPlaceholder],
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
    for (let round = 0; round < 10; round++) {
      for (const part of ['1 ', '4 ', '4', ' -', '4444 ']) redactCards(part.repeat(250_000 / part.length));
    }
    // µs of this process, however busy the machine. With a Luhn sum for each start it took ten times as long.
    expect(process.cpuUsage(began).user).toBeLessThan(3_000_000);
  });
});

describe('field that is stored', () => {
  const card = '4111111111111111';
  const uuid = '41111111-1111-4111-8111-1111a1111111';

  test.each([
    ['consumer_id', 'zQ4111111111111111-_aBcd', 'zQ4111111111111111-_aBcd'],
    ['engagementId', uuid, uuid],
    ['consumer_id', card, ''],
    ['caller_number', '4915112345676', '4915112345676'],
    ['ani', '4222222222222', cardPlaceholder],
    ['consumer_number', card, cardPlaceholder],
    ['payment_id', card, cardPlaceholder],
    ['payment_id', 'Card-4111-1111-1111-1111', `Card-${cardPlaceholder}`],
    ['receipt_url', `https://pay.example/${card}`, `https://pay.example/${cardPlaceholder}`],
    ['paid_time', card, cardPlaceholder],
    ['event_ts', '1795512435987', '1795512435987'],
  ])('%s of %s › is %s', (name, text, stored) => {
    expect(redactField(name, text)).toBe(stored);
  });

  test('texts, names and lists of a value › are redacted', () => {
    const value = JSON.parse(`{"${card}":{"note":["${card}",7]},"__proto__":"${card}"}`);
    expect(JSON.stringify(redactJson(value))).toBe(
      `{"${cardPlaceholder}":{"note":["${cardPlaceholder}",7]},"__proto__":"${cardPlaceholder}"}`,
    );
  });
});
