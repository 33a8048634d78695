/**
 * Card numbers are never stored and never shown. Whoever chats or writes notes types them as they like, so digits may stand in groups.
 * A card number has 13 to 19 digits, begins like one of the card schemes' (2221–2720, 3, 4, 5, 6) and fulfils Luhn's sum,
 * which one in ten of all numbers does by chance: what is known to be a time, an id or a phone number is therefore not
 * given to this, and one with a plus before it is a phone number.
 */

export const cardPlaceholder = '[card number]';

/** Digits with at most two separators between any two; linear, for no separator is a digit. */
const digitChain = /(?<![\d+])\d(?:[\s.\-\u2010-\u2015_/]{0,2}\d){12,}/g;
const cardStart = /^(?:2[2-7]|[3-6])/;
/** Of fifteen digits no card but American Express's begins with 3 or 4; telephones' IMEIs do, and all fulfil the sum. */
const otherThanCard = /^(?:3[^47]|4\d)\d{13}$/;

/** What holds an id, a time or a phone number, where digits mean something else. */
const neverCard =
  /^(id|.*_id|event_ts|.*_time|.*_time_ms|.*_url|engagement_?id|ani|(consumer|caller|callee|flow|contact_center|transfer_to|consumer_invite)_number)$/i;

/** By what a field or a flow's variable is called, whatever stands before its last dot. */
export function isNeverCard(name: string): boolean {
  return neverCard.test(name.replace(/^.*\./, '').replace(/[\s-]+/g, '_'));
}

export function redactCards(text: string): string {
  if (!/[\d\uff10-\uff19]/.test(text)) return text;
  // Full-width digits are one code unit each, so places in the text stay what they are.
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

/** A card's number may have its date or its code behind it, so every run of whole groups is looked at, longest first. */
function findCards(chain: string): [start: number, end: number][] {
  const groups = [...chain.matchAll(/\d+/g)].map((group) => ({ digits: group[0], at: group.index }));
  const found: [number, number][] = [];
  for (let first = 0; first < groups.length; first++) {
    const last = findCardFrom(groups, first);
    const [begin, end] = [groups[first], groups[last ?? -1]];
    if (last === undefined || !begin || !end) continue;
    found.push([begin.at, end.at + end.digits.length]);
    first = last;
  }
  return found;
}

/** The index of the last group of a card that begins with the group `first`. */
function findCardFrom(groups: { digits: string }[], first: number): number | undefined {
  let digits = '';
  let last: number | undefined;
  for (let at = first; at < groups.length; at++) {
    digits += groups[at]?.digits ?? '';
    if (digits.length > 19) break;
    if (digits.length >= 13 && cardStart.test(digits) && !otherThanCard.test(digits) && fulfilsLuhn(digits)) last = at;
  }
  return last;
}

function fulfilsLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
