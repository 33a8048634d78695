import { parseSource, type SourceFile } from './parse-source.ts';

/** Exports that no file imports, tests included. Tools import default exports and the migrations' `up` by path. */
export function findUnusedExports(sources: SourceFile[]): string[] {
  const files = sources.filter(({ path }) => /\.tsx?$/.test(path)).map(parseSource);
  const imported = new Set(files.flatMap(({ imports }) => imports.map(({ module, name }) => `${module} ${name}`)));
  return files.flatMap(({ path, exports }) =>
    exports
      .filter((name) => !isEntryPoint(path, name))
      .filter((name) => !imported.has(`${path} ${name}`) && !imported.has(`${path} *`))
      .map((name) => `${path}: no other file imports ${name}`),
  );
}

function isEntryPoint(path: string, name: string): boolean {
  return name === 'default' || (name === 'up' && path.includes('/migrations/'));
}
