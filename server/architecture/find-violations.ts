/**
 * The rules of architecture that neither the compiler nor the linter can see: who may import whom, which package is
 * known where, and how files are called. A function over texts, so that its test can plant every violation. Imports of
 * types count like any other: what a file knows is what it depends on.
 */

import { basename } from 'node:path/posix';
import { findCycles } from './find-cycles.ts';
import { type ParsedFile, parseSource, type SourceFile } from './parse-source.ts';

export function findViolations(sources: SourceFile[]): string[] {
  const files = sources.filter(({ path }) => /\.tsx?$/.test(path)).map(parseSource);
  return [
    ...sources.flatMap(findNameViolations),
    ...files.flatMap(findFileViolations),
    ...files.flatMap(findDirectionViolations),
    ...files.flatMap(findPackageViolations),
    ...findCycles(new Map(files.map(({ path, modules }) => [path, modules]))).map(
      (cycle) => `${cycle.join(' → ')}: imports go in a circle`,
    ),
  ];
}

const isTest = (path: string) => /\.(test|spec)\.tsx?$/.test(path);
const isFake = (path: string) => /^fake[-.]|-fake\./.test(basename(path));
const isConformance = (path: string) => /conformance\.ts$/.test(path);
/** Files that only tests may import. */
const isTestSupport = (path: string) => isFake(path) || isConformance(path) || /-for-tests\.ts$/.test(path);
const isIn = (folder: string) => (path: string) => path.startsWith(`${folder}/`);

const isBench = (path: string) => isIn('server/commands')(path) && basename(path).startsWith('bench-');
/** Tests that run whole servers and stop them or their database. */
const isDurabilityTest = (path: string) => isIn('server/durability')(path) && (isTest(path) || isTestSupport(path));
/** Files that compose features: the server, its command lines, and the tests of both. */
const isCompositionRoot = (path: string) =>
  /^server\/(app|main)\.ts$/.test(path) ||
  isIn('server/commands')(path) ||
  isDurabilityTest(path) ||
  /^server\/[^/]+\.test\.ts$/.test(path);
const clientBase = ['ui', 'zoom', 'api', 'live', 'i18n', 'store'].map((name) => `client/${name}`);

/** The folders and files that the file at `path` may import from. */
function readableFrom(path: string): string[] {
  const [side, part] = path.split('/');
  const own = `${side}/${part}`;
  const isAtRoot = path.split('/').length === 2;

  // The simulated cloud signs webhooks with the function that verifies them.
  if (side === 'e2e')
    return ['e2e', 'server/contract', 'server/intake/http/signature.ts', 'server/connectors/tools/read-test-report.ts'];
  if (side === 'server') {
    if (isCompositionRoot(path)) return ['server'];
    if (isAtRoot) return ['server/contract', 'server/platform', 'server/events.ts'];
    if (own === 'server/contract') return [own];
    if (own === 'server/platform') return [own, 'server/contract'];
    // Features exchange the events of events.ts, and reach the server as feature.ts describes.
    return [own, 'server/contract', 'server/platform', 'server/events.ts', 'server/feature.ts'];
  }
  if (isAtRoot || own === 'client/panel') return ['client', 'server/contract'];
  if (own === 'client/ui') return [own];
  if (own === 'client/live') return [own, 'client/api', 'client/store', 'server/contract'];
  // The SDK implements the port of engagements.
  if (own === 'client/zoom') {
    return [own, 'client/store', 'client/engagements/engagement-feed.ts', 'server/contract'];
  }
  if (clientBase.includes(own)) return [own, 'client/store', 'server/contract'];
  return [own, ...clientBase, 'server/contract'];
}

function findDirectionViolations({ path, modules }: ParsedFile): string[] {
  const isForTests = isTest(path) || isTestSupport(path) || path.startsWith('e2e/');
  return modules.flatMap((target) => {
    const violate = (rule: string) => [`${path} → ${target}: ${rule}`];
    if (isTest(target)) return violate('nobody imports a test');
    if (isTestSupport(target))
      return isForTests ? [] : violate('only tests and e2e import fakes and conformance suites');
    if (target.startsWith('e2e/') && !path.startsWith('e2e/')) return violate('nobody imports e2e');
    const mayRead = readableFrom(path).some((place) => target === place || isIn(place)(target));
    return mayRead ? [] : violate('this direction of import is not allowed');
  });
}

