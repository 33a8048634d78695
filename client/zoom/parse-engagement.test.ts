import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engagementFacts } from '#contract/engagements.ts';
import { parseContext, parseStatus, parseVariables } from './parse-engagement.ts';

const now = Date.UTC(2026, 9, 1);

describe('parsing of payloads', () => {
  it('a context › any spelling of times and booleans', () => {
    const expected = Date.UTC(2026, 8, 30, 8, 0, 0);
    for (const startTime of [
      expected,
      expected / 1_000,
      String(expected),
      '2026-09-30T08:00:00Z',
      '2026-09-30T15:00:00+07:00',
    ]) {
      const parsed = parseContext({ engagementContext: { engagementId: 'e1', startTime, isTransfer: 'true' } }, now);
      expect(parsed).toEqual({ engagementId: 'e1', facts: { startTime: expected, isTransfer: true }, at: null });
    }
    expect(parseContext({ engagementContext: { engagementId: 'e1', isTransfer: false } }, now)?.facts).toEqual({
      isTransfer: false,
    });
  });

  it('null, empty or zero › is left out', () => {
    const context = { engagementId: 'e1', startTime: 0, queueName: '', queueId: null, transferType: 'warm' };
    expect(parseContext({ engagementContext: context, timestamp: 0 }, now)).toEqual({
      engagementId: 'e1',
      facts: { transferType: 'warm' },
      at: null,
    });
  });

  it('a status and a difference › the same facts', () => {
    const whole = {
      engagementId: 'e1',
      state: 'active',
      channel: 'messaging',
      source: 'messaging_sms',
      isConference: 'false',
      consumers: [{ consumerId: 'c', consumerDisplayName: 'Ann', consumerNumber: '+14155550101', consumerEmail: null }],
    };
    expect(parseStatus({ engagementStatus: whole }, now)?.facts).toEqual({
      state: 'active',
      channel: 'messaging',
      source: 'messaging_sms',
      isConference: false,
      consumers: [{ id: 'c', displayName: 'Ann', number: '+14155550101' }],
    });
    expect(parseStatus({ engagementStatus: { engagementId: 'e1', source: '' }, timestamp: now / 1_000 }, now)).toEqual({
      engagementId: 'e1',
      facts: { source: '' },
      at: now,
    });
  });

  it('an end time before the end › is ignored', () => {
    const status = { engagementId: 'e1', state: 'active', endTime: now };
    expect(parseStatus({ engagementStatus: status }, now)?.facts.endTime).toBeUndefined();
    expect(parseStatus({ engagementStatus: { ...status, state: 'end' } }, now)?.facts.endTime).toBe(now);
  });

  it('unknown enumeration values › pass', () => {
    const status = { engagementId: 'e1', state: 'hold', channel: 'work item', source: 'messaging_telepathy' };
    expect(parseStatus({ engagementStatus: status }, now)?.facts).toEqual({
      state: 'hold',
      channel: 'work item',
      source: 'messaging_telepathy',
    });
  });

  it('one bad field › only that one is dropped', () => {
    const status = {
      engagementId: 'e1',
      state: 'x'.repeat(65),
      channel: 'voice',
      isConference: {},
      consumers: 'nobody',
    };
    expect(parseStatus({ engagementStatus: status }, now)?.facts).toEqual({ channel: 'voice' });
    const consumers = [null, { consumerNumber: '+14155550101', consumerDisplayName: 'x'.repeat(513) }];
    expect(parseStatus({ engagementStatus: { engagementId: 'e1', consumers } }, now)?.facts.consumers).toEqual([
      { number: '+14155550101' },
    ]);
  });

  it('a time far ahead › is ignored', () => {
    const status = { engagementStatus: { engagementId: 'e1', state: 'end' }, timestamp: Date.UTC(2099, 0, 1) };
    expect(parseStatus(status, now)?.at).toBeNull();
  });

  it('variables of any type › become text; without a value they are left out', () => {
    const variables = [
      { id: 'a', name: 'global_custom.Custom.case number', value: 'CS-1042' },
      { id: 'b', name: 'score', value: 7 },
      { id: 'c', name: 'empty', value: '' },
      { id: 'd', value: true },
      { name: 'without id', value: 'x' },
      'garbage',
    ];
    expect(parseVariables({ variables })).toEqual([
      { id: 'a', name: 'global_custom.Custom.case number', value: 'CS-1042' },
      { id: 'b', name: 'score', value: '7' },
      { id: 'd', name: 'd', value: 'true' },
    ]);
    expect(parseVariables({})).toBeNull();
  });

  it('no valid engagement id › is rejected', () => {
    for (const engagementId of [undefined, null, '', 7, '../admin', 'a b', 'x'.repeat(129)]) {
      expect(parseStatus({ engagementStatus: { engagementId, state: 'end' } }, now)).toBeNull();
      expect(parseContext({ engagementContext: { engagementId } }, now)).toBeNull();
    }
  });

  it('any payload › never throws and fits the contract', () => {
    const engagement = fc.record({
      engagementId: fc.constant('e1'),
      state: fc.anything(),
      channel: fc.anything(),
      source: fc.anything(),
      consumers: fc.anything(),
      startTime: fc.anything(),
      queueName: fc.anything(),
      isTransfer: fc.anything(),
    });
    fc.assert(
      fc.property(fc.oneof(fc.anything(), engagement), fc.anything(), (payload, timestamp) => {
        const parsed = [
          parseContext({ engagementContext: payload, timestamp }, now),
          parseStatus({ engagementStatus: payload, timestamp }, now),
          parseStatus(payload, now),
        ];
        for (const one of parsed) if (one !== null) expect(engagementFacts.safeParse(one.facts).success).toBe(true);
        parseVariables(payload);
        parseVariables({ variables: payload });
      }),
      { numRuns: 300 },
    );
  });
});

it('variables › more than the server takes › the first ones within 24 kB are reported', () => {
  const variables = Array.from({ length: 60 }, (_, index) => ({
    id: `v${index}`,
    name: `global_custom.Custom.v${index}`,
    value: 'ấ'.repeat(300),
  }));
  const reported = parseVariables({ variables }) ?? [];
  expect(reported).toEqual(variables.slice(0, reported.length));
  expect(reported.length).toBeGreaterThan(20);
  expect(new Blob([JSON.stringify(reported)]).size).toBeLessThan(24_100);
});
