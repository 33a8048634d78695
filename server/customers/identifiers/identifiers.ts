/**
 * Parses phones, e-mails and case numbers as people, phone systems and files write them, and normalizes each to the
 * form that is matched: E.164, lower-case e-mail, upper-case case number.
 *
 * A phone goes through four steps: plain characters (any script's digits, no invisible marks) → the number apart from
 * URI, label and extension → refusals (withheld, short code, extension) → the possible readings, of which a valid one
 * wins over a merely possible one. A possible one is accepted, because numbering plans change before the library does.
 * A country is never guessed: `020 7946 0001` with no default country is unreadable.
 *
 * Input is untrusted: longer than `maxLength` it is not parsed (`splitPhones` returns the text whole).
 */
import { domainToASCII } from 'node:url';
import { isSupportedCountry, type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { LRUCache } from 'lru-cache';
import type { NotLookedUp } from '#contract/customers.ts';
import { findCurrentNumbers, findFormerNumbers } from './renumbered-plans.ts';

/** `rule`: why the number differs from the digits as written. */
export type ParsedPhone =
  | { kind: 'phone'; e164: string; country: string | undefined; extension: string | undefined; rule?: 'former-number' }
  | { kind: 'not-looked-up'; reason: NotLookedUp };

const maxLength = { phone: 256, cell: 2048, email: 512, caseNumber: 256 };

/** Each part is parsed several times, at up to 0.1 ms, and a source may return a megabyte of them. */
const maxInCell = 20;

/** An engagement's number is parsed at every view. Dropped by age too, because numbers are personal data. */
const parsedPhones = new LRUCache<string, ParsedPhone>({ max: 2_000, ttl: 10 * 60_000, ttlAutopurge: true });

export function parsePhone(raw: string, defaultCountry = ''): ParsedPhone {
  if (raw.length > maxLength.phone) return notLookedUp('unreadable');
  const key = JSON.stringify([defaultCountry, raw]);
  const known = parsedPhones.get(key);
  if (known) return known;
  const parsed = parse(raw, defaultCountry === '' ? undefined : defaultCountry);
  parsedPhones.set(key, parsed);
  return parsed;
}

function parse(raw: string, defaultCountry: string | undefined): ParsedPhone {
  const text = toPlainText(raw);
  if (isWithheld(text)) return notLookedUp('withheld');

  const { number, extension, context } = takeApart(text);
  if (number === '' && extension !== undefined) return notLookedUp('extension');
  if (isWithheld(number)) return notLookedUp('withheld');
  // Brackets, dashes, dots and slashes carry no meaning; anything else beside digits is not a number.
  if (!/^[\d\s()[\].,/_~:'+-]+$/.test(number)) return notLookedUp('unreadable');
  const dialled = number.replace(/[^\d+]/g, '');
  if (!/^\+?\d{1,20}$/.test(dialled)) return notLookedUp('unreadable');

  const country = defaultCountry?.toUpperCase();
  const short = refuseShort(dialled, country);
  if (short) return short;
  const read = readPhone(context && !dialled.startsWith('+') ? context + dialled : dialled, country);
  if (!read) return notLookedUp('unreadable');
  const { phone, rule } = read;
  return { kind: 'phone', e164: phone.number, country: phone.country, extension, ...(rule && { rule }) };
}

/** The E.164 forms that this line had before its plan was renumbered. Each parses to the current form. */
export function listFormerNumbers(e164: string): string[] {
  const phone = /^\+\d{5,15}$/.test(e164) ? parsePhoneNumberFromString(e164) : undefined;
  if (!phone) return [];
  const { countryCallingCode, nationalNumber } = phone;
  const former = findFormerNumbers(countryCallingCode, nationalNumber);
  // At home, 15 behind the area code stands for the 9 before it.
  if (phone.country === 'AR' && nationalNumber.startsWith('9')) {
    former.push(phone.formatNational().replace(/\D/g, '').replace(/^0/, ''));
  }
  return former
    .map((national) => `+${countryCallingCode}${national}`)
    .filter((number) => {
      const parsed = parsePhone(number);
      return number !== e164 && parsed.kind === 'phone' && parsed.e164 === e164;
    });
}

const separators = (() => {
  const strong = /[;|&\r\n]|\s\/\s|\s(?:or|and|oder|und|ou|et|hoặc|или)\s/i;
  const weak = /[,/]/;
  return { strong, weak, any: new RegExp(`${strong.source}|${weak.source}`, 'i') };
})();

/**
 * The numbers of a cell, each as it was written. `030/1234567` is one number and `… / …` often two, so a cell is cut
 * only where the pieces are numbers by themselves or the whole is none. A cell without a number, or of more than twenty
 * parts, stays whole.
 */
export function splitPhones(phones: string, defaultCountry?: string): string[] {
  const whole = phones.trim();
  if (whole === '') return [];
  if (whole.length > maxLength.cell || cut(whole, separators.any).length > maxInCell) return [whole];
  const isPhone = (text: string) => parsePhone(text, defaultCountry).kind === 'phone';

  const splitLoosely = (text: string): string[] => {
    if (isPhone(text)) return [text];
    const parts = cut(text, separators.weak);
    return parts.some(isPhone) ? parts : [text];
  };
  const parts = cut(whole, separators.strong);
  if (parts.length > 1 && parts.every(isPhone)) return parts;
  if (isPhone(whole)) return [whole];
  const pieces = parts.flatMap(splitLoosely);
  return pieces.some(isPhone) ? pieces : [whole];
}

/** The local part is folded too: few systems treat `Ann@` and `ann@` as different addresses. */
export function normalizeEmail(raw: string): string | null {
  if (raw.length > maxLength.email) return null;
  const text = raw
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim();
  const address = /<([^<>]*)>$/.exec(text)?.[1] ?? text;
  const bare = address.trim().replace(/^mailto:([^?]*).*$/is, (_, target: string) => decodePercent(target));
  const at = bare.lastIndexOf('@');
  const local = bare.slice(0, Math.max(at, 0)).toLowerCase();
  const domain = bare.slice(at + 1).toLowerCase();
  if (local.length > 64 || !/^[^\s.@<>"(),:;\\[\]\p{C}]+(?:\.[^\s.@<>"(),:;\\[\]\p{C}]+)*$/u.test(local)) return null;
  if (!/^[\p{L}\p{N}\p{M}.-]+$/u.test(domain)) return null;
  const ascii = domainToASCII(domain);
  const isDomain = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/.test(ascii);
  // Phone systems write anonymous@anonymous.invalid for a withheld address.
  if (!isDomain || ascii.endsWith('.invalid') || local.length + ascii.length > 253) return null;
  return `${local}@${ascii}`;
}

/**
 * A key under which two normalized addresses are one mailbox. Google ignores dots and a `+tag` in gmail.com, which is
 * googlemail.com too; of any other provider only the address itself is certain.
 */
export function toMailbox(email: string): string {
  const [, local = '', domain = ''] = /^(.+)@(.+)$/s.exec(email) ?? [];
  if (domain !== 'gmail.com' && domain !== 'googlemail.com') return email;
  const name = local.replace(/\+.*$/s, '').replaceAll('.', '');
  return name === '' ? email : `${name}@gmail.com`;
}

export function normalizeCaseNumber(raw: string): string | null {
  if (raw.length > maxLength.caseNumber) return null;
  const text = raw
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/^[ #]+/, '')
    .trimEnd()
    .toUpperCase();
  return text !== '' && text.length <= 64 && /[\p{L}\p{N}]/u.test(text) ? text : null;
}

/** The digits of any script, as ASCII. */
export function readDigits(text: string): string {
  return text.replace(/[^\p{Nd}]/gu, '').replace(/[^0-9]/gu, toAsciiDigit);
}

function notLookedUp(reason: NotLookedUp): ParsedPhone {
  return { kind: 'not-looked-up', reason };
}

function cut(text: string, separator: RegExp): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Lower case, ASCII digits and dashes, plain spaces; no marks that steer writing direction, width or emoji shape. */
function toPlainText(raw: string): string {
  if (/^[ -~]*$/.test(raw)) return raw.trim().toLowerCase();
  return raw
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{M}]/gu, '')
    .replace(/\p{Nd}/gu, toAsciiDigit)
    .replace(/[\p{Pd}−ー·•‧⁄∕]/gu, '-')
    .replace(/➕/gu, '+')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .toLowerCase();
}

/** Unicode keeps the ten digits of a script side by side, so a digit's value is its distance from the first of them. */
function toAsciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}

