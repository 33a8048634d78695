import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngagementFacts } from '#contract/engagements.ts';
import { type FactRecord, fingerprintOf, mergeDifference, mergeRead, noFacts } from './merge-facts.ts';

type Difference = { facts: EngagementFacts; at: number };

const facts = fc.record<EngagementFacts>(
  {
    state: fc.constantFrom('active', 'inactive', 'wrap-up', 'end', 'hold'),
    channel: fc.constantFrom('voice', 'messaging', 'email', 'hologram'),
    source: fc.constantFrom('', 'messaging_sms', 'messaging_webChat'),
    assignedAgentName: fc.string(),
    consumers: fc.array(fc.record({ number: fc.constantFrom('+14155550101', '+14155550102') }), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

/** Every difference has its own time. */
const history = fc
  .array(facts, { maxLength: 12 })
  .map((differences): Difference[] => differences.map((one, index) => ({ facts: one, at: 1_000 * (index + 1) })));

const shuffledWithRepeats = (differences: Difference[]) =>
  fc
    .tuple(fc.shuffledSubarray(differences, { minLength: differences.length }), fc.shuffledSubarray(differences))
    .chain(([once, again]) => fc.shuffledSubarray([...once, ...again], { minLength: once.length + again.length }));

const mergeAll = (differences: Difference[], from: FactRecord = noFacts) =>
  differences.reduce((record, { facts: difference, at }) => mergeDifference(record, difference, at), from);

describe('merge of facts', () => {
  it('differences in any order and repetition › the same facts', () => {
    const orders = history.chain((differences) => fc.tuple(fc.constant(differences), shuffledWithRepeats(differences)));
    fc.assert(
      fc.property(orders, ([differences, delivered]) => {
        expect(mergeAll(delivered).facts).toEqual(mergeAll(differences).facts);
      }),
      { numRuns: 500 },
    );
  });

  it('a read between any differences › the same facts', () => {
    const withRead = history.chain((differences) =>
      fc.tuple(fc.constant(differences), shuffledWithRepeats(differences), fc.nat(), fc.nat()),
    );
    fc.assert(
      fc.property(withRead, ([differences, delivered, asked, answered]) => {
        const last = mergeAll(differences);
        const askedAfter = asked % (delivered.length + 1);
        const answeredAfter = askedAfter + (answered % (delivered.length + 1 - askedAfter));
        const before = mergeAll(delivered.slice(0, answeredAfter));
        const read = mergeRead(before, last.facts, askedAfter);
        expect(mergeAll(delivered.slice(answeredAfter), read).facts).toEqual(last.facts);
      }),
      { numRuns: 500 },
    );
  });

  it('an absent field › erases nothing', () => {
    fc.assert(
      fc.property(history, facts, (differences, more) => {
        const before = mergeAll(differences);
        const after = mergeDifference(before, more, null);
        for (const name of Object.keys(before.facts)) expect(after.facts).toHaveProperty(name);
        expect(mergeRead(before, {}, before.turn).facts).toBe(before.facts);
      }),
    );
  });

  it('nothing differs › the same object', () => {
    const record = mergeDifference(noFacts, { state: 'active', consumers: [{ number: '+14155550101' }] }, 5_000);
    expect(mergeDifference(record, { consumers: [{ number: '+14155550101' }] }, 5_000).facts).toBe(record.facts);
  });

  it('consumers › are replaced as a whole', () => {
    const one = mergeDifference(noFacts, { consumers: [{ number: '+14155550101' }] }, null);
    const two = mergeDifference(one, { consumers: [{ number: '+14155550102' }] }, null);
    expect(two.facts.consumers).toEqual([{ number: '+14155550102' }]);
  });

  it('equal or no host time › the later arrival wins', () => {
    const hold = mergeDifference(mergeDifference(noFacts, { state: 'active' }, 5_000), { state: 'inactive' }, 5_000);
    expect(hold.facts.state).toBe('inactive');
    expect(mergeDifference(hold, { state: 'active' }, null).facts.state).toBe('active');
  });

  it('a read › loses only to later differences', () => {
    const before = mergeDifference(noFacts, { state: 'active', channel: 'voice' }, null);
    const meanwhile = mergeDifference(before, { state: 'wrap-up' }, null);
    const read = mergeRead(meanwhile, { state: 'inactive', channel: 'video' }, before.turn);
    expect(read.facts).toEqual({ state: 'wrap-up', channel: 'video' });
  });

  it('fingerprint › differs by consumer, not by state', () => {
    const known: EngagementFacts = { state: 'active', consumers: [{ number: '+14155550101' }] };
    expect(fingerprintOf({ ...known, state: 'wrap-up' })).toBe(fingerprintOf(known));
    expect(fingerprintOf({ ...known, consumers: [{ number: '+14155550102' }] })).not.toBe(fingerprintOf(known));
    expect(fingerprintOf({ ...known, variables: [{ id: 'v', name: 'case', value: 'CS-1' }] })).not.toBe(
      fingerprintOf(known),
    );
  });
});
