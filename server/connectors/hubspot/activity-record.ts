/** An engagement as HubSpot stores it: a call, a note or a communication. */
import type { Activity } from '../port/connector.ts';
import type { ActivityType } from './api.ts';
import { toHtml } from './html.ts';

/**
 * Association type ids, per kind of activity and associated object. HubSpot's own client has the same numbers.
 * https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide
 */
export const associationTypes = {
  calls: { contacts: 194, companies: 182, tickets: 220 },
  notes: { contacts: 202, companies: 190, tickets: 228 },
  communications: { contacts: 81, companies: 87, tickets: 83 },
} as const;

/** None of these types is visible to customers. */
export function activityTypeOf({ channel }: Pick<Activity, 'channel'>): ActivityType {
  if (channel === 'voice' || channel === 'video') return 'calls';
  return channel === 'sms' ? 'communications' : 'notes';
}

/** `outcome`: HubSpot's internal value for the disposition, if it has one. */
export function toActivityRecord(
  activity: Activity,
  { ownerId, outcome }: { ownerId?: string | undefined; outcome?: string | undefined },
): Record<string, string> {
  const type = activityTypeOf(activity);
  const common = {
    hs_timestamp: new Date(activity.startedAt).toISOString(),
    ...(ownerId !== undefined && { hubspot_owner_id: ownerId }),
  };
  const body = toBody(activity, type === 'calls' && outcome !== undefined);
  if (type === 'notes') return { ...common, hs_note_body: body };
  if (type === 'communications') {
    return {
      ...common,
      hs_communication_channel_type: 'SMS',
      hs_communication_logged_from: 'CRM',
      hs_communication_body: body,
    };
  }
  return {
    ...common,
    hs_call_title: activity.subject,
    hs_call_body: body,
    hs_call_direction: activity.direction === 'inbound' ? 'INBOUND' : 'OUTBOUND',
    // ms, as text.
    hs_call_duration: String(durationOf(activity)),
    hs_call_status: 'COMPLETED',
    ...(activity.fromNumber !== undefined && { hs_call_from_number: activity.fromNumber }),
    ...(activity.toNumber !== undefined && { hs_call_to_number: activity.toNumber }),
    ...(outcome !== undefined && { hs_call_disposition: outcome }),
  };
}

function durationOf({ startedAt, endedAt }: Activity): number {
  return Math.max(0, Math.round(endedAt - startedAt));
}

/**
 * Facts without a property of their own, one per line. The last line holds our key, by which a later attempt finds it.
 */
function toBody(activity: Activity, isOutcomeKnown: boolean): string {
  const { subject, channel, direction, disposition, agent, key, notes } = activity;
  const isCall = activityTypeOf(activity) === 'calls';
  const minutes = Math.round(durationOf(activity) / 60_000);
  const facts = [
    ...(isCall && channel === 'voice' ? [] : [`Channel: ${channel}, ${direction}, ${minutes} min`]),
    ...(disposition === undefined || isOutcomeKnown ? [] : [`Outcome: ${disposition}`]),
    `Agent: ${agent.name}`,
  ];
  const paragraphs = [...(isCall ? [] : [subject]), notes, facts.join('\n'), `Reference: ${key}`];
  return paragraphs
    .filter((text) => text !== '')
    .map((text) => `<p>${toHtml(text)}</p>`)
    .join('');
}
