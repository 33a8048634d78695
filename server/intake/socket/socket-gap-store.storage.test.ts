import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DatabaseUnderTest, databasesUnderTest } from '../../platform/storage/storage-conformance.ts';
import { createSocketGapStore, type SocketGapStore } from './socket-gap-store.ts';

describe.each(databasesUnderTest)('gaps of the WebSocket on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let gaps: SocketGapStore;
  beforeEach(async () => {
    database = await open();
    gaps = createSocketGapStore(database, 'acme');
  });
  afterEach(() => database.close());

  const list = () => database.db.selectFrom('socket_gaps').select(['account', 'from_at', 'until_at']).execute();

  test('a second open › keeps the first gap', async () => {
    await gaps.open(1_700_000_000_000);
    await gaps.open(1_700_000_005_000);
    expect(await list()).toEqual([{ account: 'acme', from_at: 1_700_000_000_000, until_at: null }]);
  });

  test('close › returns the gap that ended, once', async () => {
    await gaps.open(1_700_000_000_000);
    expect(await gaps.close(1_700_000_009_000)).toEqual([{ from: 1_700_000_000_000, until: 1_700_000_009_000 }]);
    expect(await gaps.close(1_700_000_010_000)).toEqual([]);
    await gaps.open(1_700_000_020_000);
    expect((await list()).map((row) => row.until_at)).toEqual([1_700_000_009_000, null]);
  });

  test('an end before the start › ends at the start', async () => {
    await gaps.open(1_700_000_000_000);
    expect(await gaps.close(1_600_000_000_000)).toEqual([{ from: 1_700_000_000_000, until: 1_700_000_000_000 }]);
  });

  test('gaps of another account › stay', async () => {
    const others = createSocketGapStore(database, 'other');
    await others.open(1);
    await gaps.open(2);
    expect(await gaps.close(3)).toEqual([{ from: 2, until: 3 }]);
    expect(await others.close(4)).toEqual([{ from: 1, until: 4 }]);
  });

  test('last heartbeat › is stored and never decreases', async () => {
    expect(await gaps.readLastHeartbeat()).toBeUndefined();
    await gaps.recordHeartbeat(1_700_000_000_000);
    await gaps.recordHeartbeat(1_700_000_030_000);
    await gaps.recordHeartbeat(1_700_000_010_000);
    expect(await gaps.readLastHeartbeat()).toBe(1_700_000_030_000);
  });
});
