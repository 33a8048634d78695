import { describe, test } from 'vitest';
import { databasesUnderTest } from './storage-conformance.ts';

describe.each(databasesUnderTest)('$name', ({ open }) => {
  test('a fresh database answers', async () => {
    const database = await open();
    await database.ping();
    await database.close();
  });
});
