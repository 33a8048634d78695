/*
 * A realistic engagement as a sequence of events, with its expected state. The expectation is computed independently of
 * the state machine, in the simplest way that is correct for these scripts.
 */
import type { EngagementEventKind, EngagementFacts, Phase } from '#contract/engagements.ts';
import type { AgentReference, EngagementEvent } from '../events.ts';

export type History = { events: EngagementEvent[]; expected: Expected };

export type Expected = {
  phase: Phase;
  assignedAgentId: string | undefined;
  hold: { count: number; totalMs: number; since: number | null };
  disposition: string | null;
  handOver: { from: string; fromQueue: string; how: string } | null;
  queueName: string;
  channel: string;
  /** Of the timeline. */
  lines: number;
};

export type Step =
  | { do: 'hold' | 'mute'; isClosed: boolean; twice: boolean }
  | { do: 'transfer'; how: 'warm' | 'cold'; senderLeavesFirst: boolean; isCompleted: boolean; outcome: Outcome }
  | { do: 'conference'; outcome: 'joined' | 'declined' | 'missed' | 'canceled' }
  | { do: 'takeover' | 'monitor' | 'upgrade' | 'dtmf' | 'message' | 'note' | 'disposition' | 'second-reservation' };
type Outcome = 'accepted' | 'declined' | 'missed' | 'canceled';

export type Script = {
  /** Unanswered ringing before an agent answered. */
  unanswered: ('declined' | 'missed' | 'withdrawn')[];
  steps: (Step & { after: number })[];
  end: 'open' | 'abandoned' | 'wrapping-up' | 'ended';
};

type Person = AgentReference & { id: string; name: string };
const [mina, oskar, sara] = ['Mina', 'Oskar', 'Sara'].map((name): Person => ({ id: `${name}-id`, name }));
if (!mina || !oskar || !sara) throw new Error('three people');
export const caller = { number: '+14155550111', id: 'consumer-1', displayName: 'Ann Lee' };

/** Kinds whose events name the queue. */
const kindsWithQueue = new Set<EngagementEventKind>([
  'queued',
  'ringing',
  'answered',
  'transfer-started',
  'transfer-accepted',
]);

export function composeHistory({ unanswered, steps, end }: Script, engagementId = 'E-1'): History {
  const world = createWorld(engagementId);
  world.add('started', undefined);
  world.add('queued', undefined);
  world.repeat('queued', undefined);
  for (const reason of unanswered) {
    world.add('ringing', oskar);
    world.add(reason, oskar);
  }
  if (end === 'abandoned') {
    for (const kind of ['dequeued', 'consumer-left', 'ended'] as const) world.add(kind, undefined);
    return world.finish('ended');
  }
  world.add('ringing', mina);
  world.add('answered', mina);
  world.repeat('answered', mina);
  world.holder = mina;
  for (const one of steps) {
    world.wait(one.after);
    play(world, one);
  }
  if (end === 'open') return world.finish('active');
  world.add('consumer-left', undefined);
  leave(world, world.holder);
  if (end === 'wrapping-up') return world.finish('wrap-up');
  world.add('wrap-up-ended', world.holder);
  world.add('ended', undefined);
  world.wait(30_000);
  world.repeat('ended', undefined);
  world.add('disposition', world.holder, { text: 'Chosen after the end' });
  world.disposition = 'Chosen after the end';
  return world.finish('ended');
}

type World = ReturnType<typeof createWorld>;
type EventFields = Partial<EngagementEvent>;

function createWorld(engagementId: string) {
  const events: EngagementEvent[] = [];
  const hold: Expected['hold'] = { count: 0, totalMs: 0, since: null };
  let now = 1_790_000_000_000;
  let lines = 0;

  const world = {
    holder: undefined as Person | undefined,
    queueName: 'Support',
    channel: { channel: 'messaging', source: 'web_chat' } as EngagementFacts,
    handOver: null as Expected['handOver'],
    disposition: null as string | null,
    spare: () => [oskar, sara, mina].filter((one) => one !== undefined && one !== world.holder) as [Person, Person],
    wait: (ms: number) => {
      now += ms;
    },
    beginHold: () => {
      hold.count += 1;
      hold.since = now;
    },
    endHold: () => {
      if (hold.since !== null) hold.totalMs += now - hold.since;
      hold.since = null;
    },
    isHeld: () => hold.since !== null,
    add(kind: EngagementEventKind, agent: AgentReference | undefined, fields: EventFields = {}) {
      now += 1_000;
      lines += 1;
      const queue = kindsWithQueue.has(kind) && { queueName: world.queueName };
      const facts = { ...world.channel, ...queue, ...(agent && { consumers: [caller] }) };
      const key = `${kind}-${events.length}`;
      events.push({ engagementId, key, at: now, origin: 'webhook', kind, facts, ...(agent && { agent }), ...fields });
    },
    /** Another Zoom event for the same step; it has no timeline entry. */
    repeat(kind: EngagementEventKind, agent: AgentReference | undefined) {
      world.add(kind, agent);
      lines -= 1;
    },
    finish: (phase: Phase): History => {
      const { holder, disposition, handOver, queueName, channel } = world;
      const assignedAgentId = holder?.id;
      const expected = { phase, assignedAgentId, hold, disposition, handOver, queueName, lines };
      return { events, expected: { ...expected, channel: channel.channel ?? '' } };
    },
  };
  return world;
}

