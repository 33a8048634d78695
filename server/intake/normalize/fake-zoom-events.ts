/**
 * Zoom's webhook bodies as documented, with invented values: for tests and the simulated cloud. The shapes (which key
 * stands in which event) are those of developers.zoom.us/docs/api/contact-center/events.
 */

type ZoomEventBody = {
  event: string;
  event_ts: number;
  payload: { account_id?: string; object?: Record<string, unknown>; [key: string]: unknown };
};

export const fakeAccountId = 'aQ7vT2mXRk6LwYb0ZsEo4g';

const at = '2026-11-20T09:27:15.987Z';
const engagement = { engagement_id: 'kT93fLqWQ0yV5hZr1NcX2A', engagement_direction: 'inbound' };
const flow = { flow_id: 'ZWF0B1C2D3E4F5061728394A5B6C7D8E9F0', flow_name: 'Front door' };
const queue = { cc_queue_id: 'b7Kd0ZxWSeOaPqMnGtUu1w', queue_name: 'Support' };
const agent = { user_id: 'm1NaPaRkR0y9bTgHuJikLQ', user_display_name: 'Mina Park' };
const receiver = { transfer_to_user_id: 'o2SkArLiTh4cVfRgByHnUA', transfer_to_user_display_name: 'Oskar Lind' };
const consumer = {
  consumer_id: 'c3AnNlEeQe7dXsZaWqErTyU',
  consumer_number: '+14155550101',
  consumer_display_name: 'Ann Lee',
};
const channel = { channel: 'voice' };
const sourcedChannel = { channel: 'video', channel_source: 'in_app_video' };
const text = { channel: 'messaging', channel_source: 'sms', date_time_ms: at };
const person = { user_id: agent.user_id, display_name: 'Mina Park', user_email: 'mina.park@acme.example' };

/** All common fields but the channel, which some events have with its source and some without. */
const context = { ...engagement, ...flow, ...queue, ...agent, ...consumer, flow_number: '14155550199' };
const sourced = { ...context, ...sourcedChannel, date_time_ms: at };
const unsourced = { ...context, ...channel, date_time_ms: at };

const task = { task_id: 'ZWT1A2B3C4D5E6F70819203A4B5C6D7E8F9', task_timeout: 86_400 };
const taskTimes = { created_time_ms: at, last_modified_time_ms: at };
const reservation = {
  ...engagement,
  ...flow,
  ...queue,
  ...sourcedChannel,
  ...task,
  ...taskTimes,
  task_reservation_id: 'ZWR9F8E7D6C5B4A3928170F6E5D4C3B2A1',
  assigned_user_id: agent.user_id,
  auto_assign: false,
  caller_number: '+14155550101',
  callee_number: '1045',
};
const queuedTask = {
  ...flow,
  ...queue,
  ...sourcedChannel,
  task_id: task.task_id,
  queue_description: 'Whoever has a question',
  dispositions_count: 1,
  disposition_sets_count: 1,
  max_wait_time: 50,
  wrap_up_time: 50,
  max_engagement_in_queue: 50,
  short_abandon_enable: false,
  short_abandon_threshold: 50,
  distribution_type: 1,
  distribution_duration_in_seconds: 30,
  connecting_media_id: 'connectingMp3',
  connecting_media_name: 'While it rings',
  transferring_media_id: 'transferringMp3',
  transferring_media_name: 'While it moves',
  holding_media_id: 'holdingMp3',
  holding_media_name: 'While it waits',
  waiting_room_name: 'Waiting room',
  waiting_room_id: 'w4ItInGrOoMqWeRtYuIoP7',
  message_accept: 'manual',
  engagement_id: engagement.engagement_id,
  date_time_ms: at,
};

const transfer = {
  ...context,
  ...channel,
  ...task,
  ...receiver,
  transfer_to_task_id: 'ZWT0F1E2D3C4B5A69788796A5B4C3D2E1F0',
  transfer_to_task_timeout: 86_400,
  task_status: 'assigned',
  transfer_level: 'queue',
  transfer_type: 'warm',
  transfer_to_cc_queue_id: 'd9FgHjKlQwErTyUiOpAs2x',
  transfer_to_queue_name: 'Billing',
  date_time_ms: at,
};
const transferStatus = { transfer_to_task_status: 'pending' };
const transferFlow = {
  transfer_to_flow_id: 'ZWF9A8B7C6D5E4F30211203F4E5D6C7B8A9',
  transfer_to_flow_name: 'Back office',
  transfer_to_number: '+14155550110',
};
const transferInbox = { transfer_to_inbox_id: 'i5NbOxQwErTyUiOpAsDf3z', transfer_to_inbox_name: 'Letters' };

const recording = {
  ...engagement,
  ...channel,
  ...flow,
  ...queue,
  recording_id: 'r6EcOrDiNgQwErTyUiOp4y',
  recording_type: 'on_demand',
  recording_start_time_ms: '2026-11-20T09:12:15.986Z',
  owner_id: agent.user_id,
  owner_name: 'Mina Park',
  owner_type: 'user',
  users: [agent],
  consumers: [consumer],
};

const monitored = { ...context, ...channel, contact_center_number: '+14155550199', date_time_ms: at };
const noted = { ...sourced, last_modified_time: '2026-11-20T09:27:15Z' };

