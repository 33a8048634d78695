/**
 * Whether a case number as spoken or keyed in denotes a stored one. Sources pad with zeros (`00001042`), add a prefix
 * of letters (`CS0001042`) and a random suffix (`CAS-01042-X1Y2Z3`); callers say `1042`.
 *
 * Both are split into runs of letters and runs of digits without leading zeros. They match if the runs are equal, or
 * if the stored number has in addition only
 *   - one run of letters in front, and the spoken number begins with a digit;
 *   - a separated suffix that contains a letter, and the spoken number contains a digit.
 * So `1042` matches `CS-1042` and `CAS-01042-X1`, but not `1042-7`, `2026-1042`, `10420`, `X1042Y` or `CS21042`; `2026`
 * does not match every case of that year.
 */
export function matchesCaseNumber(spoken: string, stored: string): boolean {
  const wanted = readRuns(spoken);
  const runs = readRuns(stored);
  if (wanted.length === 0) return false;
  const isAt = (start: number): boolean => {
    const rest = runs.slice(start + wanted.length);
    const isSame = wanted.every(({ text }, index) => text === runs[start + index]?.text);
    if (!isSame || rest.length === 0) return isSame;
    return rest[0]?.isApart === true && rest.some(isWord) && wanted.some(isNumber);
  };
  const [first] = wanted;
  const [leading] = runs;
  const mayLead = first !== undefined && isNumber(first) && leading !== undefined && isWord(leading);
  return isAt(0) || (mayLead && isAt(1));
}

/** The form of a case number that can be keyed in: `1042` for `CS-001042`. Several numbers may share it. */
export function toKeypadForm(stored: string): string | undefined {
  return readRuns(stored).find((run) => isNumber(run) && matchesCaseNumber(run.text, stored))?.text;
}

/** Account numbers may differ in their padding only: the meaning of other parts is unknown. */
export function matchesAccountNumber(spoken: string, stored: string): boolean {
  const [wanted, runs] = [readRuns(spoken), readRuns(stored)];
  return (
    wanted.length > 0 && wanted.length === runs.length && wanted.every(({ text }, index) => text === runs[index]?.text)
  );
}

/** `isApart`: preceded by a separator. */
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
