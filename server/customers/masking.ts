/**
 * What the panel sees of a phone or an e-mail before it is revealed: the last four digits, or the first letter of name
 * and domain. That is enough to recognise a value one is told, and too little to use it. Values that are too short for
 * that are hidden whole.
 */
import { redactCards } from '../platform/redact-cards.ts';
import type { CustomerRecord } from './customer-source.ts';
import { readDigits } from './identifiers.ts';

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

/** A token around an at sign, whatever keyboard or address bar wrote it. Each token is looked at once. */
const address = /(?:"[^"]{1,64}"|(?<![^\s@<>()[\]"',;:])[^\s@<>()[\]"',;:]+)(?:[@＠﹫]|%40)[^\s@<>()[\]"',;:]+/gi;

/** Seven or more digits of any script with at most what people put between digits: no words, no comma and space. */
const digitRun = /(?:[+＋][\p{Z}(]{0,2})?\p{Nd}(?:(?:[\p{Z}\p{Pd}\p{Cf}()./_·•~*|\\]{0,4}|[,:;'’])\p{Nd}){6,40}/gu;

/**
 * Masks, wherever it stands in a text, any e-mail address, any number written with its country, and the customer's own
 * numbers however they are written, and takes card numbers out, which nobody may see: a field called "mobile 2" or a summary would give away what is masked elsewhere.
 * The texts may be long and come from strangers (a chat's summary), so numbers are recognised here without parsing them.
 */
export function createTextMask(record: Pick<CustomerRecord, 'phones'>): (text: string) => string {
  // The last seven digits are in every way of writing a number: with or without country code, trunk prefix, neighbours.
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
