import { describe, expect, it } from 'vitest';
import { combineFeatures, type Feature } from './feature.ts';

/** Notes in `calls` when it is started, drained and stopped, each of which takes a moment. */
function createFakeFeature(name: string, calls: string[]): Feature {
  const note = (step: string) => async () => {
    calls.push(`${step} ${name}`);
    await Promise.resolve();
    calls.push(`${step} ${name} done`);
  };
  return {
    retention: [{ table: 'leases', class: 'bounded', reason: name }],
    start: note('start'),
    drain: note('drain'),
    stop: note('stop'),
  };
}

describe('combined features', () => {
  it('start › waits for each before the next, in order', async () => {
    const calls: string[] = [];
    await combineFeatures([createFakeFeature('a', calls), {}, createFakeFeature('b', calls)]).start();
    expect(calls).toEqual(['start a', 'start a done', 'start b', 'start b done']);
  });

  it('drain › runs all at the same time', async () => {
    const calls: string[] = [];
    await combineFeatures([createFakeFeature('a', calls), createFakeFeature('b', calls)]).drain();
    expect(calls).toEqual(['drain a', 'drain b', 'drain a done', 'drain b done']);
  });

  it('stop › waits for each before the one listed before it', async () => {
    const calls: string[] = [];
    await combineFeatures([createFakeFeature('a', calls), createFakeFeature('b', calls)]).stop();
    expect(calls).toEqual(['stop b', 'stop b done', 'stop a', 'stop a done']);
  });

  it('lists › hold the parts of every feature in order', () => {
    const { retention, routes } = combineFeatures([createFakeFeature('a', []), {}, createFakeFeature('b', [])]);
    expect(retention.map((rule) => 'reason' in rule && rule.reason)).toEqual(['a', 'b']);
    expect(routes).toEqual([]);
  });
});
