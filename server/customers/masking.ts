/**
 * Masks phones and e-mails until they are revealed: the last four digits, or the first letter of name and domain.
 * Enough to compare with a value the caller gives, too little to use. Phones under seven digits are hidden whole.
 */
import { redactCards } from '../platform/redact-cards.ts';
import type { CustomerRecord } from './customer-source.ts';
import { readDigits } from './identifiers/identifiers.ts';

export function maskPhone(phone: string): string {
  const digits = readDigits(phone);
  return digits.length < 7 ? '•••' : `••• ••• ${digits.slice(-4, -3)} ${digits.slice(-3)}`;
}

export function maskEmail(email: string): string {
  const [, local = '', domain = ''] = /^([^@]*)@(.*)$/su.exec(email.trim()) ?? [];
  if (local === '' || domain === '') return '•••';
  const [first = '', second] = local;
  return `${second === undefined ? '' : first}•••@${[...domain][0]}…`;
}

/** A token around an at sign in any of its forms. Linear: each token is matched once. */
const address = /(?:"[^"]{1,64}"|(?<![^\s@<>()[\]"',;:])[^\s@<>()[\]"',;:]+)(?:[@＠﹫]|%40)[^\s@<>()[\]"',;:]+/gi;

/** Seven or more digits of any script, with separators as in written numbers: no words, no comma with a space. */
const digitRun = /(?:[+＋][\p{Z}(]{0,2})?\p{Nd}(?:(?:[\p{Z}\p{Pd}\p{Cf}()./_·•~*|\\]{0,4}|[,:;'’])\p{Nd}){6,40}/gu;

/**
 * Masks in free text every e-mail address, every number with a country code and the customer's own numbers in any
 * spelling, and removes card numbers: a summary would give away what is masked elsewhere. Texts may be long and
 * hostile, so numbers are recognized without parsing.
 */
export function createTextMask(record: Pick<CustomerRecord, 'phones'>): (text: string) => string {
  // Every spelling of a number has its last seven digits, with or without country code or trunk prefix.
  const own = record.phones
    .map(({ raw, value }) => readDigits(value ?? raw))
    .filter((digits) => digits.length >= 7)
    .map((digits) => digits.slice(-7));

  const maskNumber = (written: string) => {
    const digits = readDigits(written);
    return /^[+＋]/.test(written) || own.some((end) => digits.includes(end)) ? maskPhone(digits) : written;
  };
  return (text) => redactCards(text).replace(address, maskEmail).replace(digitRun, maskNumber);
}
