/** ServiceNow pads to seven digits, unless an admin has changed that. */
const usualDigits = 7;

/**
 * The numbers that somebody may mean: what was said as it is, and padded as ServiceNow writes it. A keypad gives digits
 * alone: `1001` is `CS0001001`. Empty where it is no number of a case at all.
 */
export function toCaseNumbers(said: string, prefix: string): string[] {
  if (!/^[A-Z0-9][A-Z0-9._/-]{0,39}$/.test(said)) return [];
  const [, letters, digits] = /^([A-Z]*)(\d+)$/.exec(said) ?? [];
  if (digits === undefined) return [said];
  return [...new Set([said, `${letters || prefix}${digits.replace(/^0+(?=\d)/, '').padStart(usualDigits, '0')}`])];
}
