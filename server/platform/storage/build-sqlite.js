/**
 * Builds better-sqlite3's native part before the first command that needs a database. `npm ci` runs no install scripts
 * here (`.npmrc`), so that packages run no code on the machine; this one is run by name. JavaScript, because production
 * has no compiler for TypeScript.
 *
 * It is compiled from the package's sources, whose digest stands in package-lock.json. Where there is no C++ compiler,
 * the package's install script downloads a binary, which nothing verifies, so this is not done in production. The
 * compiler gets the headers beside this Node, so that a machine without access to nodejs.org can build too.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

function opensDatabases() {
  // In a child process: a binary that was built for another Node may crash instead of throwing.
  const tried = spawnSync(process.execPath, ['-e', `new (require('better-sqlite3'))(':memory:').close()`], {
    cwd: dirname(require.resolve('better-sqlite3/package.json')),
    stdio: 'ignore',
  });
  return tried.status === 0;
}

/** Variables for npm's build; the user's own `nodedir` takes precedence. */
function headersOfThisNode() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include/node/node_api.h')) ? { npm_config_nodedir: prefix } : {};
}

function hasCompiler() {
  const runs = (/** @type {string} */ name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0;
  return process.platform !== 'win32' && runs('make') && runs('python3') && (runs('c++') || runs('g++'));
}

function buildDriver() {
  const mayDownload = !hasCompiler() && process.env.NODE_ENV !== 'production';
  process.stderr.write(
    mayDownload
      ? 'Fetching the SQLite driver, once: there is no C++ compiler here. The download is not verified by a digest\n'
      : 'Compiling the SQLite driver, once (a minute or two)\n',
  );
  // `npm run -s` around this process would also hide the reason of a failure.
  const rebuild = ['rebuild', 'better-sqlite3', '--ignore-scripts=false', '--foreground-scripts', '--loglevel=error'];
  const built = spawnSync('npm', rebuild, {
    cwd: join(import.meta.dirname, '../../..'),
    env: {
      ...headersOfThisNode(),
      ...process.env,
      ...(!mayDownload && { npm_config_build_from_source: 'true' }),
    },
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (built.status === 0 && opensDatabases()) return;
  process.stderr.write(
    `${built.stdout}${built.stderr}\nThe SQLite driver could not be made; the reason stands above. Compiling it needs ` +
      "Python 3, make, a C++ compiler (Debian: apt-get install python3 make g++) and this Node's headers, which are " +
      'fetched from nodejs.org where they do not lie beside it.\n',
  );
  process.exit(1);
}

if (!opensDatabases()) buildDriver();
