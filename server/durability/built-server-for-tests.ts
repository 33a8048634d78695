/**
 * The server and its commands, built once for each test file: a child that compiles TypeScript first starts ten times
 * slower, and these tests start hundreds.
 */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { listMigrationFiles } from '../platform/storage/find-migrations.ts';

export type BuiltServer = {
  /** The entry that `npm start` runs. */
  main: string;
  /** The entry of `npm run <name>`. */
  command(name: Command): string;
  /** Preloaded by a child that is to be killed at a named step, or to weaken its database's durability. */
  faults: string;
  remove(): void;
};

const commands = ['customers', 'events', 'sources'] as const;
type Command = (typeof commands)[number];

const root = fileURLToPath(new URL('../..', import.meta.url));

export async function buildServer(): Promise<BuiltServer> {
  const folder = mkdtempSync(join(tmpdir(), 'deskside-server-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    await bundle(join(folder, 'server'));
  } catch (error) {
    remove();
    throw error;
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  // Where main.ts looks for the panel: these tests open none.
  mkdirSync(join(folder, 'dist/client/assets'), { recursive: true });
  writeFileSync(join(folder, 'dist/client/index.html'), '<!doctype html>');
  return {
    main: join(folder, 'server/main.js'),
    command: (name) => join(folder, `server/commands/${name}.js`),
    faults: join(folder, 'server/faults.js'),
    remove,
  };
}

async function bundle(outDir: string): Promise<void> {
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    // The drivers stay outside: one is native, and the faults watch the very copies that the server uses.
    ssr: { noExternal: true, external: ['better-sqlite3', 'pg'] },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: false,
      minify: false,
      target: 'node20',
      rolldownOptions: {
        input: {
          main: join(root, 'server/main.ts'),
          faults: join(root, 'server/durability/faults-for-tests.ts'),
          ...Object.fromEntries(commands.map((name) => [`commands/${name}`, join(root, `server/commands/${name}.ts`)])),
          ...listMigrationInputs(),
        },
      },
    },
  });
}

/** The server reads its migrations from disk, so each stays a file at its own place. */
function listMigrationInputs(): Record<string, string> {
  const files = [...listMigrationFiles(join(root, 'server')).values()];
  return Object.fromEntries(files.map((file) => [relative(join(root, 'server'), file).replace(/\.ts$/, ''), file]));
}
