/**
 * Card numbers are never stored and never shown. A card number has 13 to 19 digits, in groups of any size, starts with
 * a prefix of a card scheme (2221–2720, 3, 4, 5, 6) and passes the Luhn check. One in ten of all numbers passes it by
 * chance, so ids and phone numbers in Zoom's own fields are excluded (`redactField`), and so are digits after a plus.
 */
import parsePhoneNumber from 'libphonenumber-js/max';

export const cardPlaceholder = '[card number]';

const minDigits = 13;
const maxDigits = 19;

/** Most texts hold no such chain, and need no more than this test. */
const anyChain = (() => {
  const digit = '0-9\\u0660-\\u0669\\u06f0-\\u06f9\\u0966-\\u096f\\u09e6-\\u09ef\\u0e50-\\u0e59\\uff10-\\uff19';
  return new RegExp(`[${digit}](?:[^${digit}A-Za-z]{0,2}[${digit}]){${minDigits - 1}}`);
})();

export function redactCards(text: string): string {
  if (!anyChain.test(text)) return text;
  let redacted = '';
  let from = 0;
  for (const [start, end] of findCards(text)) {
    redacted += text.slice(from, start) + cardPlaceholder;
    from = end;
  }
  return from === 0 ? text : redacted + text.slice(from);
}

/** By code unit: a digit plus one, or a mark below. A table, because every stored text is read with it. */
const kinds = new Uint8Array(0x10000);
const separatorKind = 11;
const plusKind = 12;

for (const zero of [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10]) {
  for (let digit = 0; digit < 10; digit++) kinds[zero + digit] = digit + 1;
}
for (const character of ' \t\n\v\f\r\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff.-_/\u00ad\u2060') {
  kinds[character.charCodeAt(0)] = separatorKind;
}
// Spaces of all widths, invisible marks, dashes.
for (let code = 0x2000; code <= 0x2015; code++) kinds[code] = separatorKind;
for (const character of '+＋') kinds[character.charCodeAt(0)] = plusKind;

/** A chain of digits with at most two separators between any two. No digit of a group behind a plus is in a chain. */
function findCards(text: string): [start: number, end: number][] {
  const found: [number, number][] = [];
  const chain = new Uint32Array(text.length);
  let length = 0;
  let separators = 0;
  let isAfterPlus = false;
  for (let index = 0; index < text.length; index++) {
    const kind = kinds[text.charCodeAt(index)] ?? 0;
    if (kind > 0 && kind < separatorKind) {
      if (!isAfterPlus) chain[length++] = index;
      separators = 0;
    } else {
      separators = kind === separatorKind ? separators + 1 : 3;
      if (separators > 2) {
        if (length >= minDigits) findInChain(text, chain.subarray(0, length), found);
        length = 0;
      }
      isAfterPlus = kind === plusKind;
    }
  }
  if (length >= minDigits) findInChain(text, chain.subarray(0, length), found);
  return found;
}

/**
 * A date or a code may follow the card number, so every run of whole groups is tried, the longest first. Linear: the
 * Luhn sum of a run is the difference of two running sums. `positions`: of the digits.
 */
function findInChain(text: string, positions: Uint32Array, found: [number, number][]): void {
  const count = positions.length;
  const digits = new Uint8Array(count);
  /** The running sums of the digits before each: with those at even indexes doubled, and with those at odd ones. */
  const evenSums = new Uint32Array(count + 1);
  const oddSums = new Uint32Array(count + 1);
  for (let index = 0; index < count; index++) {
    const digit = (kinds[text.charCodeAt(positions[index] ?? 0)] ?? 1) - 1;
    const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
    digits[index] = digit;
    evenSums[index + 1] = (evenSums[index] ?? 0) + (index % 2 === 0 ? doubled : digit);
    oddSums[index + 1] = (oddSums[index] ?? 0) + (index % 2 === 0 ? digit : doubled);
  }
  const isGroupStart = (index: number) =>
    index === 0 || index === count || (positions[index] ?? 0) > (positions[index - 1] ?? 0) + 1;

  for (let start = 0; start + minDigits <= count; start++) {
    const first = digits[start] ?? 0;
    const second = digits[start + 1] ?? 0;
    if (!hasCardPrefix(first, second) || !isGroupStart(start)) continue;
    for (let end = Math.min(start + maxDigits, count); end >= start + minDigits; end--) {
      // The digit before the last is doubled.
      const sums = end % 2 === 0 ? evenSums : oddSums;
      if (((sums[end] ?? 0) - (sums[start] ?? 0)) % 10 !== 0 || !isGroupStart(end)) continue;
      if (end - start === 15 && isDeviceNumber(first, second)) continue;
      found.push([positions[start] ?? 0, (positions[end - 1] ?? 0) + 1]);
      start = end - 1;
      break;
    }
  }
}

function hasCardPrefix(first: number, second: number): boolean {
  return (first >= 3 && first <= 6) || (first === 2 && second >= 2 && second <= 7);
}

/**
 * With fifteen digits only American Express starts with 3 or 4; IMEIs do as well, and all of them pass the Luhn check.
 */
function isDeviceNumber(first: number, second: number): boolean {
  return first === 4 || (first === 3 && second !== 4 && second !== 7);
}

/** Names of fields without case and separators. A variable that a flow's author named is in neither list. */
const phoneFields = new Set([
  'ani',
  'number',
  'phone',
  'callernumber',
  'calleenumber',
  'consumernumber',
  'consumerinvitenumber',
  'contactcenternumber',
  'flownumber',
  'transfertonumber',
]);
const idFields = new Set([
  'id',
  'accountid',
  'agentid',
  'assignedagentid',
  'assigneduserid',
  'ccqueueid',
  'consumerid',
  'engagementid',
  'flowid',
  'monitoringuserid',
  'ownerid',
  'queueid',
  'takeoveruserid',
  'taskreservationid',
  'transferfromagentid',
  'transfertoflowid',
  'transfertouserid',
  'userid',
]);

/**
 * A text as it is stored in a field of this name. An id stays unless it is digits alone, and a phone number if it is
 * one. An id that may be a card number is dropped: with a placeholder, two of them would be equal.
 */
export function redactField(name: string, text: string): string {
  const redacted = redactCards(text);
  if (redacted === text) return text;
  const plainName = name.replace(/[\s_-]/g, '').toLowerCase();
  if (idFields.has(plainName)) return isZoomId(text) ? text : '';
  return phoneFields.has(plainName) && isPhone(text) ? text : redacted;
}

/** Base64url of at least 16 bytes, or a UUID. */
function isZoomId(text: string): boolean {
  return (
    (/^[\w~+/-]{20,}={0,2}$/.test(text) || /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)) &&
    /[a-z]/i.test(text)
  );
}

function isPhone(text: string): boolean {
  return parsePhoneNumber(`+${text.replace(/\D/g, '')}`)?.isValid() ?? false;
}

/** Every text of a JSON value, in fields and in their names. The same value if it holds no card number. */
export function redactJson<Value>(value: Value, name?: string): Value;
export function redactJson(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return redactField(name, value);
  if (Array.isArray(value)) {
    const items = value.map((item) => redactJson(item, name));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  const before = Object.entries(value);
  const after = before.map(([key, inner]) => [redactCards(key), redactJson(inner, key)] as const);
  const isChanged = after.some(([key, inner], index) => key !== before[index]?.[0] || inner !== before[index]?.[1]);
  // fromEntries treats `__proto__` as an ordinary key.
  return isChanged ? Object.fromEntries(after) : value;
}
