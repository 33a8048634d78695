/*
 * Where an engagement stands. Zoom has no state event: the phase follows from who is in the engagement, to whom it rings
 * and whether the consumer waits for somebody. `advance` takes the events in the order in which they happened.
 *
 * Phases, the first that fits:
 *   ended     it was said to have ended. Final: what is dated later stands in the timeline and moves nothing.
 *   active    at least one agent is in it.
 *   ringing   nobody is in it, and an agent is asked.
 *   queued    nobody is in it, and the consumer waits: at the beginning, or because a transfer is under way.
 *   wrap-up   nobody is in it any more.
 *
 * What moves it (agent A, receiver B, supervisor S):
 *   any event             begins it: queued
 *   queued                    the consumer waits
 *   ringing                   A is asked. While others are in it too: that is how a conference began in 2023
 *   declined, missed, withdrawn   A is no longer asked: queued again, if nobody else is
 *   answered                  A is in it; if nobody was, nobody else is asked any more
 *   left, wrap-up-started, wrap-up-ended   A is no longer in it
 *   hold, unhold, muted, unmuted, dtmf     A is in it, unless A has left: so a lost `answered` is made good by what follows
 *   transfer-started, -queued a transfer of A's is under way. A stays in it until A leaves; then the consumer waits
 *   transfer-ringing          B is asked
 *   transfer-accepted         B is in it and has it assigned. Cold: A is out. Warm: A is in it until A leaves. To a flow
 *                             or a number: A is out, the consumer waits. The transfer is over: Zoom was seen not to send
 *                             `completed` after it
 *   transfer-completed        as accepted, if that was not said; and A is out
 *   transfer-declined, -missed, -canceled  the transfer is over, and A is in it again, unless A has begun to wrap up
 *   conference-joined, -left  B is in it, or no longer; whose engagement it is does not change
 *   monitor-started, -ended   nothing: S listens
 *   takeover                  S is in it and has it assigned, A is out
 *   ended                     nobody is in it, nobody is asked
 *
 * Assigned is the agent who came first of those that are in it, but for a transfer and a take-over; when the last leaves,
 * that one stays assigned. A transfer whose sender has left while another is in it was accepted, said or not.
 *
 * Guaranteed: the same events lead to the same place, however they came (event-set.ts). Not guaranteed: that the
 * place is right while something is missing. A lost `left` keeps an engagement active until it is said to have ended.
 */
import type { EntryKind, Phase } from '#contract/engagements.ts';
import type { AgentReference, EngagementEvent } from '../events.ts';
import {
  type ConditionChange,
  changeCondition,
  endAll,
  isIn,
  isSame,
  join,
  joinUnlessLeft,
  keyOf,
  leave,
  type Presence,
  ring,
  stopRinging,
} from './presence.ts';

export type Progress = Presence & {
  hasBegun: boolean;
  endedAt: number | null;
  /** The last that was named. */
  queue: string | null;
  transfer: Transfer | null;
  handOver: (Transfer & { at: number }) | null;
};

type Transfer = { from: AgentReference; fromQueue: string | null; mode: string | null };

export const createProgress = (): Progress => ({
  hasBegun: false,
  endedAt: null,
  present: [],
  ringing: [],
  left: new Map(),
  isWaiting: true,
  answeredAt: null,
  assigned: null,
  conditionChanges: [],
  queue: null,
  transfer: null,
  handOver: null,
});

export function phaseOf(progress: Progress): Phase | null {
  if (!progress.hasBegun) return null;
  if (progress.endedAt !== null) return 'ended';
  if (progress.present.length > 0) return 'active';
  if (progress.ringing.length > 0) return 'ringing';
  return progress.isWaiting || progress.transfer ? 'queued' : 'wrap-up';
}

/** Changes `progress`: one is made for each fold, and nobody else sees it before it is done. */
export function applyEvent(progress: Progress, event: EngagementEvent): void {
  progress.hasBegun = true;
  if (progress.endedAt !== null) return;
  const { at, agent = {}, others } = event;
  transitions[event.kind]?.(progress, { event, at, agent, other: others?.[0] });
  settleTransfer(progress, at);
  progress.queue = queueOf(event) ?? progress.queue;
}

const queueOf = ({ facts }: EngagementEvent) => facts.queueName ?? facts.queueId ?? null;

/** `other`: the receiver of a transfer, who is invited to a conference, who takes over. */
type TransitionInput = {
  event: EngagementEvent;
  at: number;
  agent: AgentReference;
  other: AgentReference | undefined;
};
type Transition = (progress: Progress, happening: TransitionInput) => void;

const ringAgent: Transition = (progress, { agent }) => ring(progress, agent);
const stopRingingAgent: Transition = (progress, { agent }) => stopRinging(progress, agent);
const ringOther: Transition = (progress, { other }) => other && ring(progress, other);
const cancelInvitation: Transition = (progress, { agent, other }) => stopRinging(progress, other ?? agent);

/** Whoever is not named is the one to whom it is assigned: a flow's post may name nobody. */
const agentOrAssigned = (progress: Progress, agent: AgentReference) =>
  keyOf(agent) === '' ? (progress.assigned?.agent ?? agent) : agent;

