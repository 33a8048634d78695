import {
  type Consumer,
  consumer as consumerSchema,
  type EngagementEventKind,
  type EngagementFacts,
  engagementFacts,
} from '#contract/engagements.ts';
import { toMs } from './event-time.ts';
import { asObject, type JsonObject, readText, withoutAbsent } from './json-fields.ts';

/**
 * The facts one event states about the engagement as a whole. In a record the newest value of a field wins, so an event
 * yields only fields that hold from then on:
 *
 * - Channel and direction: from every event that has them.
 * - Assigned agent: only from events in which an agent takes the engagement. Events in which an agent leaves, wraps up
 *   or unholds after a warm transfer use the same field and would assign the engagement back.
 * - Queue and flow: where the engagement starts, is routed or answered, and where a transfer fails and the engagement
 *   returns. Other events carry those of the agent's own task, which the engagement may have left.
 * - Consumer: from every event that has one, except conferences, where Zoom does not document which participant it is.
 */
export function readEngagementFacts(zoomEvent: {
  event: string;
  kind: EngagementEventKind;
  object: JsonObject;
  at: number;
}): EngagementFacts {
  const { kind, object } = zoomEvent;
  return keepValid({
    ...readTimes(zoomEvent),
    ...readChannel(object),
    direction: readText(object, 'engagement_direction', 'direction'),
    ...readFlowNumber(object),
    ...(kindsWithRoute.has(kind) ? readRoute(object) : {}),
    ...(kindsWithAgent.has(kind) ? readAssigned(object) : {}),
    ...(kindsWithReceiver.has(kind) ? readTransfer(object) : {}),
    ...(kind === 'takeover' ? readAssigned(object, 'takeover_') : {}),
    ...(kind === 'conference-joined' ? { isConference: true } : {}),
    consumers: kind.startsWith('conference-') ? undefined : readConsumers(object),
  });
}

const kindsWithAgent = new Set<EngagementEventKind>(['answered']);
const kindsWithReceiver = new Set<EngagementEventKind>(['transfer-accepted', 'transfer-completed']);
const kindsWithRoute = new Set<EngagementEventKind>([
  ...(['started', 'queued', 'ringing', 'answered', 'consumer-invited', 'consumer-answered'] as const),
  ...(['transfer-started', 'transfer-canceled', 'transfer-declined', 'transfer-missed'] as const),
]);

function readTimes({
  event,
  kind,
  object,
  at,
}: {
  event: string;
  kind: EngagementEventKind;
  object: JsonObject;
  at: number;
}) {
  return {
    startTime: kind === 'started' ? at : toMs(object.start_time),
    acceptTime: event === 'engagement_user_answered' ? at : undefined,
    // Other events of kind `ended` come some time after the end.
    endTime: event === 'engagement_ended' ? at : undefined,
  };
}

/** Values of a task's `channel_name` and the `channel` and `channel_source` that other events use for them. */
const taskChannels: Record<string, { channel: string; source?: string }> = {
  sms: { channel: 'messaging', source: 'sms' },
  chat: { channel: 'messaging', source: 'web_chat' },
  in_app_chat: { channel: 'messaging', source: 'in_app_chat' },
};

function readChannel(object: JsonObject): Pick<UncheckedFacts, 'channel' | 'source'> {
  const channel = readText(object, 'channel');
  const source = readText(object, 'channel_source');
  const taskChannel = readText(object, 'channel_name');
  if (channel !== undefined || taskChannel === undefined) return { channel, source };
  return {
    channel: taskChannel,
    source,
    ...(Object.hasOwn(taskChannels, taskChannel) ? taskChannels[taskChannel] : {}),
  };
}

/** The contact center's number: the caller's in an outbound call. */
function readFlowNumber(object: JsonObject): Pick<UncheckedFacts, 'flowNumber'> {
  const numberField = isOutbound(object) ? 'caller_number' : 'callee_number';
  return { flowNumber: readText(object, 'flow_number', 'contact_center_number', numberField) };
}

function readRoute(object: JsonObject): UncheckedFacts {
  return {
    ...readQueue(object, ''),
    flowId: readText(object, 'flow_id'),
    flowName: readText(object, 'flow_name'),
  };
}

/** `prefix`: `transfer_to_` for the receiving side. */
function readQueue(object: JsonObject, prefix: '' | 'transfer_to_'): UncheckedFacts {
  const newer = readText(object, `${prefix}cc_queue_id`);
  const older = readText(object, `${prefix}queue_id`);
  return {
    queueId: newer ?? older,
    queueAlias: newer === undefined || newer === older ? undefined : older,
    queueName: readText(object, `${prefix}queue_name`),
  };
}

function readAssigned(object: JsonObject, prefix: '' | 'transfer_to_' | 'takeover_' = ''): UncheckedFacts {
  const user = readText(object, `${prefix}user_id`);
  return prefix === '' && user === undefined
    ? { assignedAgentId: readText(object, 'assigned_user_id') }
    : { assignedAgentId: user, assignedAgentName: readText(object, `${prefix}user_display_name`) };
}

/** In a transfer, `user_id` and `queue_name` are the sender's. */
function readTransfer(object: JsonObject): UncheckedFacts {
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

function readConsumers(object: JsonObject): Consumer[] | undefined {
  const objects = Array.isArray(object.consumers) ? object.consumers.map(asObject) : [object];
  const consumers = objects.flatMap((consumerObject) => {
    const consumer = consumerObject && readConsumer(consumerObject);
    return consumer ? [consumer] : [];
  });
  return consumers.length > 0 ? consumers.slice(0, 50) : undefined;
}

function readConsumer(object: JsonObject): Consumer | undefined {
  const numberField = isOutbound(object) ? 'callee_number' : 'caller_number';
  const consumer = keepValidFields(consumerSchema.shape, {
    id: readText(object, 'consumer_id'),
    displayName: readText(object, 'consumer_display_name'),
    number: readText(object, 'consumer_number', numberField, 'consumer_invite_number'),
    email: readText(object, 'consumer_email', 'consumer_invite_email'),
  });
  return Object.keys(consumer).length > 0 ? (consumer as Consumer) : undefined;
}

function isOutbound(object: JsonObject): boolean {
  return readText(object, 'engagement_direction', 'direction')?.toLowerCase() === 'outbound';
}

type UncheckedFacts = { [Field in keyof EngagementFacts]?: unknown };

/** Drops fields that violate the contract and keeps the others. */
function keepValid(unchecked: UncheckedFacts): EngagementFacts {
  return keepValidFields(engagementFacts.shape, unchecked) as EngagementFacts;
}

function keepValidFields(
  shape: Record<string, { safeParse(value: unknown): { success: boolean } }>,
  unchecked: Record<string, unknown>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(withoutAbsent(unchecked)).filter(([field, value]) => shape[field]?.safeParse(value).success),
  );
}
