import { expect, test } from 'vitest';
import { agents } from './agents.ts';
import { answer, decline, type Engagement, end, openContactCenter, ring } from './contact-center.ts';
import { queues } from './queues.ts';
import { cancelTransfer, type Desks, settleTransfers, type TransferOrder, transfer } from './transfers.ts';

const [mina, omar] = agents;
const arrival = {
  id: 'a',
  channel: 'voice' as const,
  queue: queues.Support,
  consumers: [{ consumerNumber: '+14155550101' }],
  variables: [],
};
const minaSpeaks: Desks = new Map([
  [mina.id, answer(ring(openContactCenter(mina), arrival, 1), 'a', 2)],
  [omar.id, openContactCenter(omar)],
]);
const toOmar = (type: 'warm' | 'direct'): TransferOrder => ({ from: mina, engagementId: 'a', to: omar, type });
const legOf = (desks: Desks, { id }: { id: string }): Engagement | undefined =>
  desks.get(id)?.engagements.find((one) => one.id === 'a');
const acts = (desks: Desks, { id }: { id: string }, verb: typeof answer): Desks => {
  const center = desks.get(id);
  return center ? settleTransfers(new Map(desks).set(id, verb(center, 'a', 20)), 20) : desks;
};

test('transfer › warm › rings at the other desk with the consumer on hold, and completes at the answer', () => {
  const ringing = transfer(minaSpeaks, toOmar('warm'), 10);
  expect(legOf(ringing, mina)).toMatchObject({ phase: 'active', isOnHold: true });
  expect(legOf(ringing, omar)).toMatchObject({
    phase: 'ringing',
    startedAt: 1,
    transfer: { type: 'warm', fromAgent: mina, fromQueue: queues.Support },
  });
  const answered = acts(ringing, omar, answer);
  expect(legOf(answered, mina)).toMatchObject({ phase: 'wrap-up', isOnHold: false, handOver: { outcome: 'accepted' } });
  expect(legOf(answered, omar)).toMatchObject({ phase: 'active', assignedAgent: omar });
});

test('transfer › cold › the sender is in wrap-up at once', () => {
  expect(legOf(transfer(minaSpeaks, toOmar('direct'), 10), mina)).toMatchObject({ phase: 'wrap-up', hungUpAt: 10 });
});

test('transfer › warm, not accepted › stays with the sender and can be repeated', () => {
  const declined = acts(transfer(minaSpeaks, toOmar('warm'), 10), omar, decline);
  expect(legOf(declined, mina)).toMatchObject({ phase: 'active', handOver: { outcome: 'declined' } });
  expect(legOf(transfer(declined, toOmar('warm'), 30), omar)).toMatchObject({ phase: 'ringing' });
});

test('transfer › warm, canceled › possible only while it rings', () => {
  const canceled = cancelTransfer(transfer(minaSpeaks, toOmar('warm'), 10), mina, 'a', 15);
  expect(legOf(canceled, mina)).toMatchObject({ phase: 'active', isOnHold: false });
  expect(legOf(canceled, omar)).toMatchObject({ phase: 'end', unanswered: 'canceled' });
  expect(() => cancelTransfer(canceled, mina, 'a', 16)).toThrow('not on its way');
});

test('transfer › back to the first agent › works', () => {
  const withOmar = acts(transfer(minaSpeaks, toOmar('direct'), 10), omar, answer);
  const back = transfer(
    withOmar,
    { from: omar, engagementId: 'a', to: mina, type: 'direct', queue: queues.Billing },
    30,
  );
  expect(legOf(back, mina)).toMatchObject({ phase: 'ringing', queue: queues.Billing });
  expect(legOf(acts(back, mina, answer), mina)?.handOver).toBeUndefined();
});

test('transfer › not active › is refused', () => {
  expect(() => transfer(acts(minaSpeaks, mina, end), toOmar('warm'), 30)).toThrow('cannot be transferred');
});
