import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findMigrations, listMigrationFiles } from './find-migrations.ts';

function createServerFolder(files: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'deskside-migrations-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'platform'));
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), '');
  }
  return folder;
}

describe('migrations', () => {
  it('in folders of features and of the platform › come in the order of their numbers', () => {
    const folder = createServerFolder([
      'zebra/migrations/0001-a.ts',
      'platform/jobs/migrations/0002-b.ts',
      'audit/migrations/0003-c.js',
      'audit/store.ts',
    ]);
    expect([...listMigrationFiles(folder).keys()]).toEqual(['0001-a', '0002-b', '0003-c']);
  });

  it('two with one number › fails with both names', () => {
    const folder = createServerFolder(['notes/migrations/0004-notes.ts', 'queues/migrations/0004-queues.ts']);
    expect(() => listMigrationFiles(folder)).toThrow('number 0004: 0004-notes and 0004-queues');
  });

  it('a file of another name › fails with its path', () => {
    const folder = createServerFolder(['notes/migrations/notes.ts']);
    expect(() => listMigrationFiles(folder)).toThrow('is not called NNNN-name');
  });

  it('this server › has its first three, and none without a function', async () => {
    const migrations = await findMigrations('sqlite');
    expect(Object.keys(migrations).slice(0, 3)).toEqual(['0001-first', '0002-zoom-events', '0003-sources']);
    for (const { up } of Object.values(migrations)) expect(up).toBeTypeOf('function');
  });
});
