/*
 * State machine of an engagement. Zoom has no state event; the phase is derived from the agents in the engagement, the
 * agents it rings and whether the consumer waits. `applyEvent` takes the events in the order of their times.
 *
 * Phases, the first that applies:
 *   ended     an `ended` event was applied. Final: later events appear in the timeline and change no state; only the
 *             wrap-up of agents goes on (access.ts).
 *   active    at least one agent is in the engagement.
 *   ringing   no agent is in it, and it rings an agent.
 *   queued    no agent is in it, and the consumer waits: initially, or during a transfer.
 *   wrap-up   all agents have left.
 *
 * Transitions are described at `transitions`. Guaranteed: the same events lead to the same state in any order of
 * arrival (event-set.ts). Not guaranteed: a correct phase while an event is missing. Without a `left`, an engagement
 * stays active until `ended`.
 */
import type { EngagementEventKind, Phase } from '#contract/engagements.ts';
import type { AgentReference, EngagementEvent } from '../events.ts';
import {
  type ConditionChange,
  changeCondition,
  endAll,
  endWrapUp,
  isIn,
  isSame,
  join,
  joinUnlessLeft,
  keyOf,
  leave,
  type Presence,
  ring,
  startMonitoring,
  startWrapUp,
  stopAllRinging,
  stopMonitoring,
  stopRinging,
} from './presence.ts';

