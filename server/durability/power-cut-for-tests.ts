/**
 * Power cuts for SQLite's files; power-cut.c records what each fsync made durable. Linux only: elsewhere
 * `powerCutsWork` is false.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('power-cut.c', import.meta.url));

export const powerCutsWork = process.platform === 'linux';

/** Returns the path of the library to preload. */
export function compilePowerCut(folder: string): string {
  const library = join(folder, 'power-cut.so');
  execFileSync(findCompiler(), ['-shared', '-fPIC', '-O2', '-Wall', '-o', library, source, '-ldl'], { stdio: 'pipe' });
  return library;
}

type PowerSupply = {
  /** Of the server that owns the files. */
  environment: NodeJS.ProcessEnv;
  /** Treats the present content of every file as durable. */
  settle(): void;
  /**
   * Only while no process has the files open. Of the unsynced content `nothing` reached the disk, or `parts`: random
   * sectors, as a disk may write them in any order.
   */
  cut(arrived: 'nothing' | 'parts'): void;
};

export function createPowerSupply(library: string, folder: string): PowerSupply {
  const shadows = `${folder}-shadows`;
  const settle = () => {
    rmSync(shadows, { recursive: true, force: true });
    mkdirSync(shadows);
    // The -shm file is derived from the others and is never synced.
    const names = readdirSync(folder).filter((name) => !name.endsWith('-shm'));
    for (const name of names) copyFileSync(join(folder, name), join(shadows, name));
  };
  return {
    environment: { LD_PRELOAD: library, POWER_CUT_FOLDER: folder, POWER_CUT_SHADOWS: shadows },
    settle,
    cut(arrived) {
      for (const name of readdirSync(folder)) {
        const [file, shadow] = [join(folder, name), join(shadows, name)];
        if (!existsSync(shadow)) rmSync(file);
        else if (arrived === 'nothing') copyFileSync(shadow, file);
        else writeFileSync(file, mixSectors(readFileSync(shadow), readFileSync(file)));
      }
    },
  };
}

const sector = 512;

function mixSectors(durable: Buffer, written: Buffer): Buffer {
  const longer = Math.random() < 0.5 ? written.length : durable.length;
  const mixed = Buffer.alloc(longer);
  durable.copy(mixed);
  for (let offset = 0; offset < mixed.length; offset += sector) {
    if (offset < written.length && Math.random() < 0.5) written.copy(mixed, offset, offset, offset + sector);
  }
  return mixed;
}

/** The SQLite driver is compiled too where no binary of it is to be had, so most machines have one. */
function findCompiler(): string {
  const find = () => ['cc', 'gcc', 'clang'].find((name) => spawnSync(name, ['--version']).status === 0);
  if (find() === undefined && process.getuid?.() === 0) installCompiler();
  const found = find();
  if (found !== undefined) return found;
  throw new Error(
    'The power-cut test needs a C compiler. Install one as root (Debian and Ubuntu: apt-get install gcc libc6-dev), ' +
      'or run the test as root on Debian or Ubuntu, where it installs one by itself.',
  );
}

function installCompiler(): void {
  const options = { timeout: 300_000, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  spawnSync('apt-get', ['update'], options);
  const install = ['install', '-y', '--no-install-recommends', 'gcc', 'libc6-dev'];
  spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...install], options);
}
