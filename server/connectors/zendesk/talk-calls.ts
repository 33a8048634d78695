import type { Clock } from '../../platform/clock.ts';
import type { Activity } from '../port/connector.ts';
import { found, isFailure, type Outcome } from '../port/outcome.ts';
import { toCallMarker, toIso } from './activity-record.ts';
import type { Api, CommentRecord } from './api.ts';
import { isRecordId } from './mapping.ts';

export type TalkSettings = { talkPartner: 'off' | 'on'; appId?: string | undefined };

/** ms. An account may gain the right later, so a denial is remembered for an hour only. */
const denialTtl = 3_600_000;

/** Call records, which exist only with Talk Partner Edition. */
export function createTalkCalls({ talkPartner, appId }: TalkSettings, api: Api, clock: Clock) {
  let deniedUntil = 0;

  return {
    accepts({ channel, fromNumber, toNumber, customerId }: Activity): boolean {
      const isEnabled = talkPartner === 'on' && appId !== undefined && clock() >= deniedUntil;
      const isCall = channel === 'voice' && fromNumber !== undefined && toNumber !== undefined;
      return isEnabled && isCall && isRecordId(customerId);
    },

    /** Whether a call record was written. A rejected one is skipped; a temporary failure is returned. */
    async write(activity: Activity, ticketId: number, agentId: number | undefined): Promise<Outcome<boolean>> {
      const { key, subject, direction, startedAt, endedAt, fromNumber = '', toNumber = '', disposition } = activity;
      const answer = await api.createCall({
        call: {
          app_id: Number(appId),
          external_id: key,
          from_line: fromNumber,
          to_line: toNumber,
          direction,
          call_started_at: toIso(startedAt),
          call_ended_at: toIso(endedAt),
          ticket_id: ticketId,
          end_user_id: Number(activity.customerId),
          ...(agentId !== undefined && { agent_id: agentId }),
          ...(disposition && { call_disposition: disposition }),
        },
        comment: {
          title: `${subject} ${toCallMarker(key)}`,
          call_fields: ['from_line', 'to_line', 'call_started_at'],
        },
      });
      const isAbsent = answer.kind === 'invalid' && answer.reason === 'http-404';
      if (answer.kind === 'forbidden' || answer.kind === 'not-found' || isAbsent) deniedUntil = clock() + denialTtl;
      const isSkipped = ['forbidden', 'not-found', 'invalid'].includes(answer.kind);
      return isFailure(answer) && !isSkipped ? answer : found(answer.kind === 'found');
    },
  };
}

/** The comment contains the title, at an undocumented place. */
export function isCallOf({ type, body, data }: CommentRecord, key: string): boolean {
  return type === 'TpeVoiceComment' && JSON.stringify([body, data ?? null]).includes(toCallMarker(key));
}