export type Progress = Presence & {
  hasBegun: boolean;
  endedAt: number | null;
  /** The last queue named by an event. */
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
  monitoring: [],
  released: new Set(),
  last: null,
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

/** Mutates `progress`, which is created for each reduction and not shared. */
export function applyEvent(progress: Progress, event: EngagementEvent): void {
  progress.hasBegun = true;
  const { at, agent = {}, others } = event;
  if (progress.endedAt !== null) {
    if (event.kind === 'wrap-up-started') startWrapUp(progress, agent, at);
    if (event.kind === 'wrap-up-ended') endWrapUp(progress, agent);
    return;
  }
  transitions[event.kind]?.(progress, { event, at, agent, other: others?.[0] });
  settleTransfer(progress, at);
  progress.queue = queueOf(event) ?? progress.queue;
}

const queueOf = ({ facts }: EngagementEvent) => facts.queueName ?? facts.queueId ?? null;

/** `other`: the receiver of a transfer, or the supervisor who takes over. */
type TransitionInput = {
  event: EngagementEvent;
  at: number;
  agent: AgentReference;
  other: AgentReference | undefined;
};
type Transition = (progress: Progress, input: TransitionInput) => void;

const ringAgent: Transition = (progress, { agent }) => ring(progress, agent);
const stopRingingAgent: Transition = (progress, { agent }) => stopRinging(progress, agent);
const ringOther: Transition = (progress, { other }) => other && ring(progress, other);
const cancelInvitation: Transition = (progress, { agent, other }) => stopRinging(progress, other ?? agent);

/** An unnamed agent means the assigned one: a flow post may name no agent. */
const agentOrAssigned = (progress: Progress, agent: AgentReference) =>
  keyOf(agent) === '' ? (progress.assigned?.agent ?? agent) : agent;

const setCondition =
  (kind: ConditionChange['kind']): Transition =>
  (progress, { agent, at }) =>
    changeCondition(progress, agentOrAssigned(progress, agent), at, kind);

const removeAgent =
  (isWrappingUp: boolean): Transition =>
  (progress, { agent, at }) => {
    const leaving = agentOrAssigned(progress, agent);
    joinUnlessLeft(progress, leaving, at);
    leave(progress, leaving, at, isWrappingUp);
  };

/** Ends the transfer; the sender continues, unless it has begun to wrap up. */
const returnToSender: Transition = (progress, { other, at }) => {
  if (other) stopRinging(progress, other);
  else stopAllRinging(progress);
  const sender = progress.transfer?.from;
  progress.transfer = null;
  if (!sender || isIn(progress.present, sender)) return;
  if (progress.left.get(keyOf(sender))?.isWrappingUp) progress.isWaiting = true;
  else join(progress, sender, at);
};

/*
 * Agent A, receiver B, supervisor S. Any event begins the engagement; kinds that are not listed change nothing else.
 *   queued                    the consumer waits
 *   ringing                   rings A; also while other agents are in it (a conference in 2023)
 *   declined, missed, withdrawn   stops ringing A
 *   answered                  A joins; if A is the first or a transfer is under way, ringing stops for all
 *   left, wrap-up-started, wrap-up-ended   A leaves
 *   hold, unhold, muted, unmuted, dtmf     A joins unless A has left, which repairs a lost `answered`
 *   transfer-started, -queued a transfer by A begins. A stays until A leaves; then the consumer waits
 *   transfer-ringing          rings B
 *   transfer-accepted         B joins and is assigned, and the transfer is over (Zoom may omit `completed`). Cold: A
 *                             leaves. Warm: A stays until A leaves. To a flow or a number: A leaves, the consumer
 *                             waits. Ringing stops for all
 *   transfer-completed        like accepted, if that was missing; A leaves
 *   transfer-declined, -missed, -canceled  the transfer is over and A rejoins, unless A has begun to wrap up
 *   conference-joined, -left  B joins or leaves; the assigned agent does not change
 *   monitor-started, -ended   S monitors, or no longer does
 *   takeover                  S joins and is assigned, A leaves
 *   ended                     all agents leave, all ringing stops
 *
 * The assigned agent is the first of those in the engagement, except after a transfer or a takeover; the last agent to
 * leave stays assigned.
 */
const transitions: Partial<Record<EngagementEventKind, Transition>> = {
  queued: (progress) => {
    progress.isWaiting = true;
  },
  ringing: ringAgent,
  declined: stopRingingAgent,
  missed: stopRingingAgent,
  withdrawn: stopRingingAgent,
  answered: (progress, { agent, at }) => {
    // Somebody took it, so nobody else is offered it any more.
    if (progress.present.length === 0 || progress.transfer) stopAllRinging(progress);
    join(progress, agent, at);
  },
  hold: setCondition('hold'),
  unhold: setCondition('unhold'),
  muted: setCondition('muted'),
  unmuted: setCondition('unmuted'),
  dtmf: (progress, { agent, at }) => joinUnlessLeft(progress, agentOrAssigned(progress, agent), at),
  left: removeAgent(false),
  'wrap-up-started': removeAgent(true),
  'wrap-up-ended': (progress, input) => {
    removeAgent(true)(progress, input);
    endWrapUp(progress, agentOrAssigned(progress, input.agent));
  },
  'transfer-started': (progress, input) => {
    joinUnlessLeft(progress, input.agent, input.at);
    progress.transfer = transferOf(progress, input, queueOf(input.event));
  },
  'transfer-queued': (progress, input) => {
    joinUnlessLeft(progress, input.agent, input.at);
    progress.transfer ??= transferOf(progress, input);
  },
  'transfer-ringing': ringOther,
  'transfer-accepted': acceptTransfer,
  'transfer-completed': (progress, input) => {
    const isAccepted = !progress.transfer && isSame(progress.handOver?.from, input.agent);
    if (!isAccepted) acceptTransfer(progress, input);
    if (progress.handOver) leave(progress, progress.handOver.from, input.at, false);
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
  'monitor-started': (progress, { other }) => other && startMonitoring(progress, other),
  'monitor-ended': (progress, { other }) => other && stopMonitoring(progress, other),
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
  fromQueue: string | null = queue,
): Transfer {
  const from = keyOf(agent) === '' ? (present[0] ?? agent) : agent;
  return { from, fromQueue: fromQueue ?? queue, mode: event.mode ?? null };
}

/** A flow post names one agent without a role: if another agent is in the engagement, the new one is the receiver. */
function inferReceiver({ present, left }: Progress, input: TransitionInput): TransitionInput {
  const { agent, other } = input;
  const [sender] = present;
  const isNew = !other && sender && keyOf(agent) !== '' && !isIn(present, agent) && !left.has(keyOf(agent));
  return isNew ? { ...input, agent: sender, other: agent } : input;
}

function acceptTransfer(progress: Progress, received: TransitionInput): void {
  const input = inferReceiver(progress, received);
  const { other: receiver, at } = input;
  const described = transferOf(progress, input);
  const transfer = progress.transfer ?? described;
  const mode = transfer.mode ?? described.mode;
  progress.transfer = null;
  progress.handOver = { ...transfer, mode: mode, at };
  stopAllRinging(progress);
  if (receiver) {
    join(progress, receiver, at);
    progress.assigned = { agent: receiver, at };
  }
  const isConsulting = receiver && mode !== null && /warm/i.test(mode);
  if (!isConsulting) leave(progress, transfer.from, at, false);
  if (progress.present.length === 0) progress.isWaiting = true;
}

/** If the sender left while another agent is in the engagement, that agent accepted, even if the event was lost. */
function settleTransfer(progress: Progress, at: number): void {
  const { transfer, present } = progress;
  const receiver = present.at(-1);
  if (!transfer || !receiver || isIn(present, transfer.from)) return;
  progress.transfer = null;
  progress.handOver = { ...transfer, at };
  progress.assigned = { agent: receiver, at };
}
