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

/**
 * Account numbers may differ in what stands between their parts and in their padding, and a prefix of letters may be
 * left out, as on a keypad. The meaning of other parts is unknown.
 */
export function matchesAccountNumber(spoken: string, stored: string): boolean {
  const [wanted, runs] = [readRuns(spoken), readRuns(stored)];
  const [leading] = runs;
  const isKeyed = runs.length === 2 && wanted.length === 1 && leading !== undefined && isWord(leading);
  const compared = isKeyed ? runs.slice(1) : runs;
  return (
    wanted.length > 0 &&
    wanted.length === compared.length &&
    wanted.every(({ text }, index) => text === compared[index]?.text)
  );
}

const matchers = { case: matchesCaseNumber, account: matchesAccountNumber };

/** The key under which a spoken number is looked up in an index of `listNumberKeys`: its runs, `CS 1042`. */
export function toNumberKey(number: string): string {
  return joinRuns(readRuns(number));
}

/** The keys of all numbers that match the stored one. Several stored numbers may share a key. */
export function listNumberKeys(kind: keyof typeof matchers, stored: string): string[] {
  const runs = readRuns(stored).slice(0, maxRuns);
  const spans = [0, 1].flatMap((start) => runs.map((_run, index) => joinRuns(runs.slice(start, index + 1))));
  return [...new Set(spans)].filter((key) => key !== '' && matchers[kind](key, stored));
}

/** Real numbers have two to four; a text of hundreds would cost as many keys. */
const maxRuns = 8;

/** `isApart`: preceded by a separator. */
type Run = { text: string; isApart: boolean };

function readRuns(number: string): Run[] {
  const runs = number.matchAll(/([^\p{L}\p{N}]*)(\p{N}+|\p{L}+)/gu);
  return Array.from(runs, ([, before, text = '']) => ({
    text: text.replace(/^0+(?=\p{N})/u, ''),
    isApart: before !== '',
  }));
}

function joinRuns(runs: Run[]): string {
  return runs.map(({ text }) => text).join(' ');
}

function isNumber({ text }: Run): boolean {
  return /^\p{N}/u.test(text);
}

function isWord(run: Run): boolean {
  return !isNumber(run);
}
