/** An engagement as Salesforce stores it: a completed Task. */
import type { Activity } from '../port/connector.ts';

/** Ids. `who`: a Contact or Lead. `what`: any other record; Salesforce rejects it beside a Lead. */
export type TaskLinks = { who?: string; what?: string; owner?: string };

/** Characters. developer.salesforce.com, "Salesforce Field Reference Guide", Task. */
const maxLength = { subject: 255, disposition: 255, description: 32_000 };

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
 * `canWrite` reports which fields the organization lets us write. The call fields exist only with Call Center; without
 * them the same facts, our key included, follow the notes as lines of text.
 */
export function toActivityRecord(
  activity: Activity,
  links: TaskLinks,
  settings: { taskStatus: string; externalIdField?: string | undefined },
  canWrite: (field: string) => boolean,
): Record<string, string | number | boolean> {
  const { channel, direction, startedAt, endedAt, subject, key, disposition } = activity;
  const isSpoken = channel === 'voice' || channel === 'video';
  const suffix = channel === 'voice' ? '' : ` (${channelNames[channel]})`;
  const callFields = {
    TaskSubtype: isSpoken ? 'Call' : 'Task',
    CallType: direction === 'inbound' ? 'Inbound' : 'Outbound',
    CallDurationInSeconds: Math.round(Math.max(0, endedAt - startedAt) / 1_000),
    ...(disposition !== undefined && { CallDisposition: cut(disposition, maxLength.disposition) }),
    CallObject: key,
    // Hides the Task from customers in a self-service portal.
    IsVisibleInSelfService: false,
  };
  return {
    Subject: `${cut(toLine(subject), maxLength.subject - suffix.length)}${suffix}`,
    Status: settings.taskStatus,
    ActivityDate: new Date(startedAt).toISOString().slice(0, 10),
    Description: describe(activity, links, { ...settings, canWrite }),
    ...(links.who !== undefined && { WhoId: links.who }),
    ...(links.what !== undefined && { WhatId: links.what }),
    ...(links.owner !== undefined && { OwnerId: links.owner }),
    ...Object.fromEntries(Object.entries(callFields).filter(([field]) => canWrite(field))),
  };
}

/** The line that identifies our Task where no field can hold the key. */
function toReference(key: string): string {
  return `Reference: ${key}`;
}

export function holdsReference(description: string, key: string): boolean {
  return description.split(/\r?\n/).includes(toReference(key));
}

/** The notes, followed by the facts that have no field of their own. */
function describe(
  activity: Activity,
  { who, what, owner }: TaskLinks,
  { externalIdField, canWrite }: { externalIdField?: string | undefined; canWrite(field: string): boolean },
): string {
  const { direction, startedAt, endedAt, disposition, fromNumber, toNumber, caseNumber, agent, key } = activity;
  const seconds = Math.round(Math.max(0, endedAt - startedAt) / 1_000);
  const isOfLead = caseNumber !== undefined && who !== undefined && what === undefined;
  const lines = [
    ...(canWrite('CallType') ? [] : [`Direction: ${direction}`]),
    ...(canWrite('CallDurationInSeconds') ? [] : [`Duration: ${seconds} s`]),
    ...(disposition === undefined || canWrite('CallDisposition') ? [] : [`Outcome: ${toLine(disposition)}`]),
    ...(fromNumber === undefined ? [] : [`From: ${fromNumber}`]),
    ...(toNumber === undefined ? [] : [`To: ${toNumber}`]),
    ...(owner === undefined ? [`Agent: ${toLine(agent.name)}`] : []),
    ...(isOfLead ? [`Case: ${toLine(caseNumber)}`] : []),
    ...(externalIdField !== undefined || canWrite('CallObject') ? [] : [toReference(key)]),
  ].join('\n');
  const notes = cut(activity.notes.replace(/[^\P{Cc}\n\t]/gu, ' '), maxLength.description - lines.length - 2);
  return [notes, lines].filter((text) => text !== '').join('\n\n');
}

function toLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

/** Never splits a surrogate pair. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}
