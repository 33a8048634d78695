import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Copies the template and renames it: `core-bank` in settings, `coreBank` and `CoreBank` in code, `Core bank` as the
 * label. Returns the files' names. Throws if `to` exists.
 */
export function copyTemplate({ from, to, name }: { from: string; to: string; name: string }): string[] {
  if (existsSync(to)) throw new Error(`${to} is there already.`);
  mkdirSync(to);
  const files = readdirSync(from);
  for (const file of files) writeFileSync(join(to, file), rename(readFileSync(join(from, file), 'utf8'), name));
  return files;
}

function rename(text: string, name: string): string {
  return text
    .replaceAll("label: 'Template'", `label: '${toLabel(name)}'`)
    .replaceAll("'template'", `'${name}'`)
    .replaceAll('template-', `${name}-`)
    .replaceAll('Template', toPascalCase(name))
    .replace(/\btemplate\b/g, toCamelCase(name));
}

export function toPascalCase(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

export function toCamelCase(name: string): string {
  const pascal = toPascalCase(name);
  return pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

function toLabel(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');
}
