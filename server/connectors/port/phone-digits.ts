import type { CustomerSummary, PhoneNumber } from './connector.ts';

/** The national number and those that the line had before. */
export function listNationals({ national, formerNationals = [] }: PhoneNumber): string[] {
  return [national, ...formerNationals];
}

/** Whether a stored number has these digits, perhaps with an extension or another number behind them. */
export function holdsDigits({ phones }: CustomerSummary, nationals: string[]): boolean {
  return phones.some(({ raw }) => {
    const digits = raw.replace(/\D/g, '');
    return nationals.some((national) => digits.includes(national));
  });
}
