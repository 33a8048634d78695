import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findJoinedKeys } from './architecture/find-joined-keys.ts';
import { findReplacedWords } from './architecture/find-replaced-words.ts';
import { findUnusedExports } from './architecture/find-unused-exports.ts';
import { findViolations } from './architecture/find-violations.ts';
import type { SourceFile } from './architecture/parse-source.ts';
import { listMigrationFiles } from './platform/storage/find-migrations.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function readSources(): SourceFile[] {
  return ['server', 'client', 'e2e'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(tsx?|css|html)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path: path.slice(root.length).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') })),
  );
}

test('architecture › the repository › has no violations', () => {
  const sources = readSources();
  expect(sources.length).toBeGreaterThan(50);
  expect(findViolations(sources)).toEqual([]);
});

describe('unused exports', () => {
  const findIn = (files: Record<string, string>) =>
    findUnusedExports(Object.entries(files).map(([path, text]) => ({ path, text })));
  const file = { 'server/a.ts': 'export const a = 1; export type A = 1;' };

  test('exports of the repository › each is imported by another file', () => {
    expect(findUnusedExports(readSources())).toEqual([]);
  });

  test('no import, or an import without names › are found', () => {
    const found = ['server/a.ts: no other file imports a', 'server/a.ts: no other file imports A'];
    expect(findIn(file)).toEqual(found);
    expect(findIn({ ...file, 'server/b.ts': "import './a.ts';" })).toEqual(found);
  });

  test.each([
    "import { a, type A } from './a.ts'; a satisfies A;",
    "import { a as b } from './a.ts'; b satisfies import('./a.ts').A;",
    "import * as all from './a.ts'; all.a;",
    "await import('./a.ts');",
  ])('%s › uses them', (text) => {
    expect(findIn({ ...file, 'server/b.test.ts': text })).toEqual([]);
  });

  test('default exports and the up of a migration › are entry points', () => {
    const text = 'export function up() {} export default {};';
    expect(findIn({ 'server/migrations/0001-first.ts': text })).toEqual([]);
  });
});

describe('glossary', () => {
  const sources = readSources().filter(({ path }) => /\.tsx?$/.test(path));

  test('identifiers and comments of the repository › use no replaced word', () => {
    expect(sources.flatMap(findReplacedWords)).toEqual([]);
  });

  test.each([
    ['const isFace = true;', 'the identifier isFace'],
    ['const mostRows = 1;', 'the identifier mostRows'],
    ['// The caller is told.', 'the comment says "told"'],
    ['// Whoever asks is served.', 'a sentence begins with "Whoever"'],
    [`// ${'wide '.repeat(25)}`, 'the comment is wider than 120 columns'],
  ])('%s › is found', (text, violation) => {
    expect(findReplacedWords({ path: 'a.ts', text }).join()).toContain(violation);
  });

  test('words in strings and code spans › are not found', () => {
    const text = "const text = 'It was told.'; // `told` is a word of the screen.";
    expect(findReplacedWords({ path: 'a.ts', text })).toEqual([]);
  });
});

describe('composite keys', () => {
  /** `§` stands for `$`, which a string of a template's text may not hold. */
  const findIn = (text: string) => findJoinedKeys({ path: 'server/a.ts', text: text.replaceAll('§', '$') });

  test('keys in the server › are encoded, not joined', () => {
    const sources = readSources().filter(({ path }) => /^server\/(?!architecture|.*(test|fake)).*\.ts$/.test(path));
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.flatMap(findJoinedKeys)).toEqual([]);
  });

  test.each([
    'const key = `§{account} §{uid}`;',
    'const cacheKey = (account: string, uid: string) => `§{account}/§{uid}`;',
    "const key = ids.join('\\n');",
    'known.get(`§{a}/§{b}`);',
    'buckets.tryTake(`§{account}/§{uid}`, now);',
  ])('%s › is found', (text) => {
    expect(findIn(text)).toEqual(['server/a.ts:1: a key is joined']);
  });

  test('one value in a template, or an encoded list › are not found', () => {
    const text = 'const key = `by §{id}`; const otherKey = JSON.stringify([a, b]); known.get(JSON.stringify([a, b]));';
    expect(findIn(text)).toEqual([]);
  });
});

