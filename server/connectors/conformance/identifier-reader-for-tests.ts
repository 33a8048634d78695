import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { IdentifierReader } from '../port/identifier-reader.ts';

/** A simplified reader: this feature may not import that of the product (customers/identifiers). */
export const identifierReaderForTests: IdentifierReader = {
  parsePhone(raw, country) {
    const plain = raw
      .normalize('NFKC')
      .replace(/\p{Cf}/gu, '')
      .trim();
    const defaultCountry = country !== undefined && isSupportedCountry(country) ? country : undefined;
    const isNumber = raw.length <= 256 && /^(tel:)?[+\d\s()./-]{7,40}((;ext=|\s*(ext\.?|x)\s*)\d+)?$/i.test(plain);
    const text = plain.replace(/^(00|011)(?=[1-9])/, '+');
    const phone = isNumber
      ? parsePhoneNumberFromString(text, { ...(defaultCountry && { defaultCountry }) })
      : undefined;
    if (!phone?.isPossible()) return { kind: 'not-looked-up', reason: 'unreadable' };
    return { kind: 'phone', e164: phone.number, country: phone.country };
  },
  listFormerNumbers: () => [],
  splitEmails: (cell: string) => [cell],
  isFoldedEmail: () => false,
  toMailbox: (email) => email,
  splitPhones: (cell) => cell.split(/[;,]/).map((part) => part.trim()),
  normalizeEmail(raw) {
    const text = raw.trim().toLowerCase();
    return raw.length <= 512 && /^[^\s@<>"(),:;\\[\]]+@[a-z0-9.-]+\.[a-z]{2,}$/.test(text) ? text : null;
  },
  normalizeCaseNumber(raw) {
    const text = raw.trim().replace(/^#/, '').replace(/\s+/g, ' ').toUpperCase();
    return text.length <= 64 && /[\p{L}\p{N}]/u.test(text) && !/\p{Cc}/u.test(text) ? text : null;
  },
};
