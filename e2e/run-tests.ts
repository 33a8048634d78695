/**
 * `npm test`: every part of the gate in one command. Static checks end the run at their first failure; every part that
 * runs tests is run whatever the others gave. Prints the time of each part and, as the last line, the tests counted.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

type Count = { passed: number; failed: number };
type Part = { name: string; command: string; count?: () => Count };

const root = join(import.meta.dirname, '..');
const results = join(root, 'node_modules/.cache/deskside/test-results');

const parts: Part[] = [
  { name: 'SQLite driver', command: 'npm run -s sqlite' },
  { name: 'format and lint', command: 'biome ci --error-on-warnings .' },
  { name: 'types', command: 'tsc -b' },
  vitestPart('unit'),
  vitestPart('loopback'),
  vitestPart('storage'),
  vitestPart('durability'),
  { name: 'e2e', command: 'npm run -s e2e', count: () => countPlaywright(read('playwright')) },
];

function vitestPart(project: string): Part {
  return {
    name: project,
    command: `vitest run --project ${project} --reporter default --reporter json --outputFile.json ${resultFile(project)}`,
    count: () => countVitest(read(project)),
  };
}

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const lines: string[] = [];
const total: Count = { passed: 0, failed: 0 };
let isGreen = true;
for (const part of parts) {
  const begin = performance.now();
  const succeeded = await run(part.command);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1).padStart(7);
  const count = part.count?.();
  total.passed += count?.passed ?? 0;
  total.failed += count?.failed ?? 0;
  const counted = count ? `  ${count.passed} passed, ${count.failed} failed` : '';
  lines.push(`${part.name.padEnd(16)}${seconds} s${counted}${succeeded ? '' : '  FAILED'}`);
  isGreen &&= succeeded;
  if (!succeeded && !part.count) break;
}
const minutes = (performance.now() / 60_000).toFixed(1);
process.stdout.write(`\n${lines.join('\n')}\nwhole: ${minutes} min\n${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = isGreen ? 0 : 1;

function run(command: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, {
      cwd: root,
      stdio: 'inherit',
      shell: true,
      env: { ...process.env, HISTORIES: '10000' },
    });
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
}

function resultFile(name: string): string {
  return join(results, `${name}.json`);
}

/** A part that broke before its first test has written no results. */
function read(name: string): unknown {
  try {
    return JSON.parse(readFileSync(resultFile(name), 'utf8'));
  } catch {
    return undefined;
  }
}

function countVitest(result: unknown): Count {
  const { numPassedTests = 0, numFailedTests = 0 } = (result ?? {}) as Record<string, number>;
  return { passed: numPassedTests, failed: numFailedTests };
}

function countPlaywright(result: unknown): Count {
  const {
    expected = 0,
    unexpected = 0,
    flaky = 0,
  } = (result as { stats?: Record<string, number> } | undefined)?.stats ?? {};
  return { passed: expected, failed: unexpected + flaky };
}
