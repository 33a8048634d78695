/**
 * Whether a number that somebody said or typed on a keypad means a number as a source writes it. Sources pad with zeros
 * (`00001042`), put letters in front (`CS0001042`) and random ones behind (`CAS-01042-X1Y2Z3`); people say `1042`.
 *
 * Both are read as runs of digits, without leading zeros, and runs of letters. They mean the same when the runs are equal,
 * or when the stored one has besides only
 *   - one run of letters before them, where what was said begins with a digit, and
 *   - whatever follows a separator behind them.
 * So `1042` means `CS-1042` and `CAS-01042-X1`, and neither `2026-1042`, `10420`, `X1042Y` nor `CS21042`.
 */
export function meansCase(said: string, stored: string): boolean {
  const wanted = readRuns(said);
  const runs = readRuns(stored);
  if (wanted.length === 0) return false;
  const isAt = (start: number) => {
    const next = runs[start + wanted.length];
    const isSame = wanted.every(({ text }, at) => text === runs[start + at]?.text);
    return isSame && (next === undefined || next.isApart);
  };
  const mayLead = !isDigits(wanted[0]?.text) ? false : runs[0] !== undefined && !isDigits(runs[0].text);
  return isAt(0) || (mayLead && isAt(1));
}

/** Of account numbers only the padding may differ: there is no telling what else a company means by them. */
export function meansAccount(said: string, stored: string): boolean {
  const [wanted, runs] = [readRuns(said), readRuns(stored)];
  return wanted.length > 0 && wanted.length === runs.length && wanted.every(({ text }, at) => text === runs[at]?.text);
}

/** `isApart`: something that is neither letter nor digit stands before it. */
type Run = { text: string; isApart: boolean };

function readRuns(number: string): Run[] {
  const runs = number.matchAll(/([^\p{L}\p{N}]*)(\p{N}+|\p{L}+)/gu);
  return Array.from(runs, ([, before, text = '']) => ({
    text: text.replace(/^0+(?=\p{N})/u, ''),
    isApart: before !== '',
  }));
}

function isDigits(text: string | undefined): boolean {
  return text !== undefined && /^\p{N}/u.test(text);
}
