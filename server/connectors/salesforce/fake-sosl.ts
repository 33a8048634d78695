/**
 * The documented subset of SOSL that the connector uses:
 *
 *   FIND {<terms>} IN <group> FIELDS RETURNING <object>(<fields> [WHERE …] [LIMIT n]), …
 *
 * The index stores tokens: texts are split at spaces, punctuation and between letters and digits. How it treats phone
 * numbers is not documented, so the fake supports two modes: `tokens`, like any text, and `digits`, a number as a
 * whole. RETURNING parts are evaluated as SOQL.
 */
import { type FakeOrganization, reject, type StoredRecord } from './fake-records.ts';
import { runSoql } from './fake-soql.ts';

export type PhoneIndex = 'tokens' | 'digits';
type Term = { kind: 'word'; tokens: string[]; isBeginning: boolean } | { kind: 'phrase'; tokens: string[] };

const groups: Record<string, string[]> = { PHONE: ['phone'], NAME: ['name'], EMAIL: ['email'] };
const findPattern = /^FIND \{((?:\\[\s\S]|[^\\}])*)\} IN (PHONE|NAME|EMAIL) FIELDS RETURNING ([\s\S]+)$/;

export function runSosl(organization: FakeOrganization, sosl: string, phoneIndex: PhoneIndex): unknown[] {
  const [, expression = '', group = '', returning = ''] = findPattern.exec(sosl) ?? [];
  if (expression === '')
    reject(400, 'MALFORMED_SEARCH', 'No search term found. The search term must be enclosed in braces.');
  const { terms, operator } = readExpression(expression);
  return splitReturning(returning).flatMap((part) => {
    const [, name = '', inside = ''] = /^(\w+)\(([\s\S]+)\)$/.exec(part) ?? [];
    if (name === '') reject(400, 'MALFORMED_SEARCH', 'unexpected token');
    const [object, { fields }] = organization.findObject(name);
    const searched = Object.keys(fields).filter((field) => groups[group]?.includes(fields[field] ?? ''));
    const matches = (record: StoredRecord, term: Term) =>
      searched.some((field) => holds(toTokens(record[field], group === 'PHONE' && phoneIndex === 'digits'), term));
    const hits = organization
      .listOf(object)
      .filter((record) =>
        operator === 'OR' ? terms.some((term) => matches(record, term)) : terms.every((term) => matches(record, term)),
      );
    const [selected = '', rest = ''] = splitOnce(inside);
    return runSoql(organization, `SELECT ${selected} FROM ${object} ${rest}`, hits);
  });
}

function splitOnce(inside: string): [string, string] {
  const at = inside.search(/ (?:WHERE|ORDER BY|LIMIT) /);
  return at < 0 ? [inside, ''] : [inside.slice(0, at), inside.slice(at + 1)];
}

function splitReturning(returning: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of returning) {
    depth += character === '(' ? 1 : character === ')' ? -1 : 0;
    if (character === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  if (depth !== 0) reject(400, 'MALFORMED_SEARCH', 'expecting a right parentheses');
  return [...parts, part.trim()];
}

/** Words and phrases joined by AND or OR; AND is the default. */
export function readExpression(expression: string): { terms: Term[]; operator: 'AND' | 'OR' } {
  const pieces = expression.match(/"(?:\\[\s\S]|[^"\\])*"|(?:\\[\s\S]|[^\s"])+|"/g) ?? [];
  const isOperator = (piece: string | undefined) => piece === 'AND' || piece === 'OR';
  const operators = new Set(pieces.filter(isOperator));
  if (operators.size > 1 || isOperator(pieces[0]) || isOperator(pieces.at(-1))) {
    reject(400, 'MALFORMED_SEARCH', 'unexpected operator');
  }
  if (pieces.some((piece, index) => isOperator(piece) && isOperator(pieces[index + 1]))) {
    reject(400, 'MALFORMED_SEARCH', 'unexpected operator');
  }
  return {
    terms: pieces.filter((piece) => !isOperator(piece)).map(readTerm),
    operator: operators.has('OR') ? 'OR' : 'AND',
  };
}

function readTerm(piece: string): Term {
  if (/^"(?:\\[\s\S]|[^"\\])+"$/.test(piece)) {
    return { kind: 'phrase', tokens: split(piece.slice(1, -1).replace(/\\([\s\S])/g, '$1')) };
  }
  const word = piece.replace(/\*$/, '');
  if (/^[*?]/.test(piece)) reject(400, 'MALFORMED_SEARCH', 'a wildcard may not come first');
  if (/[?&|!{}[\]()^~*:\\"'+-]/.test(word.replace(/\\[\s\S]/g, ''))) {
    reject(400, 'MALFORMED_SEARCH', 'a reserved character is not escaped');
  }
  const plain = word.replace(/\\([\s\S])/g, '$1');
  if ([...plain].length < 2) reject(400, 'MALFORMED_SEARCH', 'search term must be longer than one character');
  return { kind: 'word', tokens: split(plain), isBeginning: piece.endsWith('*') };
}

function toTokens(value: unknown, isNumber: boolean): string[] {
  if (typeof value !== 'string') return [];
  return isNumber ? [value.replace(/\D/g, '')] : split(value);
}

function split(text: string): string[] {
  return text.toLowerCase().match(/\p{N}+|[\p{L}\p{M}]+/gu) ?? [];
}

/** Adjacent tokens of a term; with a wildcard the last is a prefix. */
function holds(tokens: string[], term: Term): boolean {
  const isSame = (stored: string | undefined, wanted: string, isLast: boolean) =>
    stored !== undefined &&
    (term.kind === 'word' && term.isBeginning && isLast ? stored.startsWith(wanted) : stored === wanted);
  return (
    term.tokens.length > 0 &&
    tokens.some((_token, start) =>
      term.tokens.every((wanted, index) => isSame(tokens[start + index], wanted, index === term.tokens.length - 1)),
    )
  );
}
