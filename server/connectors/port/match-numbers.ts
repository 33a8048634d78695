/**
 * Whether a number that somebody said or typed on a keypad means a number as a source writes it. Sources pad with zeros
 * (`00001042`), put letters in front (`CS0001042`) and random ones behind (`CAS-01042-X1Y2Z3`); people say `1042`.
 *
 * Both are read as runs of digits, without leading zeros, and runs of letters. They mean the same when the runs are equal,
 * or when the stored one has besides only
 *   - one run of letters before them, where what was said begins with a digit, and
 *   - behind them something apart that holds a letter, where what was said holds a digit: nobody says `X1Y2Z3`.
 * So `1042` means `CS-1042` and `CAS-01042-X1`, and neither `1042-7`, `2026-1042`, `10420`, `X1042Y` nor `CS21042`; `2026`
 * does not mean every case of that year.
 */
export function matchesCaseNumber(said: string, stored: string): boolean {
  const wanted = readRuns(said);
  const runs = readRuns(stored);
  if (wanted.length === 0) return false;
  const isAt = (start: number): boolean => {
    const rest = runs.slice(start + wanted.length);
    const isSame = wanted.every(({ text }, at) => text === runs[start + at]?.text);
    if (!isSame || rest.length === 0) return isSame;
    return rest[0]?.isApart === true && rest.some(isWord) && wanted.some(isNumber);
  };
  const [first] = wanted;
  const [leading] = runs;
  const mayLead = first !== undefined && isNumber(first) && leading !== undefined && isWord(leading);
  return isAt(0) || (mayLead && isAt(1));
}

/** What a keypad can give of a case number: `1042` of `CS-001042`. It means that number; many others mean it too. */
export function toKeypadForm(stored: string): string | undefined {
  return readRuns(stored).find((run) => isNumber(run) && matchesCaseNumber(run.text, stored))?.text;
}

/** Of account numbers only the padding may differ: there is no telling what else a company means by them. */
export function matchesAccountNumber(said: string, stored: string): boolean {
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

function isNumber({ text }: Run): boolean {
  return /^\p{N}/u.test(text);
}

function isWord(run: Run): boolean {
  return !isNumber(run);
}
