/**
 * Every migration lies in the folder of the feature whose tables it makes: `server/<feature>/migrations/NNNN-name.ts`,
 * or `server/platform/<part>/migrations/`. They are found on disk, so that a new table needs no list, and they are
 * applied in the order of their numbers, which are therefore unique over all folders. A migration that was released is
 * never edited.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Kysely, Migration } from 'kysely';
import { serverFolder } from '../folders.ts';
import type { DatabaseKind } from './schema.ts';

/** The exports of a migration's file. */
type MigrationModule = { up(kind: DatabaseKind): (db: Kysely<unknown>) => Promise<void> };

const listFolders = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));

/**
 * The paths of all migrations under `root`, by their names without the ending. Throws on two with one number.
 */
export function listMigrationFiles(root: string): Map<string, string> {
  const owners = [...listFolders(root), ...listFolders(join(root, 'platform'))];
  const files = owners
    .map((owner) => join(owner, 'migrations'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .sort((a, b) => (basename(a) < basename(b) ? -1 : 1));
  const found = new Map<string, string>();
  let previous = '';
  for (const file of files) {
    const name = basename(file).replace(/\.[jt]s$/, '');
    if (!/^\d{4}-[a-z0-9-]+$/.test(name)) throw new Error(`${file} is not called NNNN-name, as a migration is`);
    if (name.slice(0, 4) === previous.slice(0, 4)) {
      throw new Error(`Two migrations have the number ${name.slice(0, 4)}: ${previous} and ${name}`);
    }
    previous = name;
    found.set(name, file);
  }
  return found;
}

/** All migrations for a database of this kind, by name, as Kysely's migrator takes them. */
export async function findMigrations(kind: DatabaseKind): Promise<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {};
  for (const [name, file] of listMigrationFiles(serverFolder)) {
    const { up } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as MigrationModule;
    migrations[name] = { up: up(kind) };
  }
  return migrations;
}
