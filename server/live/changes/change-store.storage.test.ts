import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../platform/storage/database.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../../platform/storage/storage-conformance.ts';
import { type ChangeStore, createChangeStore } from './change-store.ts';

describe.each(databasesUnderTest)('change store on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let store: ChangeStore;
  beforeEach(async () => {
    database = await open();
    store = createChangeStore(database);
  });
  afterEach(() => database.close());

  const append = (account: string, engagementIds: string[], now = 1_000) =>
    database.db.transaction().execute((transaction) =>
      store.append(
        transaction,
        account,
        engagementIds.map((engagementId) => ({ engagementId, agentIds: ['agent-1'] })),
        now,
      ),
    );
  const idsAfter = async (account: string, id = 0) => (await store.readAfter(account, id, 100)).map((each) => each.id);

  it('changes are appended › are read in order, by account', async () => {
    await append('a', ['E-1', 'E-2']);
    await append('b', ['E-3']);
    await append('a', ['E-1']);
    expect(await store.readAfter('a', 1, 100)).toEqual([
      { id: 2, engagementId: 'E-2', agentIds: ['agent-1'] },
      { id: 3, engagementId: 'E-1', agentIds: ['agent-1'] },
    ]);
    expect(await store.readAfter('a', 0, 1)).toHaveLength(1);
    expect(await idsAfter('b')).toEqual([1]);
    expect(await store.readLast('a')).toBe(3);
    expect(await store.readLast('nobody')).toBe(0);
    expect(await store.readCursors(['a', 'b', 'nobody'])).toEqual(
      new Map([
        ['a', 3],
        ['b', 1],
      ]),
    );
  });

  it('a transaction fails › no id is left out', async () => {
    await append('a', ['E-1']);
    const failing = database.db.transaction().execute(async (transaction) => {
      await store.append(transaction, 'a', [{ engagementId: 'E-2', agentIds: [] }], 1_000);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    await append('a', ['E-3']);
    expect(await idsAfter('a')).toEqual([1, 2]);
  });

  it('many write at once › no id is seen before a smaller one', async () => {
    const other = await openDatabase(database.url);
    const elsewhere = createChangeStore(other);
    let isWriting = true;
    const read = async () => {
      let cursor = 0;
      for (let isLastLook = false; !isLastLook; ) {
        isLastLook = !isWriting;
        await nextTurn();
        for (const { id } of await elsewhere.readAfter('a', cursor, 7)) {
          expect(id).toBe(cursor + 1);
          cursor = id;
          isLastLook = false;
        }
      }
      return cursor;
    };
    const write = async (from: typeof database | typeof other) => {
      for (let round = 0; round < 20; round++) {
        await from.db.transaction().execute(async (transaction) => {
          await store.append(transaction, 'a', [{ engagementId: 'E-1', agentIds: [] }], 1_000);
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
        });
      }
    };
    const reading = Promise.all([read(), read()]);
    await Promise.all([write(database), write(database), write(other), write(other)]);
    isWriting = false;
    expect(await reading).toEqual([80, 80]);
    await other.close();
  });

  it('old changes are deleted › the oldest first, without a hole, and ids continue', async () => {
    await append('a', ['E-1'], 1_000);
    await append('a', ['E-2'], 5_000);
    // Written by a process whose clock is behind.
    await append('a', ['E-3'], 2_000);
    await append('b', Array<string>(6_000).fill('E-4'), 1_000);
    expect(await store.deleteBefore(3_000, 1_000)).toBe(1_000);
    while ((await store.deleteBefore(3_000, 1_000)) > 0);
    expect(await idsAfter('a')).toEqual([2, 3]);
    expect(await idsAfter('b')).toEqual([]);
    expect(await store.readLast('b')).toBe(6_000);
    await append('b', ['E-4'], 6_000);
    expect(await idsAfter('b')).toEqual([6_001]);
  });
});
