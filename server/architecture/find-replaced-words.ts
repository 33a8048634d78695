/*
 * Words that the glossary (README.md) has replaced, in identifiers and comments. Strings are not checked: they hold the
 * texts of the screen and the names of other systems.
 */
import { parseSync, Visitor } from 'vite';
import type { SourceFile } from './parse-source.ts';

/** Parts of identifiers in camelCase, in lower case. */
const replacedParts = new Set(
  [
    'hearsay voucher vouchers telling tellings tell tells told said announce announced whoever',
    'mend mends mended mending owe owed owes occasion witness witnesses echo echoes',
    'kept face faces judge judged judgement situation abroad allowance trouble troubles troubled resting solo',
  ].flatMap((line) => line.split(' ')),
);

const replacedPrefix = /^(most|longest)[A-Z]/;

const replacedInComments =
  /\b(hearsay|vouchers?|tellings?|tells?|told|said|announce[sd]?|mend(s|ed|ing)?|ow(e|es|ed)|occasions?|witness(es)?|echo(es)?|kept|judge[sd]?|allowances?|troubles?|resting|whoever|read back|reading back)\b/i;

/** A sentence whose subject is a question word; a question may begin so. */
const questionAsSubject = /(?:^|[.;:] )(Who|Whoever|What|Whatever)\b[^?]*?[.;:]/;

const maxWidth = 120;

export function findReplacedWords({ path, text }: SourceFile): string[] {
  const { program, comments } = parseSync(path, text);
  const names = new Set<string>();
  new Visitor({
    Identifier: ({ name }) => void names.add(name),
    JSXIdentifier: ({ name }) => void names.add(name),
  }).visit(program);
  return [
    ...[...names].filter(isReplaced).map((name) => `${path}: the identifier ${name}`),
    ...comments.flatMap((comment) => findInComment(path, text, comment)),
  ];
}

function isReplaced(name: string): boolean {
  const parts = name.split(/(?=[A-Z])|_/).map((part) => part.toLowerCase());
  return replacedPrefix.test(name) || parts.some((part) => replacedParts.has(part));
}

function findInComment(path: string, text: string, comment: { start: number; end: number; value: string }): string[] {
  const { start, end, value } = comment;
  const place = `${path}:${text.slice(0, start).split('\n').length}`;
  const prose = value
    .replace(/`[^`]*`/g, '')
    .replace(/^\s*\*+/gm, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const word = replacedInComments.exec(prose)?.[0];
  const subject = questionAsSubject.exec(prose)?.[1];
  const lineStart = text.lastIndexOf('\n', start) + 1;
  const standsAlone = text.slice(lineStart, start).trim() === '';
  const isWide =
    standsAlone &&
    text
      .slice(lineStart, end)
      .split('\n')
      .some((line) => line.length > maxWidth);
  return [
    ...(word ? [`${place}: the comment says "${word}"`] : []),
    ...(subject ? [`${place}: a sentence begins with "${subject}"`] : []),
    ...(isWide ? [`${place}: the comment is wider than ${maxWidth} columns`] : []),
  ];
}
