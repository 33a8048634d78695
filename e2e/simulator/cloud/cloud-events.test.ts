import { describe, expect, test } from 'vitest';
import { documentedEvents, zoomEvent } from '../../../server/intake/normalize/fake-zoom-events.ts';
import { agents } from '../agents.ts';
import {
  addNote,
  answer,
  type ContactCenter,
  close,
  decline,
  dispose,
  end,
  hold,
  mute,
  openContactCenter,
  ring,
  sendKeys,
} from '../contact-center.ts';
import { queues } from '../queues.ts';
import { cancelTransfer, type Desks, settleTransfers, transfer } from '../transfers.ts';
import { agentEventsBetween, type CloudEvent, cloudEventsBetween, isOver, readableAfter } from './cloud-events.ts';
import type { Leg } from './event-bodies.ts';

const [mina, omar] = agents;
const start = Date.UTC(2026, 10, 20, 9);
const arrival = {
  id: 'a',
  channel: 'video' as const,
  queue: queues.Support,
  consumers: [{ consumerId: 'c-1', consumerNumber: '+14155550101', consumerDisplayName: 'Ann Lee' }],
  variables: [],
};

/** Plays steps at both desks, a second apart, and collects the events of each step. */
function play(...steps: ((desks: Desks, at: number) => Desks)[]): CloudEvent[][] {
  let desks: Desks = new Map(agents.map((agent) => [agent.id, openContactCenter(agent)]));
  return steps.map((step, index) => {
    const at = start + index * 1000;
    const before = desks;
    desks = settleTransfers(step(before, at), at);
    return cloudEventsBetween(legsOf(before), legsOf(desks), at);
  });
}

const legsOf = (desks: Desks): Leg[] =>
  [...desks.values()].flatMap(({ agent, engagements }) => engagements.map((engagement) => ({ agent, engagement })));
const at =
  (agent: { id: string }, verb: (center: ContactCenter, at: number) => ContactCenter) =>
  (desks: Desks, now: number): Desks => {
    const center = desks.get(agent.id);
    return center ? new Map(desks).set(agent.id, verb(center, now)) : desks;
  };
const shortName = (name: string) => name.replace('contact_center.', '');
const names = (events: CloudEvent[]) => events.map(({ name }) => shortName(name));

const rings = at(mina, (center, now) => ring(center, arrival, now));
const answers = (agent: { id: string }) => at(agent, (center, now) => answer(center, 'a', now));
const ends = (agent: { id: string }) => at(agent, (center, now) => end(center, 'a', now));
const closes = (agent: { id: string }) => at(agent, (center, now) => close(center, 'a', now));
const warmToOmar = (desks: Desks, now: number) =>
  transfer(desks, { from: mina, engagementId: 'a', to: omar, type: 'warm' }, now);
const coldToQueue = (desks: Desks, now: number) =>
  transfer(desks, { from: mina, engagementId: 'a', to: omar, type: 'direct', queue: queues.Billing }, now);

test('cloud events › an ordinary engagement › run from its start to the data of its end', () => {
  const events = play(rings, answers(mina), ends(mina), closes(mina));
  expect(events.map(names)).toEqual([
    ['engagement_started', 'task_created', 'task_entered_queue', 'task_reservation_created'],
    ['task_reservation_accepted', 'task_exited_queue', 'engagement_user_answered'],
    ['engagement_user_ended', 'engagement_consumer_ended', 'engagement_wrap_up_started'],
    [
      'engagement_wrap_up_ended',
      'task_reservation_completed',
      'task_completed',
      'engagement_ended',
      'legacy_engagement_end_data_ready',
    ],
  ]);
  expect(events[3]?.at(-1)?.delay).toBe(readableAfter);
});

test('cloud events › actions of the agent › one event each', () => {
  const events = play(
    rings,
    answers(mina),
    at(mina, (center) => hold(center, 'a', true)),
    at(mina, (center) => hold(center, 'a', false)),
    at(mina, (center) => mute(center, 'a', true)),
    at(mina, (center) => sendKeys(center, 'a', '12#')),
    at(mina, (center) => addNote(center, 'a', { id: 'n-1', text: 'Calls back' })),
    at(mina, (center) => dispose(center, 'a', 'Resolved')),
    ends(mina),
  );
  expect(events.slice(2).map(names)).toEqual([
    ['engagement_user_hold'],
    ['engagement_user_unhold'],
    ['engagement_user_muted'],
    ['engagement_user_dtmf_sent'],
    ['engagement_note_added'],
    ['engagement_disposition_added'],
    ['engagement_user_unmuted', 'engagement_user_ended', 'engagement_consumer_ended', 'engagement_wrap_up_started'],
  ]);
  expect(events[5]?.[0]?.object).toMatchObject({ dtmf_input: '12#', user_id: mina.id });
  expect(events[6]?.[0]?.object).toMatchObject({ note: 'Calls back', note_id: 'n-1' });
});

test('cloud events › declined or missed › the reservation names the agent and the consumer ends', () => {
  for (const how of ['rejected', 'timeout'] as const) {
    const [, events = []] = play(
      rings,
      at(mina, (center, now) => decline(center, 'a', now, how)),
    );
    expect(names(events)).toEqual([
      `task_reservation_${how}`,
      'task_exited_queue',
      'engagement_consumer_ended',
      'engagement_ended',
      'legacy_engagement_end_data_ready',
    ]);
    expect(events[2]?.object).not.toHaveProperty('user_id');
  }
});