type Parts = { number: string; extension: string | undefined; context: string | undefined };

const extensionWord =
  'extension|extn|ext|xtn|x|#|доб|вн|int|interno|anexo|ramal|poste|toestel|durchwahl|dw|wew|máy lẻ|內線|内線|分機|分机|내선';
const writtenExtension = new RegExp(`(?:${extensionWord})[\\s.:=#-]*(\\d{1,8})\\s*#?$`);
const dialledExtension = /(?:,+|[pw]+)\s*(\d{1,5})#?$/;

/** A number's own part, apart from display name, URI, label, parameters and extension. */
function takeApart(text: string): Parts {
  const uri = /(?:^|<)\s*(?:tel|sips?|callto|sms):(?:\/\/)?([^<>]*)/.exec(text)?.[1];
  const addressed = uri === undefined ? text : decodePercent(uri);
  const [head = '', ...parameters] = (addressed.split(/[@?]/, 1)[0] ?? '').split(';');
  const extra = new Map<string, string>();
  for (const parameter of parameters) {
    const equals = parameter.indexOf('=');
    // Without a `name=` this is no parameter but a second number or something unknown: refuse the whole.
    if (equals < 1) return { number: addressed, extension: undefined, context: undefined };
    extra.set(parameter.slice(0, equals).trim(), parameter.slice(equals + 1).trim());
  }
  const unlabelled = head.replace(/\(\p{L}[\p{L}. ]{0,20}\)\s*$/u, '').replace(/^\p{L}{1,12}\s?\.?:\s*/u, '');
  const tail = writtenExtension.exec(unlabelled) ?? dialledExtension.exec(unlabelled);
  const isTail = tail && (tail.index === 0 || countDigits(unlabelled.slice(0, tail.index)) >= 7);
  const context = extra.get('phone-context')?.replace(/[^\d+]/g, '');
  return {
    number: (isTail ? unlabelled.slice(0, tail.index) : unlabelled).replace(/[\s,;.-]+$/, '').trim(),
    extension: isTail ? tail[1] : /^\d{1,8}$/.exec(extra.get('ext') ?? '')?.[0],
    context: context?.startsWith('+') ? context : undefined,
  };
}

