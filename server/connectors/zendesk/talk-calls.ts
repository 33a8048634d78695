import type { Clock } from '../../platform/clock.ts';
import type { Activity } from '../port/connector.ts';
import { found, isFailure, type Outcome } from '../port/outcome.ts';
import { toCallMarker, toIso } from './activity-record.ts';
import type { Api, CommentRecord } from './api.ts';
import { isRecordId } from './mapping.ts';

export type TalkSettings = { talkPartner: 'off' | 'on'; appId?: string | undefined };

/** ms. How long a right that Zendesk denied us is taken as denied: an account may get it. */
const denialLife = 3_600_000;

/** Calls as records of their own, which only accounts with Talk Partner Edition have. */
export function createTalkCalls({ talkPartner, appId }: TalkSettings, { api, clock }: { api: Api; clock: Clock }) {
  let deniedUntil = 0;

  return {
    takes({ channel, fromNumber, toNumber, customerId }: Activity): boolean {
      const isThere = talkPartner === 'on' && appId !== undefined && clock() >= deniedUntil;
      const isCall = channel === 'voice' && fromNumber !== undefined && toNumber !== undefined;
      return isThere && isCall && isRecordId(customerId);
    },

    /** Whether it was written. One that Zendesk does not take is left out; one that it cannot take now is a failure. */
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
      if (answer.kind === 'forbidden' || answer.kind === 'not-found') deniedUntil = clock() + denialLife;
      const isLeftOut = ['forbidden', 'not-found', 'invalid'].includes(answer.kind);
      return isFailure(answer) && !isLeftOut ? answer : found(answer.kind === 'found');
    },
  };
}

/** Its comment shows the title; where in it, is not documented. */
export function isCallOf({ type, body, data }: CommentRecord, key: string): boolean {
  return type === 'TpeVoiceComment' && JSON.stringify([body, data ?? null]).includes(toCallMarker(key));
}
