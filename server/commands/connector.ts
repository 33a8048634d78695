import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findViolations } from '../architecture/find-violations.ts';
import type { Finding } from '../connectors/tools/check-definition.ts';
import { checkFolder } from '../connectors/tools/check-folder.ts';
import { copyTemplate, toCamelCase } from '../connectors/tools/copy-template.ts';
import { readTestReport, type TestReport } from '../connectors/tools/read-test-report.ts';
import { runCommandLine } from '../platform/command-line.ts';

const usage = `Usage: npm run connector -- check server/connectors/FOLDER
       npm run connector -- new NAME

  check   says what a connector lacks, then holds it to its tests: first those that hold every connector
  new     begins one: server/connectors/NAME, from the template. NAME in kebab-case, such as core-bank

Exit code: 0 nothing is missing, 1 something is, 2 wrong usage. How to write one: server/connectors/README.md
`;

const root = fileURLToPath(new URL('../..', import.meta.url));
const connectors = join(root, 'server/connectors');

type Command = { verb: 'check'; folder: string } | { verb: 'new'; name: string };

/** A text is the reason why not. */
function readCommand(args: string[]): Command | string {
  const [verb, what, ...others] = parseArgs({ args, allowPositionals: true, options: {} }).positionals;
  if (what === undefined || others.length > 0) return 'Say what to do: check FOLDER or new NAME.';
  if (verb === 'check') {
    if (!existsSync(what) || !statSync(what).isDirectory()) return `There is no folder ${what}.`;
    return { verb, folder: what };
  }
  if (verb !== 'new') return `"${verb}" is not something to do: check and new are.`;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(what)) return `"${what}" is not kebab-case, such as core-bank.`;
  return { verb, name: what };
}

async function run(command: Command): Promise<number> {
  return command.verb === 'check' ? check(command.folder) : begin(command.name);
}

function begin(name: string): number {
  const to = join(connectors, name);
  const files = copyTemplate({ from: join(connectors, 'template'), to, name });
  const folder = relative(process.cwd(), to);
  say(`Made ${folder}: ${files.join(', ')}.
Next: take the decisions that its comments ask for, put ${toCamelCase(name)} into server/connectors/registry.ts, and run
  npm run connector -- check ${folder}
`);
  return 0;
}

async function check(folder: string): Promise<number> {
  const registry = readFileSync(join(connectors, 'registry.ts'), 'utf8');
  const findings = await checkFolder(folder, { registry, findViolations });
  for (const finding of findings) say(describeFinding(finding));
  const missing = findings.filter(({ missing }) => missing.length > 0);
  say(`\nIts tests:\n`);
  const tests = runTests(folder);
  for (const { sentence, problem } of tests.failed) say(`✗ ${sentence}\n    ${problem}\n`);
  if (tests.failed.length > 0) say(`    → For the whole of it: npx vitest run ${folder}\n`);
  if (tests.passed > 0) say(`✓ ${tests.passed} ${tests.passed === 1 ? 'sentence holds' : 'sentences hold'}\n`);
  if (tests.passed + tests.failed.length === 0)
    say('✗ There are none: write one, and call the conformance suite in it.\n');
  const isWhole = missing.length === 0 && tests.failed.length === 0 && tests.passed > 0;
  say(isWhole ? '\nNothing is missing.\n' : `\n${missing.length + tests.failed.length || 1} to do.\n`);
  return isWhole ? 0 : 1;
}

function describeFinding({ claim, missing, remedy }: Finding): string {
  if (missing.length === 0) return `✓ ${claim}\n`;
  return `✗ ${claim}\n${missing.map((one) => `    not so: ${one}\n`).join('')}    → ${remedy}\n`;
}

/** In a process of their own, for they are Vitest's. Its own words are shown only where it has no report to give. */
function runTests(folder: string): TestReport {
  const place = mkdtempSync(join(tmpdir(), 'deskside-connector-'));
  try {
    const file = join(place, 'report.json');
    const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
    const tests = `${relative(root, resolve(folder))}/`;
    const args = ['run', '--reporter=json', `--outputFile=${file}`, tests];
    const ended = spawnSync(process.execPath, [vitest, ...args], { cwd: root, encoding: 'utf8' });
    if (!existsSync(file)) return { passed: 0, failed: [{ sentence: 'The tests run', problem: ended.stderr.trim() }] };
    return readTestReport(JSON.parse(readFileSync(file, 'utf8')), root);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function say(text: string): void {
  process.stdout.write(text);
}

process.exitCode = await runCommandLine({ usage, read: readCommand, run }, process.argv.slice(2));
