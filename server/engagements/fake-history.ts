/*
 * Generated histories of engagements with their expected states, and orders in which the events may arrive. For
 * property tests.
 */
import fc from 'fast-check';
import type { EngagementEventKind } from '#contract/engagements.ts';
import type { EngagementEvent } from '../events.ts';
import { caller, composeHistory, type History, type Script, type Step } from './fake-engagement.ts';

const outcome = fc.constantFrom('accepted', 'declined', 'missed', 'canceled');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('hold', 'mute'), isClosed: fc.boolean(), twice: fc.boolean() }),
  fc.record({
    do: fc.constant('transfer' as const),
    how: fc.constantFrom('warm', 'cold'),
    senderLeavesFirst: fc.boolean(),
    isCompleted: fc.boolean(),
    outcome,
  }),
  fc.record({
    do: fc.constant('conference' as const),
    outcome: fc.constantFrom('joined', 'declined', 'missed', 'canceled'),
  }),
  fc.record({
    do: fc.constantFrom(
      ...(['takeover', 'monitor', 'upgrade', 'dtmf', 'message', 'note', 'disposition', 'second-reservation'] as const),
    ),
  }),
);

export const script: fc.Arbitrary<Script> = fc.record({
  unanswered: fc.array(fc.constantFrom('declined', 'missed', 'withdrawn'), { maxLength: 2 }),
  steps: fc.array(
    fc.tuple(step, fc.integer({ min: 1, max: 90_000 })).map(([one, after]) => ({ ...one, after })),
    { maxLength: 7 },
  ),
  end: fc.constantFrom('open', 'abandoned', 'wrapping-up', 'ended'),
});

export const history: fc.Arbitrary<History> = script.map((one) => composeHistory(one));

/** Batches in any order, with some events repeated and some delivered only at the end. */
export function deliveryOf(events: EngagementEvent[]): fc.Arbitrary<EngagementEvent[][]> {
  return fc
    .record({
      once: fc.shuffledSubarray(events, { minLength: events.length }),
      again: fc.shuffledSubarray(events),
      lost: fc.integer({ min: 0, max: 3 }),
      batch: fc.integer({ min: 1, max: 9 }),
    })
    .map(({ once, again, lost, batch }) => {
      const late = once.slice(0, lost);
      const all = [...once.slice(lost), ...again.filter((event) => !late.includes(event)), ...late];
      return Array.from({ length: Math.ceil(all.length / batch) }, (_, index) =>
        all.slice(index * batch, (index + 1) * batch),
      );
    });
}

const flowKinds = new Set<EngagementEventKind>(['started', 'answered', 'disposition', 'ended']);

/**
 * Duplicates from a flow, late and with fewer fields, and from REST, rounded to seconds. They must not change the
 * state.
 */
export function createDuplicates(events: EngagementEvent[]): EngagementEvent[] {
  const consumers = [{ number: caller.number }];
  const byFlow = events
    .filter(({ kind }) => flowKinds.has(kind))
    .map(({ agent, others: _, ...event }, index) => ({
      ...event,
      origin: 'flow' as const,
      key: `flow-${event.key}`,
      at: event.at + 100 + (index % 9) * 7_000,
      facts: { consumers },
      ...(agent && { agent: { email: `${agent.name?.toLowerCase()}@deskside.example` } }),
    }));
  const byRest = events.map((event) => ({
    ...event,
    origin: 'rest' as const,
    key: `rest-${event.key}`,
    at: event.at - (event.at % 1_000),
    facts: {},
  }));
  return [...byFlow, ...byRest];
}
