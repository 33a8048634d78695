import { isFoldedEmail, normalizeEmail, toMailbox } from './email.ts';
import { normalizeCaseNumber } from './number.ts';
import { listFormerNumbers, parsePhone } from './phone.ts';
import { splitEmails, splitPhones } from './split-cell.ts';

/** The reader of stored identifiers, which look-ups, imports and the verification of hits share. */
export const identifiers = {
  parsePhone,
  splitPhones,
  listFormerNumbers,
  normalizeEmail,
  splitEmails,
  isFoldedEmail,
  toMailbox,
  normalizeCaseNumber,
};
