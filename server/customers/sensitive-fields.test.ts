import { expect, test } from 'vitest';
import { isSensitive } from './sensitive-fields.ts';

test.each([
  'Date of birth',
  'birth_date',
  'SSN',
  'National ID',
  'IBAN',
  'Card number',
  'PIN',
  'Security answer',
  'CCCD',
])('sensitive field › name %s › is sensitive', (name) => expect(isSensitive(name, [])).toBe(true));

test.each(['Plan', 'Pinned device', 'Company', 'Ticket', 'Spanish', 'Contract end', 'Discard', 'Tier'])(
  'sensitive field › name %s › is not sensitive',
  (name) => expect(isSensitive(name, [])).toBe(false),
);

test('sensitive field › named by the source in any spelling › is sensitive', () => {
  expect(isSensitive('Account Number', ['accountNumber'])).toBe(true);
});
