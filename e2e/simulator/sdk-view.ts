/*
 * The part of the contact center that an app in the panel can see, in the shapes of SDK 0.16, and the events that
 * notify it of changes.
 *
 * Rules of Zoom that this file follows:
 *  - the context holds neither channel nor consumer; the status holds neither queue nor times of the start;
 *  - `isTransfer` and `isConference` are strings;
 *  - a status event carries its own engagement id and, beside it, only what differs from the status before;
 *  - the event of a changed variable does not say which engagement it is about;
 *  - a change of focus sends the whole context of the engagement now in front, and nothing when none is;
 *  - time stamps of events are in seconds in Zoom's examples.
 */

import type { ZoomConsumer } from './channels.ts';
import { channels } from './channels.ts';
import type { ContactCenter, Engagement } from './contact-center.ts';

type SdkStatus = {
  engagementId: string;
  state: string;
  endTime?: number;
  channel: string;
  source: string;
  isConference: string;
  assignedAgentId?: string;
  assignedAgentName?: string;
  consumers: ZoomConsumer[];
};

type SdkContext = {
  engagementId: string;
  startTime: number | string;
  acceptTime?: number;
  queueId: string;
  queueName: string;
  isTransfer: string;
  transferType?: string;
  transferFromAgentId?: string;
  transferFromAgentName?: string;
};

type SdkEvent = { name: string; data: Record<string, unknown> & { timestamp: number } };

/** The documentation types `startTime` as a number and describes an ISO string: both may come. */
export const timeSpellings = ['number', 'ISO string', 'alternating'] as const;
export type TimeSpelling = (typeof timeSpellings)[number];

export function createTimeSpeller(currentSpelling: () => TimeSpelling): (ms: number) => number | string {
  let spoken = 0;
  return (ms) => {
    spoken += 1;
    const spelling = currentSpelling();
    const asText = spelling === 'ISO string' || (spelling === 'alternating' && spoken % 2 === 0);
    return asText ? new Date(ms).toISOString() : ms;
  };
}

export function describeContext(engagement: Engagement, spellTime: (ms: number) => number | string): SdkContext {
  const { transfer } = engagement;
  return {
    engagementId: engagement.id,
    startTime: spellTime(engagement.startedAt),
    ...(engagement.acceptedAt === undefined ? {} : { acceptTime: engagement.acceptedAt }),
    queueId: engagement.queue.id,
    queueName: engagement.queue.name,
    isTransfer: String(transfer !== undefined),
    ...(transfer && {
      transferType: transfer.type,
      transferFromAgentId: transfer.fromAgent.id,
      transferFromAgentName: transfer.fromAgent.name,
    }),
  };
}

export function describeStatus(engagement: Engagement): SdkStatus {
  const { channel, source } = channels[engagement.channel];
  return {
    engagementId: engagement.id,
    state: engagement.phase,
    ...(engagement.endedAt === undefined ? {} : { endTime: engagement.endedAt }),
    channel,
    source,
    isConference: 'false',
    ...(engagement.assignedAgent && {
      assignedAgentId: engagement.assignedAgent.id,
      assignedAgentName: engagement.assignedAgent.name,
    }),
    consumers: engagement.consumers,
  };
}

/** An app may see an engagement from the moment it was answered; one that was declined was never its business. */
export function isVisible(engagement: Engagement): boolean {
  return engagement.acceptedAt !== undefined;
}

export function eventsBetween(
  before: ContactCenter,
  after: ContactCenter,
  now: number,
  spellTime: (ms: number) => number | string,
): SdkEvent[] {
  const timestamp = Math.floor(now / 1000);
  const events: SdkEvent[] = [];
  const inFront = after.engagements.find(({ id }) => id === after.focusedId);
  if (inFront && after.focusedId !== before.focusedId) {
    events.push({
      name: 'onEngagementContextChange',
      data: { engagementContext: describeContext(inFront, spellTime), timestamp },
    });
  }
  for (const engagement of after.engagements.filter(isVisible)) {
    const earlier = before.engagements.find(({ id }) => id === engagement.id);
    const known = earlier && isVisible(earlier) ? earlier : undefined;
    const difference = statusDifference(known, engagement);
    if (difference)
      events.push({ name: 'onEngagementStatusChange', data: { engagementStatus: difference, timestamp } });
    const variables = known ? changedVariables(known, engagement) : [];
    if (variables.length > 0) events.push({ name: 'onEngagementVariableValueChange', data: { variables, timestamp } });
  }
  return events;
}

function statusDifference(before: Engagement | undefined, after: Engagement): Partial<SdkStatus> | null {
  if (before === after) return null;
  const known: Partial<SdkStatus> = before ? describeStatus(before) : {};
  const status = describeStatus(after);
  const changed = Object.entries(status).filter(
    ([field, value]) => JSON.stringify(known[field as keyof SdkStatus]) !== JSON.stringify(value),
  );
  return changed.length === 0 ? null : { ...Object.fromEntries(changed), engagementId: after.id };
}

function changedVariables(before: Engagement, after: Engagement) {
  return after.variables.filter(({ id, value }) => before.variables.find((one) => one.id === id)?.value !== value);
}
