/** An engagement as Salesforce keeps it: a completed Task. */
import type { Activity } from '../port/connector.ts';

/** Ids. `who`: a Contact or Lead. `what`: anything else; Salesforce refuses it beside a Lead. */
export type TaskLinks = { who?: string; what?: string; owner?: string };

/** Characters. developer.salesforce.com, "Salesforce Field Reference Guide", Task. */
const longest = { subject: 255, disposition: 255, description: 32_000 };

const channelNames: Record<Activity['channel'], string> = {
  voice: 'call',
  video: 'video',
  sms: 'SMS',
  chat: 'chat',
  social: 'social',
  email: 'e-mail',
  other: 'other',
};

/**
 * `has` tells which fields the organisation lets us write. What is about calls is only there with Call Center; without it
 * the same stands in words below the notes, our key among them.
 */
export function toActivityRecord(
  activity: Activity,
  links: TaskLinks,
  settings: { taskStatus: string; externalIdField?: string | undefined },
  has: (field: string) => boolean,
): Record<string, string | number | boolean> {
  const { channel, direction, startedAt, endedAt, subject, key, disposition } = activity;
  const isSpoken = channel === 'voice' || channel === 'video';
  const suffix = channel === 'voice' ? '' : ` (${channelNames[channel]})`;
  const ofCalls = {
    TaskSubtype: isSpoken ? 'Call' : 'Task',
    CallType: direction === 'inbound' ? 'Inbound' : 'Outbound',
    CallDurationInSeconds: Math.round(Math.max(0, endedAt - startedAt) / 1_000),
    ...(disposition !== undefined && { CallDisposition: cut(disposition, longest.disposition) }),
    CallObject: key,
    // Where customers have a portal, they read there only what is marked for it.
    IsVisibleInSelfService: false,
  };
  return {
    Subject: `${cut(toLine(subject), longest.subject - suffix.length)}${suffix}`,
    Status: settings.taskStatus,
    ActivityDate: new Date(startedAt).toISOString().slice(0, 10),
    Description: describe(activity, links, { ...settings, has }),
    ...(links.who !== undefined && { WhoId: links.who }),
    ...(links.what !== undefined && { WhatId: links.what }),
    ...(links.owner !== undefined && { OwnerId: links.owner }),
    ...Object.fromEntries(Object.entries(ofCalls).filter(([field]) => has(field))),
  };
}

/** The line by which a Task is known again where no field can hold our key. */
export function toReference(key: string): string {
  return `Reference: ${key}`;
}

export function holdsReference(description: string, key: string): boolean {
  return description.split(/\r?\n/).includes(toReference(key));
}

/** The notes, and below them what has no field of its own. */
function describe(
  activity: Activity,
  { who, what, owner }: TaskLinks,
  { externalIdField, has }: { externalIdField?: string | undefined; has(field: string): boolean },
): string {
  const { direction, startedAt, endedAt, disposition, fromNumber, toNumber, caseNumber, agent, key } = activity;
  const seconds = Math.round(Math.max(0, endedAt - startedAt) / 1_000);
  const isOfLead = caseNumber !== undefined && who !== undefined && what === undefined;
  const lines = [
    ...(has('CallType') ? [] : [`Direction: ${direction}`]),
    ...(has('CallDurationInSeconds') ? [] : [`Duration: ${seconds} s`]),
    ...(disposition === undefined || has('CallDisposition') ? [] : [`Outcome: ${toLine(disposition)}`]),
    ...(fromNumber === undefined ? [] : [`From: ${fromNumber}`]),
    ...(toNumber === undefined ? [] : [`To: ${toNumber}`]),
    ...(owner === undefined ? [`Agent: ${toLine(agent.name)}`] : []),
    ...(isOfLead ? [`Case: ${toLine(caseNumber)}`] : []),
    ...(externalIdField !== undefined || has('CallObject') ? [] : [toReference(key)]),
  ].join('\n');
  const notes = cut(activity.notes.replace(/[^\P{Cc}\n\t]/gu, ' '), longest.description - lines.length - 2);
  return [notes, lines].filter((text) => text !== '').join('\n\n');
}

function toLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

/** Not in the middle of a surrogate pair. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}
