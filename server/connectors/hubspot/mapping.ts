import type { ConnectorCase, ConnectorCustomer, CustomerSummary } from '../port/connector.ts';
import { parseTime, toFields, toStoredValues, withoutUndefined } from '../port/values.ts';
import { nameOf, type TicketStage } from './account-data.ts';
import type { HubspotRecord, ObjectType, Owner, Place } from './api.ts';
import { toText } from './html.ts';

export type CardSettings = { fields: Record<string, string>; recordUrl?: string | undefined };

/** A company is the customer if none of its people matches. */
export type CustomerKind = 'contact' | 'company';

const kinds = {
  contact: {
    type: 'contacts',
    properties: [
      'firstname',
      'lastname',
      'email',
      'hs_additional_emails',
      'phone',
      'mobilephone',
      'hs_whatsapp_phone_number',
      'company',
      'associatedcompanyid',
      'hubspot_owner_id',
    ],
  },
  company: { type: 'companies', properties: ['name', 'phone', 'hubspot_owner_id'] },
} as const;

export const ticketProperties = [
  'subject',
  'hs_pipeline_stage',
  'hs_ticket_priority',
  'hs_lastmodifieddate',
  'closed_date',
];

/** Object type ids in HubSpot's record URLs. */
const typeIds: Partial<Record<ObjectType, string>> = { contacts: '0-1', companies: '0-2', tickets: '0-5' };

export function objectTypeOf(kind: CustomerKind): 'contacts' | 'companies' {
  return kinds[kind].type;
}

export function placeOf(kind: CustomerKind, id: string): Place {
  return { type: objectTypeOf(kind), id };
}

function toCustomerId(kind: CustomerKind, id: string): string {
  return `${kind}:${id}`;
}

export function readCustomerId(customerId: string): { kind: CustomerKind; id: string } | undefined {
  const [, kind, id] = /^(contact|company):(\d{1,19})$/.exec(customerId) ?? [];
  return id === undefined ? undefined : { kind: kind === 'company' ? 'company' : 'contact', id };
}

/** The number of a ticket is its id. */
export function toTicketId(number: string): string | undefined {
  return /^#?0*([1-9]\d{0,18})$/.exec(number)?.[1];
}

/** A property of the contact, or with the prefix `company.` one of the company. */
export function isFieldPath(path: string): boolean {
  return /^(company\.)?[a-z][a-z0-9_]{0,99}$/.test(path);
}

export function readFieldPath(path: string): { kind: CustomerKind; property: string } {
  const property = path.replace(/^company\./, '');
  return { kind: property === path ? 'contact' : 'company', property };
}

/** The properties to read of a record, including those mapped to card fields. */
export function propertiesOf(kind: CustomerKind, fields: Record<string, string> = {}): string[] {
  const mapped = Object.values(fields)
    .map(readFieldPath)
    .filter((field) => field.kind === kind);
  return [...new Set([...kinds[kind].properties, ...mapped.map(({ property }) => property)])];
}

/** The company of a contact. */
export function companyIdOf(kind: CustomerKind, record: HubspotRecord): string | undefined {
  const id = kind === 'contact' ? readProperty(record, 'associatedcompanyid') : undefined;
  return id !== undefined && /^\d{1,19}$/.test(id) ? id : undefined;
}

export function readProperty({ properties }: HubspotRecord, name: string): string | undefined {
  const value = properties.get(name);
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}

export function toSummary(kind: CustomerKind, record: HubspotRecord): CustomerSummary {
  const readAll = (names: string[]) => names.flatMap((name) => readProperty(record, name) ?? []);
  const furtherEmails = readProperty(record, 'hs_additional_emails')?.split(';') ?? [];
  return {
    id: toCustomerId(kind, record.id),
    name: nameOfRecord(kind, record) ?? '',
    phones: toStoredValues(readAll(['phone', 'mobilephone', 'hs_whatsapp_phone_number'])),
    emails: toStoredValues([...readAll(['email']), ...furtherEmails].map((email) => email.trim())),
  };
}

function nameOfRecord(kind: CustomerKind, record: HubspotRecord): string | undefined {
  if (kind === 'company') return readProperty(record, 'name');
  const names = ['firstname', 'lastname'].flatMap((name) => readProperty(record, name) ?? []);
  return names.join(' ') || readProperty(record, 'email');
}

/** Records read beside the customer's own. */
type CardParts = {
  company: HubspotRecord | undefined;
  tickets: HubspotRecord[];
  activities: { type: ObjectType; record: HubspotRecord }[];
  owners: Map<string, Owner>;
  stages: Map<string, TicketStage>;
};

