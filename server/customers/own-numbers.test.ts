import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngagementFacts } from '#contract/engagements.ts';
import { listIdentifiers } from './engagement-identifiers.ts';
import { createOwnNumberTest, listLearnable, markOwnNumbers, noOwnNumbers, type OwnNumbers } from './own-numbers.ts';

const hotline = '+14155550199';
const own: OwnNumbers = { has: (e164) => e164 === hotline, revision: 1 };
const inbound = { channel: 'voice', direction: 'inbound' };
const from = (number: string, facts: EngagementFacts = inbound): EngagementFacts => ({
  ...facts,
  consumers: [{ id: 'zc-1', number }],
});

function list(facts: EngagementFacts, ownNumbers = own, country?: string) {
  const isOwnNumber = createOwnNumberTest(facts, ownNumbers, country);
  return markOwnNumbers(listIdentifiers(facts, country), facts, isOwnNumber, country).map(
    ({ kind, normalized, notLookedUp }) => [kind, normalized ?? notLookedUp],
  );
}

describe('own number among the identifiers', () => {
  it.each([
    '+14155550199',
    '14155550199',
    'tel:+1-415-555-0199',
    'sip:+14155550199@pbx.example',
    '"Front door" <+1 (415) 555-0199>',
    '(415) 555-0199',
    '0014155550199',
  ])('it calls, written %s › is not looked up, nor is Zoom’s id of the caller', (number) => {
    expect(list(from(number), own, 'US')).toEqual([
      ['phone', 'own-number'],
      ['consumer', 'own-number'],
    ]);
  });

  it('the flow gathers it › the caller alone is looked up', () => {
    const variables = [{ id: 'v', name: 'global_custom.Custom.phone', value: '14155550199' }];
    expect(list({ ...from('+14155550101'), variables })).toEqual([
      ['phone', '+14155550101'],
      ['phone', 'own-number'],
      ['consumer', 'zc-1'],
    ]);
  });

  it.each(['14155550199', '+1 415 555 0199', '(415) 555-0199'])('it is the flow number %s › is own', (flowNumber) => {
    expect(list({ ...from(hotline), flowNumber }, noOwnNumbers, 'US')[0]).toEqual(['phone', 'own-number']);
  });

  it('its flow number has two readings › both are own', () => {
    const facts = { ...inbound, flowNumber: '442079460001' };
    for (const number of ['442079460001', '+442079460001', '+49442079460001'])
      expect(list(from(number, facts), noOwnNumbers, 'DE')[0]).toEqual(['phone', 'own-number']);
  });

  it('outbound, the only consumer has the flow number › is looked up, because the SDK may name the dialed number', () => {
    const outbound = { channel: 'voice', direction: 'outbound', flowNumber: hotline };
    expect(list(from(hotline, outbound), noOwnNumbers)[0]).toEqual(['phone', hotline]);
    expect(list(from('+14155550101', outbound), noOwnNumbers)[0]).toEqual(['phone', '+14155550101']);
  });

  it('none is own › is the same list', () => {
    const facts = from('+14155550101');
    const identifiers = listIdentifiers(facts);
    expect(markOwnNumbers(identifiers, facts, own.has)).toBe(identifiers);
  });

  it('any form of it anywhere in the facts › is never looked up, and every other number is', () => {
    const forms = [
      (digits: string) => `+${digits}`,
      (digits: string) => digits,
      (digits: string) => `00${digits}`,
      (digits: string) => `tel:+${digits};ext=12`,
      (digits: string) => `+1 (${digits.slice(1, 4)}) ${digits.slice(4, 7)}-${digits.slice(7)}`,
      (digits: string) => `whatsapp:+${digits}`,
    ];
    const written = fc.record({
      form: fc.constantFrom(...forms),
      last: fc.constantFrom('0199', '0101', '0102'),
      isCaller: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(written, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(undefined, 'US'),
        (all, country) => {
          const values = all.map(({ form, last, isCaller }) => ({ value: form(`1415555${last}`), last, isCaller }));
          const facts: EngagementFacts = {
            ...inbound,
            consumers: values.filter(({ isCaller }) => isCaller).map(({ value }) => ({ number: value })),
            variables: values.map(({ value }, index) => ({ id: `v${index}`, name: `Custom${index}.phone`, value })),
          };
          const lookedUp = new Set(list(facts, own, country).map(([, value]) => value));
          expect(lookedUp.has(hotline)).toBe(false);
          const others = new Set(values.map(({ last }) => last).filter((last) => last !== '0199'));
          for (const last of others) expect(lookedUp).toContain(`+1415555${last}`);
        },
      ),
    );
  });
});

describe('own numbers that an engagement teaches', () => {
  const caller = from('+14155550101');

  it.each([
    ['with country code', ['+14155550199'], undefined, [hotline]],
    ['without plus', ['14155550199'], undefined, [hotline]],
    ['national in the country of the directory', ['(415) 555-0199'], 'US', [hotline]],
    ['both writings', ['+14155550199', '14155550199'], 'US', [hotline]],
    ['national without a country', ['(415) 555-0199'], undefined, []],
    ['London without plus, in Germany a national number too', ['442079460001'], 'DE', []],
    ['an extension', ['1045'], 'US', []],
    ['a short code', ['72345'], 'US', []],
    ['no number', ['anonymous', ''], 'US', []],
    ['the caller’s own', ['+1 415 555 0101', '14155550199'], undefined, [hotline]],
  ])('%s › are those understood with certainty', (_name, flowNumbers, country, expected) => {
    expect(listLearnable(caller, flowNumbers, country)).toEqual(expected);
  });

  it.each([
    ['outbound call', { channel: 'voice', direction: 'outbound' }, 0],
    ['unknown direction', { channel: 'voice' }, 0],
    ['text', { channel: 'messaging', source: 'sms', direction: 'inbound' }, 1],
    ['web chat', { channel: 'messaging', source: 'web_chat', direction: 'inbound' }, 0],
    ['WhatsApp', { channel: 'messaging', source: 'whatsapp', direction: 'inbound' }, 0],
    ['video', { channel: 'video', source: 'web_video', direction: 'inbound' }, 0],
    ['voice by another spelling', { channel: 'voice', direction: 'Inbound' }, 1],
  ])('%s › teaches the dialed number of an inbound call or text alone', (_name, facts, count) => {
    expect(listLearnable(from('+14155550101', facts), [hotline])).toHaveLength(count);
  });
});
