import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createApp } from './app.ts';
import { loadConfig } from './platform/config.ts';
import { createLog } from './platform/log.ts';
import { openDatabase } from './platform/storage/database.ts';

it('retention › any table of the schema › has a class and a period, or a reason to have none', async () => {
  const config = loadConfig({
    DATABASE_URL: 'sqlite::memory:',
    ZOOM_CLIENT_ID: 'client-1',
    ZOOM_CLIENT_SECRET: 'a secret of the app',
  });
  if (config.kind === 'malformed') throw new Error(config.problems.join());
  const panelDirectory = mkdtempSync(join(tmpdir(), 'deskside-panel-'));
  onTestFinished(() => rmSync(panelDirectory, { recursive: true }));
  writeFileSync(join(panelDirectory, 'index.html'), '');
  const app = await createApp(config.value, { log: createLog('silent'), panelDirectory });
  const { db, close } = await openDatabase('sqlite::memory:');
  onTestFinished(close);
  const tables = (await db.introspection.getTables()).map(({ name }) => name).sort();
  const ruled = [...new Set(app.retentionRules.map(({ table }) => table))].sort();
  expect(ruled).toEqual(tables);
});
