/**
 * The place of the first syntax error, for messages to the author of the text: JSON.parse reports it only sometimes,
 * and quotes the text. Line and column count from 1; undefined for valid JSON. Grammar: RFC 8259, which leaves the
 * limit of nesting to each parser (section 9): here 500 levels.
 */
export function findSyntaxError(text: string): { line: number; column: number } | undefined {
  let position = 0;
  let depth = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = position;
    const [taken] = pattern.exec(text) ?? [];
    position += taken?.length ?? 0;
    return taken !== undefined;
  };

  const takeValue = (): boolean => {
    take(space);
    if (depth === maxDepth) return false;
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

  if (takeValue() && position === text.length) return undefined;
  const lines = text.slice(0, position).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

const maxDepth = 500;
const space = /[ \t\n\r]*/y;
const string = /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy;
const otherScalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const [braceOpens, braceCloses, bracketOpens, bracketCloses, colon, comma] = [/\{/y, /\}/y, /\[/y, /\]/y, /:/y, /,/y];
