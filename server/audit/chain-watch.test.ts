import { beforeEach, describe, expect, it } from 'vitest';
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
let now: number;
let reads: number;
let lines: { level: string; fields: object; text: string | undefined }[];
let gauges: { broken: number[]; verifiedAt: number[] };

beforeEach(() => {
  entries = chainEntries({ sequence: 0, hash: genesisHash }, [
    { ...entry, actor: 'agent-1' },
    { ...entry, actor: 'agent-2' },
  ]);
  now = 1_790_000_000_000;
  reads = 0;
  lines = [];
  gauges = { broken: [], verifiedAt: [] };
});

function open() {
  const { sequence, hash } = entries.at(-1) ?? { sequence: 0, hash: genesisHash };
  const ends = { sequence, hash, deleted_sequence: 0, deleted_hash: genesisHash, key_id: null, seal: null };
  const line = (level: string) => (fields: object, text?: string) => void lines.push({ level, fields, text });
  return createChainWatch({
    store: {
      readEnds: async () => ends,
      readNewestSequence: async () => sequence,
      async readAfter(after) {
        reads += 1;
        return entries.filter((each) => each.sequence > after);
      },
    },
    seal: undefined,
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
});
