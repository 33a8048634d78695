/**
 * Finds phone numbers without a country code in free text, to mask them. A run of digits is such a number if it is
 * valid in one of the countries, or written as numbers are: `(202) 555-0107`, `0912 345 678`. Dates, times, amounts and
 * addresses of the internet are not; digits alone are not behind a word such as "order" or joined with letters.
 */
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** Two positions in the run. */
type Span = [start: number, end: number];

/** The text around a run, and the role of the field that holds it, by its name. */
export type RunContext = { before: string; after: string; role: FieldRole };
type FieldRole = 'phone' | 'number' | 'text';

type FindNationalNumbers = (run: string, context: RunContext) => Span[];

/** Parsing costs 10 µs. Beyond this many numbers, as hostile texts have, those that may be phones are taken as such. */
const maxParsed = 200;

const digitCounts = { min: 7, max: 15 };
/** `06 12 34 56 78` has five. */
const maxGroups = 8;

export function createFindNationalNumbers(countries: readonly string[]): FindNationalNumbers {
  const known = [...new Set(countries.map((country) => country.toUpperCase()))]
    .filter((country) => isSupportedCountry(country))
    .slice(0, 4);
  let parsed = 0;
  const isValid = (digits: string, country?: (typeof known)[number]) => {
    if (parsed >= maxParsed) return true;
    parsed += 1;
    const options = { extract: false, ...(country && { defaultCountry: country }) };
    return parsePhoneNumberFromString(digits, options)?.isValid() ?? false;
  };
  const hasAmericanForm = known.length === 0 || known.some((country) => isAmerican.has(country));

  function isPhone(written: string, context: RunContext): boolean {
    const digits = written.replace(/\D/g, '');
    if (digits.length < digitCounts.min || digits.length > digitCounts.max || /^(\d)\1+$/.test(digits)) return false;
    const isBare = /^\d+$/.test(written) || /^\d(?:\D\d)+$/.test(written);
    if (isBare && (context.role === 'number' || isOtherNumber(context))) return false;
    if (/^00[1-9]/.test(digits) && digits.length >= 10) return isValid(`+${digits.slice(2)}`);
    // `402 118 330` in a field of account numbers; the customer's own phones are masked everywhere.
    if (context.role === 'number' && !written.includes('(')) return false;
    if (!isBare && (american.test(written) || areaInBrackets.test(written))) return true;
    if (hasAmericanForm && localAmerican.test(written)) return true;
    if (/^0[1-9]/.test(digits) && !/^0\D/.test(written)) {
      if (isBare ? /^\d{9,11}$/.test(digits) : /^\d{8,12}$/.test(digits)) return true;
    }
    if (known.some((country) => isValid(digits, country))) return true;
    if (digits.length >= 11 && /^[1-9][^()]*$/.test(written) && isValid(`+${digits}`)) return true;
    return known.length === 0 && digits.length === 10 && isValid(digits, 'US');
  }

  return (run, context) => {
    const plain = toPlain(run);
    if (plain === undefined) return [[0, run.length]];
    if (context.role === 'phone') return findDates(plain).length > 0 ? [] : [[0, run.length]];
    const found: Span[] = [];
    let from = 0;
    for (const [start, end] of [...findProtected(plain), [plain.length, plain.length] as Span]) {
      findInPiece(plain, [from, start], (written, [first, last]) => {
        const before = context.before + run.slice(0, first);
        const isFound = isPhone(written, { before, after: run.slice(last) + context.after, role: context.role });
        if (isFound) found.push([first, last]);
        return isFound;
      });
      from = Math.max(from, end);
    }
    return found;
  };
}

