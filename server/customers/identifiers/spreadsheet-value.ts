/**
 * Numbers as spreadsheets write them: a float (`84912345671.0`), thousands separators, scientific notation. The digits
 * count only where none is lost; leading zeros are lost before a file is written, so callers check the result.
 */

/** `lost`: a spreadsheet's form, of which digits are missing. `text`: no form of a spreadsheet. */
type SpreadsheetValue = { kind: 'number'; digits: string } | { kind: 'lost' } | { kind: 'text' };

const lost: SpreadsheetValue = { kind: 'lost' };
const text: SpreadsheetValue = { kind: 'text' };

/** The text of a formula (`="0123"`), of a cell marked as text by an apostrophe, or of a quoted cell. */
export function unwrapCell(cell: string): string {
  const formula = /^=\s*"(.*)"$/s.exec(cell)?.[1]?.replaceAll('""', '"') ?? cell.replace(/^=(?=\s*[+(\d][^@]*$)/, '');
  return (
    /^"([^"]*)"$/s.exec(formula)?.[1] ??
    /^'([^']*)'$/s.exec(formula)?.[1] ??
    formula.replace(/^['’](?=[^'’]*$)/, '')
  ).trim();
}

const scientific = /^\+?(\d{1,3})(?:[.,](\d+))?e\+?(\d{1,3})$/i;
const float = /^\+?(\d+)[.,](\d+)$/;
/** One separator in groups of three, or of two and a last one of three (India); a decimal part of zeros. */
const thousands = /^\+?[1-9]\d{0,2}(?:([,.' ])\d{3}(?:\1\d{3})*|,\d{2}(?:,\d{2})*,\d{3})(?:([.,])0{1,2})?$/;

/** `minDigits`: fewer are no such number before a decimal part. */
export function readSpreadsheetValue(cell: string, minDigits: number): SpreadsheetValue {
  const parts = scientific.exec(cell);
  // Without a point or a sign `1E5` may be an identifier of its own.
  if (parts && (parts[2] !== undefined || cell.includes('+'))) return readScientific(parts);

  const [, whole = '', fraction = ''] = float.exec(cell) ?? [];
  // `1.000` is a float or a thousand.
  const isFloat = whole.length >= minDigits && (whole.length > 3 || fraction.length !== 3);
  if (isFloat && /^0+$/.test(fraction)) return { kind: 'number', digits: whole };

  const [grouped, separator = ',', decimal] = thousands.exec(cell) ?? [];
  if (grouped === undefined || separator === decimal) return text;
  // Points and spaces alone group any kind of number.
  if ((separator === '.' || separator === ' ') && decimal === undefined) return text;
  const integer = decimal === undefined ? grouped : grouped.slice(0, grouped.lastIndexOf(decimal));
  const digits = integer.replace(/\D/g, '');
  return digits.length >= minDigits ? { kind: 'number', digits } : text;
}

function readScientific([, leading = '', fraction = '', exponent = '']: RegExpExecArray): SpreadsheetValue {
  const shift = Number(exponent);
  const isWhole = shift <= fraction.length && /^0*$/.test(fraction.slice(shift));
  return isWhole ? { kind: 'number', digits: leading + fraction.slice(0, shift) } : lost;
}
