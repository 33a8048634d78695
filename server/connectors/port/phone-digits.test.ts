import { describe, expect, test } from 'vitest';
import { listEndings } from './phone-digits.ts';

const phone = { e164: '+5511987654323', countryCode: '55', national: '11987654323', country: 'BR' };

describe('endings of a phone number', () => {
  test.each([
    ['no former number', phone, ['11987654323']],
    ['ninth digit added', { ...phone, formerNationals: ['1187654323'] }, ['87654323']],
    ['beginning replaced', { ...phone, national: '391234533', formerNationals: ['1691234533'] }, ['91234533']],
    [
      'whole number replaced',
      { ...phone, national: '391234533', formerNationals: ['555000'] },
      ['391234533', '555000'],
    ],
    ['leading zero', { ...phone, national: '0600000022' }, ['600000022']],
  ])('%s › %j › %j', (_case, number, endings) => {
    expect(listEndings(number)).toEqual(endings);
  });
});
