/**
 * The server and its commands, built once for a run of all tests, else once for each test file: a child that compiles
 * TypeScript first starts ten times slower, and these tests start hundreds.
 */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export type BuiltServer = {
  folder: string;
  /** The entry that `npm start` runs. */
  main: string;
  /** The entry of `npm run <name>`. */
  command(name: 'audit' | 'customers' | 'events' | 'sessions' | 'sources'): string;
  /** Preloaded by a child that is to be killed at a named step, or to weaken its database's durability. */
  faults: string;
  remove(): void;
};

const root = fileURLToPath(new URL('..', import.meta.url));

/** `BUILT_SERVER`: the folder of one that is built already and that others use too. */
export async function buildServer(): Promise<BuiltServer> {
  const shared = process.env.BUILT_SERVER;
  if (shared !== undefined) return describeBuilt(shared, () => undefined);
  const folder = mkdtempSync(join(tmpdir(), 'deskside-server-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const outDir = join(folder, 'dist/server');
  try {
    await build({
      configFile: join(root, 'server/vite.config.ts'),
      logLevel: 'warn',
      build: { outDir, rolldownOptions: { input: { faults: join(root, 'server/durability/faults-for-tests.ts') } } },
    });
  } catch (error) {
    remove();
    throw error;
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  // Where the server looks for the panel: these tests open none.
  mkdirSync(join(folder, 'dist/client/assets'), { recursive: true });
  writeFileSync(join(folder, 'dist/client/index.html'), '<!doctype html>');
  return describeBuilt(folder, remove);
}

function describeBuilt(folder: string, remove: () => void): BuiltServer {
  const outDir = join(folder, 'dist/server');
  return {
    folder,
    main: join(outDir, 'main.js'),
    command: (name) => join(outDir, `commands/${name}.js`),
    faults: join(outDir, 'faults.js'),
    remove,
  };
}