const setCondition =
  (kind: ConditionChange['kind']): Transition =>
  (progress, { agent, at }) =>
    changeCondition(progress, agentOrAssigned(progress, agent), at, kind);

const removeAgent =
  (isWrappingUp: boolean): Transition =>
  (progress, { agent, at }) => {
    const who = agentOrAssigned(progress, agent);
    joinUnlessLeft(progress, who, at);
    leave(progress, who, at, isWrappingUp);
  };

/** The transfer is over, and whoever began it goes on. */
const returnToSender: Transition = (progress, { other, at }) => {
  if (other) stopRinging(progress, other);
  const sender = progress.transfer?.from;
  progress.transfer = null;
  if (!sender || isIn(progress.present, sender)) return;
  if (progress.left.get(keyOf(sender))?.isWrappingUp) progress.isWaiting = true;
  else join(progress, sender, at);
};

const transitions: Partial<Record<EntryKind, Transition>> = {
  queued: (progress) => {
    progress.isWaiting = true;
  },
  ringing: ringAgent,
  declined: stopRingingAgent,
  missed: stopRingingAgent,
  withdrawn: stopRingingAgent,
  answered: (progress, { agent, at }) => {
    if (progress.present.length === 0) progress.ringing = [];
    join(progress, agent, at);
  },
  hold: setCondition('hold'),
  unhold: setCondition('unhold'),
  muted: setCondition('muted'),
  unmuted: setCondition('unmuted'),
  dtmf: (progress, { agent, at }) => joinUnlessLeft(progress, agentOrAssigned(progress, agent), at),
  left: removeAgent(false),
  'wrap-up-started': removeAgent(true),
  'wrap-up-ended': removeAgent(true),
  'transfer-started': (progress, happening) => {
    joinUnlessLeft(progress, happening.agent, happening.at);
    progress.transfer = transferOf(progress, happening, queueOf(happening.event));
  },
  'transfer-queued': (progress, happening) => {
    joinUnlessLeft(progress, happening.agent, happening.at);
    progress.transfer ??= transferOf(progress, happening);
  },
  'transfer-ringing': ringOther,
  'transfer-accepted': acceptTransfer,
  'transfer-completed': (progress, happening) => {
    const isAccepted = !progress.transfer && isSame(progress.handOver?.from, happening.agent);
    if (!isAccepted) acceptTransfer(progress, happening);
    if (progress.handOver) leave(progress, progress.handOver.from, happening.at, false);
  },
  'transfer-canceled': returnToSender,
  'transfer-declined': returnToSender,
  'transfer-missed': returnToSender,
  'conference-invited': ringOther,
  'conference-joined': (progress, { agent, other, at }) => join(progress, other ?? agent, at),
  'conference-left': (progress, { agent, other, at }) => leave(progress, other ?? agent, at, false),
  'conference-canceled': cancelInvitation,
  'conference-declined': cancelInvitation,
  'conference-missed': cancelInvitation,
  takeover: (progress, { agent, other, at }) => {
    const supervisor = other ?? agent;
    const before = other ? agent : progress.assigned?.agent;
    join(progress, supervisor, at);
    progress.assigned = { agent: supervisor, at };
    if (before && !isSame(before, supervisor)) leave(progress, before, at, false);
  },
  ended: (progress, { at }) => {
    progress.endedAt = at;
    endAll(progress, at);
  },
};

function transferOf(
  { present, queue }: Progress,
  { event, agent }: TransitionInput,
  itsQueue: string | null = queue,
): Transfer {
  const from = keyOf(agent) === '' ? (present[0] ?? agent) : agent;
  return { from, fromQueue: itsQueue ?? queue, mode: event.mode ?? null };
}

/** A flow's post names one agent and no end: where another is in it, the one who is new receives it. */
function inferReceiver({ present, left }: Progress, happening: TransitionInput): TransitionInput {
  const { agent, other } = happening;
  const [sender] = present;
  const isNew = !other && sender && keyOf(agent) !== '' && !isIn(present, agent) && !left.has(keyOf(agent));
  return isNew ? { ...happening, agent: sender, other: agent } : happening;
}

function acceptTransfer(progress: Progress, told: TransitionInput): void {
  const happening = inferReceiver(progress, told);
  const { other: receiver, at } = happening;
  const said = transferOf(progress, happening);
  const transfer = progress.transfer ?? said;
  const how = transfer.mode ?? said.mode;
  progress.transfer = null;
  progress.handOver = { ...transfer, mode: how, at };
  if (receiver) {
    join(progress, receiver, at);
    progress.assigned = { agent: receiver, at };
  }
  const isConsulting = receiver && how !== null && /warm/i.test(how);
  if (!isConsulting) leave(progress, transfer.from, at, false);
  if (progress.present.length === 0) progress.isWaiting = true;
}

/** The sender has left while another is in it: that one took it over, whether or not we heard it. */
function settleTransfer(progress: Progress, at: number): void {
  const { transfer, present } = progress;
  const receiver = present.at(-1);
  if (!transfer || !receiver || isIn(present, transfer.from)) return;
  progress.transfer = null;
  progress.handOver = { ...transfer, at };
  progress.assigned = { agent: receiver, at };
}
