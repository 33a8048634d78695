import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngagementEvent } from '../events.ts';
import { addEvents } from './event-set.ts';
import type { Expected } from './fake-engagement.ts';
import { createDuplicates, deliveryOf, history } from './fake-history.ts';
import { type ReducedEngagement, reduceEvents } from './reduce-events.ts';

const delivered = history.chain(({ events, expected }) =>
  deliveryOf(events).map((batches) => ({ events, expected, batches })),
);

/** `npm test` sets 10,000. */
const numRuns = Number(process.env.HISTORIES ?? 1_000);

describe('generated histories', () => {
  test('any delivery › the expected state', () => {
    fc.assert(
      fc.property(delivered, ({ events, expected, batches }) => {
        const inOneGo = reduceEvents(events);
        expect(summaryOf(inOneGo)).toEqual(expected);

        let known: EngagementEvent[] = [];
        for (const batch of batches) known = addEvents(known, batch);
        expect(JSON.stringify(reduceEvents(known))).toBe(JSON.stringify(inOneGo));
      }),
      { numRuns },
    );
  }, 120_000);

  test('duplicates from a flow and REST › the same state', () => {
    fc.assert(
      fc.property(history, ({ events, expected }) => {
        expect(summaryOf(reduceEvents([...createDuplicates(events), ...events]))).toEqual(expected);
      }),
      { numRuns: 1_000 },
    );
  });
});

function summaryOf({ facts, record }: ReducedEngagement): Expected {
  const { handOver } = record;
  return {
    phase: record.phase ?? 'queued',
    assignedAgentId: facts.assignedAgentId,
    hold: record.hold,
    disposition: record.disposition,
    handOver: handOver && { from: handOver.from ?? '', fromQueue: handOver.fromQueue ?? '', how: handOver.mode ?? '' },
    queueName: facts.queueName ?? '',
    channel: facts.channel ?? '',
    lines: record.timeline.length,
  };
}