test('architecture › migrations › have unique numbers', () => {
  expect(() => listMigrationFiles(join(root, 'server'))).not.toThrow();
});

/** Violations of a made-up repository: path → text. */
const violationsOf = (files: Record<string, string>) =>
  findViolations(Object.entries(files).map(([path, text]) => ({ path, text })));

describe('import direction', () => {
  test.each([
    ['server/contract/a.ts', '../platform/errors.ts'],
    ['server/contract/a.ts', '../customers/match.ts'],
    ['server/platform/a.ts', '../customers/match.ts'],
    ['server/platform/http/a.ts', '../../app.ts'],
    ['server/customers/a.ts', '../engagements/store.ts'],
    ['server/connectors/directory/a.ts', '../../customers/match.ts'],
    ['server/customers/a.ts', '../app.ts'],
    ['server/customers/a.ts', '../../client/ui/button.tsx'],
    ['server/customers/a.test.ts', '../engagements/store.ts'],
    ['server/panel/a.ts', '../engagements/store.ts'],
    ['server/queues/a.ts', '../customers/store.ts'],
    ['server/platform/jobs/a.ts', '../../reconcile/reconciliation.ts'],
    ['client/customers/a.tsx', '../panel/app.tsx'],
    ['server/customers/a.ts', '../commands/customers.ts'],
    ['server/other.ts', './customers/match.ts'],
    ['server/app.ts', '../client/app.tsx'],
    ['client/ui/a.tsx', '../i18n/translate.ts'],
    ['client/ui/a.tsx', '#contract/customers.ts'],
    ['client/zoom/a.ts', '../api/client.ts'],
    ['client/api/a.ts', '../zoom/sdk.ts'],
    ['client/i18n/a.ts', '../ui/button.tsx'],
    ['client/customers/a.ts', '../engagements/queries.ts'],
    ['client/customers/a.ts', '../app.tsx'],
    ['client/customers/a.ts', '../../server/customers/match.ts'],
    ['client/app.tsx', '../server/platform/errors.ts'],
    ['e2e/a.ts', '../server/app.ts'],
    ['e2e/simulator/a.ts', '../../client/ui/button.tsx'],
  ])('%s imports %s › is a violation', (path, specifier) => {
    expect(violationsOf({ [path]: `import { a } from '${specifier}'; a();` })).toEqual([
      expect.stringMatching(/^.* → .*: this direction of import is not allowed$/),
    ]);
  });

  test.each([
    ['server/contract/a.ts', './b.ts'],
    ['server/platform/a.ts', '#contract/errors.ts'],
    ['server/customers/a.ts', '../platform/storage/database.ts'],
    ['server/customers/a.ts', '#contract/customers.ts'],
    ['server/app.ts', './customers/store.ts'],
    ['server/commands/customers.ts', '../connectors/directory/directory.ts'],
    ['server/app.test.ts', './app.ts'],
    ['server/durability/crash.test.ts', '../app.ts'],
    ['server/durability/faults-for-tests.ts', '../customers/service.ts'],
    ['client/customers/a.ts', '../ui/button.tsx'],
    ['client/customers/a.ts', '../zoom/sdk.ts'],
    ['client/customers/a.ts', '#contract/customers.ts'],
    ['client/live/a.ts', '../api/client.ts'],
    ['client/app.tsx', './customers/customer-card.tsx'],
    ['e2e/a.ts', '#contract/customers.ts'],
    ['e2e/a.ts', '../client/zoom/fake-host.ts'],
    ['client/customers/a.test.tsx', '../zoom/fake-host.ts'],
    ['server/customers/store.storage.test.ts', '../platform/storage/storage-conformance.ts'],
    ['server/panel/a.ts', '../feature.ts'],
    ['server/platform/jobs/a.ts', '../storage/database.ts'],
    ['server/commands/customers.storage.test.ts', '../connectors/directory/directory.ts'],
    ['client/panel/a.tsx', '../customers/customer-card.tsx'],
    ['client/main.tsx', './panel/app.tsx'],
  ])('%s imports %s › is allowed', (path, specifier) => {
    expect(violationsOf({ [path]: `import { a } from '${specifier}'; a();` })).toEqual([]);
  });

  test.each([
    "import type { A } from '../engagements/store.ts'; export type B = A;",
    "export type B = import('../engagements/store.ts').A;",
    "export const load = () => import('../engagements/store.ts');",
    "import '../engagements/store.ts';",
  ])('%s › counts as an import', (text) => {
    expect(violationsOf({ 'server/customers/a.ts': text })).toEqual([
      'server/customers/a.ts → server/engagements/store.ts: this direction of import is not allowed',
    ]);
  });

  test('fakes and conformance suites › imported elsewhere than in tests and e2e › is a violation', () => {
    const rule = 'only tests and e2e import fakes and conformance suites';
    expect(
      violationsOf({
        'client/app.tsx': "import { a } from './zoom/fake-host.ts'; a();",
        'server/app.ts': "import { a } from './platform/storage/storage-conformance.ts'; a();",
        'server/commands/events.ts': "import { a } from '../connectors/zendesk/fake.ts'; a();",
        'server/main.ts': "import { a } from './platform/storage/postgres-for-tests.ts'; a();",
      }),
    ).toEqual([
      `client/app.tsx → client/zoom/fake-host.ts: ${rule}`,
      `server/app.ts → server/platform/storage/storage-conformance.ts: ${rule}`,
      `server/commands/events.ts → server/connectors/zendesk/fake.ts: ${rule}`,
      `server/main.ts → server/platform/storage/postgres-for-tests.ts: ${rule}`,
    ]);
  });

  test('e2e or a test is imported › is a violation', () => {
    expect(
      violationsOf({
        'server/app.test.ts': "import { a } from '../e2e/simulator/start.ts'; a();",
        'server/customers/a.ts': "import { a } from './b.test.ts'; a();",
      }),
    ).toEqual([
      'server/app.test.ts → e2e/simulator/start.ts: nobody imports e2e',
      'server/customers/a.ts → server/customers/b.test.ts: nobody imports a test',
    ]);
  });

  test('circular imports › are reported once, with their path', () => {
    expect(
      violationsOf({
        'server/customers/a.ts': "import type { B } from './b.ts'; export type A = B;",
        'server/customers/b.ts': "import type { C } from './c.ts'; export type B = C;",
        'server/customers/c.ts': "import type { A } from './a.ts'; export type C = A;",
        'server/customers/d.ts': "import type { A } from './a.ts'; export type D = A;",
      }),
    ).toEqual([
      'server/customers/a.ts → server/customers/b.ts → server/customers/c.ts → server/customers/a.ts: imports go in a circle',
    ]);
  });
});

