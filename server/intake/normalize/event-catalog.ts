import type { EngagementEventKind } from '#contract/engagements.ts';
import type { AgentEvent } from '../../events.ts';

/**
 * Every event of Zoom Contact Center and its meaning: Zoom's catalog of 2026-06-18, 124 names, all prefixed with
 * `contact_center.` (developers.zoom.us/api-hub/contact-center/events/webhooks.json). Zoom has no event for a missed or
 * abandoned engagement, and none with a position in a queue.
 */
type EventMeaning =
  | { subject: 'engagement'; kind: EngagementEventKind }
  | { subject: 'agent'; kind: AgentEvent['kind'] }
  /** Stored in the inbox, and ignored. */
  | { subject: 'none' };

const engagementEvents: Record<string, EngagementEventKind> = {
  engagement_started: 'started',
  engagement_ended: 'ended',
  // Sent some time after the end; they replace a lost `engagement_ended`.
  legacy_engagement_end_data_ready: 'ended',
  cx_engagement_end_data_ready: 'ended',
  engagement_consumer_notified: 'consumer-invited',
  engagement_consumer_answered: 'consumer-answered',
  engagement_consumer_ended: 'consumer-left',
  engagement_user_answered: 'answered',
  engagement_user_ended: 'left',
  engagement_wrap_up_started: 'wrap-up-started',
  engagement_wrap_up_ended: 'wrap-up-ended',

  engagement_user_hold: 'hold',
  engagement_user_unhold: 'unhold',
  engagement_user_muted: 'muted',
  engagement_user_unmuted: 'unmuted',
  engagement_user_dtmf_sent: 'dtmf',
  engagement_user_sent_message: 'message',
  engagement_user_sent_file: 'file',
  engagement_consumer_sent_message: 'message',
  engagement_consumer_sent_file: 'file',

  engagement_transfer_initiated: 'transfer-started',
  engagement_transfer_queued: 'transfer-queued',
  engagement_transfer_reserved: 'transfer-ringing',
  engagement_transfer_accepted: 'transfer-accepted',
  engagement_transfer_completed: 'transfer-completed',
  engagement_transfer_canceled: 'transfer-canceled',
  engagement_transfer_rejected: 'transfer-declined',
  engagement_transfer_timeout: 'transfer-missed',

  engagement_conference_canceled: 'conference-canceled',
  engagement_conference_participant_invited: 'conference-invited',
  engagement_conference_participant_joined: 'conference-joined',
  engagement_conference_participant_left: 'conference-left',
  engagement_conference_participant_canceled: 'conference-canceled',
  engagement_conference_participant_rejected: 'conference-declined',
  engagement_conference_participant_timeout: 'conference-missed',
  engagement_monitor_started: 'monitor-started',
  engagement_monitor_ended: 'monitor-ended',
  engagement_takeover_started: 'takeover',
  engagement_upgrade_initiated: 'upgrade-started',
  engagement_upgrade_completed: 'upgraded',
  engagement_upgrade_expired: 'upgrade-expired',

  engagement_disposition_added: 'disposition',
  engagement_note_added: 'note',
  engagement_survey_status: 'other',
  engagement_follow_up_task_created: 'other',
  engagement_follow_up_task_updated: 'other',

  task_created: 'queued',
  task_entered_queue: 'queued',
  task_exited_queue: 'dequeued',
  task_reservation_created: 'ringing',
  task_reservation_accepted: 'answered',
  task_reservation_rejected: 'declined',
  task_reservation_timeout: 'missed',
  task_reservation_canceled: 'withdrawn',

  recording_started: 'recording-started',
  recording_paused: 'recording-paused',
  recording_resumed: 'recording-resumed',
  recording_stopped: 'recording-stopped',
};

const agentEvents: Record<string, AgentEvent['kind']> = {
  user_login: 'logged-in',
  user_logout: 'logged-out',
  user_status_changed: 'status',
  user_opt_in: 'opted-in',
  user_opt_out: 'opted-out',
  user_created: 'created',
  user_updated: 'profile',
  user_deleted: 'deleted',
  queue_agent_assigned: 'profile',
  queue_agent_unassigned: 'profile',
};

const ignoredEvents = [
  ...prefixed('engagement_', 'messaging_transcript_completed email_transcript_completed'),
  ...prefixed('', 'message_status sms_status consumer_messaging_opt_in consumer_messaging_opt_out'),
  ...prefixed('task_', 'updated completed canceled deleted reservation_completed'),
  ...prefixed('user_skills_', 'assigned unassigned'),
  ...prefixed('user_phone_numbers_', 'assigned unassigned'),
  ...prefixed('queue_', 'created deleted supervisor_assigned supervisor_unassigned inbound_sla_updated'),
  ...prefixed('queue_', 'operating_hours_updated scheduled_callback_created'),
  ...prefixed('recording_', 'completed deleted permanently_deleted transcript_completed'),
  'voicemail_transcript_completed',
  ...prefixed('call_control_', 'make_call_executed answer_call_executed hold_call_executed unhold_call_executed'),
  ...prefixed('call_control_', 'end_call_executed conference_warm_invite_executed'),
  'outbound_campaign_dialer_status',
  ...prefixed('inbox_message_', 'received opened assigned downloaded resolved reopened deleted'),
  ...prefixed('asset_', 'created updated deleted'),
  ...prefixed('business_hours_', 'created updated deleted'),
  ...prefixed('closure_', 'created updated deleted'),
  ...prefixed('team_', 'created updated deleted moved members_assigned members_unassigned'),
];

/** Keys are names without `contact_center.`. */
export const eventCatalog: ReadonlyMap<string, EventMeaning> = new Map<string, EventMeaning>([
  ...Object.entries(engagementEvents).map(([name, kind]): [string, EventMeaning] => [
    name,
    { subject: 'engagement', kind },
  ]),
  ...Object.entries(agentEvents).map(([name, kind]): [string, EventMeaning] => [name, { subject: 'agent', kind }]),
  ...ignoredEvents.map((name): [string, EventMeaning] => [name, { subject: 'none' }]),
]);

/**
 * `contact_center.engagement_ended` is `engagement_ended`; events of other Zoom products keep their whole name. One of
 * Zoom's own examples ends with a dot.
 */
export function shortEventName(event: string): string {
  return event
    .replace(/^contact_center\./, '')
    .replace(/\.$/, '')
    .slice(0, 128);
}

function prefixed(prefix: string, names: string): string[] {
  return names.split(' ').map((name) => `${prefix}${name}`);
}
