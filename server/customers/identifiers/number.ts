import { toAsciiDigit } from './plain-text.ts';
import { readSpreadsheetValue, unwrapCell } from './spreadsheet-value.ts';

const maxLength = { raw: 256, number: 64 };

/** A case or account number in upper case, with ASCII digits and dashes. */
export function normalizeCaseNumber(raw: string): string | null {
  if (raw.length > maxLength.raw) return null;
  const text = unwrapCell(
    raw
      .normalize('NFKC')
      .replace(/\p{Cf}/gu, '')
      .replace(/\p{Nd}/gu, toAsciiDigit)
      .replace(/[\p{Pd}−]/gu, '-')
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim(),
  )
    .replace(/^[ #]+/, '')
    .trimEnd()
    .toUpperCase();
  const value = readSpreadsheetValue(text, 1);
  if (value.kind === 'lost') return null;
  const number = value.kind === 'number' ? value.digits : text;
  return number !== '' && number.length <= maxLength.number && /[\p{L}\p{N}]/u.test(number) ? number : null;
}