describe('package imports', () => {
  test.each([
    ['client/customers/a.ts', '@zoom/appssdk', 'only client/zoom knows the Zoom SDK'],
    ['client/app.tsx', '@zoom/appssdk', 'only client/zoom knows the Zoom SDK'],
    ['server/customers/service.ts', 'kysely', 'only storage, stores, schemas, migrations and tests know tables'],
    ['server/platform/http/a.ts', 'kysely', 'only storage, stores, schemas, migrations and tests know tables'],
    ['server/customers/store.ts', 'pg', 'only storage knows the database drivers'],
    ['server/customers/service.ts', 'express', 'only routes and platform/http know Express'],
    ['server/app.ts', 'express', 'only routes and platform/http know Express'],
    [
      'client/customers/a.ts',
      'libphonenumber-js',
      'libphonenumber-js stays on the server: it would weigh on the panel',
    ],
    [
      'client/customers/a.ts',
      'libphonenumber-js/max',
      'libphonenumber-js stays on the server: it would weigh on the panel',
    ],
    ['e2e/a.ts', 'libphonenumber-js/max', 'libphonenumber-js stays on the server: it would weigh on the panel'],
    ['client/api/a.ts', 'zod', 'here only zod/mini: full zod would weigh on the panel'],
    ['server/contract/a.ts', 'zod', 'here only zod/mini: full zod would weigh on the panel'],
    ['server/contract/a.ts', 'node:crypto', 'the contract knows zod/mini and nothing else'],
    ['client/ui/a.tsx', '@tanstack/react-query', 'client/ui knows react and nothing else'],
  ])('%s imports %s › is a violation', (path, name, rule) => {
    expect(violationsOf({ [path]: `import { a } from '${name}'; a();` })).toEqual([`${path} → ${name}: ${rule}`]);
  });

  test.each([
    ['client/zoom/sdk.ts', '@zoom/appssdk'],
    ['client/ui/a.tsx', 'react'],
    ['client/ui/a.tsx', 'react-dom/client'],
    ['client/api/a.ts', 'zod/mini'],
    ['server/contract/a.ts', 'zod/mini'],
    ['server/platform/config.ts', 'zod'],
    ['server/customers/link-store.ts', 'kysely'],
    ['server/customers/routes.ts', 'express'],
    ['server/customers/identifiers/phone.ts', 'libphonenumber-js/max'],
  ])('%s imports %s › is allowed', (path, name) => {
    expect(violationsOf({ [path]: `import { a } from '${name}'; a();` })).toEqual([]);
  });
});

