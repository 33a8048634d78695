import { describe, expect, it } from 'vitest';
import { createChangeQuota } from './change-quota.ts';

const agent = { account: 'main', uid: 'agent-1' };
const change = { identifiers: 1, bytes: 10 };

describe('change quota', () => {
  it('a change with ten numbers › counts ten times, one without counts once', () => {
    const spend = createChangeQuota({ clock: () => 0, identifiers: { burst: 12, perMinute: 60 } });
    spend(agent, { identifiers: 10, bytes: 10 });
    expect(() => spend(agent, { identifiers: 10, bytes: 10 })).toThrow('too much at once');
    spend(agent, { identifiers: 0, bytes: 10 });
    spend(agent, change);
    expect(() => spend(agent, { identifiers: 0, bytes: 10 })).toThrow();
  });

  it('an agent that reports ever more › is refused until time has passed; other agents are not', () => {
    let now = 0;
    const spend = createChangeQuota({ clock: () => now, identifiers: { burst: 3, perMinute: 60 } });
    for (let count = 0; count < 3; count++) spend(agent, change);
    expect(() => spend(agent, change)).toThrow('too much at once');
    spend({ ...agent, uid: 'agent-2' }, change);
    spend({ ...agent, account: 'other' }, change);
    now += 999;
    expect(() => spend(agent, change)).toThrow();
    now += 1;
    spend(agent, change);
    expect(() => spend(agent, change)).toThrow();
    now += 3_600_000;
    for (let count = 0; count < 3; count++) spend(agent, change);
    expect(() => spend(agent, change)).toThrow();
  });

  it('large reports of few identifiers › are limited by their bytes', () => {
    let now = 0;
    const spend = createChangeQuota({ clock: () => now });
    const large = { identifiers: 0, bytes: 32_000 };
    let stored = 0;
    const store = (count: number) => {
      for (let index = 0; index < count; index++) {
        try {
          spend(agent, large);
          stored += large.bytes;
        } catch {}
      }
    };
    store(200);
    expect(stored).toBeLessThanOrEqual(1_000_000);
    for (let minute = 0; minute < 60; minute++) {
      now += 60_000;
      store(60);
    }
    expect(stored).toBeLessThan(1_500_000);
  });

  it('account and agent join to the same text › are two agents', () => {
    const spend = createChangeQuota({ clock: () => 0, identifiers: { burst: 1, perMinute: 1 } });
    spend({ account: 'a/b', uid: 'c' }, change);
    spend({ account: 'a', uid: 'b/c' }, change);
  });
});
