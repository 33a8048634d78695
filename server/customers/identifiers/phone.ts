/**
 * Parses phones as people, phone systems and files write them, and normalizes each to E.164, in the current form of a
 * renumbered line.
 *
 * A phone goes through four steps: plain characters (any script's digits, no invisible marks, no wrapping of a
 * spreadsheet) → the number apart from caller's name, URI, label and extension → refusals (withheld, short code,
 * extension) → the possible readings, of which one that a plan assigns wins. A merely possible one is accepted, because
 * plans change before the library does. If two readings are assigned, the text is unreadable.
 *
 * A stored number is read in its source's country only: `020 7946 0001` with no default country is unreadable. The
 * number of a caller may also be read as international digits without a plus; `assumed` says so.
 *
 * Input is untrusted: longer than `maxLength` it is not parsed.
 */
import {
  type CountryCode,
  isSupportedCountry,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import { LRUCache } from 'lru-cache';
import type { Evidence, NotLookedUp } from '#contract/customers.ts';
import { labelPatterns } from './label-patterns.ts';
import { countDigits, decodePercent, toPlainText } from './plain-text.ts';
import { findCurrentNumbers, findFormerNumbers } from './renumbered-plans.ts';
import { readSpreadsheetValue, unwrapCell } from './spreadsheet-value.ts';
import { isWithheld } from './withheld.ts';

/** `rule`: why the number differs from the digits as written. `assumed`: it names no country. */
type ParsedPhone =
  | {
      kind: 'phone';
      e164: string;
      country: string | undefined;
      extension: string | undefined;
      rule?: 'former-number' | 'spreadsheet';
      assumed?: NonNullable<Evidence['assumed']>;
    }
  | { kind: 'not-looked-up'; reason: NotLookedUp };

type Reading = { phone: PhoneNumber; rule?: 'former-number' | 'spreadsheet' };

const maxLength = 256;

/** An engagement's number is parsed at every view. Dropped by age too, because numbers are personal data. */
const parsedPhones = new LRUCache<string, ParsedPhone>({ max: 2_000, ttl: 10 * 60_000, ttlAutopurge: true });

/** A number that a source holds. */
export function parsePhone(raw: string, defaultCountry = ''): ParsedPhone {
  return parseOnce(raw, defaultCountry, false);
}

/** The number of a caller, or one that an agent searches for. */
export function parseCallerNumber(raw: string, defaultCountry = ''): ParsedPhone {
  return parseOnce(raw, defaultCountry, true);
}

/**
 * The E.164 forms that this line had before its plan was renumbered. A plan may have assigned one to another line
 * since: that one parses to the other line, and to this one only as it was written, with its former area apart.
 */
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
      if (number === e164 || parsed.kind !== 'phone') return false;
      // A form that is another line's number today was this line's before.
      return parsed.e164 === e164 || (parsed.e164 === number && parsePhoneNumberFromString(number)?.isValid() === true);
    });
}

function parseOnce(raw: string, defaultCountry: string, isCaller: boolean): ParsedPhone {
  if (raw.length > maxLength) return notLookedUp('unreadable');
  const key = JSON.stringify([raw, defaultCountry, isCaller]);
  const known = parsedPhones.get(key);
  if (known) return known;
  const country = defaultCountry.toUpperCase();
  const parsed = parse(raw, isSupportedCountry(country) ? country : undefined, isCaller);
  parsedPhones.set(key, parsed);
  return parsed;
}

