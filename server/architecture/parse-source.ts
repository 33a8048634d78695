import { dirname, join } from 'node:path/posix';
import { parseSync, Visitor } from 'vite';

export type SourceFile = { path: string; text: string };

export type ParsedFile = {
  path: string;
  parses: boolean;
  /** Files of ours that this one imports, as paths from the root. */
  modules: string[];
  packages: string[];
  reExports: boolean;
};

export function parseSource({ path, text }: SourceFile): ParsedFile {
  const { program, module, errors } = parseSync(path, text);
  const exported = module.staticExports.flatMap(({ entries }) => entries);
  const specifiers = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...exported.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
  ];
  new Visitor({
    ImportExpression: ({ source }) => {
      if (source.type === 'Literal' && typeof source.value === 'string') specifiers.push(source.value);
    },
    TSImportType: ({ source }) => {
      specifiers.push(source.value);
    },
  }).visit(program);

  const targets = [...new Set(specifiers)].map((specifier) => ({ specifier, module: resolveModule(path, specifier) }));
  return {
    path,
    parses: errors.length === 0,
    modules: targets.flatMap(({ module: target }) => target ?? []),
    packages: targets.flatMap(({ specifier, module: target }) => (target ? [] : specifier)),
    // Exporting what a package exports is no barrel: Playwright's fixtures are used that way.
    reExports: exported.some(
      ({ moduleRequest }) => moduleRequest !== null && resolveModule(path, moduleRequest.value) !== undefined,
    ),
  };
}

function resolveModule(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('#contract/')) return specifier.replace('#contract', 'server/contract');
  return specifier.startsWith('.') ? join(dirname(from), specifier) : undefined;
}
