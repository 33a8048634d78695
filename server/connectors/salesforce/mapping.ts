import type { ConnectorCase, ConnectorCustomer, CustomerSummary, PhoneNumber } from '../port/connector.ts';
import { listNationals, mayHaveNumber } from '../port/phone-digits.ts';
import { parseTime, toFields, toStoredValues, withoutUndefined } from '../port/values.ts';
import type { SalesforceRecord } from './api.ts';
import type { RecordKind } from './record-kinds.ts';

/** The value at a path such as `Account.Owner.Name`; undefined if it is empty, or neither text, number nor boolean. */
export function readText(record: SalesforceRecord, path: string): string | undefined {
  const value = path.split('.').reduce<unknown>((parent, name) => {
    return typeof parent === 'object' && parent !== null && Object.hasOwn(parent, name)
      ? new Map(Object.entries(parent)).get(name)
      : undefined;
  }, record);
  const isPlain = ['string', 'number', 'boolean'].includes(typeof value);
  return isPlain && value !== '' ? String(value) : undefined;
}

/** ms UTC. Salesforce writes `2026-10-02T15:20:00.000+0000`: not ISO 8601, but Node parses it. */
function readTime(record: SalesforceRecord, path: string): number | undefined {
  return parseTime(readText(record, path));
}

/** Address at which an agent opens a record. `template` has `{object}` and `{id}` in it. */
export function toLink(template: string, object: string, id: string): string {
  return template.replaceAll('{object}', encodeURIComponent(object)).replaceAll('{id}', encodeURIComponent(id));
}

export function summaryFields({ phones, emails }: RecordKind): string[] {
  return ['Id', 'Name', ...phones, ...emails];
}

/** Records of other kinds and records without an id are left out. */
export function toSummaries(records: SalesforceRecord[], kinds: RecordKind[]): CustomerSummary[] {
  return records.flatMap((record) => {
    const kind = kinds.find(({ name }) => name === record.attributes.type);
    const id = readText(record, 'Id');
    return kind && id !== undefined ? [toSummary(record, id, kind)] : [];
  });
}

function toSummary(record: SalesforceRecord, id: string, { phones, emails }: RecordKind): CustomerSummary {
  const readStored = (paths: string[]) => toStoredValues(paths.map((path) => readText(record, path)));
  return { id, name: readText(record, 'Name') ?? '', phones: readStored(phones), emails: readStored(emails) };
}

/** Whether a stored number ends in these digits and names no other country. `source.ts` verifies the exact number. */
export function endsWithNumber(summary: CustomerSummary, phone: PhoneNumber): boolean {
  return summary.phones.some((stored) => {
    const digits = stored.raw.replace(/\D/g, '');
    const isEnd = listNationals(phone).some((national) => digits.endsWith(national));
    return isEnd && mayHaveNumber({ ...summary, phones: [stored] }, phone);
  });
}

export function cardFields({ company, card }: RecordKind): string[] {
  return [...(company === undefined ? [] : [company]), ...card.map(([, path]) => path)];
}

type CardParts = { cases: SalesforceRecord[]; tasks: SalesforceRecord[] };

export function toCustomer(
  record: SalesforceRecord,
  kind: RecordKind,
  { cases, tasks }: CardParts,
  linkTemplate: string,
): ConnectorCustomer {
  const id = readText(record, 'Id') ?? '';
  const fields = kind.card.map(([name, path]) => [name, readText(record, path)] as const);
  return {
    ...toSummary(record, id, kind),
    company: kind.company === undefined ? undefined : readText(record, kind.company),
    fields: toFields(fields),
    cases: cases.map((row) => toCase(row, linkTemplate)),
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
    ...withoutUndefined({
      status: readText(record, 'Status'),
      priority: readText(record, 'Priority'),
      updatedAt: readTime(record, 'LastModifiedDate'),
      url: id === undefined ? undefined : toLink(linkTemplate, 'Case', id),
    }),
  };
}

/** Without `Description`, which may have 32,000 characters per Task. */
export const taskFields = ['Id', 'Subject', 'TaskSubtype', 'CreatedDate', 'WhoId', 'AccountId', 'Owner.Name'];

const channels: Record<string, string> = { Call: 'voice', Email: 'email', ListEmail: 'email' };

function toInteraction(record: SalesforceRecord): ConnectorCustomer['interactions'] {
  const at = readTime(record, 'CreatedDate');
  const channel = channels[readText(record, 'TaskSubtype') ?? ''];
  const texts = { channel, summary: readText(record, 'Subject'), agent: readText(record, 'Owner.Name') };
  return at === undefined ? [] : [{ at, ...withoutUndefined(texts) }];
}

/** Whether a case or task is the customer's. A company also has those of its people. */
export function belongsTo(record: SalesforceRecord, customerId: string): boolean {
  return ['ContactId', 'WhoId', 'AccountId'].some((path) => readText(record, path) === customerId);
}
