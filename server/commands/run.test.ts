import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

/** A copy of the launcher without packages, as production has no Vite. `files`: by their paths, with their text. */
function createInstallation(files: Record<string, string> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'deskside-run-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const launcher = join(root, 'server/commands/run.js');
  mkdirSync(join(root, 'server/commands'), { recursive: true });
  mkdirSync(join(root, 'dist/server/commands'), { recursive: true });
  copyFileSync(join(import.meta.dirname, 'run.js'), launcher);
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
  return (...args: string[]) => {
    const env = { ...process.env, DATABASE_URL: 'postgres://host/database' };
    const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, ...args], {
      cwd: root,
      env,
      encoding: 'utf8',
    });
    return { code: status, stdout, stderr };
  };
}

const printArguments = 'process.stdout.write(JSON.stringify(process.argv.slice(2)));';

describe('start of the built server', () => {
  it('there is no build › names the command that makes one', () => {
    const run = createInstallation();
    for (const name of ['main', 'customers']) {
      expect(run(name)).toEqual({ code: 1, stdout: '', stderr: 'The server is not built. Run: npm run build\n' });
    }
  });

  it('there is a build, and no Vite › runs it with the arguments', () => {
    const run = createInstallation({
      'dist/server/main.js': printArguments,
      'dist/server/commands/customers.js': printArguments,
      'package-lock.json': '{}',
    });
    expect(run('main')).toEqual({ code: 0, stdout: '[]', stderr: '' });
    expect(run('customers', 'import', 'file.csv')).toEqual({ code: 0, stdout: '["import","file.csv"]', stderr: '' });
  });
});
