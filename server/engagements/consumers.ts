import type { Consumer } from '#contract/engagements.ts';

/** The contract's bound. */
const maxConsumers = 50;

/**
 * The persons on the other side, from tellings that each know a part: a reservation only the number that calls, a later
 * event the id, number and name, a form the e-mail. Whoever shares an id, a number or an e-mail is one person; of each
 * field what is `told` is kept, and what was known before stays. Persons stay in the order in which they came: the first
 * is the one the engagement began with.
 */
export function mergeConsumers(known: Consumer[], told: Consumer[]): Consumer[] {
  let persons = known;
  for (const one of told.map(withoutEmpty)) {
    if (Object.keys(one).length === 0) continue;
    const same = persons.filter((person) => isSamePerson(person, one));
    const [first] = same;
    const merged: Consumer = Object.assign({}, ...same, one);
    persons = first
      ? persons.flatMap((person) => (person === first ? [merged] : same.includes(person) ? [] : [person]))
      : [...persons, merged];
  }
  return persons.slice(0, maxConsumers);
}

function isSamePerson(a: Consumer, b: Consumer): boolean {
  if (a.id !== undefined && a.id === b.id) return true;
  if (a.number !== undefined && b.number !== undefined && numberKey(a.number) === numberKey(b.number)) return true;
  if (a.email !== undefined && a.email.toLowerCase() === b.email?.toLowerCase()) return true;
  // A name alone does not tell namesakes apart, but it is all that some tellings have.
  return (hasOnlyName(a) || hasOnlyName(b)) && a.displayName === b.displayName;
}

const hasOnlyName = ({ id, number, email }: Consumer) =>
  id === undefined && number === undefined && email === undefined;

/** `+14155550101` and `14155550101` are both sent of one caller. What holds letters (SIP, `anonymous`) is no number. */
const numberKey = (number: string) => (/\p{L}/u.test(number) ? number.toLowerCase() : number.replace(/\D/g, ''));

/** Empty is what Zoom sends for "not known". */
const withoutEmpty = (consumer: Consumer): Consumer =>
  Object.fromEntries(Object.entries(consumer).filter(([, value]) => value !== undefined && value !== ''));
