import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../platform/storage/database.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../platform/storage/storage-conformance.ts';
import { readAgentDecisions } from './agent-decision-store.ts';
import { createLinkStore, type LinkStore } from './link-store.ts';
import { createVerificationStore } from './verification-store.ts';

describe.each(databasesUnderTest)('link decisions on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let links: LinkStore;
  beforeAll(async () => {
    database = await open();
    links = createLinkStore(database);
  });
  afterAll(() => database.close());

  const decide = (engagementId: string, customerId: string | null, account = 'main', consumerId?: string) =>
    links.append({
      account,
      engagementId,
      customerId,
      consumerId,
      decidedBy: 'agent-1',
      decidedAt: 1_000,
      isConfirmed: true,
    });
  const keyOf = (engagementId: string, account = 'main', uid = 'agent-2') => ({
    account,
    uid,
    engagementId,
    includesShared: true,
  });
  const readDecisions = (engagementId: string, account = 'main') =>
    readAgentDecisions(database.db, { ...keyOf(engagementId, account), until: Number.MAX_SAFE_INTEGER });
  const current = async (engagementId: string, account = 'main') =>
    (await links.readCurrent(keyOf(engagementId, account)))?.customerId;
  const undo = async (engagementId: string) => {
    const decision = await links.readCurrent(keyOf(engagementId));
    if (decision) await links.undo(decision.id, 2_000);
  };

  test('several decisions › the newest is current, and undo goes back one by one', async () => {
    expect(await current('E-1')).toBeUndefined();
    await decide('E-1', 'C-1');
    await decide('E-1', null);
    await decide('E-1', 'C-2');
    expect(await current('E-1')).toBe('C-2');
    await undo('E-1');
    expect(await current('E-1')).toBeNull();
    await undo('E-1');
    expect(await current('E-1')).toBe('C-1');
    await undo('E-1');
    expect(await current('E-1')).toBeUndefined();
    await undo('E-1');
  });

  test.each(['C-1', null])('%j decided twice, also at the same time › is one decision', async (customerId) => {
    const engagementId = `E-twice-${customerId}`;
    await decide(engagementId, 'C-0');
    await Promise.all(Array.from({ length: 8 }, () => decide(engagementId, customerId)));
    await undo(engagementId);
    expect(await current(engagementId)).toBe('C-0');
  });

  test('an agent whom Zoom names only now decides as a colleague did › that customer is current for both', async () => {
    const base = { account: 'main', engagementId: 'E-late', consumerId: undefined, decidedAt: 1_000 };
    await links.append({ ...base, customerId: 'C-Y', decidedBy: 'agent-1', isConfirmed: true });
    await links.append({ ...base, customerId: 'C-X', decidedBy: 'agent-2', isConfirmed: false });
    await links.append({ ...base, customerId: 'C-Y', decidedBy: 'agent-2', isConfirmed: true });
    await links.confirm({ account: 'main', uid: 'agent-2', engagementId: 'E-late' });
    for (const uid of ['agent-1', 'agent-2']) {
      expect((await links.readCurrent(keyOf('E-late', 'main', uid)))?.customerId, uid).toBe('C-Y');
    }
  });

  test('one decision undone twice › the one before it is current', async () => {
    await decide('E-3', 'C-1');
    await decide('E-3', 'C-2');
    const decision = await links.readCurrent(keyOf('E-3'));
    await Promise.all([links.undo(decision?.id ?? 0, 2_000), links.undo(decision?.id ?? 0, 2_001)]);
    expect(await current('E-3')).toBe('C-1');
  });

  test('one decision undone by two processes at once › one of them undoes it', async () => {
    const second = await openDatabase(database.url);
    onTestFinished(second.close);
    await decide('E-7', 'C-1');
    await decide('E-7', 'C-2');
    const { id = 0 } = (await links.readCurrent(keyOf('E-7'))) ?? {};
    const undone = await Promise.all([links.undo(id, 2_000), createLinkStore(second).undo(id, 2_001)]);
    expect(undone.toSorted()).toEqual([false, true]);
    expect(await current('E-7')).toBe('C-1');
  });

  test('one decision undone twice › keeps the time of the first undo', async () => {
    await decide('E-6', 'C-1');
    const decision = await links.readCurrent(keyOf('E-6'));
    for (const at of [2_000, 3_000]) await links.undo(decision?.id ?? 0, at);
    const row = database.db.selectFrom('link_decisions').select('undone_at').where('engagement_id', '=', 'E-6');
    expect(await row.execute()).toEqual([{ undone_at: 2_000 }]);
  });

  test('undone decision › can be made again', async () => {
    await decide('E-4', 'C-1');
    await undo('E-4');
    await decide('E-4', 'C-1');
    expect(await current('E-4')).toBe('C-1');
  });

  test('same engagement id in another account › is another engagement', async () => {
    await decide('E-5', 'C-1');
    await decide('E-5', 'C-2', 'other');
    expect(await current('E-5')).toBe('C-1');
    expect(await current('E-5', 'other')).toBe('C-2');
  });

  test('consumer › is linked by the current decision of each engagement of the account', async () => {
    await decide('E-seen-1', 'directory:C-1', 'main', 'consumer-1');
    await decide('E-seen-1', 'directory:C-2', 'main', 'consumer-1');
    await decide('E-seen-2', 'crm:7', 'main', 'consumer-1');
    await decide('E-seen-3', 'crm:8', 'main', 'consumer-1');
    await undo('E-seen-3');
    await decide('E-seen-4', 'crm:9', 'main', 'consumer-1');
    await decide('E-seen-4', null, 'main', 'consumer-1');
    await decide('E-seen-5', 'crm:10', 'main', 'consumer-2');
    await decide('E-seen-6', 'crm:11', 'other', 'consumer-1');
    expect(await links.findSeenBefore('main', 'consumer-1')).toEqual(['crm:7', 'directory:C-2']);
  });

  test('link state › has the current decision and all verifications, or nothing', async () => {
    expect(await readDecisions('S-1')).toEqual({ decision: undefined, verifications: [] });
    const verifications = createVerificationStore(database);
    const verify = (customerId: string) =>
      verifications.save({
        account: 'main',
        engagementId: 'S-1',
        customerId,
        method: 'document',
        verifiedBy: 'agent-1',
        at: 1_000,
      });
    await verify('C-1');
    await verify('C-2');
    expect(await readDecisions('S-1')).toMatchObject({
      decision: undefined,
      verifications: [
        { customerId: 'C-1', method: 'document', verifiedBy: 'agent-1', at: 1_000 },
        { customerId: 'C-2' },
      ],
    });
    await decide('S-1', 'C-1');
    await decide('S-1', null);
    expect(await readDecisions('S-1')).toMatchObject({
      decision: { customerId: null },
      verifications: [{}, {}],
    });
    await undo('S-1');
    expect(await readDecisions('S-1')).toMatchObject({ decision: { customerId: 'C-1' } });
    expect((await readDecisions('S-1', 'other')).verifications).toEqual([]);
  });

  describe('decision of an agent whom Zoom does not name', () => {
    const decideUnconfirmed = (engagementId: string, customerId: string | null, uid = 'stranger') =>
      links.append({
        account: 'main',
        engagementId,
        customerId,
        consumerId: undefined,
        decidedBy: uid,
        decidedAt: 1_000,
        isConfirmed: false,
      });
    const currentFor = async (engagementId: string, uid: string, includesShared = true) =>
      (await links.readCurrent({ ...keyOf(engagementId, 'main', uid), includesShared }))?.customerId;

    test('two agents decided › each sees their own, the engagement the confirmed one', async () => {
      await decide('P-1', 'C-1');
      await decideUnconfirmed('P-1', 'C-2');
      expect(await currentFor('P-1', 'agent-2')).toBe('C-1');
      expect(await currentFor('P-1', 'stranger', false)).toBe('C-2');
      expect(await currentFor('P-1', 'second-stranger', false)).toBeUndefined();
      const until = Number.MAX_SAFE_INTEGER;
      const own = { ...keyOf('P-1', 'main', 'stranger'), includesShared: false, until };
      expect(await readAgentDecisions(database.db, own)).toMatchObject({ decision: { customerId: 'C-2' } });
    });

    test('the same customer is decided in the engagement › is a decision of its own', async () => {
      await decideUnconfirmed('P-2', 'C-1');
      await decide('P-2', 'C-1');
      expect(await currentFor('P-2', 'agent-2')).toBe('C-1');
    });

    test('confirmed › counts for every agent', async () => {
      await decideUnconfirmed('P-3', 'C-2');
      expect(await currentFor('P-3', 'agent-2')).toBeUndefined();
      await links.confirm({ account: 'main', uid: 'stranger', engagementId: 'P-3' });
      expect(await currentFor('P-3', 'agent-2')).toBe('C-2');
    });

    test('made after a confirmed one › the consumer keeps the confirmed one', async () => {
      await decide('P-4', 'crm:20', 'main', 'consumer-20');
      await decideUnconfirmed('P-4', null);
      expect(await links.findSeenBefore('main', 'consumer-20')).toEqual(['crm:20']);
    });

    test('read up to a time › later decisions and verifications do not count', async () => {
      await decide('P-5', 'C-1');
      const before = { ...keyOf('P-5'), until: 999 };
      expect((await readAgentDecisions(database.db, before)).decision).toBeUndefined();
    });
  });
});
