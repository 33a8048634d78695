import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkFolder } from './check-folder.ts';
import { copyTemplate } from './copy-template.ts';

const server = fileURLToPath(new URL('../..', import.meta.url));
const template = join(server, 'connectors/template');
const registry = `import { coreBank } from '../core-bank/definition.ts';`;
const noViolations = () => [];

/** The claims that do not hold, each with what is missing. */
async function findMissing(folder: string, parts: Partial<Parameters<typeof checkFolder>[1]> = {}) {
  const findings = await checkFolder(folder, { registry, findViolations: noViolations, ...parts });
  return Object.fromEntries(
    findings.filter(({ missing }) => missing.length > 0).map(({ claim, missing }) => [claim, missing]),
  );
}

test('folder check › template › nothing is missing', async () => {
  expect(await findMissing(template, { registry: '' })).toEqual({});
});

test('folder check › template in the registry › is reported', async () => {
  const there = `import { template } from './template/definition.ts';`;
  expect(await findMissing(template, { registry: there })).toEqual({
    'The template is not in the registry: there is no such system': ['template'],
  });
});

describe('folder check of a template copy', () => {
  let place: string;
  let folder: string;

  beforeEach(() => {
    // Outside of the repository, yet beside the files that a connector imports.
    place = mkdtempSync(join(tmpdir(), 'deskside-check-'));
    const connectors = join(place, 'server/connectors');
    mkdirSync(connectors, { recursive: true });
    symlinkSync(join(server, '../node_modules'), join(place, 'node_modules'));
    symlinkSync(join(server, 'platform'), join(place, 'server/platform'));
    for (const shared of ['port', 'http', 'conformance']) {
      symlinkSync(join(server, 'connectors', shared), join(connectors, shared));
    }
    folder = join(connectors, 'core-bank');
    copyTemplate({ from: template, to: folder, name: 'core-bank' });
    for (const file of readdirSync(folder)) edit(file, (text) => text.replaceAll('Decide:', 'Decided:'));
  });
  afterEach(() => rmSync(place, { recursive: true, force: true }));

  function edit(file: string, change: (text: string) => string): void {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, change(text));
  }

  /** Fails where there is nothing to replace: a defect that is not planted is not found either. */
  function replace(file: string, from: string | RegExp, to: string): void {
    edit(file, (text) => {
      const changed = text.replace(from, to);
      expect(changed).not.toBe(text);
      return changed;
    });
  }

  test('decisions taken, registered › nothing is missing', async () => {
    expect(await findMissing(folder)).toEqual({});
  });

  test('folder exists already › is not copied', () => {
    expect(() => copyTemplate({ from: template, to: folder, name: 'core-bank' })).toThrow('is there already');
  });

  test('copied files › contain only the new name', () => {
    for (const file of readdirSync(folder)) expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/template/i);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['connector.ts', 'connector.test.ts']));
  });

  test.each(['connector.ts', 'api.ts', 'mapping.ts', 'fake.ts', 'connector.test.ts'])(
    'without %s › is reported',
    async (file) => {
      rmSync(join(folder, file));
      expect(await findMissing(folder)).toMatchObject({ [`There is ${file}`]: [file] });
    },
  );

  test('without definition.ts › is reported', async () => {
    rmSync(join(folder, 'definition.ts'));
    expect(await findMissing(folder)).toMatchObject({
      'There is definition.ts': ['definition.ts'],
      'definition.ts exports coreBank': ['definition.ts'],
    });
  });

  const definition = 'definition.ts';
  test.each<[string, string, string | RegExp, string, string, string[]]>([
    [
      'another name',
      definition,
      "name: 'core-bank'",
      "name: 'bank'",
      'The definition has the name of its folder',
      ["name: 'core-bank'"],
    ],
    ['no label', definition, /^ {2}label: .*$/m, "  label: '',", 'It has a label', ['label']],
    [
      'a setting that nobody explains',
      definition,
      ", help: 'Of a client that may use the grant client_credentials.'",
      '',
      'Every setting says what it is, and has a help text',
      ['clientId'],
    ],
    [
      'a setting without a builder',
      definition,
      /clientId: textSetting\(.*\)/,
      'clientId: z.string()',
      'Every setting says what it is, and has a help text',
      ['clientId'],
    ],
    [
      'no common settings',
      definition,
      '...commonSettings,',
      '',
      'It takes what every connection may have',
      ['country', 'sensitive'],
    ],
    [
      'a secret as plain text',
      definition,
      'clientSecret: secretSetting(',
      'clientSecret: textSetting(',
      'What is secret is a secret setting',
      ['clientSecret'],
    ],
    [
      'no hosts',
      definition,
      "hosts: ['*.customers.example']",
      'hosts: []',
      'It names the hosts it speaks to and links to',
      ['hosts'],
    ],
    ['every host', definition, "'*.customers.example'", "'*'", 'It names the hosts it speaks to and links to', ['*']],
    [
      'an address for a host',
      definition,
      "'*.customers.example'",
      "'https://customers.example'",
      'It names the hosts it speaks to and links to',
      ['https://customers.example'],
    ],
    [
      'a right without a purpose',
      definition,
      "'to find and show customers'",
      "''",
      'It names the rights its credentials need, each with its purpose',
      ['customers:read'],
    ],
    [
      'a doubt in a word',
      definition,
      /'How long a new customer[^']*'/,
      "'indexing'",
      'What is unverified is told in sentences',
      ['indexing'],
    ],
    [
      'no limit for all',
      definition,
      'limits: { default:',
      'limits: { other:',
      'It stays below the vendor’s limits',
      ['limits.default'],
    ],
    [
      'a limit that lets nothing through',
      definition,
      'burst: 50',
      'burst: 0',
      'It stays below the vendor’s limits',
      ['limits.default'],
    ],
    [
      'no way to prove who it is',
      definition,
      'authorize: (',
      'authorise: (',
      'It says where requests begin, how it proves who it is, and how it connects',
      ['authorize'],
    ],
    [
      'nothing about limits',
      definition,
      /^ {2}limits: .*$/m,
      '',
      'It stays below the vendor’s limits',
      [expect.stringContaining('it cannot be read')],
    ],
    [
      'a definition under another name',
      definition,
      'export const coreBank',
      'export const bank',
      'definition.ts exports coreBank',
      ['coreBank'],
    ],
    [
      'a definition that cannot be loaded',
      definition,
      'import * as z',
      "throw new Error('not yet'); import * as z",
      'definition.ts exports coreBank',
      ['it cannot be loaded (not yet)'],
    ],
    [
      'a fake that nobody can start',
      'fake.ts',
      'export async function',
      'async function',
      'fake.ts exports startFakeCoreBank',
      ['startFakeCoreBank'],
    ],
    [
      'a decision that is not taken',
      'mapping.ts',
      'Decided:',
      'Decide:',
      'Every decision that the template asks for is taken',
      [expect.stringMatching(/^mapping\.ts:\d+$/)],
    ],
    [
      'a test that holds it to nothing',
      'connector.test.ts',
      /^ *describeConnectorConformance\(/m,
      '// describeConnectorConformance(',
      'A test holds it to the promises of the port',
      ['describeConnectorConformance'],
    ],
  ])('%s › is reported', async (_, file, from, to, claim, missing) => {
    replace(file, from, to);
    expect(await findMissing(folder)).toEqual({ [claim]: missing });
  });

  test('not in the registry › is reported', async () => {
    expect(await findMissing(folder, { registry: '' })).toEqual({ 'The registry knows it': ['core-bank'] });
  });

  test('folder name not in kebab-case › is reported', async () => {
    const renamed = join(folder, '../Core_Bank');
    renameSync(folder, renamed);
    expect(await findMissing(renamed)).toMatchObject({ 'The folder’s name is in kebab-case': ['Core_Bank'] });
  });

  test('architecture violation › is reported', async () => {
    const findViolations = (sources: { path: string }[]) => sources.slice(0, 1).map(({ path }) => `${path}: no`);
    expect(await findMissing(folder, { findViolations })).toEqual({
      'Its files keep the rules of this repository': [expect.stringMatching(/^server\/connectors\/core-bank\/.*: no$/)],
    });
  });

  test('connector without network › needs no network files', async () => {
    for (const file of ['api.ts', 'mapping.ts', 'fake.ts']) rmSync(join(folder, file));
    cpSync(join(server, 'connectors/directory/definition.ts'), join(folder, 'definition.ts'));
    replace(definition, 'directory = defineConnector', 'coreBank = defineConnector');
    replace(definition, "name: 'directory'", "name: 'core-bank'");
    replace(definition, /^import .*createConnector.*$/m, 'const createConnector = () => ({}) as never;');
    expect(await findMissing(folder)).toEqual({});
  });
});
