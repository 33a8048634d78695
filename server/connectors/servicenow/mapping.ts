import type { Activity, ConnectorCase, ConnectorCustomer, CustomerSummary } from '../port/connector.ts';
import { type Row, readDisplay, readTime, readValue } from './row.ts';
import type { TableSet } from './table-sets.ts';

export type LinkSettings = { baseUrl: string; recordLink: string };

/** What is read of a customer; `from` leads to it from another table (`contact.`). */
export function summaryFields({ phones, emails }: TableSet, from = ''): string[] {
  return ['sys_id', 'name', 'active', ...phones, ...emails].map((field) => from + field);
}

export function toSummary(row: Row, { phones, emails }: TableSet, from = ''): CustomerSummary {
  const stored = (fields: string[], read: typeof readValue) =>
    fields.flatMap((field) => {
      const raw = read(row, from + field);
      return raw === undefined ? [] : [{ raw }];
    });
  return {
    id: readValue(row, `${from}sys_id`) ?? '',
    name: readDisplay(row, `${from}name`) ?? '',
    phones: stored(phones, readPhone),
    emails: stored(emails, readValue),
  };
}

/** A column of the type E.164 keeps digits without the plus, and shows it; any other shows what it keeps. */
function readPhone(row: Row, field: string): string | undefined {
  const display = readDisplay(row, field);
  return display?.startsWith('+') ? display : readValue(row, field);
}

/** Who has left the company keeps their number there. */
export function isInactive(row: Row): boolean {
  return readValue(row, 'active') === 'false';
}

export const caseFields = ['number', 'sys_id', 'short_description', 'state', 'priority', 'active', 'sys_updated_on'];
export const interactionFields = ['type', 'short_description', 'opened_at', 'sys_created_on', 'assigned_to'];

export function toCustomer(
  row: Row,
  of: { cases: Row[]; interactions: Row[] },
  tables: TableSet,
  link: LinkSettings,
): ConnectorCustomer {
  const { company, ...fields } = readFields(row, tables.fields);
  const summary = toSummary(row, tables);
  return {
    ...summary,
    company,
    fields,
    cases: of.cases.map((item) => toCase(item, tables, link)),
    interactions: of.interactions.flatMap(toInteraction),
    url: toLink(link, tables.table, summary.id),
  };
}

/** Codes that the panel knows, and not the words that stand for them. */
const asStored = ['timeZone', 'language', 'country'];

function readFields(row: Row, mapped: Record<string, string>): Record<string, string> {
  const read = Object.entries(mapped).map(([name, field]) => {
    return [name, asStored.includes(name) ? readValue(row, field) : readDisplay(row, field)] as const;
  });
  return Object.fromEntries(read.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function toCase(row: Row, { caseTable }: TableSet, link: LinkSettings): ConnectorCase {
  const [status, priority] = [readDisplay(row, 'state'), readDisplay(row, 'priority')];
  const [updatedAt, id] = [readTime(row, 'sys_updated_on'), readValue(row, 'sys_id')];
  return {
    number: readValue(row, 'number') ?? '',
    subject: readDisplay(row, 'short_description') ?? '',
    ...(status !== undefined && { status }),
    ...(priority !== undefined && { priority }),
    ...(updatedAt !== undefined && { updatedAt }),
    ...(id !== undefined && { url: toLink(link, caseTable, id) }),
  };
}

function toInteraction(row: Row): ConnectorCustomer['interactions'] {
  const at = readTime(row, 'opened_at') ?? readTime(row, 'sys_created_on');
  if (at === undefined) return [];
  const type = readValue(row, 'type');
  const channel = type === 'phone' ? 'voice' : type;
  const [summary, agent] = [readDisplay(row, 'short_description'), readDisplay(row, 'assigned_to')];
  return [
    {
      at,
      ...(channel !== undefined && { channel }),
      ...(summary !== undefined && { summary }),
      ...(agent !== undefined && { agent }),
    },
  ];
}

export function toLink({ baseUrl, recordLink }: LinkSettings, table: string, id: string): string {
  const path = recordLink.replaceAll('{table}', encodeURIComponent(table)).replaceAll('{id}', encodeURIComponent(id));
  return path.startsWith('/') ? `${baseUrl}${path}` : path;
}

/** Values of an interaction's `type`; a choice that an instance does not have is kept all the same, and shown as it is. */
export const interactionTypes: Record<Activity['channel'], string> = {
  voice: 'phone',
  video: 'video',
  sms: 'messaging',
  chat: 'chat',
  social: 'messaging',
  email: 'email',
  other: 'other',
};
