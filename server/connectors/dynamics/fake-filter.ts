/**
 * Evaluates `$filter` as Dataverse does: case-insensitive, patterns with SQL's wildcards, unknown names and mismatched
 * types rejected. Everything that the connector does not use is rejected too.
 */
import type { ColumnType, FakeRow } from './fake-tables.ts';

/** Answered as 400 with the vendor's message. */
export class ODataError extends Error {}

export type FilterScope = {
  /** Undefined for an unknown column. */
  typeOf(column: string): ColumnType | undefined;
  /** Related rows of a collection, with their own scope; undefined for an unknown collection. */
  related(property: string): { scope: FilterScope; rowsOf(row: FakeRow): FakeRow[] } | undefined;
  hasWildcards: boolean;
};

type Predicate = (row: FakeRow) => boolean;
type Token = { kind: 'text' | 'guid' | 'int' | 'name' | 'mark'; value: string };

const tokenPattern =
  /\s*(?:'((?:[^']|'')*)'|([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|(-?\d+)|([A-Za-z_][\w/]*)|([(),:]))/giy;

/** The vendor's maximum number of conditions. */
const maxConditions = 500;

export function compileFilter(text: string, scope: FilterScope): Predicate {
  const tokens = tokenise(text);
  let at = 0;
  let conditions = 0;
  const peek = () => tokens[at];
  const next = () => {
    const token = tokens[at];
    if (!token) throw new ODataError('Syntax error: the expression ends too early');
    at += 1;
    return token;
  };
  const isNext = (value: string) => peek()?.kind !== 'text' && peek()?.value === value;
  const expect = (value: string) => {
    const token = next();
    if (token.kind === 'text' || token.value !== value) throw new ODataError(`Syntax error at ${token.value}`);
  };

  function readOr(inner: FilterScope, variable: string | undefined): Predicate {
    const parts = [readAnd(inner, variable)];
    while (isNext('or')) {
      next();
      parts.push(readAnd(inner, variable));
    }
    return (row) => parts.some((part) => part(row));
  }

  function readAnd(inner: FilterScope, variable: string | undefined): Predicate {
    const parts = [readOne(inner, variable)];
    while (isNext('and')) {
      next();
      parts.push(readOne(inner, variable));
    }
    return (row) => parts.every((part) => part(row));
  }

  function readOne(inner: FilterScope, variable: string | undefined): Predicate {
    if (isNext('(')) {
      next();
      const whole = readOr(inner, variable);
      expect(')');
      return whole;
    }
    conditions += 1;
    if (conditions > maxConditions) throw new ODataError('The query has too many conditions');
    const name = next();
    if (name.kind !== 'name') throw new ODataError(`Syntax error at ${name.value}`);
    if (['contains', 'startswith', 'endswith'].includes(name.value)) return readFunction(name.value, inner, variable);
    if (name.value.endsWith('/any')) return readAny(name.value.slice(0, -'/any'.length), inner);
    return readComparison(columnOf(name.value, inner, variable), inner);
  }

  function columnOf(name: string, inner: FilterScope, variable: string | undefined): string {
    const column = variable === undefined ? name : name.replace(`${variable}/`, '');
    if (inner.typeOf(column) === undefined) throw new ODataError(`Could not find a property named '${column}'`);
    return column;
  }

  function readFunction(name: string, inner: FilterScope, variable: string | undefined): Predicate {
    expect('(');
    const column = columnOf(next().value, inner, variable);
    expect(',');
    const value = next();
    expect(')');
    if (inner.typeOf(column) !== 'text' || value.kind !== 'text') {
      throw new ODataError(
        `No function signature for the function with name '${name}' matches the specified arguments`,
      );
    }
    const pattern = toPattern(value.value, inner.hasWildcards);
    const [before, after] = [name === 'startswith' ? '^' : '', name === 'endswith' ? '$' : ''];
    const test = new RegExp(`${before}${pattern}${after}`, 'isu');
    return (row) => typeof row[column] === 'string' && test.test(row[column]);
  }

  function readAny(property: string, inner: FilterScope): Predicate {
    const related = inner.related(property);
    if (!related) throw new ODataError(`Could not find a property named '${property}'`);
    expect('(');
    const variable = next().value;
    expect(':');
    const test = readOr(related.scope, variable);
    expect(')');
    return (row) => related.rowsOf(row).some(test);
  }

  function readComparison(column: string, inner: FilterScope): Predicate {
    const operator = next().value;
    const value = next();
    if (operator !== 'eq' && operator !== 'ne') throw new ODataError(`Syntax error at ${operator}`);
    const wanted = toValue(value, inner.typeOf(column));
    const isSame: Predicate = (row) => comparable(row[column]) === comparable(wanted);
    return operator === 'eq' ? isSame : (row) => !isSame(row);
  }

  const predicate = readOr(scope, undefined);
  if (at < tokens.length) throw new ODataError(`Syntax error at ${tokens[at]?.value}`);
  return predicate;
}

function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(tokenPattern);
  while (text.slice(pattern.lastIndex).trim() !== '') {
    const match = pattern.exec(text);
    if (!match) throw new ODataError('There is an unterminated string literal or an unknown character');
    const [, quoted, guid, int, name, mark] = match;
    if (quoted !== undefined) tokens.push({ kind: 'text', value: quoted.replaceAll("''", "'") });
    else if (guid !== undefined) tokens.push({ kind: 'guid', value: guid });
    else if (int !== undefined) tokens.push({ kind: 'int', value: int });
    else if (name !== undefined) tokens.push({ kind: 'name', value: name });
    else tokens.push({ kind: 'mark', value: mark ?? '' });
  }
  return tokens;
}

function toValue({ kind, value }: Token, type: ColumnType | undefined): unknown {
  if (type === 'text' && kind === 'text') return value;
  if (type === 'guid' && kind === 'guid') return value;
  if (type === 'int' && kind === 'int') return Number(value);
  if (type === 'flag' && (value === 'true' || value === 'false')) return value === 'true';
  throw new ODataError('A binary operator with incompatible types was detected');
}

/** Case-insensitive collation, which also ignores trailing spaces. */
function comparable(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase().trimEnd() : value;
}

/** SQL's LIKE: `%` any characters, `_` one character, `[…]` one of these. */
function toPattern(text: string, hasWildcards: boolean): string {
  const asLiteral = (part: string) => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  if (!hasWildcards) return asLiteral(text);
  return text
    .split(/(%|_|\[[^\]]+\])/)
    .map((part) => {
      if (part === '%') return '.*';
      if (part === '_') return '.';
      return /^\[.+\]$/s.test(part) ? `[${part.slice(1, -1).replace(/[\\\]]/g, '\\$&')}]` : asLiteral(part);
    })
    .join('');
}
