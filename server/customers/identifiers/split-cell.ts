/**
 * Cells that hold several phones or e-mails, as exports and people write them. Pieces are parts of the cell as written:
 * nothing is added, so no number arises that is not in the cell. A cell that is one value, or has none, stays whole.
 */
import { normalizeEmail } from './email.ts';
import { parsePhone } from './phone.ts';

const maxLength = 2048;

/** Each part is parsed several times, at up to 0.1 ms, and a source may return a megabyte of them. */
const maxInCell = 20;

const words = 'or|and|oder|und|ou|et|o|e|y|of|en|eller|och|og|lub|i|nebo|vagy|sau|ve|veya|hoặc|và|или|и|atau|dan';
const separators = {
  strong: new RegExp(`\\s*:::\\s*|[;|&\\r\\n\\t、；•·]|\\s[/／\\\\]\\s|//|\\s(?:${words})\\s`, 'iu'),
  weak: /[,，/]/,
  /** Between two whole numbers only. */
  dash: /\s[-–—+]\s|\s-{2,}\s|\s(?=[+＋])/,
  space: /\s+/,
  /** Without spaces only if there is one: `0912345678-0987654321`. */
  onlyDash: /[-–—]/,
};
const anySeparator = new RegExp(`${separators.strong.source}|${separators.weak.source}`, 'iu');

export function splitPhones(phones: string, defaultCountry?: string): string[] {
  const whole = phones.trim();
  if (whole === '') return [];
  if (whole.length > maxLength || cut(whole, anySeparator).length > maxInCell) return [whole];
  const isPhone = (text: string) => parsePhone(text, defaultCountry).kind === 'phone';

  /** All parts are numbers, and all of them are needed. */
  const splitStrictly = (text: string): string[] | undefined => {
    const onlyDash = cut(text, separators.onlyDash).length === 2 ? [separators.onlyDash] : [];
    for (const separator of [separators.weak, separators.dash, separators.space, ...onlyDash]) {
      const parts = cut(text, separator);
      if (parts.length > 1 && parts.length <= maxInCell && parts.every(isLong) && parts.every(isPhone)) return parts;
    }
    return undefined;
  };
  const splitLoosely = (text: string): string[] => {
    if (isPhone(text)) return [text];
    const strict = splitStrictly(text);
    if (strict) return strict;
    const parts = cut(text, separators.weak);
    return parts.some(isPhone)
      ? parts.flatMap((part) => (isPhone(part) ? part : (splitStrictly(part) ?? part)))
      : [text];
  };
  const parts = cut(whole, separators.strong);
  if (parts.length > 1 && parts.every((part) => isLong(part) && isPhone(part))) return parts;
  if (isPhone(whole)) return [whole];
  const pieces = parts.flatMap(splitLoosely);
  return pieces.some(isPhone) ? pieces : [whole];
}

/** An area code or an extension beside a separator is no number of its own. */
function isLong(text: string): boolean {
  return text.replace(/\P{Nd}/gu, '').length >= 7;
}

/** Outside quotation marks and angle brackets, where separators belong to a name. */
const emailSeparators = [
  new RegExp(`\\s*:::\\s*|[;|\\r\\n\\t；、]|\\s(?:&|${words})\\s`, 'giu'),
  /[,，]|\s[/／]\s/gu,
  /\s+|\//gu,
];

export function splitEmails(emails: string): string[] {
  const whole = emails.trim();
  if (whole === '') return [];
  if (whole.length > maxLength || isEmail(whole)) return [whole];
  const pieces = emailSeparators.reduce(
    (texts, separator) => texts.flatMap((text) => (isEmail(text) ? text : splitOutsideNames(text, separator))),
    [whole],
  );
  return pieces.length <= maxInCell && pieces.some(isEmail) ? pieces : [whole];
}

function isEmail(text: string): boolean {
  return normalizeEmail(text) !== null;
}

/** A part without an at sign before one in angle brackets is the beginning of its name: `Lee, Ann <…>`. */
function splitOutsideNames(text: string, separator: RegExp): string[] {
  const masked = text.replace(/"[^"]*"|<[^<>]*>/gu, (name) => 'x'.repeat(name.length));
  const parts: string[] = [];
  let start = 0;
  for (const { index, 0: found } of [...masked.matchAll(separator), { index: text.length, 0: '' }]) {
    const part = text.slice(start, index).trim();
    const rest = text.slice(index + found.length);
    const isName = !part.includes('@') && /^[^@<>]*<[^<>]*>/.test(rest);
    if (isName && part !== '') continue;
    if (/[\p{L}\p{N}]/u.test(part)) parts.push(part);
    start = index + found.length;
  }
  return parts.some(isEmail) ? parts : [text];
}

function cut(text: string, separator: RegExp): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
