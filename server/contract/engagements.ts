import * as z from 'zod/mini';

const text = (length: number) => z.string().check(z.maxLength(length));

/** Zoom's ids are short base64url words; other characters are refused, because ids stand in paths and logs. */
export const engagementId = z.string().check(z.regex(/^[\w.~=+-]{1,128}$/));

/** A consumer of the engagement. The channel decides which fields are present. */
export const consumer = z.object({
  id: z.optional(text(256)),
  displayName: z.optional(text(512)),
  /** As Zoom shows it: usually E.164, but SIP URIs, short codes and `anonymous` occur. */
  number: z.optional(text(256)),
  email: z.optional(text(512)),
});
export type Consumer = z.infer<typeof consumer>;

/** A flow variable. `name` has the style `group.key` and may contain spaces, so `id` is the key. */
export const flowVariable = z.object({ id: text(256), name: text(512), value: text(4096) });
export type FlowVariable = z.infer<typeof flowVariable>;

/**
 * The known facts of an engagement, flat, whatever their origin. Absent means unknown, never erased: facts are merged
 * field by field. Times in ms UTC. Enumerations stay strings because Zoom adds values.
 */
export const engagementFacts = z.object({
  startTime: z.optional(z.number()),
  acceptTime: z.optional(z.number()),
  endTime: z.optional(z.number()),
  /** `cc_queue_id` if Zoom sends it, else its older `queue_id`. */
  queueId: z.optional(text(256)),
  /** The older `queue_id`, if Zoom sends both: which of the two the SDK uses is not documented. */
  queueAlias: z.optional(text(256)),
  queueName: z.optional(text(512)),
  flowId: z.optional(text(256)),
  flowName: z.optional(text(512)),
  /** `inbound | outbound`, and whatever else Zoom sends. */
  direction: z.optional(text(64)),
  /** `active | inactive | wrap-up | end`, and whatever else Zoom sends. */
  state: z.optional(text(64)),
  /** `voice | video | messaging | email`, and whatever else Zoom sends. */
  channel: z.optional(text(64)),
  /** As in Zoom's events: `sms`, `web_chat`, `web_video`, …; empty for voice and email. */
  source: z.optional(text(64)),
  /** The contact center's number: the dialed one, in an outbound call the caller's. */
  flowNumber: z.optional(text(256)),
  isTransfer: z.optional(z.boolean()),
  transferType: z.optional(text(64)),
  transferFromAgentId: z.optional(text(256)),
  transferFromAgentName: z.optional(text(512)),
  isConference: z.optional(z.boolean()),
  assignedAgentId: z.optional(text(256)),
  assignedAgentName: z.optional(text(512)),
  /** The server merges them by id, number and e-mail; the panel replaces the whole list. */
  consumers: z.optional(z.array(consumer).check(z.maxLength(50))),
  /** The server merges them by name; the panel replaces the whole list. */
  variables: z.optional(z.array(flowVariable).check(z.maxLength(500))),
});
export type EngagementFacts = z.infer<typeof engagementFacts>;

/** `POST /api/engagements/{engagementId}/view`: what the panel observed through the SDK; answers the whole view. */
export const observation = z.object({ facts: engagementFacts });
export type Observation = z.infer<typeof observation>;

/**
 * The phase of an engagement by Zoom's events. `queued`: begun, and not offered to an agent yet. `ringing`: offered to
 * an agent. `wrap-up`: the last agent has left it and writes. `ended` is final.
 */
const phases = ['queued', 'ringing', 'active', 'wrap-up', 'ended'] as const;
export type Phase = (typeof phases)[number];

/** Kinds of timeline entries. `other`: an event of Zoom's that Deskside has no kind for. */
export const engagementEventKinds = [
  'started',
  'queued',
  'dequeued',
  'ringing',
  'declined',
  'missed',
  'withdrawn',
  'answered',
  'left',
  'consumer-invited',
  'consumer-answered',
  'consumer-left',
  'ended',
  'hold',
  'unhold',
  'muted',
  'unmuted',
  'dtmf',
  'message',
  'file',
  'transfer-started',
  'transfer-queued',
  'transfer-ringing',
  'transfer-accepted',
  'transfer-completed',
  'transfer-canceled',
  'transfer-declined',
  'transfer-missed',
  'conference-invited',
  'conference-joined',
  'conference-left',
  'conference-canceled',
  'conference-declined',
  'conference-missed',
  'monitor-started',
  'monitor-ended',
  'takeover',
  'upgrade-started',
  'upgraded',
  'upgrade-expired',
  'wrap-up-started',
  'wrap-up-ended',
  'disposition',
  'note',
  'recording-started',
  'recording-paused',
  'recording-resumed',
  'recording-stopped',
  'other',
] as const;
export type EngagementEventKind = (typeof engagementEventKinds)[number];

