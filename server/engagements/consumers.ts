import type { Consumer } from '#contract/engagements.ts';

/** The contract's limit. */
const maxConsumers = 50;

/**
 * Merges consumers reported in parts: a reservation has only the number, a later event the id, number and name, a form
 * the e-mail. Consumers that share an id, a number or an e-mail are merged; `incoming` fields win. The order of first
 * appearance is preserved: the first consumer is the one the engagement began with.
 */
export function mergeConsumers(known: Consumer[], incoming: Consumer[]): Consumer[] {
  let merged = known;
  for (const consumer of incoming.map(withoutEmpty)) {
    if (Object.keys(consumer).length === 0) continue;
    const same = merged.filter((other) => isSame(other, consumer));
    const [first] = same;
    const combined: Consumer = Object.assign({}, ...same, consumer);
    merged = first
      ? merged.flatMap((other) => (other === first ? [combined] : same.includes(other) ? [] : [other]))
      : [...merged, combined];
  }
  return merged.slice(0, maxConsumers);
}

function isSame(a: Consumer, b: Consumer): boolean {
  if (a.id !== undefined && a.id === b.id) return true;
  if (a.number !== undefined && b.number !== undefined && numberKey(a.number) === numberKey(b.number)) return true;
  if (a.email !== undefined && a.email.toLowerCase() === b.email?.toLowerCase()) return true;
  // A name alone is ambiguous, but some events have nothing else.
  return (hasOnlyName(a) || hasOnlyName(b)) && a.displayName === b.displayName;
}

const hasOnlyName = ({ id, number, email }: Consumer) =>
  id === undefined && number === undefined && email === undefined;

/** Zoom sends `+14155550101` and `14155550101` for one caller. A value with letters (SIP, `anonymous`) is no number. */
const numberKey = (number: string) => (/\p{L}/u.test(number) ? number.toLowerCase() : number.replace(/\D/g, ''));

/** Zoom sends an empty string for an unknown value. */
const withoutEmpty = (consumer: Consumer): Consumer =>
  Object.fromEntries(Object.entries(consumer).filter(([, value]) => value !== undefined && value !== ''));
