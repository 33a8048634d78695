import { expect, test } from 'vitest';
import { type Delivery, planDelivery, promptDelivery } from './delivery.ts';

const events = [
  { name: 'first', delay: 0 },
  { name: 'second', delay: 0 },
];
const plan = (delivery: Partial<Delivery>, turn = 0) => planDelivery(events, { ...promptDelivery, ...delivery }, turn);
const namesOf = (sendings: ReturnType<typeof plan>) => sendings.map(({ event }) => event.name);

test('delivery › no conditions › each event once by webhook, at once and in order', () => {
  expect(plan({})).toEqual(events.map((event) => ({ event, by: 'webhook', after: 0, isLost: false })));
});

test('delivery › both transports, or none › the same events, or no events', () => {
  expect(plan({ transport: 'both' }).map(({ by }) => by)).toEqual(['webhook', 'WebSocket', 'webhook', 'WebSocket']);
  expect(plan({ transport: 'none' })).toEqual([]);
});

test('delivery › duplicated, late and reordered › are combined', () => {
  const sendings = plan({ isDoubled: true, late: 100, isReordered: true });
  expect(namesOf(sendings)).toEqual(['second', 'second', 'first', 'first']);
  expect(sendings.every(({ after }) => after >= 100)).toBe(true);
});

test('delivery › reordered › a change overtakes the one before it', () => {
  const before = plan({ isReordered: true }, 0);
  const after = plan({ isReordered: true }, 1);
  expect(Math.max(...after.map((one) => one.after))).toBeLessThan(Math.min(...before.map((one) => one.after)));
});

test('delivery › lost once › the webhook is retried, the WebSocket is not', () => {
  expect(plan({ lost: 'once', transport: 'both' }).map(({ by, isLost }) => [by, isLost])).toEqual([
    ['webhook', true],
    ['webhook', true],
  ]);
  expect(plan({ lost: 'for good', transport: 'both' })).toEqual([]);
});

test('delivery › an event that Zoom itself delays › is sent later', () => {
  expect(planDelivery([{ delay: 3000 }], promptDelivery, 0)[0]?.after).toBe(3000);
});
