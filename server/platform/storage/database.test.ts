import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from './database.ts';

const thisFile = import.meta.filename;

test.each([
  ['postgres://panel:not-to-be-told@127.0.0.1:1/deskside', /ECONNREFUSED/],
  [`sqlite:${join(thisFile, 'deskside.db')}`, /EEXIST|ENOTDIR/],
  [`sqlite:${tmpdir()}`, /EISDIR|unable to open/],
  [`sqlite:${thisFile}`, /not a database/],
])('database › %s cannot be opened › fails with the name of the setting and the reason', async (url, reason) => {
  const refusal = await openDatabase(url).catch((error: unknown) => String(error));
  expect(refusal).toMatch('DATABASE_URL');
  expect(refusal).toMatch(reason);
  expect(refusal).not.toMatch('not-to-be-told');
});
