import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRetention, type RetentionRule } from './retention.ts';

const start = 1_790_000_000_000;
const hour = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ now: start }));
afterEach(() => void vi.useRealTimers());

/** A rule over so many old rows. */
function createRule(rows: number, rule: { table?: RetentionRule['table']; periodMs?: number; everyMs?: number } = {}) {
  const remove = vi.fn(async (_before: number, limit: number) => {
    const count = Math.min(limit, rows);
    rows -= count;
    return count;
  });
  return { rule: { table: 'leases', class: 'operational', periodMs: hour, delete: remove, ...rule } as const, remove };
}

function startRetention(rules: RetentionRule[]) {
  const log = { warn: vi.fn() };
  const retention = createRetention({ rules, clock: Date.now, log });
  retention.start();
  onTestFinished(() => retention.stop());
  return { retention, log };
}

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('retention', () => {
  it('many old rows › are deleted in batches with pauses, then the rule rests for an hour', async () => {
    const { rule, remove } = createRule(500);
    startRetention([rule]);
    await advance(0);
    expect(remove.mock.calls).toEqual([[start - hour, 200]]);
    await advance(1_000);
    expect(remove).toHaveBeenCalledTimes(3);
    await advance(hour - 2 * 60_000);
    expect(remove).toHaveBeenCalledTimes(3);
    await advance(3 * 60_000);
    expect(remove).toHaveBeenCalledTimes(4);
  });

  it('a rule with an interval of its own › runs at that interval', async () => {
    const { rule, remove } = createRule(0, { everyMs: 60_000 });
    startRetention([rule]);
    await advance(0);
    await advance(60_000);
    await advance(60_000);
    expect(remove).toHaveBeenCalledTimes(3);
  });

  it('a rule that fails › is logged with its table and holds up no other', async () => {
    const broken = { ...createRule(0).rule, delete: () => Promise.reject(new Error('down')) };
    const { rule, remove } = createRule(1);
    const { log } = startRetention([broken, rule]);
    await advance(0);
    expect(log.warn).toHaveBeenCalledWith(expect.objectContaining({ table: 'leases' }), expect.any(String));
    expect(remove).toHaveBeenCalledOnce();
  });

  it('stopped between two batches › deletes no more', async () => {
    const { rule, remove } = createRule(10_000);
    const { retention } = startRetention([rule]);
    await advance(0);
    await retention.stop();
    await advance(hour);
    expect(remove).toHaveBeenCalledOnce();
  });

  it('permanent and bounded tables › are left alone', async () => {
    const { log } = startRetention([{ table: 'leases', class: 'bounded', reason: 'one row for each name' }]);
    await advance(hour);
    expect(log.warn).not.toHaveBeenCalled();
  });
});
