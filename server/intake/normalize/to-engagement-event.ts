import type { EntryKind } from '#contract/engagements.ts';
import type { AgentReference, EngagementEvent, Origin } from '../../events.ts';
import { readEngagementFacts } from './read-engagement-facts.ts';
import { cutText, readText, withoutAbsent, type ZoomObject } from './read-fields.ts';

/** What a statement is made from. */
export type ZoomEngagementEvent = {
  event: string;
  kind: EntryKind;
  object: ZoomObject;
  engagementId: string;
  key: string;
  /** ms UTC */
  at: number;
  origin: Origin;
};

/** UTF-16 units; a note's text is shown whole, but not a book. */
const longestText = 8_000;

export function toEngagementEvent(zoomEvent: ZoomEngagementEvent): EngagementEvent {
  const { kind, object, engagementId, key, at, origin } = zoomEvent;
  const { agent, others } = readPeople(zoomEvent);
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
      text: cutText(readSaid(zoomEvent), longestText),
      digits: kind === 'dtmf' ? [...(readText(object, 'dtmf_input') ?? '')].length : undefined,
    }),
  };
}

type People = { agent?: AgentReference | undefined; others: AgentReference[] };

/** `user_id` is the agent whose engagement it is: of a transfer the sender, of a take-over the one who loses it. */
function readPeople({ event, kind, object }: ZoomEngagementEvent): People {
  const user = readPerson(object, 'user_id', 'user_display_name');
  const receiver = readPerson(object, 'transfer_to_user_id', 'transfer_to_user_display_name');
  switch (kind) {
    case 'consumer-answered':
    case 'message':
    case 'file':
      return event.startsWith('engagement_consumer_') ? { others: present(user) } : { agent: user, others: [] };
    case 'consumer-left':
      return { others: [] };
    case 'monitor-started':
    case 'monitor-ended':
      return { agent: user, others: present(readPerson(object, 'monitoring_user_id', 'monitoring_user_display_name')) };
    case 'takeover':
      return { agent: user, others: present(readPerson(object, 'takeover_user_id', 'takeover_user_display_name')) };
    case 'recording-started':
    case 'recording-paused':
    case 'recording-resumed':
    case 'recording-stopped':
      return { agent: user ?? readPerson(object, 'owner_id', 'owner_name'), others: [] };
    default:
      return {
        agent: user ?? readPerson(object, 'assigned_user_id', 'assigned_user_display_name'),
        others: kind.startsWith('transfer-') ? present(receiver) : [],
      };
  }
}

function readPerson(object: ZoomObject, idKey: string, nameKey: string): AgentReference | undefined {
  const id = readText(object, idKey);
  const name = cutText(readText(object, nameKey), 512);
  const person = withoutAbsent({ id: id !== undefined && id.length <= 256 ? id : undefined, name });
  return person.id === undefined && person.name === undefined ? undefined : person;
}

/** Where a transfer goes that names no agent. */
function readTarget(kind: EntryKind, object: ZoomObject): string | undefined {
  if (!kind.startsWith('transfer-') || readText(object, 'transfer_to_user_id') !== undefined) return undefined;
  return readText(
    object,
    'transfer_to_queue_name',
    'transfer_to_flow_name',
    'transfer_to_inbox_name',
    'transfer_to_number',
  );
}

function readSaid({ event, kind, object }: ZoomEngagementEvent): string | undefined {
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

function present(person: AgentReference | undefined): AgentReference[] {
  return person ? [person] : [];
}
