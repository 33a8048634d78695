import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from './database.ts';

describe('database file', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'deskside-file-'));
    // As a folder that was there before, which others may enter.
    chmodSync(folder, 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const modes = () =>
    Object.fromEntries(
      readdirSync(folder).map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)]),
    );
  const protectedModes = { 'deskside.db': '600', 'deskside.db-shm': '600', 'deskside.db-wal': '600' };

  it('created in a folder that others may enter › is for its owner alone', async () => {
    const database = await openDatabase(`sqlite:${join(folder, 'deskside.db')}`);
    expect(modes()).toEqual(protectedModes);
    await database.close();
  });

  it('readable by others from before › is for its owner alone after it is opened', async () => {
    for (const name of Object.keys(protectedModes)) {
      writeFileSync(join(folder, name), '');
      chmodSync(join(folder, name), 0o644);
    }
    const database = await openDatabase(`sqlite:${join(folder, 'deskside.db')}`);
    expect(modes()).toEqual(protectedModes);
    await database.close();
  });
});
