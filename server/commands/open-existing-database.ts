import { existsSync } from 'node:fs';
import { type Database, openDatabase } from '../platform/storage/database.ts';

/** For commands that read: opening a SQLite file that is not there would make it, and an empty answer would mislead. */
export async function openExistingDatabase(url: string): Promise<Database> {
  const file = /^sqlite:(.+)$/.exec(url)?.[1];
  if (file !== undefined && file !== ':memory:' && !existsSync(file)) {
    throw new Error(`There is no database at ${file}. Check DATABASE_URL; the server makes it at its first start.`);
  }
  return openDatabase(url);
}
