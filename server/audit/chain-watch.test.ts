import { beforeEach, describe, expect, it } from 'vitest';
import { type ChainSeal, createChainSeal, type SealedEnds } from './chain-seal.ts';
import { createChainWatch } from './chain-watch.ts';
import { chainEntries, genesisHash, type StoredEntry } from './entry-hash.ts';

const hour = 3_600_000;
const entry = {
  account: 'main',
  at: 1,
  action: 'session.sign-in',
  engagement_id: null,
  customer_id: null,
  details: '{}',
};

let entries: StoredEntry[];
let keyId: string;
/** `fits`: that of the ends as they are. */
let sealText: string | null;
let now: number;
let reads: number;
let lines: { level: string; fields: object; text: string | undefined }[];
let gauges: { broken: number[]; verifiedAt: number[] };

beforeEach(() => {
  entries = chainEntries({ sequence: 0, hash: genesisHash }, [
    { ...entry, actor: 'agent-1' },
    { ...entry, actor: 'agent-2' },
  ]);
  keyId = seal.keyId;
  sealText = null;
  now = 1_790_000_000_000;
  reads = 0;
  lines = [];
  gauges = { broken: [], verifiedAt: [] };
});

const seal = createChainSeal(Buffer.alloc(32, 1));

function readEnds(): SealedEnds {
  const { sequence, hash } = entries.at(-1) ?? { sequence: 0, hash: genesisHash };
  const ends = { sequence, hash, deleted_sequence: 0, deleted_hash: genesisHash };
  return { ...ends, key_id: sealText === null ? null : keyId, seal: sealText === 'fits' ? seal.seal(ends) : sealText };
}

function open(options: { seal?: ChainSeal } = {}) {
  const line = (level: string) => (fields: object, text?: string) => void lines.push({ level, fields, text });
  return createChainWatch({
    store: {
      readEnds: async () => readEnds(),
      readNewestSequence: async () => readEnds().sequence,
      async readAfter(after, limit) {
        if (limit > 1) reads += 1;
        return entries.filter((each) => each.sequence > after).slice(0, limit);
      },
    },
    seal: options.seal,
    clock: () => now,
    log: { info: line('info'), error: line('error'), warn: line('warn') } as never,
    metrics: {
      auditBroken: { set: (value: number) => void gauges.broken.push(value) },
      auditVerifiedAt: { set: (value: number) => void gauges.verifiedAt.push(value) },
    } as never,
  });
}

describe('watch of the audit trail', () => {
  it('every hour › logs the head, and verifies once a day', async () => {
    const watch = open();
    for (let hours = 0; hours < 25; hours += 1) {
      await watch.runDue();
      now += hour;
    }
    const head = { sequence: 2, hash: entries[1]?.hash };
    expect(lines).toHaveLength(25);
    expect(lines[0]).toEqual({ level: 'info', fields: head, text: 'head of the audit trail' });
    expect([reads, gauges]).toEqual([2, { broken: [0, 0], verifiedAt: [1_790_000_000, 1_790_086_400] }]);
  });

  it('an entry was changed › sets the alarm and logs which, without its content', async () => {
    entries = entries.map((each) => (each.sequence === 1 ? { ...each, actor: 'agent-3' } : each));
    await open().runDue();
    expect(gauges.broken).toEqual([1]);
    expect(lines[1]).toEqual({
      level: 'error',
      fields: { kind: 'broken', sequence: 1, reason: 'changed' },
      text: 'the audit trail is broken',
    });
    expect(JSON.stringify(lines)).not.toMatch(/agent-/);
  });

  it('stopped while it verifies › says nothing about the trail and verifies at its next start', async () => {
    const watch = open();
    await watch.runDue(AbortSignal.abort());
    expect(gauges.broken).toEqual([]);
    await watch.runDue();
    expect(gauges.broken).toEqual([0]);
  });

  it.each([
    ['a seal that does not fit', () => (sealText = 'AAAA'), 'seal'],
    ['no seal', () => (sealText = null), 'not-sealed'],
    [
      'a seal by another key',
      () => {
        keyId = 'another';
      },
      'other-key',
    ],
  ])(
    '%s with a key set › sets the alarm within the hour, until the trail is sealed again',
    async (_, change, reason) => {
      sealText = 'fits';
      const watch = open({ seal });
      await watch.runDue();
      change();
      now += hour;
      await watch.runDue();
      expect(lines.at(-1)).toMatchObject({ level: 'error', fields: { reason } });
      now += hour;
      await watch.runDue();
      sealText = 'fits';
      keyId = seal.keyId;
      now += hour;
      await watch.runDue();
      expect(gauges.broken).toEqual([0, 1, 1, 0]);
    },
  );

  it('the newest entry is cut off with the ends of that moment › sets the alarm within the hour, and keeps it', async () => {
    sealText = 'fits';
    const watch = open({ seal });
    await watch.runDue();
    entries = entries.slice(0, 1);
    now += hour;
    await watch.runDue();
    const [first] = entries;
    entries = [...entries, ...chainEntries(first as StoredEntry, [{ ...entry, actor: 'agent-9' }])];
    now += 24 * hour;
    await watch.runDue();
    expect(gauges.broken).toEqual([0, 1, 1]);
    expect(lines.at(-1)).toMatchObject({ fields: { reason: 'other-than-known', sequence: 2 } });
  });

  it('the trail is sealed and there is no key › is told, and is no alarm', async () => {
    sealText = 'fits';
    await open().runDue();
    expect(gauges.broken).toEqual([0]);
    expect(lines.at(-1)).toMatchObject({ level: 'warn', text: expect.stringContaining('SECRETS_KEY is not set') });
  });
});