function parse(raw: string, country: CountryCode | undefined, isCaller: boolean): ParsedPhone {
  const text = unwrapCell(toPlainText(raw));
  if (isWithheld(text) || isWithheld(toPlainText(raw))) return notLookedUp('withheld');
  // A date, and a float with a part behind the point, are no numbers.
  if (/^(?:19|20)\d\d-(?:0\d|1[0-2])-[0-3]\d(?:[ t]|$)|^\+?\d{7,}[.,][1-9]$/.test(text))
    return notLookedUp('unreadable');
  const value = readSpreadsheetValue(text, 7);
  // A last `.0` is no digit, whatever stands before it.
  if (value.kind === 'lost' || (value.kind === 'text' && /\d[.,]0$/.test(text))) return notLookedUp('unreadable');
  if (value.kind === 'number') return parseSpreadsheetNumber(text, value.digits, country, isCaller);

  const { number, extension, context } = takeApart(text);
  if (number === '' && extension !== undefined) return notLookedUp('extension');
  if (isWithheld(number)) return notLookedUp('withheld');
  // Brackets, dashes, dots and slashes carry no meaning; anything else beside digits is not a number.
  if (!/^[\d\s()[\].,/_~:'+-]+$/.test(number)) return notLookedUp('unreadable');
  const dialled = number.replace(/[^\d+]/g, '');
  if (!/^\+?\d{1,20}$/.test(dialled)) return notLookedUp('unreadable');
  const short = refuseShort(dialled, country);
  if (short) return short;

  const named = context && !dialled.startsWith('+') ? context + dialled : dialled;
  const written = readWritten({ number, dialled: named, country });
  if (written === 'ambiguous') return notLookedUp('unreadable');
  return toParsed(choose(written, named, country, isCaller), extension ?? written?.extension);
}

type Written = Reading & { extension?: string };

/** Of a caller's number without a country, the reading in the country and as international digits. */
function choose(written: Written | undefined, dialled: string, country: CountryCode | undefined, isCaller: boolean) {
  const hasCountry = /^(?:\+[1-9]|\+?00|011)/.test(dialled);
  if (hasCountry || !isCaller) return written;
  const national = written && { ...written, assumed: 'directory-country' as const };
  if (written?.phone.isValid() || !isInternational(dialled, written, country)) return national;
  const international = readPhone(`+${dialled}`, undefined);
  return international?.phone.isValid() ? { ...international, assumed: 'international' as const } : national;
}

/**
 * Without a country, ten digits may be a national number of any. In North America a merely possible national number
 * is more likely, because its areas are new before the library knows them.
 */
function isInternational(dialled: string, national: Written | undefined, country: CountryCode | undefined): boolean {
  if (!/^[1-9]\d{9,14}$/.test(dialled) || national?.phone.countryCallingCode === '1') return false;
  return country !== undefined || dialled.length >= 11;
}

function toParsed(
  reading: (Written & { assumed?: NonNullable<Evidence['assumed']> }) | undefined,
  extension: string | undefined,
): ParsedPhone {
  if (!reading) return notLookedUp('unreadable');
  const { phone, rule, assumed } = reading;
  return {
    kind: 'phone',
    e164: phone.number,
    country: phone.country,
    extension,
    ...(rule && { rule }),
    ...(assumed && { assumed }),
  };
}

/** A spreadsheet removes leading zeros, so the number counts only if a plan assigns it. */
function parseSpreadsheetNumber(
  text: string,
  digits: string,
  country: CountryCode | undefined,
  isCaller: boolean,
): ParsedPhone {
  const dialled = (text.startsWith('+') ? '+' : '') + digits;
  const reading = choose(readPhone(dialled, country), dialled, country, isCaller);
  if (!reading?.phone.isValid()) return notLookedUp('unreadable');
  // Zeros behind the point may be digits of a number in groups.
  const whole = /[.,]0{2,}$/.test(text) ? readPhone(text.replace(/[^\d+]/g, ''), country) : undefined;
  if (whole?.phone.isValid() && whole.phone.number !== reading.phone.number) return notLookedUp('unreadable');
  return toParsed({ ...reading, rule: 'spreadsheet' }, undefined);
}

function notLookedUp(reason: NotLookedUp): ParsedPhone {
  return { kind: 'not-looked-up', reason };
}

type Parts = { number: string; extension: string | undefined; context: string | undefined };

/** A number's own part, apart from the caller's name, URI, label, parameters and extension. */
function takeApart(text: string): Parts {
  const addressed = /^[^<>]*<([^<>]*)>(?:\s*;[^<>]*)?$/.exec(text)?.[1]?.trim() ?? text;
  const jid = /^\+?([1-9]\d{6,14})(?:[._]\d{1,3})?(?::\d{1,4})?@(?:s\.whatsapp\.net|c\.us)$/.exec(addressed)?.[1];
  if (jid !== undefined) return { number: `+${jid}`, extension: undefined, context: undefined };

  const [, scheme, rest = ''] = /^(tel|sips?|callto|sms|whatsapp):(?:\/\/)?(.*)$/.exec(addressed) ?? [];
  const decoded = scheme === undefined ? addressed : decodePercent(rest);
  // Digits before an @ are a number in a telephone's URI only: elsewhere they are a name, or random (`…@lid`).
  const isUser = scheme === 'tel' || scheme === 'sip' || scheme === 'sips';
  if (!isUser && decoded.includes('@')) return { number: decoded, extension: undefined, context: undefined };
  const [head = '', ...parameters] = (decoded.split(/[@?]/, 1)[0] ?? '').split(';');
  const extra = new Map<string, string>();
  for (const parameter of parameters) {
    const pause = /^\s*(\d{1,5})#?\s*$/.exec(parameter)?.[1];
    const equals = parameter.indexOf('=');
    if (pause !== undefined && countDigits(head) >= 7) extra.set('ext', pause);
    // RFC 4694 and 4759: parameters without a value.
    else if (/^\s*(?:npdi|enumdi)\s*$/.test(parameter)) extra.set(parameter.trim(), '');
    // Without a `name=` this is no parameter but a second number or something unknown: refuse the whole.
    else if (equals < 1) return { number: decoded, extension: undefined, context: undefined };
    else extra.set(parameter.slice(0, equals).trim(), parameter.slice(equals + 1).trim());
  }
  const { number, extension } = cutExtension(removeLabels(head));
  const context = extra.get('phone-context')?.replace(/[^\d+]/g, '');
  const parameter = extra.get('ext') ?? extra.get('extension') ?? extra.get('postd');
  return {
    number,
    extension: extension ?? /^\d{1,8}$/.exec(parameter ?? '')?.[0],
    context: context?.startsWith('+') ? context : undefined,
  };
}

/** As most numbers are written: the patterns of labels and extensions cost more than all else. */
function isPlain(text: string): boolean {
  return /^[\d\s+().-]*$/.test(text);
}

function removeLabels(text: string): string {
  if (isPlain(text)) return text;
  return text.replace(labelPatterns.trailingLabel, '').replace(labelPatterns.leadingLabel, '');
}

function cutExtension(text: string): { number: string; extension: string | undefined } {
  if (isPlain(text)) return { number: text.replace(/[\s.-]+$/, '').trim(), extension: undefined };
  const tail =
    labelPatterns.writtenExtension.exec(text) ??
    labelPatterns.hashExtension.exec(text) ??
    labelPatterns.dialledExtension.exec(text);
  const before = tail ? text.slice(0, tail.index) : text;
  // Between groups of digits a comma is a separator.
  const isGroup = tail?.[0].startsWith(',') && /^,\d/.test(tail[0]) && before.includes(',');
  const isTail = tail && !isGroup && (before.trim() === '' || countDigits(before) >= 7);
  const number = removeLabels((isTail ? before : text).replace(/[\s,;.-]+$/, ''));
  return { number: number.trim(), extension: isTail ? (tail[1] ?? tail[2]) : undefined };
}

/**
 * Up to four digits are an extension (or a public service such as 112), up to six a short code. Only where national
 * numbers have no trunk prefix (Andorra, Greenland, …) five or six digits can be a whole number; there its national
 * format adds no digit.
 */
function refuseShort(dialled: string, country: CountryCode | undefined): ParsedPhone | undefined {
  const digits = countDigits(dialled);
  if (digits > 6) return undefined;
  if (dialled.startsWith('+')) return notLookedUp('short-code');
  if (digits <= 4) return notLookedUp(/^(?:[2-9]11|1\d\d|000|999)$/.test(dialled) ? 'short-code' : 'extension');
  const phone = parseText(dialled, country);
  const isWhole = phone?.isValid() && countDigits(phone.formatNational()) === digits;
  return isWhole ? undefined : notLookedUp('short-code');
}

/**
 * The number as its signs say: a `(0)` behind a country code is dialled at home only, except where the zero is part of
 * the number (Italy); last digits behind a slash or dash, or in brackets, may be a second line or an extension.
 */
function readWritten(written: {
  number: string;
  dialled: string;
  country: CountryCode | undefined;
}): Written | undefined | 'ambiguous' {
  const { number, dialled, country } = written;
  const area = readWrittenArea(number, country);
  if (area) return area;
  const withoutZero = /^(?:\+|00|011)/.test(dialled) ? number.replace(/[([]\s*0\s*[)\]]/, '') : number;
  if (withoutZero !== number) {
    const without = readPhone(withoutZero.replace(/[^\d+]/g, ''), country);
    const withZero = readPhone(dialled, country);
    const keepsZero = withZero?.phone.isValid() && withZero.phone.nationalNumber.startsWith('0');
    return keepsZero || !without?.phone.isValid() ? (withZero ?? without) : { ...without, ...pickRule(withZero) };
  }

  const whole = readPhone(dialled, country);
  const [, before = '', mark, tail, bracketed] =
    /^([^/]*\d[^/]*(?:\/[^/]*)??)\s*(?:([/-])\s*(\d{1,5})|[([](\d{1,5})[)\]])$/.exec(number) ?? [];
  const extension = tail ?? bracketed;
  if (extension === undefined || countDigits(before) < 7) return whole;
  const first = readPhone(before.replace(/[^\d+]/g, ''), country);
  if (!first?.phone.isValid()) return whole;
  // A direct dial behind a dash is part of the number.
  if (whole) return mark === '-' ? whole : 'ambiguous';
  return { ...first, extension };
}

function pickRule(reading: Reading | undefined): Pick<Reading, 'rule'> {
  return reading?.rule ? { rule: reading.rule } : {};
}

/**
 * A Vietnamese area of before 2017 that stands apart, as in `(036) 3822 000`, or `08 3822 0000` of Hồ Chí Minh City.
 * Written in a row, many of these are mobile numbers of today.
 */
function readWrittenArea(number: string, country: CountryCode | undefined): Reading | undefined {
  const [, code, bracketed, bare, rest = ''] =
    /^((?:\+|00)84[\s.-]*(?:\(0\))?[\s.-]*)?(?:\(0?([2-8]\d{0,2})\)[\s.-]*|(0?8)[\s.-]+(?=\d{4}[\s.-]?\d{4}$))(\d[\d\s.-]*)$/.exec(
      number,
    ) ?? [];
  const area = bracketed ?? bare?.replace('0', '');
  if (area === undefined || (code === undefined && country !== 'VN')) return undefined;
  const [current] = findCurrentNumbers('84', area + rest.replace(/\D/g, ''));
  const isLandline = current?.startsWith('2') === true;
  return isLandline ? toReading('84', current, { rule: 'former-number' })[0] : undefined;
}

/** Trunk prefixes that ended, by country code. */
const formerTrunks = new Map([['52', /^(?:01|044|045)(?=\d{10}$)/]]);

/**
 * `00` and `011` are read as `+` in every country, because files contain numbers written in other countries; `+0` is a
 * plus before a national number. A former number counts only if the current plan does not assign it.
 */
function readPhone(dialled: string, country: CountryCode | undefined): Reading | undefined {
  const parsed = listReadings(dialled).flatMap((text) => parseText(text, country) ?? []);
  const asWritten = parsed.map((phone): Reading => ({ phone, ...pickMobileRule(dialled, phone) }));
  const valid = asWritten.find(({ phone }) => phone.isValid());
  if (valid) return valid;
  const changed = parsed.flatMap((phone) => [...toCurrent(phone), ...withoutTrunk(phone)]);
  return changed.find(({ phone }) => phone.isValid()) ?? asWritten.find(isPossible) ?? changed.find(isPossible);
}

/** Argentina: behind a country code, 15 after the area is the 9 before it. At home it is dialled to this day. */
function pickMobileRule(dialled: string, { country, number }: PhoneNumber): Pick<Reading, 'rule'> {
  const isForeign = country === 'AR' && number.startsWith('+549') && /^(?:\+|00|011)54[1-8]/.test(dialled);
  return isForeign ? { rule: 'former-number' } : {};
}

function listReadings(dialled: string): string[] {
  const international = dialled.replace(/^\+?(?:00|011)/, '+').replace(/^\+(?=\+)/, '');
  if (dialled.startsWith('+0')) return [dialled.slice(1), ...(international.startsWith('+0') ? [] : [international])];
  const both = dialled.startsWith('011') ? [dialled, international] : [dialled];
  return dialled.startsWith('00') ? [dialled, international] : both;
}

function toCurrent({ countryCallingCode, nationalNumber }: PhoneNumber): Reading[] {
  const current = findCurrentNumbers(countryCallingCode, nationalNumber);
  return current.flatMap((national) => toReading(countryCallingCode, national, { rule: 'former-number' }));
}

/** Zeros that are dialled nowhere any more, or never were: `+352 0 26…`. */
function withoutTrunk({ countryCallingCode, nationalNumber }: PhoneNumber): Reading[] {
  const former = formerTrunks.get(countryCallingCode);
  const national = nationalNumber.replace(former ?? /^0(?=[1-9])/, '');
  return national === nationalNumber
    ? []
    : toReading(countryCallingCode, national, former ? { rule: 'former-number' } : {});
}

function toReading(callingCode: string, national: string, rule: Pick<Reading, 'rule'>): Reading[] {
  const phone = parseText(`+${callingCode}${national}`, undefined);
  return phone ? [{ phone, ...rule }] : [];
}

/** The national part of a real number is never all zeros; files are full of such placeholders. */
function isPossible({ phone }: Reading): boolean {
  return phone.isPossible() && phone.number.length <= 16 && !/^0+$/.test(phone.nationalNumber);
}

function parseText(text: string, country: CountryCode | undefined): PhoneNumber | undefined {
  return parsePhoneNumberFromString(text, { ...(country && { defaultCountry: country }), extract: false });
}
