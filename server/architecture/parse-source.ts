import { dirname, join } from 'node:path/posix';
import { parseSync, Visitor } from 'vite';

export type SourceFile = { path: string; text: string };

export type ParsedFile = {
  path: string;
  lines: number;
  parses: boolean;
  /** Files of ours that this one imports, as paths from the root. */
  modules: string[];
  packages: string[];
  hasDefaultExport: boolean;
  reExports: boolean;
  readsEnvironment: boolean;
};

export function parseSource({ path, text }: SourceFile): ParsedFile {
  const { program, module, errors } = parseSync(path, text);
  const exported = module.staticExports.flatMap(({ entries }) => entries);
  const specifiers = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...exported.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
  ];
  let readsEnvironment = specifiers.includes('node:process') || specifiers.includes('process');
  new Visitor({
    ImportExpression: ({ source }) => {
      if (source.type === 'Literal' && typeof source.value === 'string') specifiers.push(source.value);
    },
    TSImportType: ({ source }) => {
      specifiers.push(source.value);
    },
    MemberExpression: ({ object, property }) => {
      const isEnvironment = isNamed(property, 'env') || (property.type === 'Literal' && property.value === 'env');
      if (isNamed(object, 'process') && isEnvironment) readsEnvironment = true;
    },
    VariableDeclarator: ({ init }) => {
      if (init && isNamed(init, 'process')) readsEnvironment = true;
    },
  }).visit(program);

  const targets = [...new Set(specifiers)].map((specifier) => ({ specifier, module: resolveModule(path, specifier) }));
  return {
    path,
    lines: text.trimEnd().split('\n').length,
    parses: errors.length === 0,
    modules: targets.flatMap(({ module: target }) => target ?? []),
    packages: targets.flatMap(({ specifier, module: target }) => (target ? [] : specifier)),
    hasDefaultExport: exported.some(({ exportName }) => exportName.kind === 'Default' || exportName.name === 'default'),
    // Passing on a package's export is no barrel: Playwright's fixtures are used that way.
    reExports: exported.some(
      ({ moduleRequest }) => moduleRequest !== null && resolveModule(path, moduleRequest.value) !== undefined,
    ),
    readsEnvironment,
  };
}

function resolveModule(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('#contract/')) return specifier.replace('#contract', 'server/contract');
  return specifier.startsWith('.') ? join(dirname(from), specifier) : undefined;
}

const isNamed = (node: { type: string; name?: unknown }, name: string) =>
  node.type === 'Identifier' && node.name === name;
