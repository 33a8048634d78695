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
  /** Names; `default` is one. */
  exports: string[];
  /** The names imported from `modules`; `*` stands for everything a file exports. */
  imports: { module: string; name: string }[];
};

const everything = '*';

export function parseSource({ path, text }: SourceFile): ParsedFile {
  const { program, module, errors } = parseSync(path, text);
  const exported = module.staticExports.flatMap(({ entries }) => entries);
  const uses: { specifier: string; name: string }[] = module.staticImports.flatMap(({ moduleRequest, entries }) =>
    // `import './a.ts'` names nothing.
    (entries.length > 0 ? entries.map(({ importName }) => readName(importName)) : ['']).map((name) => ({
      specifier: moduleRequest.value,
      name,
    })),
  );
  for (const { moduleRequest, importName } of exported) {
    if (moduleRequest) uses.push({ specifier: moduleRequest.value, name: readName(importName) });
  }
  new Visitor({
    ImportExpression: ({ source }) => {
      if (source.type === 'Literal' && typeof source.value === 'string') {
        uses.push({ specifier: source.value, name: everything });
      }
    },
    TSImportType: ({ source, qualifier }) => {
      uses.push({ specifier: source.value, name: qualifier?.type === 'Identifier' ? qualifier.name : everything });
    },
  }).visit(program);

  const specifiers = [...new Set(uses.map(({ specifier }) => specifier))];
  const targets = specifiers.map((specifier) => ({ specifier, module: resolveModule(path, specifier) }));
  return {
    path,
    parses: errors.length === 0,
    modules: targets.flatMap(({ module: target }) => target ?? []),
    packages: targets.flatMap(({ specifier, module: target }) => (target ? [] : specifier)),
    // Exporting what a package exports is no barrel: Playwright's fixtures are used that way.
    reExports: exported.some(
      ({ moduleRequest }) => moduleRequest !== null && resolveModule(path, moduleRequest.value) !== undefined,
    ),
    exports: exported.flatMap(({ moduleRequest, exportName }) => (moduleRequest ? [] : readName(exportName))),
    imports: uses.flatMap(({ specifier, name }) => {
      const target = resolveModule(path, specifier);
      return target ? { module: target, name } : [];
    }),
  };
}

/** A name in an import or export; a namespace has none. */
function readName({ kind, name }: { kind: string; name: string | null }): string {
  return kind === 'Default' ? 'default' : (name ?? everything);
}

function resolveModule(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('#contract/')) return specifier.replace('#contract', 'server/contract');
  return specifier.startsWith('.') ? join(dirname(from), specifier) : undefined;
}
