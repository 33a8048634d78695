import type { ConnectorCase, ConnectorCustomer, CustomerSummary } from '../port/connector.ts';
import type { SalesforceRecord } from './api.ts';
import type { RecordKind } from './record-kinds.ts';

/** What a record says at a place such as `Account.Owner.Name`; undefined for nothing, and for what is no plain value. */
export function readText(record: SalesforceRecord, path: string): string | undefined {
  const value = path.split('.').reduce<unknown>((at, name) => {
    return typeof at === 'object' && at !== null && Object.hasOwn(at, name)
      ? new Map(Object.entries(at)).get(name)
      : undefined;
  }, record);
  const isPlain = ['string', 'number', 'boolean'].includes(typeof value);
  return isPlain && value !== '' ? String(value) : undefined;
}

/** ms UTC. Salesforce writes `2026-10-02T15:20:00.000+0000`, which Node reads, though no standard has it. */
export function readTime(record: SalesforceRecord, path: string): number | undefined {
  const time = Date.parse(readText(record, path) ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** Where an agent opens a record. `template` holds `{object}` and `{id}`. */
export function toLink(template: string, object: string, id: string): string {
  return template.replaceAll('{object}', encodeURIComponent(object)).replaceAll('{id}', encodeURIComponent(id));
}

export function summaryFields({ phones, emails }: RecordKind): string[] {
  return ['Id', 'Name', ...phones, ...emails];
}

/** None for a record of another kind, or one without an id. */
export function toSummaries(records: SalesforceRecord[], kinds: RecordKind[]): CustomerSummary[] {
  return records.flatMap((record) => {
    const kind = kinds.find(({ name }) => name === record.attributes.type);
    const id = readText(record, 'Id');
    return kind && id !== undefined ? [toSummary(record, id, kind)] : [];
  });
}

function toSummary(record: SalesforceRecord, id: string, { phones, emails }: RecordKind): CustomerSummary {
  const toStored = (path: string) => {
    const raw = readText(record, path);
    return raw === undefined ? [] : [{ raw }];
  };
  return {
    id,
    name: readText(record, 'Name') ?? '',
    phones: phones.flatMap(toStored),
    emails: emails.flatMap(toStored),
  };
}

/** A number that both end in, however it was typed. What is only like it is found out afterwards. */
export function endsWithDigits({ phones }: CustomerSummary, national: string): boolean {
  return phones.some(({ raw }) => raw.replace(/\D/g, '').endsWith(national));
}

export function cardFields({ company, card }: RecordKind): string[] {
  return [...(company === undefined ? [] : [company]), ...card.map(([, path]) => path)];
}

export type CardParts = { cases: SalesforceRecord[]; tasks: SalesforceRecord[] };

export function toCustomer(
  record: SalesforceRecord,
  kind: RecordKind,
  { cases, tasks }: CardParts,
  linkTemplate: string,
): ConnectorCustomer {
  const id = readText(record, 'Id') ?? '';
  const fields = kind.card.flatMap(([name, path]) => {
    const value = readText(record, path);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...toSummary(record, id, kind),
    company: kind.company === undefined ? undefined : readText(record, kind.company),
    fields: Object.fromEntries(fields),
    cases: cases.map((one) => toCase(one, linkTemplate)),
    interactions: tasks.flatMap(toInteraction),
    url: toLink(linkTemplate, kind.name, id),
  };
}

export const caseFields = [
  'Id',
  'CaseNumber',
  'Subject',
  'Status',
  'Priority',
  'LastModifiedDate',
  'ContactId',
  'AccountId',
];

function toCase(record: SalesforceRecord, linkTemplate: string): ConnectorCase {
  const id = readText(record, 'Id');
  return {
    number: readText(record, 'CaseNumber') ?? '',
    subject: readText(record, 'Subject') ?? '',
    ...withoutNothing({
      status: readText(record, 'Status'),
      priority: readText(record, 'Priority'),
      updatedAt: readTime(record, 'LastModifiedDate'),
      url: id === undefined ? undefined : toLink(linkTemplate, 'Case', id),
    }),
  };
}

/** Not their Description: it may be 32,000 characters long, and there may be many. */
export const taskFields = ['Id', 'Subject', 'TaskSubtype', 'CreatedDate', 'WhoId', 'AccountId', 'Owner.Name'];

const channels: Record<string, string> = { Call: 'voice', Email: 'email', ListEmail: 'email' };

function toInteraction(record: SalesforceRecord): ConnectorCustomer['interactions'] {
  const at = readTime(record, 'CreatedDate');
  const channel = channels[readText(record, 'TaskSubtype') ?? ''];
  const texts = { channel, summary: readText(record, 'Subject'), agent: readText(record, 'Owner.Name') };
  return at === undefined ? [] : [{ at, ...withoutNothing(texts) }];
}

/** Whose case or task it is. A company has those of its people too. */
export function isOf(record: SalesforceRecord, customerId: string): boolean {
  return ['ContactId', 'WhoId', 'AccountId'].some((path) => readText(record, path) === customerId);
}

/**
 * The forms of a number that people say or key in: Salesforce pads its own to eight digits, unless an admin has chosen
 * another way of counting.
 */
export function toCaseNumbers(number: string): string[] {
  return /^\d{1,7}$/.test(number) ? [number.padStart(8, '0'), number] : [number];
}

type Something<Values> = { [Name in keyof Values]?: NonNullable<Values[Name]> };

/** Absent, rather than undefined. */
function withoutNothing<Values extends Record<string, unknown>>(values: Values): Something<Values> {
  // What is left is what the type says; entries lose their types on the way.
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Something<Values>;
}
