/** An engagement as Dynamics stores it: a phone call, or a task for all other channels. */
import { createHash } from 'node:crypto';
import type { Activity } from '../port/connector.ts';
import type { ActivitySet, AgentRecord } from './api.ts';
import type { CustomerKey } from './mapping.ts';

/** `fullNotes`: a note for notes that exceed the description. `completion`: the change that completes the record. */
export type ActivityRecord = {
  set: ActivitySet;
  table: 'phonecall' | 'task';
  id: string;
  record: Record<string, unknown>;
  fullNotes: { id: string; record: Record<string, unknown> } | undefined;
  completion: { statecode: 1; statuscode: number };
};

export type ActivityLinks = { customer: CustomerKey; caseId: string | undefined; agent: AgentRecord | undefined };

/** Characters. */
const maxLength = { subject: 200, description: 2_000, phone: 200, notes: 100_000 };

/** Values of a party's `participationtypemask`. */
const sender = 1;
const recipient = 2;

/**
 * Dynamics has no activity type for chats and texts, so these become tasks. Durations are in minutes; the seconds stand
 * in the description, with all facts that have no column.
 *
 * Dynamics requires the table name in binding properties: `regardingobjectid_contact_phonecall`.
 */
export function toActivityRecord(activity: Activity, links: ActivityLinks): ActivityRecord {
  const table = activity.channel === 'voice' ? 'phonecall' : 'task';
  const set: ActivitySet = `${table}s`;
  const id = uuidOf(activity.key);
  const isOutbound = activity.direction === 'outbound';
  const { customer, caseId } = links;
  const regarding = caseId === undefined ? customer : ({ table: 'incident', id: caseId } as const);
  const { description, isCut } = describe(activity);
  return {
    set,
    table,
    id,
    record: {
      subject: cut(activity.subject, maxLength.subject),
      description,
      actualdurationminutes: Math.round(secondsOf(activity) / 60),
      actualstart: new Date(activity.startedAt).toISOString(),
      actualend: new Date(activity.endedAt).toISOString(),
      [`regardingobjectid_${regarding.table}_${table}@odata.bind`]: toReference(regarding),
      ...(table === 'phonecall' && toCallColumns(activity, links)),
    },
    fullNotes: isCut
      ? {
          id: uuidOf(`${activity.key}/notes`),
          record: {
            subject: cut(activity.subject, maxLength.subject),
            notetext: cut(activity.notes, maxLength.notes),
            [`objectid_${table}@odata.bind`]: `/${set}(${id})`,
          },
        }
      : undefined,
    // Of a call: received (4) or made (2). Of a task: completed (5).
    completion: { statecode: 1, statuscode: table === 'task' ? 5 : isOutbound ? 2 : 4 },
  };
}

function toCallColumns(activity: Activity, { customer, agent }: ActivityLinks): Record<string, unknown> {
  const isOutbound = activity.direction === 'outbound';
  const phone = isOutbound ? activity.toNumber : activity.fromNumber;
  return {
    directioncode: isOutbound,
    ...(phone !== undefined && { phonenumber: cut(phone, maxLength.phone) }),
    phonecall_activity_parties: [
      {
        [`partyid_${customer.table}@odata.bind`]: toReference(customer),
        participationtypemask: isOutbound ? recipient : sender,
      },
      ...(agent
        ? [
            {
              'partyid_systemuser@odata.bind': `/systemusers(${agent.systemuserid})`,
              participationtypemask: isOutbound ? sender : recipient,
            },
          ]
        : []),
    ],
  };
}

function describe(activity: Activity): { description: string; isCut: boolean } {
  const { channel, direction, disposition, agent, engagementId, notes } = activity;
  const facts = [
    `Channel: ${channel}, ${direction}`,
    `Duration: ${secondsOf(activity)} s`,
    ...(disposition ? [`Result: ${cut(disposition, 200)}`] : []),
    `Agent: ${cut(agent.name, 200)}`,
    `Zoom engagement: ${cut(engagementId, 200)}`,
  ].join('\n');
  const text = notes.trim() === '' ? facts : `${notes}\n\n${facts}`;
  if (text.length <= maxLength.description) return { description: text, isCut: false };
  const room = maxLength.description - facts.length - 2;
  return { description: `${cut(notes, room)}\n\n${facts}`, isCut: true };
}

function secondsOf({ startedAt, endedAt }: Activity): number {
  return Math.round(Math.max(0, endedAt - startedAt) / 1_000);
}

function toReference({ table, id }: { table: CustomerKey['table'] | 'incident'; id: string }): string {
  return `/${table}s(${id})`;
}

/** Ends with `…` if shortened, and never splits a surrogate pair. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Deskside's own namespace, so that no other program derives the same ids. */
const namespace = '6d0c9d52-6f0b-4c5e-9a53-1f6f0b7d3a11';

/** UUID version 5 (RFC 9562): the same name always has the same id. */
export function uuidOf(name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
