import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngagementFacts } from '#contract/engagements.ts';
import { emptyRecord, type FactRecord, fingerprintOf, mergeAnswer, mergeChange } from './merge-facts.ts';

type Change = { facts: EngagementFacts; at: number };

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

/** Every change has its own time. */
const history = fc
  .array(facts, { maxLength: 12 })
  .map((changes): Change[] => changes.map((one, index) => ({ facts: one, at: 1_000 * (index + 1) })));

const shuffledWithRepeats = (changes: Change[]) =>
  fc
    .tuple(fc.shuffledSubarray(changes, { minLength: changes.length }), fc.shuffledSubarray(changes))
    .chain(([once, again]) => fc.shuffledSubarray([...once, ...again], { minLength: once.length + again.length }));

const mergeAll = (changes: Change[], from: FactRecord = emptyRecord) =>
  changes.reduce((record, { facts: change, at }) => mergeChange(record, change, at), from);

describe('merge of facts', () => {
  it('changes in any order and repetition › the same facts', () => {
    const orders = history.chain((changes) => fc.tuple(fc.constant(changes), shuffledWithRepeats(changes)));
    fc.assert(
      fc.property(orders, ([changes, delivered]) => {
        expect(mergeAll(delivered).facts).toEqual(mergeAll(changes).facts);
      }),
      { numRuns: 500 },
    );
  });

  it('a read between any changes › the same facts', () => {
    const withRead = history.chain((changes) =>
      fc.tuple(fc.constant(changes), shuffledWithRepeats(changes), fc.nat(), fc.nat()),
    );
    fc.assert(
      fc.property(withRead, ([changes, delivered, requested, answered]) => {
        const last = mergeAll(changes);
        const requestedAfter = requested % (delivered.length + 1);
        const answeredAfter = requestedAfter + (answered % (delivered.length + 1 - requestedAfter));
        const before = mergeAll(delivered.slice(0, answeredAfter));
        const read = mergeAnswer(before, last.facts, requestedAfter);
        expect(mergeAll(delivered.slice(answeredAfter), read).facts).toEqual(last.facts);
      }),
      { numRuns: 500 },
    );
  });

  it('an absent field › erases nothing', () => {
    fc.assert(
      fc.property(history, facts, (changes, more) => {
        const before = mergeAll(changes);
        const after = mergeChange(before, more, null);
        for (const name of Object.keys(before.facts)) expect(after.facts).toHaveProperty(name);
        expect(mergeAnswer(before, {}, before.version).facts).toBe(before.facts);
      }),
    );
  });

  it('nothing differs › the same object', () => {
    const record = mergeChange(emptyRecord, { state: 'active', consumers: [{ number: '+14155550101' }] }, 5_000);
    expect(mergeChange(record, { consumers: [{ number: '+14155550101' }] }, 5_000).facts).toBe(record.facts);
  });

  it('consumers › are replaced as a whole', () => {
    const one = mergeChange(emptyRecord, { consumers: [{ number: '+14155550101' }] }, null);
    const two = mergeChange(one, { consumers: [{ number: '+14155550102' }] }, null);
    expect(two.facts.consumers).toEqual([{ number: '+14155550102' }]);
  });

  it('equal or no host time › the later arrival wins', () => {
    const hold = mergeChange(mergeChange(emptyRecord, { state: 'active' }, 5_000), { state: 'inactive' }, 5_000);
    expect(hold.facts.state).toBe('inactive');
    expect(mergeChange(hold, { state: 'active' }, null).facts.state).toBe('active');
  });

  it('a read › loses only to later changes', () => {
    const before = mergeChange(emptyRecord, { state: 'active', channel: 'voice' }, null);
    const meanwhile = mergeChange(before, { state: 'wrap-up' }, null);
    const read = mergeAnswer(meanwhile, { state: 'inactive', channel: 'video' }, before.version);
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
