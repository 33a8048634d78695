/*
 * Made-up histories of engagements, as Zoom would tell them, each with how it must end. The world below keeps its own
 * account of who is in the engagement, so that it can disagree with the machine. For property tests.
 */
import fc from 'fast-check';
import type { EngagementFacts, EntryKind, Phase } from '#contract/engagements.ts';
import type { AgentReference, EngagementStatement } from '../events.ts';

export type History = { statements: EngagementStatement[]; expected: Expected };

export type Expected = {
  phase: Phase;
  assignedAgentId: string | undefined;
  hold: { count: number; totalMs: number; since: number | null };
  disposition: string | null;
  handOver: { from: string | undefined; how: string } | null;
  queueName: string | undefined;
  channel: string;
  lines: number;
};

type Step =
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

const agents: AgentReference[] = ['Mina', 'Oskar', 'Sara', 'Teo'].map((name) => ({ id: `${name}-id`, name }));
export const caller = { number: '+14155550111', id: 'consumer-1', displayName: 'Ann Lee' };

const outcome = fc.constantFrom<Outcome>('accepted', 'declined', 'missed', 'canceled');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('hold', 'mute'), isClosed: fc.boolean(), twice: fc.boolean() }),
  fc.record({
    do: fc.constant('transfer' as const),
    how: fc.constantFrom('warm', 'cold'),
    senderLeavesFirst: fc.boolean(),
    isCompleted: fc.boolean(),
    outcome,
  }),
  fc.record({
    do: fc.constant('conference' as const),
    outcome: fc.constantFrom('joined', 'declined', 'missed', 'canceled'),
  }),
  fc.record({
    do: fc.constantFrom(
      ...(['takeover', 'monitor', 'upgrade', 'dtmf', 'message', 'note', 'disposition', 'second-reservation'] as const),
    ),
  }),
);

export const script: fc.Arbitrary<Script> = fc.record({
  inVain: fc.array(fc.constantFrom('declined', 'missed', 'withdrawn'), { maxLength: 2 }),
  steps: fc.array(
    fc.tuple(step, fc.integer({ min: 1, max: 90_000 })).map(([one, after]) => ({ ...one, after })),
    { maxLength: 7 },
  ),
  end: fc.constantFrom('open', 'abandoned', 'wrapping-up', 'ended'),
});

export const history: fc.Arbitrary<History> = script.map((one) => tellHistory(one));

/** In batches, as they may arrive: any order, some twice, some lost at first and sent again at the end. */
export function deliveryOf(statements: EngagementStatement[]): fc.Arbitrary<EngagementStatement[][]> {
  return fc
    .record({
      once: fc.shuffledSubarray(statements, { minLength: statements.length }),
      again: fc.shuffledSubarray(statements),
      lost: fc.integer({ min: 0, max: 3 }),
      batch: fc.integer({ min: 1, max: 9 }),
    })
    .map(({ once, again, lost, batch }) => {
      const late = once.slice(0, lost);
      const all = [...once.slice(lost), ...again.filter((statement) => !late.includes(statement)), ...late];
      return Array.from({ length: Math.ceil(all.length / batch) }, (_, at) => all.slice(at * batch, (at + 1) * batch));
    });
}

const flowKinds = new Set<EntryKind>(['started', 'answered', 'disposition', 'ended']);

/** The same told again by a flow, late and knowing less, and by REST, to the second: neither may change what it ends as. */
export function echoesOf(statements: EngagementStatement[]): EngagementStatement[] {
  const consumers = [{ number: caller.number }];
  const byFlow = statements
    .filter(({ kind }) => flowKinds.has(kind))
    .map(({ agent, others: _, ...statement }, at) => ({
      ...statement,
      ...{
        by: 'flow' as const,
        key: `flow-${statement.key}`,
        at: statement.at + 100 + at * 7_000,
        facts: { consumers },
      },
      ...(agent && { agent: { email: `${agent.name?.toLowerCase()}@deskside.example` } }),
    }));
  const byRest = statements.map((statement) => ({
    ...statement,
    ...{ by: 'rest' as const, key: `rest-${statement.key}`, at: statement.at - (statement.at % 1_000), facts: {} },
  }));
  return [...byFlow, ...byRest];
}

export function tellHistory({ inVain, steps, end }: Script, engagementId = 'E-1'): History {
  const world = createWorld(engagementId);
  world.say('started', undefined, { direction: 'inbound' });
  world.say('queued', undefined, { queueName: 'Support' });
  for (const [at, reason] of inVain.entries()) {
    world.say('ringing', agents[at + 1]);
    world.say(reason, agents[at + 1]);
  }
  if (end === 'abandoned') {
    world.say('dequeued', undefined);
    world.say('consumer-left', undefined);
    world.say('ended', undefined);
    return world.finish('ended');
  }
  world.say('ringing', agents[0]);
  world.say('answered', agents[0]);
  world.take(agents[0]);
  for (const one of steps) {
    world.wait(one.after);
    play(world, one);
  }
  if (end === 'open') return world.finish('active');
  world.say('consumer-left', world.holder());
  leave(world, world.holder());
  if (end === 'ended') {
    world.say('wrap-up-ended', world.holder());
    world.say('ended', undefined);
  }
  return world.finish(end === 'ended' ? 'ended' : 'wrap-up');
}

type World = ReturnType<typeof createWorld>;

