import { engagementId as engagementIdSchema } from '#contract/engagements.ts';
import { eventCatalog, shortEventName } from './event-catalog.ts';
import { computeEventKey } from './event-key.ts';
import { hasPreciseTime, readHappenedAt } from './event-time.ts';
import { asObject, type JsonObject, readText } from './json-fields.ts';

/**
 * The parts of a body that the inbox needs at its arrival: enough to store it once and to answer. Engagement events are
 * derived when it is processed (normalize-row.ts).
 */
export type ReceivedEvent = {
  /** Without `contact_center.`. */
  event: string;
  /** Zoom's; undefined if the body has none. Never logged or stored (account-reference.ts). */
  accountId: string | undefined;
  /** The same for every delivery of the same occurrence. */
  key: string;
  /** ms UTC; null if no field holds a plausible time. */
  happenedAt: number | null;
  engagementId: string | null;
  /** `reason` is a code and holds nothing of the body. */
  outcome: { state: 'pending' } | { state: 'ignored' } | { state: 'dead'; reason: string };
};

/** A pure function of the redacted body (parse-and-redact.ts) and of when it first arrived, ms UTC. */
export function readEnvelope(body: unknown, receivedAt: number): ReceivedEvent {
  const envelope = asObject(body) ?? {};
  const payload = asObject(envelope.payload) ?? {};
  const object = readZoomObject(body);
  const event = shortEventName(readText(envelope, 'event') ?? '');
  const accountId = readText(payload, 'account_id');
  const stamp = hasPreciseTime(event, object) ? null : (envelope.event_ts ?? null);
  const parsedId = engagementIdSchema.safeParse(object.engagement_id);
  const engagementId = parsedId.success ? parsedId.data : null;
  return {
    event: event === '' ? 'unnamed' : event,
    accountId,
    key: computeEventKey('zoom', event, accountId ?? null, object, stamp),
    happenedAt: readHappenedAt(event, object, envelope.event_ts, receivedAt) ?? null,
    engagementId,
    outcome: readOutcome(event, object, engagementId),
  };
}

/** The object an event is about. Media-stream events have none: their payload takes its place. */
export function readZoomObject(body: unknown): JsonObject {
  const payload = asObject(asObject(body)?.payload) ?? {};
  return asObject(payload.object) ?? payload;
}

function readOutcome(event: string, object: JsonObject, engagementId: string | null): ReceivedEvent['outcome'] {
  if (event === '') return { state: 'dead', reason: 'no-event-name' };
  const { subject } = eventCatalog.get(event) ?? { subject: 'none' };
  if (subject === 'none') return { state: 'ignored' };
  if (subject === 'agent' || engagementId !== null) return { state: 'pending' };
  return { state: 'dead', reason: object.engagement_id === undefined ? 'no-engagement-id' : 'bad-engagement-id' };
}
