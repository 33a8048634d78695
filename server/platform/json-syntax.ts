/**
 * Where a text stops being JSON, for messages to who wrote it. JSON.parse tells it now and then, in words of its own that
 * quote the text. Line and column count from 1; undefined for what is JSON. Grammar: RFC 8259, whose limit of nesting is
 * each reader's own (section 9): here 500 levels.
 */
export function findSyntaxError(text: string): { line: number; column: number } | undefined {
  let at = 0;
  let depth = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const [taken] = pattern.exec(text) ?? [];
    at += taken?.length ?? 0;
    return taken !== undefined;
  };

  const takeValue = (): boolean => {
    take(space);
    if (depth === deepest) return false;
    depth += 1;
    const isTaken = take(braceOpens)
      ? takeList(takeMember, braceCloses)
      : take(bracketOpens)
        ? takeList(takeValue, bracketCloses)
        : take(string) || take(otherScalar);
    depth -= 1;
    return isTaken && take(space);
  };
  const takeMember = () => take(space) && take(string) && take(space) && take(colon) && takeValue();
  const takeList = (takeItem: () => boolean, closes: RegExp): boolean => {
    take(space);
    if (take(closes)) return true;
    do {
      if (!takeItem()) return false;
    } while (take(comma));
    return take(closes);
  };

  if (takeValue() && at === text.length) return undefined;
  const lines = text.slice(0, at).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

const deepest = 500;
const space = /[ \t\n\r]*/y;
const string = /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy;
const otherScalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const [braceOpens, braceCloses, bracketOpens, bracketCloses, colon, comma] = [/\{/y, /\}/y, /\[/y, /\]/y, /:/y, /,/y];