function createWorld(engagementId: string) {
  const statements: EngagementStatement[] = [];
  const queues = new Map<string | undefined, string>();
  const hold: Expected['hold'] = { count: 0, totalMs: 0, since: null };
  let now = 1_790_000_000_000;
  let channel: EngagementFacts = { channel: 'messaging', source: 'web_chat' };
  let holder: AgentReference | undefined;
  let handOver: Expected['handOver'] = null;
  let disposition: string | null = null;

  return {
    holder: () => holder,
    queueOf: (agent: AgentReference | undefined) => queues.get(agent?.id),
    wait: (ms: number) => {
      now += ms;
    },
    take: (agent: AgentReference | undefined, queueName = 'Support') => {
      holder = agent;
      queues.set(agent?.id, queueName);
    },
    upgrade: () => {
      channel = { channel: 'voice' };
    },
    beginHold: () => {
      hold.count += 1;
      hold.since = now;
    },
    endHold: () => {
      if (hold.since !== null) hold.totalMs += now - hold.since;
      hold.since = null;
    },
    /** Says so only if it is held. */
    endHoldWith(say: () => void) {
      if (hold.since === null) return;
      say();
      this.endHold();
    },
    handOver: (from: AgentReference | undefined, how: string) => {
      handOver = { from: from?.name, how };
    },
    choose: (text: string) => {
      disposition = text;
    },
    spare: () => agents.filter((agent) => agent !== holder),
    say(
      kind: EntryKind,
      agent: AgentReference | undefined,
      more: EngagementFacts = {},
      told: Partial<EngagementStatement> = {},
    ) {
      now += 1_000;
      const context = agent && { queueName: queues.get(agent.id) ?? 'Support', consumers: [caller] };
      const facts = { ...channel, ...context, ...more };
      const key = `${kind}-${statements.length}`;
      statements.push({ engagementId, key, at: now, by: 'zoom', kind, facts, ...(agent && { agent }), ...told });
    },
    finish: (phase: Phase): History => ({
      statements,
      expected: {
        phase,
        assignedAgentId: holder?.id,
        hold,
        disposition,
        handOver,
        queueName: queues.get(holder?.id) ?? 'Support',
        channel: channel.channel ?? '',
        lines: statements.length,
      },
    }),
  };
}

function leave(world: World, agent: AgentReference | undefined): void {
  world.say('left', agent);
  world.endHold();
  world.say('wrap-up-started', agent);
}

function play(world: World, one: Step): void {
  if (one.do === 'hold') hold(world, one);
  else if (one.do === 'transfer') transfer(world, one);
  else if (one.do === 'conference') conference(world, one);
  else simple[one.do](world, world.holder(), world.spare()[0]);
}

type Play = (world: World, holder: AgentReference | undefined, other: AgentReference | undefined) => void;
const withOther = (other: AgentReference | undefined) => (other ? { others: [other] } : {});

const simple: Record<Exclude<Step['do'], 'hold' | 'transfer' | 'conference'>, Play> = {
  mute: (world, holder) => {
    world.say('muted', holder);
    world.say('unmuted', holder);
  },
  takeover: (world, holder, other) => {
    world.say('takeover', holder, {}, withOther(other));
    world.endHold();
    world.take(other, world.queueOf(holder));
  },
  monitor: (world, holder, other) => {
    world.say('monitor-started', holder, {}, { ...withOther(other), how: 'whisper' });
    world.say('monitor-ended', holder, {}, withOther(other));
  },
  upgrade: (world, holder) => {
    world.say('upgrade-started', holder);
    world.upgrade();
    world.say('upgraded', holder);
  },
  dtmf: (world, holder) => world.say('dtmf', holder, {}, { digits: 4 }),
  message: (world, holder) => world.say('message', holder),
  note: (world, holder) => world.say('note', holder, {}, { text: 'Asked about the invoice' }),
  disposition: (world, holder) => {
    const text = `Resolved by ${holder?.name}`;
    world.say('disposition', holder, {}, { text });
    world.choose(text);
  },
  'second-reservation': (world, _holder, other) => {
    world.say('ringing', other);
    world.say('missed', other);
  },
};

function conference(world: World, { outcome }: Step & { do: 'conference' }): void {
  const others = withOther(world.spare()[0]);
  world.say('conference-invited', world.holder(), {}, others);
  world.say(`conference-${outcome}`, world.holder(), {}, others);
  if (outcome === 'joined') world.say('conference-left', world.holder(), {}, others);
}

function hold(world: World, { isClosed, twice }: { isClosed: boolean; twice: boolean }): void {
  const holder = world.holder();
  world.endHoldWith(() => world.say('unhold', holder));
  world.say('hold', holder);
  world.beginHold();
  if (twice) world.say('hold', holder);
  if (isClosed) world.endHoldWith(() => world.say('unhold', holder));
}

function transfer(world: World, { how, outcome, senderLeavesFirst, isCompleted }: Step & { do: 'transfer' }): void {
  const sender = world.holder();
  const [receiver] = world.spare();
  const to = { ...withOther(receiver), to: 'Billing', how };
  world.say('transfer-started', sender, {}, to);
  world.say('transfer-queued', sender, {}, to);
  if (senderLeavesFirst) {
    world.say('left', sender);
    world.endHold();
  }
  world.say('transfer-ringing', sender, {}, to);
  world.say(`transfer-${outcome}`, sender, {}, to);
  if (outcome !== 'accepted') return;

  world.handOver(sender, how);
  if (how === 'cold') world.endHold();
  world.take(receiver, 'Billing');
  world.say('answered', receiver);
  if (isCompleted) {
    world.say('transfer-completed', sender, {}, to);
    world.endHold();
  }
  leave(world, sender);
  world.say('wrap-up-ended', sender);
}
