/*
 * Words that the glossary (README.md) has replaced, in identifiers and comments. Strings are not checked: they hold the
 * texts of the screen and the names of other systems.
 */
import { parseSync } from 'vite';
import type { SourceFile } from './parse-source.ts';

/** Parts of identifiers in camelCase, in lower case. */
const replacedParts = new Set([
  ...[
    'hearsay',
    'voucher',
    'vouchers',
    'telling',
    'tellings',
    'tell',
    'tells',
    'told',
    'said',
    'announce',
    'announced',
  ],
  ...[
    'mend',
    'mends',
    'mended',
    'mending',
    'owe',
    'owed',
    'owes',
    'occasion',
    'witness',
    'witnesses',
    'echo',
    'echoes',
  ],
  ...['kept', 'face', 'faces', 'judge', 'judged', 'judgement', 'situation', 'abroad', 'allowance'],
  ...['trouble', 'troubles', 'troubled', 'resting', 'solo', 'whoever'],
]);

/** Whole prefixes: `mostRows` is `maxRows`. */
const replacedPrefixes = /^(most|longest)[A-Z]/;

const replacedInComments =
  /\b(hearsay|vouchers?|tellings?|tells?|told|said|announce[sd]?|mend(s|ed|ing)?|ow(e|es|ed)|occasions?|witness(es)?|echo(es)?|kept|judge[sd]?|allowances?|troubles?|resting|whoever|read back|reading back)\b/i;

const subjectQuestion = /(?:^|[.;:] )(Who|Whoever|What|Whatever)\b[^?]*?[.;:]/;

const maxWidth = 120;

export function findReplacedWords({ path, text }: SourceFile): string[] {
  const { comments } = parseSync(path, text);
  return [...findInIdentifiers(path, text, comments), ...findInComments(path, text, comments)];
}

type Comment = { start: number; end: number; value: string };

function findInComments(path: string, text: string, comments: Comment[]): string[] {
  return comments.flatMap(({ start, end, value }) => {
    const line = text.slice(0, start).split('\n').length;
    const prose = value
      .replace(/`[^`]*`/g, '')
      .replace(/^\s*\*+/gm, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    const word = replacedInComments.exec(prose)?.[0];
    const opening = subjectQuestion.exec(prose)?.[1];
    const lines = text.slice(text.lastIndexOf('\n', start) + 1, end).split('\n');
    return [
      ...(word ? [`${path}:${line}: the comment says "${word}"`] : []),
      ...(opening ? [`${path}:${line}: a sentence begins with "${opening}"`] : []),
      ...(lines.some((each) => each.length > maxWidth)
        ? [`${path}:${line}: the comment is wider than ${maxWidth}`]
        : []),
    ];
  });
}

function findInIdentifiers(path: string, text: string, comments: Comment[]): string[] {
  let code = text;
  for (const { start, end } of comments) code = code.slice(0, start) + ' '.repeat(end - start) + code.slice(end);
  const bare = code.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\$]|\\.|\$(?!\{))*`/g, "''");
  const names = new Set(bare.match(/[A-Za-z_$][\w$]*/g) ?? []);
  return [...names].flatMap((name) => {
    const parts = name.split(/(?=[A-Z])|_/).map((part) => part.toLowerCase());
    const isReplaced = replacedPrefixes.test(name) || parts.some((part) => replacedParts.has(part));
    return isReplaced ? [`${path}: the identifier ${name}`] : [];
  });
}
