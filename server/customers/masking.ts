/**
 * Masks phones and e-mails until they are revealed: the last four digits, or the first letter of name and domain.
 * Enough to compare with a value the caller gives, too little to use. Phones under seven digits are hidden whole.
 */
import { redactCards } from '../platform/redact-cards.ts';
import type { CustomerRecord } from './customer-source.ts';
import { readDigits } from './identifiers/plain-text.ts';
import { createFindNationalNumbers, type RunContext, readFieldRole } from './national-numbers.ts';

export function maskPhone(phone: string): string {
  const digits = readDigits(phone);
  return digits.length < 7 ? '•••' : `•••• ${digits.slice(-4)}`;
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
const digitRun =
  /[(（]?(?:[+＋][\p{Z}(]{0,2})?\p{Nd}(?:(?:[\p{Z}\p{Pd}\p{Cf}()（）./_·•~*|\\]{0,4}|[,:;'’])\p{Nd}){6,40}/gu;

/** `fieldName`: of the field that holds the text. */
export type TextMask = (text: string, fieldName?: string) => string;

type MaskOptions = {
  phones: CustomerRecord['phones'];
  /** ISO 3166: the directory's, and those of the customer. National numbers of these are recognized in any form. */
  countries?: readonly string[];
};

/**
 * Masks in free text every e-mail address, every phone number with or without a country code and the customer's own
 * numbers in any spelling, and removes card numbers: a summary would give away what is masked elsewhere. Texts may be
 * long and hostile, so the number of parsed numbers is bounded (national-numbers.ts).
 */
export function createTextMask({ phones, countries = [] }: MaskOptions): TextMask {
  // Every spelling of a number has its last seven digits, with or without country code or trunk prefix.
  const own = phones
    .map(({ raw, value }) => readDigits(value ?? raw))
    .filter((digits) => digits.length >= 7)
    .map((digits) => digits.slice(-7));
  const findNationalNumbers = createFindNationalNumbers(countries);

  const maskRun = (run: string, context: RunContext) => {
    const digits = readDigits(run);
    if (/^[(（]?[+＋]/.test(run) || own.some((end) => digits.includes(end))) return maskPhone(digits);
    let masked = '';
    let from = 0;
    for (const [start, end] of findNationalNumbers(run, context)) {
      masked += run.slice(from, start) + maskPhone(run.slice(start, end));
      from = end;
    }
    return masked + run.slice(from);
  };
  return (text, fieldName = '') => {
    const role = readFieldRole(fieldName);
    return redactCards(text)
      .replace(address, maskEmail)
      .replace(digitRun, (run: string, position: number, whole: string) => {
        const end = position + run.length;
        const before = whole.slice(Math.max(0, position - 40), position);
        const context = { before, after: whole.slice(end, end + 8), role };
        // A bracket that closes behind the number stays, with the one before it.
        const isOpen = /^[(（]/.test(run) && !/[)）]/.test(run);
        return isOpen ? run.slice(0, 1) + maskRun(run.slice(1), context) : maskRun(run, context);
      });
  };
}
