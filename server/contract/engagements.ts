import * as z from 'zod/mini';

const text = (length: number) => z.string().check(z.maxLength(length));

/** Zoom's ids are short base64url words; anything a path or a log could trip over is refused. */
export const engagementId = z.string().check(z.regex(/^[\w.~=+-]{1,128}$/));

/** One person on the other side. Which fields are present depends on the channel. */
export const consumer = z.object({
  id: z.optional(text(256)),
  displayName: z.optional(text(512)),
  /** As Zoom shows it: usually E.164, but SIP URIs, short codes and `anonymous` were seen. */
  number: z.optional(text(256)),
  email: z.optional(text(512)),
});
export type Consumer = z.infer<typeof consumer>;

/** A flow variable. `name` is `group.key` style and may hold spaces, so `id` is the key. */
export const flowVariable = z.object({ id: text(256), name: text(512), value: text(4096) });
export type FlowVariable = z.infer<typeof flowVariable>;

/**
 * What is known of an engagement, flat, whoever said it. Absent means "not said", never "erased":
 * two records are merged field by field. Times are ms UTC. Enumerations stay strings because Zoom adds values.
 */
export const engagementFacts = z.object({
  startTime: z.optional(z.number()),
  acceptTime: z.optional(z.number()),
  endTime: z.optional(z.number()),
  queueId: z.optional(text(256)),
  queueName: z.optional(text(512)),
  /** `active | inactive | wrap-up | end`, and whatever else Zoom sends. */
  state: z.optional(text(64)),
  /** `voice | video | messaging | email`, and whatever else Zoom sends. */
  channel: z.optional(text(64)),
  /** `messaging_sms`, `messaging_webChat`, …; empty for voice and email. */
  source: z.optional(text(64)),
  /** The number the consumer dialled. */
  flowNumber: z.optional(text(256)),
  isTransfer: z.optional(z.boolean()),
  transferType: z.optional(text(64)),
  transferFromAgentId: z.optional(text(256)),
  transferFromAgentName: z.optional(text(512)),
  isConference: z.optional(z.boolean()),
  assignedAgentId: z.optional(text(256)),
  assignedAgentName: z.optional(text(512)),
  /** Replaced as a whole, never appended to. */
  consumers: z.optional(z.array(consumer).check(z.maxLength(50))),
  /** Replaced as a whole. */
  variables: z.optional(z.array(flowVariable).check(z.maxLength(500))),
});
export type EngagementFacts = z.infer<typeof engagementFacts>;

/** `POST /api/engagements/{engagementId}/view`: what the panel saw through the SDK, answered by the whole view. */
export const observation = z.object({ facts: engagementFacts });
export type Observation = z.infer<typeof observation>;

/** How the person reached us, in Deskside's words. */
export type Channel = 'voice' | 'video' | 'sms' | 'chat' | 'social' | 'email' | 'other';

/** Zoom says `messaging` for three things that differ in how the person is identified; `source` tells them apart. */
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
