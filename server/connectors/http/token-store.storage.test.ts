import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSeal } from '../../platform/seal.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../../platform/storage/storage-conformance.ts';
import { createTokenStore } from './token-store.ts';

const storedToken = {
  token: 'secret-token',
  baseUrl: 'https://acme.example',
  request: 'digest',
  until: 1_700_000_000_000,
};

describe.each(databasesUnderTest)('token store on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  const seal = createSeal(randomBytes(32));
  beforeEach(async () => {
    database = await open();
  });
  afterEach(() => database.close());

  test('several writes › the latest of each connection is read', async () => {
    const store = createTokenStore({ database, seal });
    expect(await store.read('crm')).toBeUndefined();
    await store.write('crm', { ...storedToken, token: 'earlier' });
    await store.write('crm', storedToken);
    await store.write('other', { ...storedToken, token: 'others', baseUrl: undefined });
    expect(await store.read('crm')).toEqual(storedToken);
    expect(await store.read('other')).toMatchObject({ token: 'others', baseUrl: undefined });
  });

  test('stored token › is not readable in the database', async () => {
    await createTokenStore({ database, seal }).write('crm', storedToken);
    const rows = await database.db.selectFrom('connection_tokens').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain('secret-token');
    expect(rows).toMatchObject([{ connection: 'crm', expires_at: storedToken.until }]);
  });

  test('other row or key › is not decrypted', async () => {
    const store = createTokenStore({ database, seal });
    await store.write('crm', storedToken);
    const { sealed } = await database.db.selectFrom('connection_tokens').select('sealed').executeTakeFirstOrThrow();
    await database.db
      .insertInto('connection_tokens')
      .values({ connection: 'other', sealed, expires_at: storedToken.until })
      .execute();
    expect(await store.read('other')).toBeUndefined();
    expect(await createTokenStore({ database, seal: createSeal(randomBytes(32)) }).read('crm')).toBeUndefined();
    expect(await store.read('crm')).toEqual(storedToken);
  });
});