export function toCustomer(
  kind: CustomerKind,
  record: HubspotRecord,
  parts: CardParts,
  settings: CardSettings,
): ConnectorCustomer {
  const { company, tickets, activities, owners, stages } = parts;
  const employer = company && readProperty(company, 'name');
  return {
    ...toSummary(kind, record),
    company: kind === 'company' ? undefined : (employer ?? readProperty(record, 'company')),
    fields: readFields(kind, record, parts, settings.fields),
    cases: tickets.flatMap((ticket) => toOpenCase(ticket, stages, settings)),
    interactions: activities
      .flatMap((activity) => toInteraction(activity, owners))
      .sort((left, right) => right.at - left.at),
    ...toLink(objectTypeOf(kind), record, settings),
  };
}

function readFields(kind: CustomerKind, record: HubspotRecord, parts: CardParts, mapped: Record<string, string>) {
  const owner = nameOf(parts.owners.get(readProperty(record, 'hubspot_owner_id') ?? ''));
  const mappedFields = Object.entries(mapped).map(([name, path]) => {
    const field = readFieldPath(path);
    const holder = field.kind === kind ? record : field.kind === 'company' ? parts.company : undefined;
    return [name, holder && readProperty(holder, field.property)] as const;
  });
  return toFields([['owner', owner] as const, ...mappedFields]);
}

/** Empty for a closed ticket. Without stages the closing date decides; in doubt the ticket counts as open. */
function toOpenCase(ticket: HubspotRecord, stages: Map<string, TicketStage>, settings: CardSettings): ConnectorCase[] {
  const stage = stages.get(readProperty(ticket, 'hs_pipeline_stage') ?? '');
  const isClosed = stage?.isClosed ?? readProperty(ticket, 'closed_date') !== undefined;
  if (isClosed) return [];
  const priority = readProperty(ticket, 'hs_ticket_priority')?.toLowerCase();
  const updatedAt = readTime(readProperty(ticket, 'hs_lastmodifieddate'));
  return [
    {
      number: ticket.id,
      subject: readProperty(ticket, 'subject') ?? '',
      status: stage?.label ?? 'open',
      ...withoutUndefined({ priority, updatedAt }),
      ...toLink('tickets', ticket, settings),
    },
  ];
}

/** The channel and the properties of each kind of activity. */
const activityKinds: Partial<Record<ObjectType, { channel?: string; title?: string; body: string }>> = {
  calls: { channel: 'voice', title: 'hs_call_title', body: 'hs_call_body' },
  notes: { body: 'hs_note_body' },
  communications: { body: 'hs_communication_body' },
};

export const activityTypes = ['calls', 'notes', 'communications'] as const;

export function activityProperties(type: ObjectType): string[] {
  const { title, body } = activityKinds[type] ?? { body: '' };
  const channel = type === 'communications' ? ['hs_communication_channel_type'] : [];
  return ['hs_timestamp', 'hubspot_owner_id', body, ...channel, ...(title === undefined ? [] : [title])];
}

function bodyOf(type: ObjectType, record: HubspotRecord): string {
  return toText(readProperty(record, activityKinds[type]?.body ?? '') ?? '');
}

function toInteraction({ type, record }: CardParts['activities'][number], owners: Map<string, Owner>) {
  const at = readTime(readProperty(record, 'hs_timestamp'));
  if (at === undefined) return [];
  const known = activityKinds[type];
  const channel =
    known?.channel ?? (readProperty(record, 'hs_communication_channel_type') === 'SMS' ? 'sms' : undefined);
  const title = known?.title === undefined ? undefined : readProperty(record, known.title);
  const lines = bodyOf(type, record).split('\n');
  const summary = [title, ...lines.filter((line) => !referenceLine.test(line))].filter(Boolean).join(' · ');
  const agent = nameOf(owners.get(readProperty(record, 'hubspot_owner_id') ?? ''));
  return [{ at, ...withoutUndefined({ channel, summary: summary || undefined, agent }) }];
}

/** When an activity took place, ms UTC; 0 without a time. */
export function timeOf(record: HubspotRecord): number {
  return readTime(readProperty(record, 'hs_timestamp')) ?? 0;
}

/** Our key in the body of an activity, on a line of its own. */
const referenceLine = /^Reference: ([\w.~=+-]{1,160})$/;

/** The last such line counts: earlier ones may be quotes in the notes. */
export function readKey(type: ObjectType, record: HubspotRecord): string | undefined {
  const last = bodyOf(type, record)
    .split('\n')
    .findLast((line) => referenceLine.test(line));
  return referenceLine.exec(last ?? '')?.[1];
}

/** HubSpot's own URL, whose host differs by data center; else one built from the setting. */
function toLink(type: ObjectType, { id, url }: HubspotRecord, { recordUrl }: CardSettings): { url?: string } {
  if (url) return { url };
  return recordUrl === undefined ? {} : { url: `${recordUrl}/${typeIds[type]}/${encodeURIComponent(id)}` };
}

/** ms UTC. HubSpot writes ISO 8601; older values are milliseconds. */
function readTime(text: string | undefined): number | undefined {
  return /^\d{10,}$/.test(text ?? '') ? Number(text) : parseTime(text);
}
