/*
 * An engagement as it might really go, told in Zoom's words. It keeps its own account of who has the engagement, in the
 * simplest way that holds for these scripts, so that it can disagree with the machine.
 */
import type { EngagementFacts, EntryKind, Phase } from '#contract/engagements.ts';
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
  /** Agents who were asked in vain before one answered. */
  inVain: ('declined' | 'missed' | 'withdrawn')[];
  steps: (Step & { after: number })[];
  end: 'open' | 'abandoned' | 'wrapping-up' | 'ended';
};

type Person = AgentReference & { id: string; name: string };
const [mina, oskar, sara] = ['Mina', 'Oskar', 'Sara'].map((name): Person => ({ id: `${name}-id`, name }));
if (!mina || !oskar || !sara) throw new Error('three people');
export const caller = { number: '+14155550111', id: 'consumer-1', displayName: 'Ann Lee' };

/** Of the kinds whose events tell where the engagement is. */
const kindsWithQueue = new Set<EntryKind>(['queued', 'ringing', 'answered', 'transfer-started', 'transfer-accepted']);

export function composeHistory({ inVain, steps, end }: Script, engagementId = 'E-1'): History {
  const world = createWorld(engagementId);
  world.say('started', undefined);
  world.say('queued', undefined);
  world.repeat('queued', undefined);
  for (const reason of inVain) {
    world.say('ringing', oskar);
    world.say(reason, oskar);
  }
  if (end === 'abandoned') {
    for (const kind of ['dequeued', 'consumer-left', 'ended'] as const) world.say(kind, undefined);
    return world.finish('ended');
  }
  world.say('ringing', mina);
  world.say('answered', mina);
  world.repeat('answered', mina);
  world.holder = mina;
  for (const one of steps) {
    world.wait(one.after);
    play(world, one);
  }
  if (end === 'open') return world.finish('active');
  world.say('consumer-left', undefined);
  leave(world, world.holder);
  if (end === 'wrapping-up') return world.finish('wrap-up');
  world.say('wrap-up-ended', world.holder);
  world.say('ended', undefined);
  world.wait(30_000);
  world.repeat('ended', undefined);
  world.say('disposition', world.holder, { text: 'Chosen after the end' });
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
    say(kind: EntryKind, agent: AgentReference | undefined, told: EventFields = {}) {
      now += 1_000;
      lines += 1;
      const queue = kindsWithQueue.has(kind) && { queueName: world.queueName };
      const facts = { ...world.channel, ...queue, ...(agent && { consumers: [caller] }) };
      const key = `${kind}-${events.length}`;
      events.push({ engagementId, key, at: now, origin: 'webhook', kind, facts, ...(agent && { agent }), ...told });
    },
    /** Another event of Zoom's that tells the same step: no line of its own. */
    repeat(kind: EntryKind, agent: AgentReference | undefined) {
      world.say(kind, agent);
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
  world.say('left', agent);
  if (agent === world.holder) world.endHold();
  world.say('wrap-up-started', agent);
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
    world.say('muted', holder);
    world.say('unmuted', holder);
  },
  takeover: (world, holder, other) => {
    world.say('takeover', holder, others(other));
    world.endHold();
    world.holder = other;
  },
  monitor: (world, holder, other) => {
    world.say('monitor-started', holder, { ...others(other), mode: 'whisper' });
    world.say('monitor-ended', holder, others(other));
  },
  upgrade: (world, holder) => {
    world.say('upgrade-started', holder);
    world.channel = { channel: 'voice' };
    world.say('upgraded', holder);
  },
  dtmf: (world, holder) => world.say('dtmf', holder, { digits: 4 }),
  message: (world, holder) => world.say('message', undefined, others(holder)),
  note: (world, holder) => world.say('note', holder, { text: 'Asked about the invoice' }),
  disposition: (world, holder) => {
    world.disposition = `Resolved by ${holder?.name}`;
    world.say('disposition', holder, { text: world.disposition });
  },
  'second-reservation': (world, _holder, other) => {
    world.say('ringing', other);
    world.say('missed', other);
  },
};

function conference(world: World, outcome: 'joined' | 'declined' | 'missed' | 'canceled'): void {
  const invited = others(world.spare()[0]);
  world.say('conference-invited', world.holder, invited);
  world.say(`conference-${outcome}`, world.holder, invited);
  if (outcome === 'joined') world.say('conference-left', world.holder, invited);
}

function hold(world: World, { isClosed, twice }: { isClosed: boolean; twice: boolean }): void {
  const unhold = () => {
    world.say('unhold', world.holder);
    world.endHold();
  };
  if (world.isHeld()) unhold();
  world.say('hold', world.holder);
  world.beginHold();
  if (twice) world.say('hold', world.holder);
  if (isClosed) unhold();
}

function transfer(world: World, { how, outcome, senderLeavesFirst, isCompleted }: Step & { do: 'transfer' }): void {
  const { holder: sender, queueName: fromQueue } = world;
  const [receiver] = world.spare();
  world.say('transfer-started', sender, { ...others(receiver), to: 'Billing', mode: how });
  world.say('transfer-queued', sender, { ...others(receiver), to: 'Billing', mode: how });
  if (senderLeavesFirst) {
    world.say('left', sender);
    world.endHold();
  }
  world.say('transfer-ringing', sender, { ...others(receiver), mode: how });
  if (outcome === 'accepted') world.queueName = 'Billing';
  world.say(`transfer-${outcome}`, sender, { ...others(receiver), mode: how });
  if (outcome !== 'accepted') return;

  world.handOver = { from: sender?.name ?? '', fromQueue, how };
  if (how === 'cold') world.endHold();
  world.repeat('answered', receiver);
  if (isCompleted) {
    world.say('transfer-completed', sender, { ...others(receiver), mode: how });
    world.endHold();
  }
  leave(world, sender);
  world.say('wrap-up-ended', sender);
  world.holder = receiver;
}
