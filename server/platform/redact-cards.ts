/**
 * Card numbers are never stored and never shown. A card number has 13 to 19 digits, in groups of any size, starts with
 * a prefix of a card scheme (2221–2720, 3, 4, 5, 6) and passes the Luhn check. One in ten of all numbers passes it by
 * chance, so fields that hold a time, an id or a phone number are excluded (`isNeverCard`), and so are digits after a
 * plus.
 */

export const cardPlaceholder = '[card number]';

/** Digits with at most two separators between any two. Linear, because no separator is a digit. */
const digitChain = /(?<![\d+])\d(?:[\s.\-\u2010-\u2015_/]{0,2}\d){12,}/g;
/** The same with full-width digits. Most texts hold no chain, and need no more than this test. */
const anyChain = /[\d\uff10-\uff19](?:[\s.\-\u2010-\u2015_/]{0,2}[\d\uff10-\uff19]){12,}/;
const cardStart = /^(?:2[2-7]|[3-6])/;
/**
 * With fifteen digits only American Express starts with 3 or 4; IMEIs do as well, and all of them pass the Luhn check.
 */
const otherThanCard = /^(?:3[^47]|4\d)\d{13}$/;

/** Fields with an id, a time or a phone number. */
const neverCard =
  /^(id|.*_id|event_ts|.*_time|.*_time_ms|.*_url|engagement_?id|ani|(consumer|caller|callee|flow|contact_center|transfer_to|consumer_invite)_number)$/i;

/** Whether a field or a flow variable of this name holds no card number; the part before its last dot is ignored. */
export function isNeverCard(name: string): boolean {
  return neverCard.test(name.replace(/^.*\./, '').replace(/[\s-]+/g, '_'));
}

export function redactCards(text: string): string {
  if (!anyChain.test(text)) return text;
  // A full-width digit is one code unit, so positions in the text stay the same.
  const plain = text.replace(/[\uff10-\uff19]/g, (digit) => String(digit.charCodeAt(0) - 0xff10));
  let redacted = '';
  let from = 0;
  for (const chain of plain.matchAll(digitChain)) {
    for (const [start, end] of findCards(chain[0])) {
      redacted += text.slice(from, chain.index + start) + cardPlaceholder;
      from = chain.index + end;
    }
  }
  return redacted + text.slice(from);
}

/** A date or a code may follow the card number, so every run of whole groups is tried, the longest first. */
function findCards(chain: string): [start: number, end: number][] {
  const groups = [...chain.matchAll(/\d+/g)].map((group) => ({ digits: group[0], index: group.index }));
  const found: [number, number][] = [];
  for (let first = 0; first < groups.length; first++) {
    const last = findCardFrom(groups, first);
    const [begin, end] = [groups[first], groups[last ?? -1]];
    if (last === undefined || !begin || !end) continue;
    found.push([begin.index, end.index + end.digits.length]);
    first = last;
  }
  return found;
}

/** The index of the last group of a card number that starts with the group `first`. */
function findCardFrom(groups: { digits: string }[], first: number): number | undefined {
  let digits = '';
  let last: number | undefined;
  for (let index = first; index < groups.length; index++) {
    digits += groups[index]?.digits ?? '';
    if (digits.length > 19) break;
    if (digits.length >= 13 && cardStart.test(digits) && !otherThanCard.test(digits) && passesLuhn(digits))
      last = index;
  }
  return last;
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
