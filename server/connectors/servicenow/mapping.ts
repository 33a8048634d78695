import type { Activity, ConnectorCase, ConnectorCustomer, CustomerSummary } from '../port/connector.ts';
import { toFields, toStoredValues, withoutUndefined } from '../port/values.ts';
import { type Row, readDisplay, readTime, readValue } from './row.ts';
import type { TableSet } from './table-sets.ts';

export type LinkSettings = { baseUrl: string; recordLink: string };

/** Columns of a customer. `from` is the path to it from another table (`contact.`). */
export function summaryFields({ phones, emails }: TableSet, from = ''): string[] {
  return ['sys_id', 'name', 'active', ...phones, ...emails].map((field) => from + field);
}

export function toSummary(row: Row, { phones, emails }: TableSet, from = ''): CustomerSummary {
  const readStored = (fields: string[], read: typeof readValue) =>
    toStoredValues(fields.map((field) => read(row, from + field)));
  return {
    id: readValue(row, `${from}sys_id`) ?? '',
    name: readDisplay(row, `${from}name`) ?? '',
    phones: readStored(phones, readPhone),
    emails: readStored(emails, readValue),
  };
}

/** A column of the type E.164 stores digits without the plus sign and displays it; others display what they store. */
function readPhone(row: Row, field: string): string | undefined {
  const display = readDisplay(row, field);
  return display?.startsWith('+') ? display : readValue(row, field);
}

/** Inactive users keep their phone numbers in ServiceNow. */
export function isInactive(row: Row): boolean {
  return readValue(row, 'active') === 'false';
}

export const caseFields = ['number', 'sys_id', 'short_description', 'state', 'priority', 'active', 'sys_updated_on'];
export const interactionFields = ['type', 'short_description', 'opened_at', 'sys_created_on', 'assigned_to'];

export function toCustomer(
  row: Row,
  related: { cases: Row[]; interactions: Row[] },
  tables: TableSet,
  link: LinkSettings,
): ConnectorCustomer {
  const { company, ...fields } = readFields(row, tables.fields);
  const summary = toSummary(row, tables);
  return {
    ...summary,
    company,
    fields,
    cases: related.cases.map((item) => toCase(item, tables, link)),
    interactions: related.interactions.flatMap(toInteraction),
    url: toLink(link, tables.table, summary.id),
  };
}

/** Fields whose stored code the panel needs instead of the display text. */
const codeFields = ['timeZone', 'language', 'country'];

function readFields(row: Row, mapped: Record<string, string>): Record<string, string> {
  const read = Object.entries(mapped).map(([name, field]) => {
    return [name, codeFields.includes(name) ? readValue(row, field) : readDisplay(row, field)] as const;
  });
  return toFields(read);
}

function toCase(row: Row, { caseTable }: TableSet, link: LinkSettings): ConnectorCase {
  const id = readValue(row, 'sys_id');
  return {
    number: readValue(row, 'number') ?? '',
    subject: readDisplay(row, 'short_description') ?? '',
    ...withoutUndefined({
      status: readDisplay(row, 'state'),
      priority: readDisplay(row, 'priority'),
      updatedAt: readTime(row, 'sys_updated_on'),
      url: id === undefined ? undefined : toLink(link, caseTable, id),
    }),
  };
}

function toInteraction(row: Row): ConnectorCustomer['interactions'] {
  const at = readTime(row, 'opened_at') ?? readTime(row, 'sys_created_on');
  if (at === undefined) return [];
  const type = readValue(row, 'type');
  const texts = {
    channel: type === 'phone' ? 'voice' : type,
    summary: readDisplay(row, 'short_description'),
    agent: readDisplay(row, 'assigned_to'),
  };
  return [{ at, ...withoutUndefined(texts) }];
}

export function toLink({ baseUrl, recordLink }: LinkSettings, table: string, id: string): string {
  const path = recordLink.replaceAll('{table}', encodeURIComponent(table)).replaceAll('{id}', encodeURIComponent(id));
  return path.startsWith('/') ? `${baseUrl}${path}` : path;
}

/** Values of an interaction's `type`. An instance stores and shows a value that is not among its choices unchanged. */
export const interactionTypes: Record<Activity['channel'], string> = {
  voice: 'phone',
  video: 'video',
  sms: 'messaging',
  chat: 'chat',
  social: 'messaging',
  email: 'email',
  other: 'other',
};

/** Customer ids come back from browsers, so their form is checked before they enter a query. */
export function isSysId(id: string): boolean {
  return /^[0-9a-f]{32}$/.test(id);
}
