import { describe, expect, test } from 'vitest';
import { createPastEngagements } from './past-engagements.ts';
import type { RestOutcome } from './zoom-rest.ts';

const number = '+14155550101';
const minute = 60_000;

function open(answerOf: (query: Record<string, string>) => RestOutcome = () => ({ kind: 'empty' })) {
  const requests: Record<string, string>[] = [];
  const state = { now: Date.UTC(2026, 10, 25, 9, 0, 0) };
  const past = createPastEngagements({
    clock: () => state.now,
    maskText: (text) => text.replaceAll(number, '[masked]'),
    rest: {
      async get(_path, query = {}) {
        requests.push(query);
        await new Promise(setImmediate);
        return answerOf(query);
      },
    },
  });
  const request = (caller = number) => new Promise<void>((resolve) => past.request(caller, resolve));
  return { past, requests, state, request };
}

const engagement = (id: string, minutesAgo: number) => ({
  engagement_id: id,
  start_time: new Date(Date.UTC(2026, 10, 25, 9, 0, 0) - minutesAgo * minute).toISOString(),
  duration: 90,
  channels: [{ channel: 'messaging', channel_source: 'sms' }],
  queues: [{ queue_name: 'Support' }, { queue_name: 'Billing' }],
  agents: [{ display_name: 'Mina' }],
  dispositions: [{ disposition_name: 'Resolved' }],
  notes: [{ note: 'Asked for the invoice' }, { note: `Call ${number} back`, user_id: 'U-1' }],
});

describe('past engagements', () => {
  test('several pages › newest of all are shown, at most three pages are read', async () => {
    const { past, requests, request } = open(({ next_page_token: token = '0' }) => ({
      kind: 'answer',
      json: { engagements: [engagement(`e-${token}`, 100 - Number(token))], next_page_token: `${Number(token) + 1}` },
    }));
    await request();
    expect(requests.map(({ next_page_token: token }) => token)).toEqual([undefined, '1', '2']);
    const answer = past.peek(number, '');
    expect(answer.kind === 'found' && answer.engagements.map(({ startedAt }) => startedAt)).toEqual(
      [98, 99, 100].map((minutesAgo) => Date.UTC(2026, 10, 25, 9, 0, 0) - minutesAgo * minute),
    );
  });

  test('later page fails › unavailable, not a part', async () => {
    const { past, request } = open(({ next_page_token: token }) =>
      token === undefined
        ? { kind: 'answer', json: { engagements: [engagement('e-1', 5)], next_page_token: 'more' } }
        : { kind: 'unavailable', code: 'http-503' },
    );
    await request();
    expect(past.peek(number, '')).toEqual({ kind: 'unavailable' });
  });

  test('requested › cover 30 days, newest first, without the present one and without ids', async () => {
    const { past, requests, request } = open(() => ({
      kind: 'answer',
      json: {
        engagements: [engagement('older', 500), engagement('newer', 60), engagement('present', 1), { nonsense: true }],
      },
    }));
    expect(past.peek(number, 'present')).toEqual({ kind: 'not-asked' });
    const answered = request();
    expect(past.peek(number, 'present')).toEqual({ kind: 'pending' });
    await answered;
    expect(requests).toEqual([
      { consumer_number: number, from: '2026-10-26T09:00:00+00:00', to: '2026-11-25T09:00:00+00:00', page_size: '50' },
    ]);
    const answer = past.peek(number, 'present');
    expect(answer.kind === 'found' && answer.engagements.map(({ startedAt }) => startedAt)).toEqual([
      Date.UTC(2026, 10, 25, 8, 0, 0),
      Date.UTC(2026, 10, 25, 0, 40, 0),
    ]);
    expect(answer.kind === 'found' && answer.engagements[0]).toEqual({
      startedAt: Date.UTC(2026, 10, 25, 8, 0, 0),
      durationMs: 90_000,
      channel: 'sms',
      queueName: 'Billing',
      agentName: 'Mina',
      note: 'Call [masked] back',
      disposition: 'Resolved',
    });
  });

  test('several requests at once › one call, all are notified', async () => {
    const { requests, request } = open();
    await Promise.all([request(), request(), request()]);
    expect(requests).toHaveLength(1);
  });

  test('within five minutes › cached, no notification', async () => {
    const { past, requests, state, request } = open();
    await request();
    past.request(number, () => expect.unreachable());
    state.now += 5 * minute - 1;
    expect(past.peek(number, 'present').kind).toBe('found');
    state.now += 1;
    expect(past.peek(number, 'present')).toEqual({ kind: 'not-asked' });
    await request();
    expect(requests).toHaveLength(2);
  });

  test.each<RestOutcome>([
    { kind: 'rate-limited', until: 0 },
    { kind: 'unavailable', code: 'timeout' },
  ])('Zoom fails with $kind › unavailable, requested again after 30 s', async (outcome) => {
    const { past, requests, state, request } = open(() => outcome);
    await request();
    expect(past.peek(number, 'present')).toEqual({ kind: 'unavailable' });
    past.request(number, () => expect.unreachable());
    expect(requests).toHaveLength(1);
    state.now += minute / 2;
    await request();
    expect(requests).toHaveLength(2);
  });

  test('100 pending requests › no further request', async () => {
    const { past, requests } = open();
    for (let n = 0; n < 150; n += 1) past.request(`+1415555${String(n).padStart(4, '0')}`, () => {});
    expect(requests).toHaveLength(100);
    expect(past.peek('+14155550149', 'present')).toEqual({ kind: 'not-asked' });
  });

  test('scope missing › not requested again for five minutes', async () => {
    const { past, requests, state, request } = open(() => ({ kind: 'refused', code: 'http-403' }));
    await request();
    expect(past.peek(number, 'present')).toEqual({ kind: 'not-asked' });
    state.now += 5 * minute - 1;
    past.request(number, () => expect.unreachable());
    expect(requests).toHaveLength(1);
  });

  test('more than 5,000 callers › the newest stay cached', async () => {
    const { past, request } = open();
    for (let n = 0; n < 5_010; n += 1) await request(`+1415555${String(n).padStart(4, '0')}`);
    expect(past.peek('+14155550009', 'present')).toEqual({ kind: 'not-asked' });
    expect(past.peek('+14155550010', 'present').kind).toBe('found');
  });
});
