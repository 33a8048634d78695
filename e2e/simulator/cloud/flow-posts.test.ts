import { expect, test } from 'vitest';
import { agents } from '../agents.ts';
import type { ChannelName } from '../channels.ts';
import { answer, type ContactCenter, close, decline, end, openContactCenter, ring } from '../contact-center.ts';
import { type Queue, queues } from '../queues.ts';
import { flowPostsBetween } from './flow-posts.ts';

const [mina] = agents;
const transfer = { type: 'direct' as const, fromAgent: agents[1], fromQueue: queues.Support };

/** The posts of the scripts while the engagement goes through these verbs. */
function postsOf(channel: ChannelName, queue: Queue, ...verbs: ((center: ContactCenter) => ContactCenter)[]) {
  let center = openContactCenter(mina);
  const first = (empty: ContactCenter) =>
    ring(empty, { id: 'a', channel, queue, consumers: [{ consumerNumber: '+14155550101' }], variables: [] }, 1);
  return [first, ...verbs].flatMap((verb) => {
    const before = center.engagements.map((engagement) => ({ agent: mina, engagement }));
    center = verb(center);
    return flowPostsBetween(
      before,
      center.engagements.map((engagement) => ({ agent: mina, engagement })),
    );
  });
}
const answers = (center: ContactCenter) => answer(center, 'a', 2);
const closes = (center: ContactCenter) => close(end(center, 'a', 3), 'a', 4);

test('flow posts › each channel › runs its own scripts', () => {
  const paths = (channel: ChannelName) => postsOf(channel, queues.Support, answers, closes).map(({ path }) => path);
  expect(paths('voice')).toEqual([
    '/flow/events/engagement-started',
    '/flow/acceptedcall',
    '/flow/events/engagement-closed',
  ]);
  expect(paths('video')).toEqual(['/flow/acceptedcall', '/flow/events/engagement-closed']);
  expect(paths('web chat')).toEqual(['/flow/events/engagement-assigned', '/flow/events/engagement-closed']);
});

test('flow posts › no agent yet › names none', () => {
  const [started, accepted] = postsOf('voice', queues.Billing, answers);
  expect(started?.body).toEqual({
    engagementId: 'a',
    caller_number: '+14155550101',
    agent_email: '',
    queue_name: 'Billing',
  });
  expect(accepted?.body.agent_email).toBe(mina.email);
});

test('flow posts › a flow without scripts › posts nothing', () => {
  expect(postsOf('voice', queues.Sales, answers, closes)).toEqual([]);
});

test('flow posts › no disposition, or not answered › posts no disposition, and the close', () => {
  const paths = postsOf('voice', queues.Support, (center) => decline(center, 'a', 2)).map(({ path }) => path);
  expect(paths).toEqual(['/flow/events/engagement-started', '/flow/events/engagement-closed']);
});

test('flow posts › a transfer › its script posts the receiver', () => {
  const empty = openContactCenter(mina);
  const ringing = ring(
    empty,
    { id: 'a', channel: 'voice', queue: queues.Support, consumers: [], variables: [], transfer },
    1,
  );
  const legs = (center: ContactCenter) => center.engagements.map((engagement) => ({ agent: mina, engagement }));
  expect(flowPostsBetween([], legs(ringing))).toEqual([]);
  expect(flowPostsBetween(legs(ringing), legs(answers(ringing))).map(({ path }) => path)).toEqual([
    '/flow/events/engagement-transferred',
  ]);
});