const objects: Record<string, Record<string, unknown>> = {
  engagement_started: {
    ...engagement,
    ...flow,
    ...channel,
    transfer_from: 'zoom_phone',
    transfer_from_id: '7301122334455667788',
    date_time_ms: at,
  },
  engagement_ended: { ...engagement, ...flow, ...sourcedChannel, date_time_ms: at },
  engagement_consumer_notified: {
    ...sourced,
    consumer_invite_number: '+14155550101',
    consumer_invite_email: 'ann@northwind.example',
  },
  engagement_consumer_answered: sourced,
  engagement_consumer_ended: unsourced,
  engagement_user_answered: sourced,
  engagement_user_ended: sourced,
  engagement_user_hold: sourced,
  engagement_user_unhold: sourced,
  engagement_user_muted: unsourced,
  engagement_user_unmuted: unsourced,
  engagement_user_dtmf_sent: { ...unsourced, dtmf_input: '*1234' },
  engagement_user_sent_message: { ...context, ...text, message_text: 'How can I help you?' },
  engagement_consumer_sent_message: { ...context, ...text, message_text: 'My router keeps restarting.' },
  engagement_wrap_up_started: sourced,
  engagement_wrap_up_ended: sourced,
  engagement_disposition_added: {
    ...noted,
    disposition_id: 'D_pOsItIoN1QwErTyUiOp5',
    disposition_name: 'Solved',
    disposition_description: 'The question is answered.',
    status: 'active',
    modified_by: agent.user_id,
  },
  engagement_note_added: { ...noted, note_id: 'N_oTeQwErTyUiOpAsDfGh6', note: 'Asked about the invoice.' },
  engagement_transfer_initiated: { ...transfer, ...transferStatus, ...transferFlow, ...transferInbox },
  engagement_transfer_queued: { ...transfer, ...transferStatus },
  engagement_transfer_reserved: { ...transfer, ...transferStatus },
  engagement_transfer_accepted: { ...transfer, ...transferStatus },
  engagement_transfer_rejected: { ...transfer, ...transferStatus },
  engagement_transfer_timeout: transfer,
  engagement_transfer_completed: { ...transfer, ...transferStatus, ...transferFlow },
  engagement_transfer_canceled: { ...transfer, ...transferStatus, ...transferFlow },
  engagement_monitor_started: {
    ...without(monitored, 'flow_number'),
    action_type: 'barge',
    monitoring_user_id: 's7UpErViSoRqWeRtYuIoP8',
    monitoring_user_display_name: 'Sara Voss',
  },
  task_created: {
    ...without(
      reservation,
      'engagement_direction',
      'channel',
      'channel_source',
      'task_reservation_id',
      'assigned_user_id',
    ),
    task_status: 'pending',
    task_priority: 0,
    channel_id: 'ZTC1B2C3D4E5F60718293A4B5C6D7E8F90',
    channel_name: 'voice',
  },
  task_entered_queue: queuedTask,
  task_exited_queue: queuedTask,
  task_reservation_created: reservation,
  task_reservation_accepted: reservation,
  task_reservation_completed: reservation,
  task_reservation_rejected: without(reservation, 'engagement_direction'),
  task_reservation_timeout: without(reservation, 'engagement_direction'),
  task_reservation_canceled: without(reservation, 'engagement_direction'),
  queue_agent_assigned: { cc_queue_id: queue.cc_queue_id, ...person, date_time_ms: at },
  recording_completed: { ...recording, recording_end_time_ms: at, recording_duration: 150 },
  user_login: { ...person, date_time_ms: at },
  user_logout: { ...person, date_time_ms: at },
  user_opt_in: { ...person, ...queue, date_time_ms: at },
  user_opt_out: { ...person, ...queue, date_time_ms: at },
  user_status_changed: {
    ...person,
    previous_status_id: '2',
    previous_status_name: 'Not Ready',
    previous_sub_status_id: '20',
    previous_sub_status_name: 'Break',
    current_status_id: '2',
    current_status_name: 'Not Ready',
    current_sub_status_id: '21',
    current_sub_status_name: 'Meal',
    date_time_ms: at,
  },
};

/** The names whose body is documented, without `contact_center.`. */
export const documentedEvents = Object.keys(objects);

/**
 * The whole body of an event. `name` without `contact_center.`; one without a documented body gets what engagement
 * events have in common. `overrides` replace keys of the object; one that is undefined leaves its key out. `event_ts`
 * follows the object's time by default.
 */
export function zoomEvent(
  name: string,
  overrides: Record<string, unknown> = {},
  envelope: { accountId?: string; eventTs?: number } = {},
): ZoomEventBody {
  const fields = { ...(objects[name] ?? unsourced), ...overrides };
  const object = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const time = object.date_time_ms ?? object.last_modified_time_ms ?? object.recording_end_time_ms ?? at;
  return {
    event: `contact_center.${name}`,
    event_ts: envelope.eventTs ?? toMs(time) ?? Date.parse(at),
    payload: { account_id: envelope.accountId ?? fakeAccountId, object },
  };
}

/** The media-stream events have neither an account nor an object. `state`: `started`, `stopped`, `interrupted`. */
export function rtmsEvent(
  state: string,
  engagementId = engagement.engagement_id,
  eventTs = Date.parse(at),
): ZoomEventBody {
  return {
    event: `contact_center.voice_rtms_${state}`,
    event_ts: eventTs,
    payload: { engagement_id: engagementId, rtms_stream_id: 'st8ReAmQwErTyUiOpAsDf9' },
  };
}

export function urlValidation(plainToken: unknown, eventTs = Date.parse(at)): ZoomEventBody {
  return { event: 'endpoint.url_validation', event_ts: eventTs, payload: { plainToken } };
}

function toMs(time: unknown): number | undefined {
  if (typeof time === 'number') return time;
  const parsed = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

function without(object: Record<string, unknown>, ...keys: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
