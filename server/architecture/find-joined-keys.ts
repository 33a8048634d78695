/*
 * Keys of several texts that are joined with a separator: two different lists of texts may have one key, and what is
 * cached or counted for one is used for the other. `JSON.stringify([…])` keeps them apart.
 */
import { parseSync, Visitor } from 'vite';
import type { SourceFile } from './parse-source.ts';

const mapMethods = new Set(['get', 'set', 'has', 'add', 'delete', 'tryTake']);

export function findJoinedKeys({ path, text }: SourceFile): string[] {
  const { program } = parseSync(path, text);
  const found: string[] = [];
  const check = (node: { type: string } | null | undefined, start: number) => {
    if (isJoined(node)) found.push(`${path}:${text.slice(0, start).split('\n').length}: a key is joined`);
  };
  new Visitor({
    VariableDeclarator({ id, init, start }) {
      if (id.type !== 'Identifier' || !/(^k|K)eys?$/.test(id.name)) return;
      check(init?.type === 'ArrowFunctionExpression' ? init.body : init, start);
    },
    CallExpression({ callee, arguments: [key], start }) {
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
      if (mapMethods.has(callee.property.name)) check(key, start);
    },
  }).visit(program);
  return found;
}

/** A template with two values, or a list joined to a text. */
function isJoined(node: object | null | undefined): boolean {
  const { type, expressions, callee } = (node ?? {}) as {
    type?: string;
    expressions?: unknown[];
    callee?: { property?: { name?: string } };
  };
  return (type === 'TemplateLiteral' && (expressions?.length ?? 0) > 1) || callee?.property?.name === 'join';
}