describe('cloud events of a transfer', () => {
  test('warm, to an agent › the consumer is on hold, the sender leaves at the answer, the receiver ends it', () => {
    const events = play(rings, answers(mina), warmToOmar, answers(omar), ends(omar), closes(omar), closes(mina));
    expect(events.slice(2).map(names)).toEqual([
      [
        'engagement_transfer_initiated',
        'task_created',
        'engagement_transfer_reserved',
        'task_reservation_created',
        'engagement_user_hold',
      ],
      [
        'task_reservation_accepted',
        'engagement_transfer_accepted',
        'engagement_user_answered',
        'engagement_transfer_completed',
        'engagement_user_unhold',
        'engagement_user_ended',
        'engagement_wrap_up_started',
      ],
      ['engagement_user_ended', 'engagement_consumer_ended', 'engagement_wrap_up_started'],
      [
        'engagement_wrap_up_ended',
        'task_reservation_completed',
        'task_completed',
        'engagement_ended',
        'legacy_engagement_end_data_ready',
      ],
      ['engagement_wrap_up_ended', 'task_reservation_completed', 'task_completed'],
    ]);
    expect(events[3]?.[1]?.object).toMatchObject({
      engagement_id: 'a',
      transfer_type: 'warm',
      transfer_level: 'agent',
      user_id: mina.id,
      transfer_to_user_id: omar.id,
    });
    expect(events[3]?.[2]?.object).toMatchObject({ user_id: omar.id });
  });

  test('cold, through a queue › is queued and has no completed event', () => {
    const events = play(rings, answers(mina), coldToQueue, answers(omar));
    expect(events.slice(2).map(names)).toEqual([
      [
        'engagement_transfer_initiated',
        'task_created',
        'task_entered_queue',
        'engagement_transfer_queued',
        'engagement_transfer_reserved',
        'task_reservation_created',
        'engagement_user_ended',
        'engagement_wrap_up_started',
      ],
      ['task_reservation_accepted', 'task_exited_queue', 'engagement_transfer_accepted', 'engagement_user_answered'],
    ]);
    expect(events[2]?.[0]?.object).toMatchObject({ transfer_type: 'cold', transfer_to_queue_name: 'Billing' });
  });

  test('not accepted › is rejected, or canceled by the sender', () => {
    const omarDeclines = at(omar, (center, now) => decline(center, 'a', now));
    expect(names(play(rings, answers(mina), warmToOmar, omarDeclines)[3] ?? [])).toEqual([
      'task_reservation_rejected',
      'engagement_transfer_rejected',
    ]);
    const minaCancels = (desks: Desks, now: number) => cancelTransfer(desks, mina, 'a', now);
    expect(names(play(rings, answers(mina), warmToOmar, minaCancels)[3] ?? [])).toEqual([
      'task_reservation_canceled',
      'engagement_transfer_canceled',
      'engagement_user_unhold',
    ]);
  });

  test('there and back › ends with the last agent', () => {
    const backToMina = (desks: Desks, now: number) =>
      transfer(desks, { from: omar, engagementId: 'a', to: mina, type: 'direct' }, now);
    const steps = [rings, answers(mina), coldToQueue, answers(omar), backToMina, answers(mina), closes(omar)];
    const events = play(...steps, ends(mina), closes(mina));
    const ended = events.map((events) => names(events).includes('engagement_ended'));
    expect(ended).toEqual([...steps.map(() => false), false, true]);
    expect(isOver([])).toBe(false);
  });
});

test('cloud events › one change › times ascend, and the start is the consumer’s arrival', () => {
  const [came = []] = play(rings);
  expect(came.map((event) => event.at)).toEqual([start, start + 1, start + 2, start + 3]);
  expect(came[3]?.object).toMatchObject({ created_time_ms: new Date(start + 3).toISOString() });
});

test('cloud events › every body › has only documented fields', () => {
  const declines = at(mina, (center, now) => decline(center, 'a', now));
  const all = [
    ...play(rings, answers(mina), warmToOmar, answers(omar), ends(omar), closes(omar)),
    ...play(rings, answers(mina), coldToQueue, answers(omar)),
    ...play(
      rings,
      answers(mina),
      ...[
        (center: ContactCenter) => sendKeys(mute(center, 'a', true), 'a', '1'),
        (center: ContactCenter) => dispose(addNote(center, 'a', { id: 'n', text: 't' }), 'a', 'Resolved'),
      ].map((verb) => at(mina, verb)),
    ),
    ...play(rings, declines),
    agentEventsBetween(mina, undefined, 'Ready', start),
  ].flat();
  const documented = all.filter(({ name }) => documentedEvents.includes(shortName(name)));
  expect(new Set(documented.map(({ name }) => name)).size).toBeGreaterThan(25);
  for (const { name, object } of documented) {
    const known = Object.keys(zoomEvent(shortName(name)).payload.object ?? {});
    expect(
      Object.keys(object).filter((key) => !known.includes(key)),
      name,
    ).toEqual([]);
  }
});

test('cloud events › an agent’s status › logs in at the first change and is occupied during engagements', () => {
  const login = agentEventsBetween(mina, undefined, 'Ready', start);
  expect(names(login)).toEqual(['user_login', 'user_status_changed']);
  expect(login[1]?.object).toMatchObject({ previous_status_name: 'Offline', current_status_name: 'Ready' });
  expect(names(agentEventsBetween(mina, 'Ready', 'Occupied', start))).toEqual(['user_status_changed']);
  expect(agentEventsBetween(mina, 'Ready', 'Ready', start)).toEqual([]);
});