function leave(world: World, agent: Person | undefined): void {
  world.add('left', agent);
  if (agent === world.holder) world.endHold();
  world.add('wrap-up-started', agent);
}

function play(world: World, one: Step): void {
  if (one.do === 'hold') hold(world, one);
  else if (one.do === 'transfer') transfer(world, one);
  else if (one.do === 'conference') conference(world, one.outcome);
  else simple[one.do](world, world.holder, world.spare()[0]);
}

type Play = (world: World, holder: Person | undefined, other: Person) => void;
const others = (...people: (Person | undefined)[]) => ({ others: people.filter((one) => one !== undefined) });

const simple: Record<Exclude<Step['do'], 'hold' | 'transfer' | 'conference'>, Play> = {
  mute: (world, holder) => {
    world.add('muted', holder);
    world.add('unmuted', holder);
  },
  takeover: (world, holder, other) => {
    world.add('takeover', holder, others(other));
    world.endHold();
    world.holder = other;
  },
  monitor: (world, holder, other) => {
    world.add('monitor-started', holder, { ...others(other), mode: 'whisper' });
    world.add('monitor-ended', holder, others(other));
  },
  upgrade: (world, holder) => {
    world.add('upgrade-started', holder);
    world.channel = { channel: 'voice' };
    world.add('upgraded', holder);
  },
  dtmf: (world, holder) => world.add('dtmf', holder, { digits: 4 }),
  message: (world, holder) => world.add('message', undefined, others(holder)),
  note: (world, holder) => world.add('note', holder, { text: 'Asked about the invoice' }),
  disposition: (world, holder) => {
    world.disposition = `Resolved by ${holder?.name}`;
    world.add('disposition', holder, { text: world.disposition });
  },
  'second-reservation': (world, _holder, other) => {
    world.add('ringing', other);
    world.add('missed', other);
  },
};

function conference(world: World, outcome: 'joined' | 'declined' | 'missed' | 'canceled'): void {
  const invited = others(world.spare()[0]);
  world.add('conference-invited', world.holder, invited);
  world.add(`conference-${outcome}`, world.holder, invited);
  if (outcome === 'joined') world.add('conference-left', world.holder, invited);
}

function hold(world: World, { isClosed, twice }: { isClosed: boolean; twice: boolean }): void {
  const unhold = () => {
    world.add('unhold', world.holder);
    world.endHold();
  };
  if (world.isHeld()) unhold();
  world.add('hold', world.holder);
  world.beginHold();
  if (twice) world.add('hold', world.holder);
  if (isClosed) unhold();
}

function transfer(world: World, { how, outcome, senderLeavesFirst, isCompleted }: Step & { do: 'transfer' }): void {
  const { holder: sender, queueName: fromQueue } = world;
  const [receiver] = world.spare();
  world.add('transfer-started', sender, { ...others(receiver), to: 'Billing', mode: how });
  world.add('transfer-queued', sender, { ...others(receiver), to: 'Billing', mode: how });
  if (senderLeavesFirst) {
    world.add('left', sender);
    world.endHold();
  }
  world.add('transfer-ringing', sender, { ...others(receiver), mode: how });
  if (outcome === 'accepted') world.queueName = 'Billing';
  world.add(`transfer-${outcome}`, sender, { ...others(receiver), mode: how });
  if (outcome !== 'accepted') return;

  world.handOver = { from: sender?.name ?? '', fromQueue, how };
  if (how === 'cold') world.endHold();
  world.repeat('answered', receiver);
  if (isCompleted) {
    world.add('transfer-completed', sender, { ...others(receiver), mode: how });
    world.endHold();
  }
  leave(world, sender);
  world.add('wrap-up-ended', sender);
  world.holder = receiver;
}
