/**
 * `node server/commands/run.js NAME …` runs the built server (`main`) or one of its commands. JavaScript, because
 * production has no compiler for TypeScript.
 *
 * - The server is not built here: without a build it does not start, and a stale one is the operator's choice.
 * - A command is built first where its build is missing or older than the sources and Vite is installed.
 * - The SQLite driver is built first where SQLite is used and the driver is missing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '../..');
const built = join(root, 'dist/server');

/** @param {string} file */
const modifiedAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function findNewestSource() {
  const files = readdirSync(join(root, 'server'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  return Math.max(...[...files, join(root, 'package-lock.json')].map(modifiedAt));
}

/** @param {string[]} command */
function runOrExit(...command) {
  // On standard error: the output of a command may be read by a program.
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: ['ignore', 2, 'inherit'] });
  if (status !== 0) process.exit(1);
}

/** @param {string} entry */
function buildIfStale(entry) {
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const isFresh = () => modifiedAt(entry) >= findNewestSource();
  if (process.env.NODE_ENV === 'production' || !existsSync(vite) || isFresh()) return;
  const unlock = lockBuild();
  try {
    if (isFresh()) return;
    process.stderr.write('Building the server\n');
    // Built beside and renamed: another command never reads half a build.
    const next = `${built}.${process.pid}`;
    runOrExit(vite, 'build', '--config', 'server/vite.config.ts', '--outDir', next, '--logLevel', 'warn');
    const former = `${next}.former`;
    if (existsSync(built)) renameSync(built, former);
    renameSync(next, built);
    rmSync(former, { recursive: true, force: true });
  } finally {
    unlock();
  }
}

/** One build at a time. A lock that was left behind is broken after five minutes. */
function lockBuild() {
  const lock = `${built}.lock`;
  mkdirSync(join(root, 'dist'), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      const unlock = () => rmSync(lock, { recursive: true, force: true });
      // A build that fails ends the process.
      process.once('exit', unlock);
      return unlock;
    } catch (error) {
      if (!existsSync(lock)) continue;
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
      if (Date.now() - modifiedAt(lock) > 300_000) rmSync(lock, { recursive: true, force: true });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
  }
}

function usesSqlite() {
  try {
    process.loadEnvFile();
  } catch {
    // The server itself reports a file that cannot be read.
  }
  return !/^\s*postgres(ql)?:/.test(process.env.DATABASE_URL ?? '');
}

function hasDriver() {
  return existsSync(join(dirname(require.resolve('better-sqlite3/package.json')), 'build/Release/better_sqlite3.node'));
}

const [name = 'main'] = process.argv.splice(2, 1);
const entry = join(built, name === 'main' ? 'main.js' : `commands/${name}.js`);
if (name !== 'main') buildIfStale(entry);
if (!existsSync(entry)) {
  process.stderr.write('The server is not built. Run: npm run build\n');
  process.exit(1);
}
if (usesSqlite() && !hasDriver()) runOrExit(join(root, 'server/platform/storage/build-sqlite.js'));
await import(pathToFileURL(entry).href);
