import type { EntryKind } from '#contract/engagements.ts';
import type { AgentReference, EngagementStatement } from '../events.ts';
import { readFacts } from './engagement-facts.ts';
import { asObject, cutText, readText, withoutAbsent, type ZoomObject } from './read-fields.ts';

/** What a statement is made from. */
export type EngagementEvent = {
  event: string;
  kind: EntryKind;
  object: ZoomObject;
  engagementId: string;
  key: string;
  /** ms UTC */
  at: number;
};

/** UTF-16 units; a note's text is shown whole, but not a book. */
const longestText = 8_000;

export function readEngagementStatement(told: EngagementEvent): EngagementStatement {
  const { kind, object, engagementId, key, at } = told;
  const { agent, others } = readPeople(told);
  return {
    engagementId,
    key,
    at,
    by: 'zoom',
    kind,
    facts: readFacts(told),
    ...withoutAbsent({
      agent,
      others: others.length > 0 ? others : undefined,
      to: cutText(readTarget(kind, object), 512),
      how: cutText(readText(object, 'transfer_type', 'action_type'), 64),
      text: cutText(readSaid(told), longestText),
      digits: kind === 'dtmf' ? [...(readText(object, 'dtmf_input') ?? '')].length : undefined,
    }),
  };
}

type People = { agent: AgentReference | undefined; others: AgentReference[] };

/** Who did it, or to whom it rings, comes first; in every transfer the other end of it is among the others. */
function readPeople({ event, kind, object }: EngagementEvent): People {
  const user = readPerson(object, 'user_id', 'user_display_name');
  const receiver = readPerson(object, 'transfer_to_user_id', 'transfer_to_user_display_name');
  switch (kind) {
    case 'transfer-started':
    case 'transfer-queued':
    case 'transfer-canceled':
      return { agent: user, others: present(receiver) };
    case 'transfer-ringing':
    case 'transfer-accepted':
    case 'transfer-completed':
    case 'transfer-declined':
    case 'transfer-missed':
      return { agent: receiver, others: present(user) };
    case 'monitor-started':
    case 'monitor-ended':
      return { agent: readPerson(object, 'monitoring_user_id', 'monitoring_user_display_name'), others: present(user) };
    case 'takeover':
      return { agent: readPerson(object, 'takeover_user_id', 'takeover_user_display_name'), others: present(user) };
    case 'consumer-invited':
    case 'consumer-answered':
    case 'consumer-left':
      // The consumer does it; the agent whose engagement it is is concerned.
      return { agent: undefined, others: present(user) };
    case 'message':
    case 'file':
      return event.startsWith('engagement_consumer_')
        ? { agent: undefined, others: present(user) }
        : { agent: user, others: [] };
    case 'ringing':
    case 'declined':
    case 'missed':
    case 'withdrawn':
    case 'answered':
      return { agent: user ?? readPerson(object, 'assigned_user_id', 'assigned_user_display_name'), others: [] };
    case 'recording-started':
    case 'recording-paused':
    case 'recording-resumed':
    case 'recording-stopped':
      return { agent: user, others: readUsers(object.users) };
    default:
      return { agent: user, others: [] };
  }
}

function readPerson(object: ZoomObject, idKey: string, nameKey: string): AgentReference | undefined {
  const id = readText(object, idKey);
  const name = cutText(readText(object, nameKey), 512);
  const person = withoutAbsent({ id: id !== undefined && id.length <= 256 ? id : undefined, name });
  return person.id === undefined && person.name === undefined ? undefined : person;
}

function readUsers(users: unknown): AgentReference[] {
  const people = Array.isArray(users) ? users.slice(0, 50) : [];
  return people.flatMap((user) => present(readPerson(asObject(user) ?? {}, 'user_id', 'user_display_name')));
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

function readSaid({ event, kind, object }: EngagementEvent): string | undefined {
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
