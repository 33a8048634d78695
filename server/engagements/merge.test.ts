import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EngagementFacts } from '#contract/engagements.ts';
import { mergeFacts } from './merge.ts';

const facts = fc.record(
  {
    state: fc.constantFrom('active', 'wrap-up', 'end'),
    channel: fc.constantFrom('voice', 'messaging'),
    startTime: fc.nat(),
    isTransfer: fc.boolean(),
    consumers: fc.array(fc.record({ number: fc.string() }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<EngagementFacts>;

test('what was not said is never erased, and what was said is there', () => {
  fc.assert(
    fc.property(facts, facts, (known, said) => {
      expect(mergeFacts(known, said)).toEqual({ ...known, ...said });
    }),
  );
});

test('saying the same again answers the very same record, so nothing need be written', () => {
  fc.assert(
    fc.property(facts, facts, (known, said) => {
      const once = mergeFacts(known, said);
      expect(mergeFacts(once, structuredClone(said))).toBe(once);
    }),
  );
});

test('a field that is present but undefined was not said', () => {
  const said = { state: undefined } as unknown as EngagementFacts;
  expect(mergeFacts({ state: 'active' }, said)).toEqual({ state: 'active' });
});

test('consumers are replaced, not appended', () => {
  const known = { consumers: [{ number: '+14155550101' }] };
  expect(mergeFacts(known, { consumers: [{ number: '+14155550102' }] }).consumers).toEqual([
    { number: '+14155550102' },
  ]);
});