/** An entry of the timeline. `id`, `at` and `kind` are always present, the rest if the event has it. */
export type TimelineEntry = {
  /** The event's key: the same for every delivery by webhook or WebSocket. Other origins have keys of their own. */
  id: string;
  /** ms UTC, when it happened, not when it was received. */
  at: number;
  kind: EngagementEventKind;
  /** The acting agent, or the one it is offered to: name, else id. */
  agent?: string;
  /** Its target: an agent, a queue, a flow or a number. */
  to?: string;
  queue?: string;
  /** `warm`, `cold`, `direct`, … for transfers; `barge`, `whisper`, … for supervision. */
  mode?: string;
  /** A note's or a disposition's text; the name of an `other` event. Card numbers are never in it. */
  text?: string;
  /** How many keys were pressed. The keys are not stored, because they may be a card number or PIN. */
  digits?: number;
  channel?: Channel;
};

/** Total time on hold or on mute, in ms. `since` is set while it lasts. */
export type Spans = { count: number; totalMs: number; since: number | null };

/** The sender of a transferred engagement, and what came with it. */
export type HandOver = {
  at: number;
  from: string | null;
  fromQueue: string | null;
  mode: string | null;
  /** Notes written before the hand-over, oldest first. */
  notes: { at: number; agent: string | null; text: string }[];
  disposition: string | null;
  /** Time on hold before the hand-over, ms. */
  heldMs: number;
};

/** A time in which Zoom's events could not be received; Zoom does not repeat them. `until` null: it lasts. ms UTC. */
export type Gap = { from: number; until: number | null };

/** The record of one engagement by Zoom's events. Without any event: phase null and an empty timeline. */
export type EngagementRecord = {
  phase: Phase | null;
  hold: Spans;
  mute: Spans;
  handOver: HandOver | null;
  disposition: string | null;
  /** The newest 300, oldest first. `gaps`: those that overlap the engagement. */
  timeline: TimelineEntry[];
  gaps: Gap[];
};

/** The engagement's group of the view. */
export type EngagementGroup = {
  /** Merged from Zoom's events and from this agent's own panel. */
  facts: EngagementFacts;
  /** From Zoom's events only. */
  record: EngagementRecord;
};

/**
 * Earlier engagements of the same caller in Zoom's own records, newest first, of the last 30 days. `not-asked`: no
 * number from Zoom to search by, or the server has no credentials for Zoom's REST API. `pending`: the stream brings the
 * answer.
 */
export type PastEngagements =
  | { kind: 'not-asked' }
  | { kind: 'pending' }
  | { kind: 'unavailable' }
  | { kind: 'found'; engagements: PastEngagement[]; fetchedAt: number };

/** Times in ms, UTC. Without the engagement's id, by which an agent could ask for it. */
export type PastEngagement = {
  startedAt: number;
  durationMs: number | null;
  channel: Channel;
  queueName: string | null;
  agentName: string | null;
  disposition: string | null;
  /** The last note that an agent wrote in Zoom, masked; at most 1,000 characters. */
  note: string | null;
};

/** The channel of an engagement, in Deskside's terms. */
export type Channel = 'voice' | 'video' | 'sms' | 'chat' | 'social' | 'email' | 'other';

/** Zoom's `messaging` is three channels, with different identifiers of the consumer; `source` distinguishes them. */
export function channelOf(facts: Pick<EngagementFacts, 'channel' | 'source'>): Channel {
  const source = facts.source ?? '';
  if (/sms/i.test(source)) return 'sms';
  if (/facebook|whatsapp|instagram|viber|line$|wechat|telegram|social/i.test(source)) return 'social';
  if (/chat/i.test(source)) return 'chat';
  switch (facts.channel) {
    case 'voice':
    case 'video':
    case 'email':
      return facts.channel;
    case 'sms':
      return 'sms';
    case 'messaging':
    case 'chat':
      return 'chat';
    default:
      return /^video_/.test(source) ? 'video' : 'other';
  }
}
