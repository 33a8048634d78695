import { expect, test } from 'vitest';
import { AppError } from '../../platform/errors.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { fakeAccountId, zoomEvent } from '../normalize/fake-zoom-events.ts';
import { createEventReceiver } from './event-receiver.ts';
import type { StoreOutcome } from './group-commit.ts';
import type { NewInboxRow } from './inbox-store.ts';

const now = Date.parse('2026-11-20T09:30:00Z');

function createHere(add: () => Promise<StoreOutcome>) {
  let wakes = 0;
  const metrics = createMetrics({ withProcess: false });
  const wake = () => {
    wakes += 1;
  };
  const { receiveZoomEvent } = createEventReceiver({
    groupCommit: { isBusy: () => false, add },
    accountKeyFor: () => 'main',
    wake,
    clock: () => now,
    metrics,
  });
  const receive = (name: string) => receiveZoomEvent('socket', JSON.stringify(zoomEvent(name)));
  return { receive, wakes: () => wakes, read: () => metrics.registry.metrics() };
}

test('event receiver › stored › wakes the processor for new pending rows only', async () => {
  const stored = createHere(async () => ({ kind: 'stored' }));
  await stored.receive('engagement_ended');
  await stored.receive('queue_created');
  expect(stored.wakes()).toBe(1);

  const duplicate = createHere(async () => ({ kind: 'duplicate' }));
  await duplicate.receive('engagement_ended');
  expect(duplicate.wakes()).toBe(0);
});

test('event receiver › metrics › count each delivery by outcome, and the lag of new events', async () => {
  const outcomes: StoreOutcome[] = [{ kind: 'stored' }, { kind: 'duplicate' }];
  const { receive, read } = createHere(async () => {
    const outcome = outcomes.shift();
    if (!outcome) throw new AppError('unavailable', 'Not now.');
    return outcome;
  });
  for (const name of ['engagement_ended', 'engagement_ended']) await receive(name);
  await expect(receive('engagement_ended')).rejects.toThrow('Not now.');
  const text = await read();
  for (const outcome of ['stored', 'duplicate', 'unavailable']) {
    expect(text).toContain(`deskside_intake_events_total{origin="socket",outcome="${outcome}"} 1`);
  }
  expect(text).toContain('deskside_intake_lag_seconds_count{origin="socket"} 1');
  expect(text).toContain('deskside_intake_lag_seconds_sum{origin="socket"} 164.013');
  expect(text).toContain('deskside_intake_ack_seconds_count{origin="socket"} 3');
});

test.each([
  ['read', JSON.stringify(zoomEvent('engagement_ended', { account_id: fakeAccountId }))],
  ['unreadable', JSON.stringify(zoomEvent('engagement_ended'), null, 1).slice(0, -9)],
])('event receiver › body is %s › is stored with the key of the account and without its id', async (_, body) => {
  const rows: NewInboxRow[] = [];
  const { receiveZoomEvent } = createEventReceiver({
    groupCommit: {
      isBusy: () => false,
      add: async (row) => {
        rows.push(row);
        return { kind: 'stored' };
      },
    },
    accountKeyFor: (id) => (id === fakeAccountId ? 'main' : 'default'),
    wake: () => {},
    clock: () => now,
    metrics: createMetrics({ withProcess: false }),
  });
  expect(body).toContain(fakeAccountId);
  await receiveZoomEvent('webhook', body);
  expect(rows[0]?.body).not.toContain(fakeAccountId);
  expect(rows[0]?.body).toMatch(/"account_id": ?"key:main"/);
});
