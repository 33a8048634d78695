import { describe, expect, test } from 'vitest';
import { identifierReaderForTests } from '../conformance/identifier-reader-for-tests.ts';
import type { CustomerSummary } from './connector.ts';
import type { IdentifierReader } from './identifier-reader.ts';
import { verifyEmailHits, verifyPhoneHits } from './verify-hits.ts';

const phone = { e164: '+14155550101', countryCode: '1', national: '4155550101', country: 'US' };
const identifiers: IdentifierReader = {
  ...identifierReaderForTests,
  parsePhone(raw, country) {
    if (raw === 'former') return { kind: 'phone', e164: phone.e164, country: 'US', rule: 'former-number' };
    return identifierReaderForTests.parsePhone(raw, country);
  },
  toMailbox: (email) => email.replaceAll('.', ''),
};
const customer = (values: Partial<CustomerSummary>): CustomerSummary[] => [
  { id: 'ann', name: 'Ann', phones: [], emails: [], ...values },
];
const hit = (stored: string) => ({ customerId: 'ann', customerName: 'Ann', stored });

describe('verification of phone hits', () => {
  test.each([undefined, 'US'])('former number in %s › is a hit with its rule', (country) => {
    const stored = customer({ phones: [{ raw: 'former' }] });
    expect(verifyPhoneHits(stored, phone, country, identifiers)).toEqual([{ ...hit('former'), rule: 'former-number' }]);
  });

  test.each(['+1 415 555 0101; +1 415 555 0199', '+1 415 555 0199, +1 415 555 0101'])(
    '%s › the evidence holds only the number that matched',
    (raw) => {
      const stored = customer({ phones: [{ raw }] });
      expect(verifyPhoneHits(stored, phone, undefined, identifiers)).toEqual([hit('+1 415 555 0101')]);
    },
  );

  test('normalized by the source › is explained by the stored form', () => {
    const verify = (raw: string) =>
      verifyPhoneHits(customer({ phones: [{ raw, value: phone.e164 }] }), phone, undefined, identifiers);
    expect(verify('former')).toEqual([{ ...hit('former'), rule: 'former-number' }]);
    expect(verify('(415) 555-0101')).toEqual([hit('(415) 555-0101')]);
    expect(verify('home')).toEqual([hit('home')]);
  });
});

describe('verification of e-mail hits', () => {
  test.each([
    [{ raw: 'Ann.lee@northwind.example' }],
    [{ raw: 'Ann.lee@northwind.example', value: 'ann.lee@northwind.example' }],
  ])('another address of one mailbox › is a hit with its rule', (stored) => {
    const verify = (email: string) => verifyEmailHits(customer({ emails: [stored] }), email, identifiers);
    expect(verify('annlee@northwind.example')).toEqual([{ ...hit(stored.raw), rule: 'same-mailbox' }]);
    expect(verify('ann.lee@northwind.example')).toEqual([hit(stored.raw)]);
    expect(verify('bo@northwind.example')).toEqual([]);
  });
});
