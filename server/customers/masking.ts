/**
 * What the panel sees of a phone or an e-mail before it is revealed: the last four digits, or the first letter of name
 * and domain. That is enough to recognise a value one is told, and too little to use it. Values that are too short for
 * that are hidden whole.
 */
import type { CustomerRecord } from './customer-source.ts';
import { parsePhone } from './identifiers.ts';

export function maskPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  return digits.length < 7 ? '•••' : `••• ••• ${digits.slice(-4, -3)} ${digits.slice(-3)}`;
}

export function maskEmail(email: string): string {
  const [, local = '', domain = ''] = /^([^@]*)@(.*)$/su.exec(email.trim()) ?? [];
  if (local === '' || domain === '') return '•••';
  const [first = '', second] = local;
  return `${second === undefined ? '' : first}•••@${[...domain][0]}…`;
}

/**
 * Masks, wherever it stands in a text, any e-mail address, any number written with its country, and the customer's own
 * numbers however they are written: a field called "mobile 2" or a summary would give away what is masked elsewhere.
 */
export function createTextMask(record: Pick<CustomerRecord, 'phones'>): (text: string) => string {
  // The last seven digits are in every way of writing a number: with or without country code, trunk prefix, neighbours.
  const own = record.phones
    .map(({ raw, value }) => (value ?? raw).replace(/\D/g, ''))
    .filter((digits) => digits.length >= 7)
    .map((digits) => digits.slice(-7));

  const isPhone = (written: string) => {
    if (written.startsWith('+') && parsePhone(written).kind === 'phone') return true;
    const digits = written.replace(/\D/g, '');
    return own.some((end) => digits.includes(end));
  };
  return (text) =>
    text
      .replace(/[^\s@<>()[\]"',;:]{1,64}@[^\s@<>()[\]"',;:]{1,255}/g, maskEmail)
      .replace(/\+?\(?\d[\d ().\-\u00a0]{5,40}\d/g, (written) => (isPhone(written) ? maskPhone(written) : written));
}
