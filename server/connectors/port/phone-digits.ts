import type { CustomerSummary, PhoneNumber } from './connector.ts';

/** The national number and those that the line had before. */
export function listNationals({ national, formerNationals = [] }: PhoneNumber): string[] {
  return [national, ...formerNationals];
}

/**
 * Compares digits only, of a number with a country code those too. `source.ts` verifies the exact number, extensions
 * and further numbers in a field.
 */
export function mayHaveNumber({ phones }: CustomerSummary, phone: PhoneNumber): boolean {
  const { countryCode } = phone;
  return phones.some(({ raw }) => {
    const digits = raw.replace(/\D/g, '');
    const hasCountryCode = /^\W*(\+|00)/.test(raw);
    return listNationals(phone).some((national) => {
      if (!hasCountryCode) return digits.includes(national);
      return digits.includes(`${countryCode}${national}`) || digits.includes(`${countryCode}0${national}`);
    });
  });
}

/** Shorter endings are shared by too many numbers. */
const minEnding = 7;

/**
 * Digits in which every form of the line ends, current and former: most renumberings changed only the beginning. A form
 * that shares too few digits with the current one stands by itself. Without leading zeros, which CRMs drop.
 */
export function listEndings(phone: PhoneNumber): string[] {
  const [national = '', ...formers] = listNationals(phone).map((digits) => digits.replace(/^0+/, ''));
  const shared = formers.map((former) => ({ former, ending: findSharedEnding(national, former) }));
  const short = shared.map(({ ending }) => ending).filter((ending) => ending.length >= minEnding);
  const ending = short.toSorted((left, right) => left.length - right.length)[0] ?? national;
  const others = shared.filter((each) => each.ending.length < minEnding).map(({ former }) => former);
  return [...new Set([ending, ...others])];
}

function findSharedEnding(one: string, other: string): string {
  let length = 0;
  while (length < Math.min(one.length, other.length) && one.at(-1 - length) === other.at(-1 - length)) length += 1;
  return one.slice(one.length - length);
}
