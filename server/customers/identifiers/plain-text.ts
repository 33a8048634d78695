/** Lower case, ASCII digits and dashes, plain spaces; no marks that steer writing direction, width or emoji shape. */
export function toPlainText(raw: string): string {
  if (/^[ -~]*$/.test(raw)) return raw.trim().toLowerCase();
  return raw
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{M}]/gu, '')
    .replace(/\p{Nd}/gu, toAsciiDigit)
    .replace(/[\p{Pd}−ー·•‧⁄∕]/gu, '-')
    .replace(/[‘’ʼ`´]/g, "'")
    .replace(/[“”„«»]/g, '"')
    .replace(/➕/gu, '+')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .toLowerCase();
}

/** The digits of any script, as ASCII. */
export function readDigits(text: string): string {
  return text.replace(/[^\p{Nd}]/gu, '').replace(/[^0-9]/gu, toAsciiDigit);
}

/** Unicode keeps the ten digits of a script side by side, so a digit's value is its distance from the first of them. */
export function toAsciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}

export function countDigits(text: string): number {
  return text.replace(/\D/g, '').length;
}

export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
