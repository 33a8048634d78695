import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

async function run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/commands/connector.ts', ...args]);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    output.stdout += text;
  });
  child.stderr.on('data', (text) => {
    output.stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, ...output };
}

test('npm run connector › wrong usage › prints the usage, exits 2', async () => {
  const wrong = [['check'], ['check', 'server/nowhere'], ['new', 'Core Bank'], ['new', '../core'], ['draw', 'x']];
  const answers = await Promise.all(wrong.map((args) => run(...args)));
  for (const { code, stderr } of answers) {
    expect(code).toBe(2);
    expect(stderr).toContain('Usage: npm run connector -- check');
  }
  expect(answers[1]?.stderr).toContain('There is no folder server/nowhere');
  expect(answers[3]?.stderr).toContain('"../core" is not kebab-case');
  expect(await run('--help')).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Usage:') });
});

test('npm run connector › new, the folder exists › changes nothing', async () => {
  const { code, stderr } = await run('new', 'directory');
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('is there already') });
});

test('npm run connector › check of the template and its tests › finds nothing missing', {
  timeout: 120_000,
}, async () => {
  const { code, stdout, stderr } = await run('check', 'server/connectors/template');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('✓ There is definition.ts\n');
  expect(stdout).toMatch(/^✓ \d+ sentences hold$/m);
  expect(stdout).not.toContain('✗');
});

test('npm run connector › check of another folder › names what is missing, exits 1', {
  timeout: 120_000,
}, async () => {
  const { code, stdout } = await run('check', 'server/architecture');
  expect(code).toBe(1);
  expect(stdout).toContain('✗ There is definition.ts\n');
  expect(stdout).toContain('✗ There are none: write one, and call the conformance suite in it.');
  expect(stdout).not.toContain('Nothing is missing');
});