/** Tries the rows of whole groups of a piece, the longest first. */
function findInPiece(plain: string, [from, to]: Span, accept: (written: string, span: Span) => boolean): void {
  const groups = [...plain.slice(from, to).matchAll(/\(?\d+/g)].map(({ 0: text, index }) => ({
    start: from + index,
    end: from + index + text.length,
    digits: text.replace('(', '').length,
  }));
  const isApart = (index: number) => numberEnd.test(plain.slice(groups[index]?.end, groups[index + 1]?.start));
  const isSpelled = groups.length > maxGroups && groups.every(({ digits }) => digits === 1);
  const longest = isSpelled ? digitCounts.max : maxGroups;
  for (let first = 0; first < groups.length; first++) {
    const start = groups[first]?.start ?? 0;
    for (let last = Math.min(first + longest, groups.length) - 1; last >= first; last--) {
      const end = groups[last]?.end ?? 0;
      if (end - start < digitCounts.min) break;
      if (
        groups.slice(first, last).some((_, offset) => isApart(first + offset)) ||
        !accept(plain.slice(start, end), [start, end])
      )
        continue;
      first = last;
      break;
    }
  }
}

/** Between two numbers, not within one. */
const numberEnd = /[,;:]|\s[/|\\*~•·]|\s{3}/;

const isAmerican = new Set(['US', 'CA', 'PR', 'DO', 'JM', 'TT', 'BS', 'BB']);
const american = /^(?:1[ .-]{0,2})?\(?[2-9]\d\d\)?[ .-]{0,2}[2-9]\d\d[ .-]\d{4}$/;
const localAmerican = /^[2-9]\d\d[-.]\d{4}$/;
const areaInBrackets = /^\(\d{1,5}\)[ ./-]{0,3}\d[\d ./-]{4,}$/;

const time = '\\d{1,2}:\\d\\d(?::\\d\\d)?';
const yearFirst = '(?:19|20)\\d\\d([-./])(?:0?[1-9]|1[0-2])\\1(?:0?[1-9]|[12]\\d|3[01])';
const yearLast = '(?:0?[1-9]|[12]\\d|3[01])([-./])(?:0?[1-9]|[12]\\d|3[01])\\1(?:19|20)\\d\\d';
const alone = (form: string) => new RegExp(`(?<!\\d|\\d[-./:])(?:${form})(?!\\d|[-./:]\\d)`, 'g');

const dates = [alone(`${yearFirst}(?:[ ,]{1,2}${time})?`), alone(`${yearLast}(?:[ ,]{1,2}${time})?`)];
const others = [
  alone(time),
  alone('(?:\\d{1,3}\\.){3}\\d{1,3}'),
  // Amounts: 1,250.00 · 1.250,00 · 1 250,00 · 1’250.00 · 1250.00
  alone("\\d{1,3}(?:[,'’]\\d{3}){1,2}(?:\\.\\d{1,2})?"),
  alone('\\d{1,3}(?:[. ]\\d{3}){1,2},\\d{1,2}'),
  alone('\\d{1,7}[.,]\\d{1,2}'),
];

function findDates(plain: string): Span[] {
  return dates.flatMap((form) => findSpans(plain, form));
}

/** In order, without overlaps in effect: each span is only what the search leaves out. */
function findProtected(plain: string): Span[] {
  return [...dates, ...others].flatMap((form) => findSpans(plain, form)).sort((a, b) => a[0] - b[0] || b[1] - a[1]);
}

function findSpans(plain: string, form: RegExp): Span[] {
  return [...plain.matchAll(form)].map(({ 0: text, index }): Span => [index, index + text.length]);
}

/** ASCII digits, dashes and spaces at the same positions; undefined if a digit takes two code units. */
function toPlain(run: string): string | undefined {
  if (/^[ -~]*$/.test(run)) return run;
  if (/[\u{10000}-\u{10ffff}]/u.test(run)) return undefined;
  return run
    .replace(/\p{Nd}/gu, (digit) => digit.normalize('NFKC').replace(/[^\d]/, toDigit))
    .replace(/\p{Pd}/gu, '-')
    .replace(/[\p{Z}\p{Cf}]/gu, ' ')
    .replace(/[（]/g, '(')
    .replace(/[）]/g, ')');
}

/** The digits of a script lie side by side, and the code of its zero is a multiple of ten after 0x30 or 0x26. */
function toDigit(digit: string): string {
  const code = digit.charCodeAt(0);
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCharCode(code - value - 1))) value += 1;
  return String(value);
}