describe('file rules', () => {
  test.each([
    ["export { a } from './b.ts';", 'exports what another file made (a barrel)'],
    ["export * from './b.ts';", 'exports what another file made (a barrel)'],
    ["import { a } from './b.ts'; export { a };", 'exports what another file made (a barrel)'],
    ["import type { A } from './b.ts'; export type { A };", 'exports what another file made (a barrel)'],
    ['export const = 1;', 'does not parse'],
  ])('%s › is a violation', (text, rule) => {
    expect(violationsOf({ 'server/customers/a.ts': text })).toEqual([`server/customers/a.ts: ${rule}`]);
  });

  test('the export of a package › may be exported again', () => {
    const text = "import { expect } from '@playwright/test'; export { expect };";
    expect(violationsOf({ 'e2e/fixtures.ts': text })).toEqual([]);
  });

  test.each([
    ['server/callLog/compose.ts', 'folders are named in kebab-case'],
    ['server/platform/utils.ts', 'this name says nothing about what is in it'],
    ['server/helpers/date.ts', 'this name says nothing about what is in it'],
    ['client/customers/types.ts', 'this name says nothing about what is in it'],
    ['server/auth/session-manager.ts', 'this name says nothing about what is in it'],
    ['server/platform/common.ts', 'this name says nothing about what is in it'],
    ['client/ui/misc.ts', 'this name says nothing about what is in it'],
    ['client/ui/index.ts', 'an index file is a barrel'],
  ])('%s › is a violation', (path, rule) => {
    expect(violationsOf({ [path]: 'export {};' })).toEqual([`${path}: ${rule}`]);
  });

  test.each([
    ['server/customers/store.test.ts', false],
    ['server/customers/store.storage.test.ts', true],
    ['server/durability/crash.test.ts', true],
  ])('%s with databases under test › is allowed: %s', (path, isAllowed) => {
    const text = "import { a } from '../platform/storage/storage-conformance.ts'; a();";
    const rule = `${path}: a test that needs PostgreSQL is named *.storage.test.ts`;
    expect(violationsOf({ [path]: text })).toEqual(isAllowed ? [] : [rule]);
  });
});