function countDigits(text: string): number {
  return text.replace(/\D/g, '').length;
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The ways in which telephone systems write "no number": words, or the same words on a keypad (266696687 is ANONYMOUS).
 * RESTRICTED, 7378742833, is also a number in Texas, so it counts only behind a bare plus.
 */
function isWithheld(text: string): boolean {
  const words = text.split('@', 1)[0] ?? '';
  if (/^["'<(]*(?:sips?:|tel:)?\s*$/.test(words)) return true;
  if (/^\+?(?:266696687|2562533|8656696|86282452253|0+)$/.test(words) || words === '+7378742833') return true;
  return /^["'<(]*(?:sips?:|tel:)?(?:(?:caller|number|id|name|no) ?)*(?:anonymous|anonym|restricted|private|unknown|unavailable|withheld|blocked|hidden|suppressed|not available|out of area|none|null|undefined|caller ?id|n\/a)(?: ?(?:caller|number|id|name))*["'>)]*$/.test(
    words.replace(/[_.-]/g, ' ').trim(),
  );
}

/**
 * Up to four digits are an extension (or a public service such as 112), up to six a short code. Only where national
 * numbers have no trunk prefix (Andorra, Greenland, …) five or six digits can be a whole number; there its national
 * format adds no digit.
 */
function refuseShort(dialled: string, country: string | undefined): ParsedPhone | undefined {
  const digits = countDigits(dialled);
  if (digits > 6) return undefined;
  if (dialled.startsWith('+')) return notLookedUp('short-code');
  if (digits <= 4) return notLookedUp(/^(?:[2-9]11|1\d\d|000|999)$/.test(dialled) ? 'short-code' : 'extension');
  const phone = parseText(dialled, country);
  const isWhole = phone?.isValid() && countDigits(phone.formatNational()) === digits;
  return isWhole ? undefined : notLookedUp('short-code');
}

type ReadPhone = { phone: PhoneNumber; rule?: 'former-number' };

/**
 * `00` and `011` are read as `+` in every country, because files contain numbers written in other countries. A former
 * number counts only if the current plan does not assign it.
 */
function readPhone(dialled: string, country: string | undefined): ReadPhone | undefined {
  const readings = [dialled];
  if (dialled.startsWith('00')) readings.push(dialled.replace(/^00/, '+'));
  if (dialled.startsWith('011')) readings.push(dialled.replace(/^011/, '+'));
  const parsed = readings.map((text) => parseText(text, country)).filter((phone) => phone !== undefined);
  const asWritten = parsed.map((phone): ReadPhone => ({ phone }));
  const valid = asWritten.find(({ phone }) => phone.isValid());
  if (valid) return valid;
  const former = parsed.flatMap(toCurrent);
  return former.find(({ phone }) => phone.isValid()) ?? asWritten.find(isPossible) ?? former.find(isPossible);
}

function toCurrent({ countryCallingCode, nationalNumber }: PhoneNumber): ReadPhone[] {
  return findCurrentNumbers(countryCallingCode, nationalNumber).flatMap((national) => {
    const phone = parseText(`+${countryCallingCode}${national}`, undefined);
    return phone ? { phone, rule: 'former-number' as const } : [];
  });
}

/** The national part of a real number is never all zeros; files are full of such placeholders. */
function isPossible({ phone }: ReadPhone): boolean {
  return phone.isPossible() && phone.number.length <= 16 && !/^0+$/.test(phone.nationalNumber);
}

function parseText(text: string, country: string | undefined): PhoneNumber | undefined {
  const known = country && isSupportedCountry(country) ? country : undefined;
  return parsePhoneNumberFromString(text, { ...(known && { defaultCountry: known }), extract: false });
}
