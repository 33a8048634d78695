import type { EngagementEventKind } from '#contract/engagements.ts';
import type { AgentReference, EngagementEvent, Origin } from '../../events.ts';
import { cutText, type JsonObject, readText, withoutAbsent } from './json-fields.ts';
import { readEngagementFacts } from './read-engagement-facts.ts';

type ZoomEngagementEvent = {
  event: string;
  kind: EngagementEventKind;
  object: JsonObject;
  engagementId: string;
  key: string;
  /** ms UTC */
  at: number;
  origin: Origin;
};

/** UTF-16 units. */
const maxTextLength = 8_000;

export function toEngagementEvent(zoomEvent: ZoomEngagementEvent): EngagementEvent {
  const { kind, object, engagementId, key, at, origin } = zoomEvent;
  const { agent, others } = readAgents(zoomEvent);
  return {
    engagementId,
    key,
    at,
    origin,
    kind,
    facts: readEngagementFacts(zoomEvent),
    ...withoutAbsent({
      agent,
      others: others.length > 0 ? others : undefined,
      to: cutText(readTarget(kind, object), 512),
      mode: cutText(readText(object, 'transfer_type', 'action_type'), 64),
      text: cutText(readEventText(zoomEvent), maxTextLength),
      digits: kind === 'dtmf' ? [...(readText(object, 'dtmf_input') ?? '')].length : undefined,
    }),
  };
}

type Agents = { agent?: AgentReference | undefined; others: AgentReference[] };

/** `user_id` is the agent whose engagement it is: in a transfer the sender, in a take-over the agent who loses it. */
function readAgents({ event, kind, object }: ZoomEngagementEvent): Agents {
  const user = readAgent(object, 'user_id', 'user_display_name');
  const receiver = readAgent(object, 'transfer_to_user_id', 'transfer_to_user_display_name');
  switch (kind) {
    case 'consumer-answered':
    case 'message':
    case 'file':
      return event.startsWith('engagement_consumer_') ? { others: toList(user) } : { agent: user, others: [] };
    case 'consumer-left':
      return { others: [] };
    case 'monitor-started':
    case 'monitor-ended':
      return { agent: user, others: toList(readAgent(object, 'monitoring_user_id', 'monitoring_user_display_name')) };
    case 'takeover':
      return { agent: user, others: toList(readAgent(object, 'takeover_user_id', 'takeover_user_display_name')) };
    case 'recording-started':
    case 'recording-paused':
    case 'recording-resumed':
    case 'recording-stopped':
      return { agent: user ?? readAgent(object, 'owner_id', 'owner_name'), others: [] };
    default:
      return {
        agent: user ?? readAgent(object, 'assigned_user_id', 'assigned_user_display_name'),
        others: kind.startsWith('transfer-') ? toList(receiver) : [],
      };
  }
}

function readAgent(object: JsonObject, idKey: string, nameKey: string): AgentReference | undefined {
  const id = readText(object, idKey);
  const name = cutText(readText(object, nameKey), 512);
  const agent = withoutAbsent({ id: id !== undefined && id.length <= 256 ? id : undefined, name });
  return agent.id === undefined && agent.name === undefined ? undefined : agent;
}

/** The target of a transfer to a queue, flow, inbox or number. */
function readTarget(kind: EngagementEventKind, object: JsonObject): string | undefined {
  if (!kind.startsWith('transfer-') || readText(object, 'transfer_to_user_id') !== undefined) return undefined;
  return readText(
    object,
    'transfer_to_queue_name',
    'transfer_to_flow_name',
    'transfer_to_inbox_name',
    'transfer_to_number',
  );
}

function readEventText({ event, kind, object }: ZoomEngagementEvent): string | undefined {
  switch (kind) {
    case 'note':
      return readText(object, 'note');
    case 'disposition':
      return readText(object, 'disposition_name');
    case 'other':
      return event;
    default:
      return undefined;
  }
}

function toList(agent: AgentReference | undefined): AgentReference[] {
  return agent ? [agent] : [];
}
