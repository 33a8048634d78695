import {
  type Consumer,
  consumer as consumerSchema,
  type EngagementFacts,
  type EntryKind,
  engagementFacts,
} from '#contract/engagements.ts';
import { asObject, readText, withoutAbsent, type ZoomObject } from './read-fields.ts';
import { toMs } from './read-happened-at.ts';

/**
 * What one event tells of the engagement as a whole. The newest word wins in a record, so an event may only say what
 * holds from then on, for all:
 *
 * - Channel and direction: every event that has them.
 * - The agent: only where somebody takes the engagement on. Whoever leaves, writes up, or takes off the hold after a warm
 *   transfer is named in the same field, and would take the engagement back.
 * - Queue and flow: where it begins, is routed or taken on, and where a transfer fails, for then it is back where it came
 *   from. The other events carry those of the agent's own task, which may be the one that it has left.
 * - The consumer: every event that names one, but for conferences, where it is not documented who is meant.
 */
export function readEngagementFacts(told: {
  event: string;
  kind: EntryKind;
  object: ZoomObject;
  at: number;
}): EngagementFacts {
  const { kind, object } = told;
  return keepValid({
    ...readTimes(told),
    ...readChannel(object),
    direction: readText(object, 'engagement_direction', 'direction'),
    ...readNumbers(object),
    ...(tellsRoute.has(kind) ? readRoute(object) : {}),
    ...(tellsAssigned.has(kind) ? readAssigned(object) : {}),
    ...(tellsReceiver.has(kind) ? readTransfer(object) : {}),
    ...(kind === 'takeover' ? readAssigned(object, 'takeover_') : {}),
    ...(kind === 'conference-joined' ? { isConference: true } : {}),
    consumers: kind.startsWith('conference-') ? undefined : readConsumers(object),
  });
}

const tellsAssigned = new Set<EntryKind>(['answered']);
const tellsReceiver = new Set<EntryKind>(['transfer-accepted', 'transfer-completed']);
const tellsRoute = new Set<EntryKind>([
  ...(['started', 'queued', 'ringing', 'answered', 'consumer-invited', 'consumer-answered'] as const),
  ...(['transfer-started', 'transfer-canceled', 'transfer-declined', 'transfer-missed'] as const),
]);

function readTimes({ event, kind, object, at }: { event: string; kind: EntryKind; object: ZoomObject; at: number }) {
  return {
    startTime: kind === 'started' ? at : toMs(object.start_time),
    acceptTime: event === 'engagement_user_answered' ? at : undefined,
    // What else tells of the end comes after it.
    endTime: event === 'engagement_ended' ? at : undefined,
  };
}

/** Tasks say `channel_name`, in words of their own for what events tell with `channel` and `channel_source`. */
const channelsOfTasks: Record<string, { channel: string; source?: string }> = {
  sms: { channel: 'messaging', source: 'sms' },
  chat: { channel: 'messaging', source: 'web_chat' },
  in_app_chat: { channel: 'messaging', source: 'in_app_chat' },
};

function readChannel(object: ZoomObject): Pick<Candidates, 'channel' | 'source'> {
  const channel = readText(object, 'channel');
  const source = readText(object, 'channel_source');
  const ofTask = readText(object, 'channel_name');
  if (channel !== undefined || ofTask === undefined) return { channel, source };
  return { channel: ofTask, source, ...(Object.hasOwn(channelsOfTasks, ofTask) ? channelsOfTasks[ofTask] : {}) };
}

/** Our own number; of an outbound call it is we who call. */
function readNumbers(object: ZoomObject): Pick<Candidates, 'flowNumber'> {
  const ofTask = isOutbound(object) ? 'caller_number' : 'callee_number';
  return { flowNumber: readText(object, 'flow_number', 'contact_center_number', ofTask) };
}

function readRoute(object: ZoomObject): Candidates {
  return {
    ...readQueue(object, ''),
    flowId: readText(object, 'flow_id'),
    flowName: readText(object, 'flow_name'),
  };
}

/** `prefix`: `transfer_to_` for the receiving side. */
function readQueue(object: ZoomObject, prefix: '' | 'transfer_to_'): Candidates {
  const newer = readText(object, `${prefix}cc_queue_id`);
  const older = readText(object, `${prefix}queue_id`);
  return {
    queueId: newer ?? older,
    queueAlias: newer === undefined || newer === older ? undefined : older,
    queueName: readText(object, `${prefix}queue_name`),
  };
}

function readAssigned(object: ZoomObject, prefix: '' | 'transfer_to_' | 'takeover_' = ''): Candidates {
  const user = readText(object, `${prefix}user_id`);
  return prefix === '' && user === undefined
    ? { assignedAgentId: readText(object, 'assigned_user_id') }
    : { assignedAgentId: user, assignedAgentName: readText(object, `${prefix}user_display_name`) };
}

/** `user_id` and `queue_name` of a transfer are the sender's. */
function readTransfer(object: ZoomObject): Candidates {
  return {
    ...readQueue(object, 'transfer_to_'),
    ...readAssigned(object, 'transfer_to_'),
    flowId: readText(object, 'transfer_to_flow_id', 'flow_id'),
    flowName: readText(object, 'transfer_to_flow_name', 'flow_name'),
    isTransfer: true,
    transferType: readText(object, 'transfer_type'),
    transferFromAgentId: readText(object, 'user_id'),
    transferFromAgentName: readText(object, 'user_display_name'),
  };
}

function readConsumers(object: ZoomObject): Consumer[] | undefined {
  const named = Array.isArray(object.consumers) ? object.consumers.map(asObject) : [object];
  const consumers = named.flatMap((one) => {
    const consumer = one && readConsumer(one);
    return consumer ? [consumer] : [];
  });
  return consumers.length > 0 ? consumers.slice(0, 50) : undefined;
}

function readConsumer(object: ZoomObject): Consumer | undefined {
  const ofTask = isOutbound(object) ? 'callee_number' : 'caller_number';
  const consumer = keepValidOf(consumerSchema.shape, {
    id: readText(object, 'consumer_id'),
    displayName: readText(object, 'consumer_display_name'),
    number: readText(object, 'consumer_number', ofTask, 'consumer_invite_number'),
    email: readText(object, 'consumer_email', 'consumer_invite_email'),
  });
  return Object.keys(consumer).length > 0 ? (consumer as Consumer) : undefined;
}

function isOutbound(object: ZoomObject): boolean {
  return readText(object, 'engagement_direction', 'direction')?.toLowerCase() === 'outbound';
}

type Candidates = { [Field in keyof EngagementFacts]?: unknown };

/** A field that does not fit the contract is left out; it does not cost us the others. */
function keepValid(candidates: Candidates): EngagementFacts {
  return keepValidOf(engagementFacts.shape, candidates) as EngagementFacts;
}

function keepValidOf(
  shape: Record<string, { safeParse(value: unknown): { success: boolean } }>,
  candidates: Record<string, unknown>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(withoutAbsent(candidates)).filter(([field, value]) => shape[field]?.safeParse(value).success),
  );
}