type PackageRule = { packages: RegExp; applies(path: string): boolean; known(path: string): boolean; rule: string };

const isProduct = (path: string) => !path.startsWith('e2e/');
/** The audit trail is a store too: one that only adds. */
const isStore = (path: string) => /^((.*-)?store|audit-trail)\.ts$/.test(basename(path));

const knowsTables = (path: string) =>
  isStore(path) || basename(path) === 'schema.ts' || /^server\/.+\/migrations\/[^/]+$/.test(path);

const packageRules: PackageRule[] = [
  {
    packages: /^@zoom\/appssdk$/,
    applies: isProduct,
    known: isIn('client/zoom'),
    rule: 'only client/zoom knows the Zoom SDK',
  },
  {
    packages: /^kysely$/,
    applies: () => true,
    known: (path) =>
      isIn('server/platform/storage')(path) || (isIn('server')(path) && (knowsTables(path) || isTest(path))),
    rule: 'only storage, stores, schemas, migrations and tests know tables',
  },
  {
    packages: /^(better-sqlite3|pg)$/,
    applies: isProduct,
    // A benchmark compares with the bare driver.
    known: (path) => isIn('server/platform/storage')(path) || isBench(path),
    rule: 'only storage knows the database drivers',
  },
  {
    packages: /^(express|helmet|express-static-gzip)$/,
    applies: isProduct,
    known: (path) =>
      isIn('server/platform/http')(path) ||
      (isIn('server')(path) && /^routes((\.storage)?\.test)?\.ts$/.test(basename(path))),
    rule: 'only routes and platform/http know Express',
  },
  {
    packages: /^libphonenumber-js$/,
    applies: () => true,
    known: isIn('server'),
    rule: 'libphonenumber-js stays on the server: it would weigh on the panel',
  },
  {
    packages: /^zod$/,
    applies: (path) => isIn('client')(path) || isIn('server/contract')(path),
    known: () => false,
    rule: 'here only zod/mini: full zod would weigh on the panel',
  },
  {
    packages: /^(?!react$|react-dom$)/,
    applies: (path) => isIn('client/ui')(path) && !isTest(path),
    known: () => false,
    rule: 'client/ui knows react and nothing else',
  },
  {
    packages: /^(?!zod$|zod\/mini$)/,
    applies: isIn('server/contract'),
    known: isTest,
    rule: 'the contract knows zod/mini and nothing else',
  },
];

function findPackageViolations({ path, packages }: ParsedFile): string[] {
  return packages.flatMap((name) =>
    packageRules
      .filter((each) => each.packages.test(withoutSubpath(name)) && each.applies(path) && !each.known(path))
      .map(({ rule }) => `${path} → ${name}: ${rule}`),
  );
}

/** `zod/mini` is another weight than `zod`; of every other package all parts count alike. */
function withoutSubpath(name: string): string {
  if (name === 'zod/mini') return name;
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

function findFileViolations({ path, parses, reExports, modules }: ParsedFile): string[] {
  const needsPostgres = modules.some((target) => databaseSupport.includes(target));
  return [
    ...(parses ? [] : [`${path}: does not parse`]),
    ...(reExports ? [`${path}: exports what another file made (a barrel)`] : []),
    ...(isTest(path) && needsPostgres && !startsPostgres(path)
      ? [`${path}: a test that needs PostgreSQL is named *.storage.test.ts`]
      : []),
  ];
}

const databaseSupport = ['storage-conformance', 'postgres-for-tests'].map(
  (name) => `server/platform/storage/${name}.ts`,
);
const startsPostgres = (path: string) => path.endsWith('.storage.test.ts') || isIn('server/durability')(path);

const vagueWords = /^(utils?|helpers?|common|misc|types?|managers?)$/;

function findNameViolations({ path }: SourceFile): string[] {
  const words = path.replace(/(\.(storage|system))?(\.(test|spec|config|d))?\.\w+$/, '').split('/');
  return [
    ...(words.slice(0, -1).every((word) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(word))
      ? []
      : [`${path}: folders are named in kebab-case`]),
    ...(words.flatMap((word) => word.split('-')).some((word) => vagueWords.test(word))
      ? [`${path}: this name says nothing about what is in it`]
      : []),
    ...(words.at(-1) === 'index' && /\.tsx?$/.test(path) ? [`${path}: an index file is a barrel`] : []),
  ];
}
