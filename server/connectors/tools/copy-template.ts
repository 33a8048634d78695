import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A new connector from the template, its name in the place of the template's: `core-bank` in paths and settings, `coreBank`
 * and `CoreBank` in code, `Core bank` for people. Nothing that is there is ever overwritten. Answers the files' names.
 */
export function copyTemplate({ from, to, name }: { from: string; to: string; name: string }): string[] {
  if (existsSync(to)) throw new Error(`${to} is there already.`);
  mkdirSync(to);
  return readdirSync(from).map((file) => {
    const copied = file.replace('template', name);
    writeFileSync(join(to, copied), rename(readFileSync(join(from, file), 'utf8'), name));
    return copied;
  });
}

function rename(text: string, name: string): string {
  return text
    .replaceAll("label: 'Template'", `label: '${toLabel(name)}'`)
    .replaceAll("'./template.ts'", `'./${name}.ts'`)
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