const phoneWord =
  /(?:^|[^\p{L}])(?:t|p|m|ph|tel|phone|mobile?|cell|fax|call|sms|whatsapp|wa\.me|zalo|sđt|đt|handy|home|work|office|privat|contact|kontakt)[^\p{L}\p{N}]{0,3}$/iu;
const otherWord =
  /(?:^|[^\p{L}])(?:order|invoice|case|ticket|account|acct|contract|policy|reference|ref|tracking|parcel|booking|reservation|confirmation|transaction|serial|imei|sku|part|model|meter|device|po|so|rma|id|iban|vat|tax|zip|bestellung|bestellnummer|rechnung|rechnungsnummer|auftrag|vertrag|vertragsnummer|kundennummer|fall|commande|facture|contrat|dossier|pedido|factura|contrato|ordine|fattura|đơn|đơn hàng|hóa đơn|hợp đồng|mã|mã khách hàng|vận đơn|注文|注文番号|订单|订单号)[^\p{L}\p{N}]{0,3}(?:no|nr|num|number|id|code|số|番号)?[^\p{L}\p{N}]{0,3}$/iu;

/** A word that needs "number" behind it: `customer 4155550134` is whom to call. */
const otherWordWithNumber =
  /(?:^|[^\p{L}])(?:customer|client|cliente)[^\p{L}\p{N}]{0,3}(?:no|nr|num|number|id|code)[^\p{L}\p{N}]{0,3}$/iu;
const labelBehind = /^[-_/ ]?(?:x|ext|home|work|office|mobile?|cell|fax|privat|whatsapp|zalo)/i;

/** Of digits alone: joined with the letters of a code, or behind a word that says what they are. */
function isOtherNumber({ before, after }: RunContext): boolean {
  const near = before.slice(-40);
  if (/^(?:[\p{Lu}_]|[-/_]\p{L})/u.test(after) && !labelBehind.test(after)) return true;
  if (phoneWord.test(near)) return false;
  if (/[\p{Lu}_#№]$/u.test(near) || /[\p{L}\p{N}#][-_/]$/u.test(near)) return true;
  return otherWord.test(near) || otherWordWithNumber.test(near);
}

const phoneNames =
  /phone|t[eé]l[eé]fon|telefoon|telefax|t[eé]l[eé]copie|mobil|m[oó]vil|celular|cellul|portable|handy|whatsapp|zalo|pager|điện thoại|di động|電話|携帯|电话|手机|手機|전화|휴대|телефон|факс|мобильн|(?:^|[^\p{L}])(?:tel|cell|fax|sms|sđt|đt)(?:[^\p{L}]|$)/iu;
/** `Account number`, `Device ID`, `Order`: the name ends with what is numbered. `Account contact` does not. */
const numberNames =
  /(?:^|[^\p{L}])(?:orders?|invoices?|cases?|tickets?|accounts?|contracts?|policy|ref|reference|tracking|booking|serial|imei|iccid|imsi|sku|meter|device|id|ids|iban|vat|tax|zip|postal|postcode|amount|price|total|balance|revenue|version|build|mã|đơn|hợp đồng|(?:customer|client) (?:no|nr|num|number|code))(?:[^\p{L}]+(?:no|nr|num|number|code|id|ids|ref|reference|khách hàng|hàng))?[^\p{L}]*$|nummer|番号|号码$/iu;
/** Whom to call; a number in it is a phone. */
const contactNames =
  /(?:^|[^\p{L}])(?:contact|contacts|contacto|contatto|kontakt|callback|call back|liên hệ)(?:[^\p{L}]|$)|連絡/iu;

/** By the words of its name. */
export function readFieldRole(name: string): FieldRole {
  const words = name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/_/g, ' ')
    .normalize('NFC');
  if (phoneNames.test(words)) return 'phone';
  if (contactNames.test(words) && !/[^\p{L}]ids?$/iu.test(words)) return 'phone';
  return numberNames.test(words) ? 'number' : 'text';
}
