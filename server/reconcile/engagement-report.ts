import * as z from 'zod';
import { engagementId } from '#contract/engagements.ts';
import { readZoomTime } from './zoom-time.ts';

/**
 * An engagement in Zoom's REST API, in a list or on its own. Field names as published. A field that is absent, of
 * another type or too long is ignored without affecting the others. Times are ms UTC, durations seconds.
 */

/** Trimmed; empty counts as absent. Neither database accepts U+0000. */
const word = (length: number) =>
  z
    .string()
    .transform((text) => text.replaceAll('\0', '').trim())
    .pipe(z.string().min(1).max(length))
    .optional()
    .catch(undefined);

/**
 * Text written by agents is truncated, never dropped, at the same length as the note of an event, so both are equal.
 */
const prose = z
  .string()
  .transform((text) => text.replaceAll('\0', '').trim())
  .transform((text) => (text.length <= 8_000 ? text : `${text.slice(0, 7_999)}…`))
  .transform((text) => (text === '' ? undefined : text))
  .optional()
  .catch(undefined);

const time = z.unknown().optional().transform(readZoomTime);

const list = <Item extends z.ZodType>(item: Item) =>
  z
    .array(z.unknown())
    .catch([])
    .transform((items): z.output<Item>[] =>
      items.slice(0, 1_000).flatMap((one) => {
        const parsed = item.safeParse(one);
        return parsed.success ? [parsed.data] : [];
      }),
    );

const channel = { channel: word(64), channel_source: word(64) };
const queue = { cc_queue_id: word(256), queue_id: word(256), queue_name: word(512) };

const report = z.object({
  engagement_id: engagementId,
  start_time: time,
  end_time: time,
  duration: z.number().nonnegative().optional().catch(undefined),
  direction: word(64),
  // Published as `channels`; the single fields were observed.
  channels: list(z.object(channel)),
  ...channel,
  consumers: list(
    z.object({
      consumer_id: word(256),
      consumer_display_name: word(512),
      consumer_number: word(256),
      consumer_email: word(512),
    }),
  ),
  flows: list(z.object({ flow_id: word(256), flow_name: word(512) })),
  queues: list(z.object(queue)),
  agents: list(z.object({ user_id: word(256), display_name: word(512) })),
  dispositions: list(z.object({ disposition_id: word(256), disposition_name: word(512) })),
  notes: list(z.object({ note_id: word(256), note: prose, user_id: word(256), last_modified_time: time })),
  events: list(
    z.object({
      start_time: time,
      accept_type: word(64),
      user_id: word(256),
      user_display_name: word(512),
      ...queue,
    }),
  ),
});
export type EngagementReport = z.output<typeof report>;

/** Undefined for a body that is not an engagement. */
export function readReport(json: unknown): EngagementReport | undefined {
  const parsed = report.safeParse(json);
  return parsed.success ? parsed.data : undefined;
}

/** One page of `GET /contact_center/engagements`. An empty token: there is no further page. */
export function readReportList(json: unknown): { reports: EngagementReport[]; nextPageToken: string } {
  const parsed = z.object({ engagements: list(report), next_page_token: z.string().catch('') }).safeParse(json);
  return parsed.success
    ? { reports: parsed.data.engagements, nextPageToken: parsed.data.next_page_token }
    : { reports: [], nextPageToken: '' };
}

/** A line of `GET /contact_center/variable_logs`: a flow's variable was set. */
const variableLog = z.object({
  variable_name: word(512),
  variable_value: z
    .string()
    .transform((text) => text.replaceAll('\0', '').slice(0, 4_096))
    .optional()
    .catch(undefined),
  created_at: time,
});
export type VariableLog = z.output<typeof variableLog>;

export function readVariableLogs(json: unknown): { logs: VariableLog[]; nextPageToken: string } {
  const parsed = z.object({ variable_logs: list(variableLog), next_page_token: z.string().catch('') }).safeParse(json);
  return parsed.success
    ? { logs: parsed.data.variable_logs, nextPageToken: parsed.data.next_page_token }
    : { logs: [], nextPageToken: '' };
}
