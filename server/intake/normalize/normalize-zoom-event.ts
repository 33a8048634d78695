import { engagementId as engagementIdSchema } from '#contract/engagements.ts';
import type { AgentEvent, NormalizedEvent, Origin } from '../../events.ts';
import { type EventMeaning, eventCatalog, shortEventName } from './event-catalog.ts';
import { computeEventKey } from './event-key.ts';
import { asObject, readText, withoutAbsent, type ZoomObject } from './read-fields.ts';
import { hasPreciseTime, readHappenedAt } from './read-happened-at.ts';
import { toEngagementEvent } from './to-engagement-event.ts';

type Understood = {
  /** Without `contact_center.`. */
  event: string;
  /** Zoom's; undefined where the body does not say. Personal data: never logged or stored as it is. */
  accountId: string | undefined;
  /** The same for every delivery of the same occurrence. */
  key: string;
  /** ms UTC; null where nothing believable says so. */
  happenedAt: number | null;
  engagementId: string | null;
};

/** What a body says to us. `reason` is a code of ours and holds nothing of the body. */
export type NormalizedBody =
  | (Understood & { kind: 'statements'; statements: NormalizedEvent[] })
  | (Understood & { kind: 'ignored' })
  | (Understood & { kind: 'malformed'; reason: string });

/**
 * The one reading of a webhook's body, which is also what the WebSocket carries. A pure function of the redacted body
 * (read-body.ts) and of when it first arrived, ms UTC: reading it again later gives the same statements and keys.
 */
export function normalizeZoomEvent(body: unknown, receivedAt: number, origin: Origin): NormalizedBody {
  const envelope = asObject(body) ?? {};
  const event = shortEventName(readText(envelope, 'event') ?? '');
  const payload = asObject(envelope.payload) ?? {};
  // The media-stream events have no object; their payload is what the others' object is.
  const object = asObject(payload.object) ?? payload;
  const accountId = readText(payload, 'account_id');
  const time = readHappenedAt(event, object, envelope.event_ts, receivedAt);
  const stamp = hasPreciseTime(event, object) ? null : (envelope.event_ts ?? null);
  const understood: Understood = {
    event: event === '' ? 'unnamed' : event,
    accountId,
    key: computeEventKey('zoom', event, accountId ?? null, object, stamp),
    happenedAt: time ?? null,
    engagementId: readEngagementId(object) ?? null,
  };
  if (event === '') return { ...understood, kind: 'malformed', reason: 'no-event-name' };
  const said = interpret(eventCatalog.get(event), object, understood, time ?? receivedAt, origin);
  return typeof said === 'string' ? { ...understood, kind: 'malformed', reason: said } : { ...understood, ...said };
}

/** A text is the reason why not. */
function interpret(
  meaning: EventMeaning | undefined,
  object: ZoomObject,
  { event, key, engagementId }: Understood,
  at: number,
  origin: Origin,
): { kind: 'ignored' } | { kind: 'statements'; statements: NormalizedEvent[] } | string {
  if (meaning === undefined || meaning.about === 'nothing') return { kind: 'ignored' };
  if (meaning.about === 'agent') {
    const statement = readAgentStatement(meaning.kind, object, key, at);
    if (statement) return { kind: 'statements', statements: [{ subject: 'agent', event: statement }] };
    // Whoever merely may have been named need not be: lists of several people say it otherwise.
    return meaning.kind === 'known' ? { kind: 'ignored' } : 'no-user-id';
  }
  if (engagementId === null) return object.engagement_id === undefined ? 'no-engagement-id' : 'bad-engagement-id';
  const statement = toEngagementEvent({ event, kind: meaning.kind, object, engagementId, key, at, origin });
  return { kind: 'statements', statements: [{ subject: 'engagement', event: statement }] };
}

function readAgentStatement(
  kind: AgentEvent['kind'],
  object: ZoomObject,
  key: string,
  at: number,
): AgentEvent | undefined {
  const id = readShort(object, 'user_id');
  if (id === undefined) return undefined;
  return {
    key,
    at,
    kind,
    agent: {
      id,
      ...withoutAbsent({
        name: readText(object, 'display_name', 'user_display_name')?.slice(0, 512),
        email: readShort(object, 'user_email'),
      }),
    },
    ...withoutAbsent({
      status: readShort(object, 'current_status_name'),
      subStatus: readShort(object, 'current_sub_status_name'),
      queueId: readShort(object, 'cc_queue_id', 'queue_id'),
      queueName: readText(object, 'queue_name')?.slice(0, 512),
    }),
  };
}

function readShort(object: ZoomObject, ...keys: string[]): string | undefined {
  const text = readText(object, ...keys);
  return text !== undefined && text.length <= 256 ? text : undefined;
}

function readEngagementId(object: ZoomObject): string | undefined {
  const parsed = engagementIdSchema.safeParse(object.engagement_id);
  return parsed.success ? parsed.data : undefined;
}
