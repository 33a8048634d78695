/**
 * Static checks of a connector's folder: its files, its definition, its conformance test. Each finding has a remedy,
 * for a partner who does not know this code.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ConnectorDefinition } from '../port/connector.ts';
import { checkDefinition, type Finding } from './check-definition.ts';
import { toCamelCase, toPascalCase } from './copy-template.ts';

type CheckFolderParts = {
  /** The text of registry.ts. */
  registry: string;
  /** The repository's own rules for files and imports. */
  findViolations(sources: { path: string; text: string }[]): string[];
};

/** The folder that `npm run connector -- new` copies. */
const templateName = 'template';

const networkFiles = {
  'api.ts': 'The system’s paths, queries and answer schemas; no other file knows them.',
  'mapping.ts': 'Pure functions from its records to those of the port.',
  'fake.ts': 'The system in memory, with its rejections and quirks.',
};

export async function checkFolder(folder: string, parts: CheckFolderParts): Promise<Finding[]> {
  const name = basename(resolve(folder));
  const files = readFolder(folder);
  const definition = await readDefinition(folder, name);
  const has = (file: string) => files.some(({ path }) => path === file);
  const hosts: unknown[] = Array.isArray(definition.value?.hosts) ? definition.value.hosts : [];
  // A source without network, such as the built-in directory, needs none of `networkFiles`.
  const usesNetwork = !definition.value || hosts.length > 0 || has('api.ts');
  const needed: Record<string, string> = {
    'definition.ts': 'What the source is: settings, rights, hosts, limits.',
    'connector.ts': 'The port: which question becomes which requests.',
    ...(usesNetwork && networkFiles),
    'connector.test.ts': 'The conformance suite, and what is special about this system.',
  };

  return [
    {
      claim: 'The folder’s name is in kebab-case',
      missing: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) ? [] : [name],
      remedy: 'It is the name that connections are configured with.',
    },
    ...Object.entries(needed).map(([file, remedy]) => ({
      claim: `There is ${file}`,
      missing: has(file) ? [] : [file],
      remedy: `${remedy} Begin with that of ../${templateName}.`,
    })),
    {
      claim: `definition.ts exports ${toCamelCase(name)}`,
      missing: definition.problem === undefined ? [] : [definition.problem],
      remedy: `export const ${toCamelCase(name)} = defineConnector({ name: '${name}', … });`,
    },
    ...(definition.value ? checkDefinition(definition.value, { name, usesNetwork }) : []),
    ...(usesNetwork ? [checkFake(name, files)] : []),
    checkSuite(files),
    checkRegistry(name, parts.registry),
    checkDecisions(name, files),
    checkArchitecture(name, files, parts.findViolations),
  ];
}

type SourceText = { path: string; text: string };

function readFolder(folder: string): SourceText[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: path.slice(folder.length).replace(/^[\\/]+/, ''), text: readFileSync(path, 'utf8') }));
}

async function readDefinition(
  folder: string,
  name: string,
): Promise<{ value: ConnectorDefinition | undefined; problem?: string }> {
  const file = resolve(folder, 'definition.ts');
  if (!existsSync(file)) return { value: undefined, problem: 'definition.ts' };
  try {
    const exported: Record<string, unknown> = await import(pathToFileURL(file).href);
    const value = exported[toCamelCase(name)];
    if (typeof value !== 'object' || value === null) return { value: undefined, problem: toCamelCase(name) };
    // checkDefinition verifies its parts at run time.
    return { value: value as ConnectorDefinition };
  } catch (error) {
    return { value: undefined, problem: `it cannot be loaded (${error instanceof Error ? error.message : error})` };
  }
}

function checkFake(name: string, files: SourceText[]): Finding {
  const start = `startFake${toPascalCase(name)}`;
  const isThere = files.some(
    ({ path, text }) => path === 'fake.ts' && new RegExp(`export .*\\b${start}\\b`).test(text),
  );
  return {
    claim: `fake.ts exports ${start}`,
    missing: isThere ? [] : [start],
    remedy: `export async function ${start}(): Promise<FakeCrm> { … }`,
  };
}

function checkSuite(files: SourceText[]): Finding {
  const isCalled = files.some(
    ({ path, text }) => path.endsWith('.test.ts') && /^\s*describeConnectorConformance\(/m.test(text),
  );
  return {
    claim: 'A test holds it to the promises of the port',
    missing: isCalled ? [] : ['describeConnectorConformance'],
    remedy: 'Call it as ../template/connector.test.ts does.',
  };
}

function checkRegistry(name: string, registry: string): Finding {
  const isRegistered = registry.includes(`./${name}/definition.ts`);
  if (name === templateName) {
    const claim = 'The template is not in the registry: there is no such system';
    return { claim, missing: isRegistered ? [name] : [], remedy: 'Take its line out of ../registry.ts.' };
  }
  return {
    claim: 'The registry knows it',
    missing: isRegistered ? [] : [name],
    remedy: `In ../registry.ts: import { ${toCamelCase(name)} } from './${name}/definition.ts'; and its name in the list.`,
  };
}

function checkDecisions(name: string, files: SourceText[]): Finding {
  const open = files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (/\bDecide:/.test(line) ? [`${path}:${index + 1}`] : [])),
  );
  return {
    claim: 'Every decision that the template asks for is taken',
    missing: name === templateName ? [] : open,
    remedy: 'Decide, and let the comment say why it is so, or go.',
  };
}

function checkArchitecture(
  name: string,
  files: SourceText[],
  findViolations: CheckFolderParts['findViolations'],
): Finding {
  return {
    claim: 'Its files keep the rules of this repository',
    missing: findViolations(files.map(({ path, text }) => ({ path: `server/connectors/${name}/${path}`, text }))),
    remedy: 'README.md says who may import whom, and how files are called.',
  };
}
