import { join, relative } from 'node:path';
import { defineConfig } from 'vite';
import { listMigrationFiles } from './platform/storage/find-migrations.ts';

const here = import.meta.dirname;

const commands = ['audit', 'customers', 'events', 'sessions', 'sources'];

/** Entries by their path under `dist/server`, which is that of their source. */
const toEntries = (files: string[]) =>
  Object.fromEntries(files.map((file) => [relative(here, file).replace(/\.ts$/, ''), file]));

/** The server as JavaScript: without the compiler at its start, and with what its start loads in a few files. */
export default defineConfig({
  root: here,
  // SQLite's driver is native, and the tests' faults watch the very drivers that the server uses.
  ssr: { noExternal: true, external: ['better-sqlite3', 'pg'] },
  build: {
    ssr: true,
    outDir: '../dist/server',
    emptyOutDir: true,
    // Readable stacks without source maps, which would cost 25 MB of memory and 0.2 s at the start.
    minify: false,
    target: 'node20',
    rolldownOptions: {
      input: toEntries([
        join(here, 'main.ts'),
        ...commands.map((name) => join(here, `commands/${name}.ts`)),
        // The server reads its migrations from disk, so each stays a file at its own place.
        ...listMigrationFiles(here).values(),
      ]),
    },
  },
});
