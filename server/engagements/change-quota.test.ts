import { describe, expect, it } from 'vitest';
import { createChangeQuota } from './change-quota.ts';

const agent = { account: 'main', uid: 'agent-1' };

describe('change quota', () => {
  it('a change with ten numbers › counts ten times, one without counts once', () => {
    const spend = createChangeQuota({ clock: () => 0, burst: 12, perMinute: 60 });
    spend(agent, 10);
    expect(() => spend(agent, 10)).toThrow('too much at once');
    spend(agent, 0);
    spend(agent);
    expect(() => spend(agent, 0)).toThrow();
  });

  it('an agent that reports ever more › is refused until time has passed; other agents are not', () => {
    let now = 0;
    const spend = createChangeQuota({ clock: () => now, burst: 3, perMinute: 60 });
    for (let count = 0; count < 3; count++) spend(agent);
    expect(() => spend(agent)).toThrow('too much at once');
    spend({ ...agent, uid: 'agent-2' });
    spend({ ...agent, account: 'other' });
    now += 999;
    expect(() => spend(agent)).toThrow();
    now += 1;
    spend(agent);
    expect(() => spend(agent)).toThrow();
    now += 3_600_000;
    for (let count = 0; count < 3; count++) spend(agent);
    expect(() => spend(agent)).toThrow();
  });
});
