/**
 * `npm test`: every part of the gate in one command. Static checks end the run at their first failure; every part that
 * runs tests is run whatever the others gave. Prints the failed tests, the time of each part and, as the last line, the
 * number of tests.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { buildServer } from '../server/built-server-for-tests.ts';
import { readTestReport, type TestReport } from '../server/connectors/tools/read-test-report.ts';
import { readPlaywrightReport } from './read-playwright-report.ts';

type Part = { name: string; command: string; read?: (json: unknown) => TestReport };

const root = join(import.meta.dirname, '..');
const reports = join(root, 'node_modules/.cache/deskside/test-results');

const driver: Part = { name: 'SQLite driver', command: 'npm run -s sqlite' };
const checks: Part[] = [
  { name: 'format and lint', command: 'biome ci --error-on-warnings .' },
  { name: 'types', command: 'tsc -b' },
  {
    name: 'builds',
    command: ['', ' --config server/vite.config.ts', ' --config e2e/simulator/vite.config.ts']
      .map((config) => `vite build${config}`)
      .join(' && '),
  },
  { name: 'Chromium', command: 'tsx e2e/find-chromium.ts' },
];
const cores = availableParallelism();
/** They need no SQLite. More workers than cores, for half of their time is waiting. */
const withoutSqlite: Part[] = [
  vitestPart({ project: 'loopback', options: `--maxWorkers ${2 * cores}` }),
  vitestPart({ project: 'unit', folders: 'client' }),
];
/**
 * The parts of a lane run one after another, the lanes beside each other: servers that are killed or wait for their
 * database leave a core idle. Browsers come last and by themselves.
 */
const lanes: Part[][] = [
  [
    vitestPart({ project: 'unit', folders: 'server e2e' }),
    vitestPart({ project: 'storage', options: `--maxWorkers ${Math.ceil(1.5 * cores)}` }),
  ],
  [vitestPart({ project: 'durability', options: '--maxWorkers 1' })],
];
const browsers: Part = {
  name: 'e2e',
  command: 'playwright test --config e2e/playwright.config.ts',
  read: readPlaywrightReport,
};

/** `folders`: only the tests in these. */
function vitestPart({ project, folders = '', options = '' }: { project: string; folders?: string; options?: string }) {
  const name = `${project} ${folders}`.trim();
  const report = `--reporter default --reporter json --outputFile.json "${reportFile(name)}"`;
  const filters = folders.replaceAll(/\w+/g, '$&/');
  return {
    name,
    command: `vitest run --project ${project} ${report} ${options} ${filters}`,
    read: (json: unknown) => readTestReport(json, root),
  };
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const environment: NodeJS.ProcessEnv = { ...process.env, HISTORIES: '10000' };
const lines: string[] = [];
const failedTests: string[] = [];
let isGreen = true;
let passed = 0;
let failed = 0;

// The driver may have to be compiled, on one core; what needs no SQLite uses the other meanwhile.
const isPrepared = await Promise.all([runPart(driver), runChecks()]);
if (isPrepared.every(Boolean)) {
  const built = await buildServer();
  environment.BUILT_SERVER = built.folder;
  await Promise.all(lanes.map(runLane));
  built.remove();
  await runPart(browsers);
}
const minutes = (performance.now() / 60_000).toFixed(1);
process.stdout.write(`\n${[...failedTests, ...lines].join('\n')}\nwhole: ${minutes} min\n`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = isGreen ? 0 : 1;

async function runChecks(): Promise<boolean> {
  for (const check of checks) if (!(await runPart(check))) return false;
  await runLane(withoutSqlite);
  return true;
}

async function runLane(parts: Part[]): Promise<void> {
  for (const part of parts) await runPart(part);
}

async function runPart({ name, command, read }: Part): Promise<boolean> {
  const begin = performance.now();
  const succeeded = await run(command);
  const seconds = ((performance.now() - begin) / 1_000).toFixed(1).padStart(7);
  let counted = '';
  let hasFailures = false;
  if (read) {
    const report = readReport(name, read);
    passed += report.passed;
    failed += report.failed.length;
    hasFailures = report.failed.length > 0 || report.passed === 0;
    failedTests.push(...report.failed.map(({ sentence, problem }) => `FAILED ${name}: ${sentence} (${problem})`));
    counted = `  ${report.passed} passed, ${report.failed.length} failed`;
  }
  isGreen &&= succeeded && !hasFailures;
  lines.push(`${name.padEnd(18)}${seconds} s${counted}${succeeded && !hasFailures ? '' : '  FAILED'}`);
  return succeeded;
}

function run(command: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, { cwd: root, stdio: 'inherit', shell: true, env: environment });
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
}

function reportFile(name: string): string {
  return join(reports, `${name}.json`);
}

/** A part that broke before its first test has written no report, which is a failure too. */
function readReport(name: string, read: (json: unknown) => TestReport): TestReport {
  try {
    return read(JSON.parse(readFileSync(reportFile(name), 'utf8')));
  } catch {
    return {
      passed: 0,
      failed: [{ sentence: 'the tests can be run', problem: 'there is no report that can be read' }],
    };
  }
}
