import type { CaseHit, ConnectorCase, ConnectorCustomer, CustomerSummary } from '../port/connector.ts';
import { toFields, toStoredValues, withoutUndefined } from '../port/values.ts';
import type { Row } from './api.ts';
import { columnOf, defaultFields } from './card-fields.ts';
import { isGuid, readGuid, readRaw, readRow, readRows, readText, readTime } from './row.ts';
import { type TableName, tables } from './tables.ts';

export type CardSettings = { fields: Record<string, string>; webUrl: string; appId?: string | undefined };

export type CustomerKey = { table: TableName; id: string };

/** `contact:<GUID>`: ids contain their table. */
export function toCustomerId({ table, id }: CustomerKey): string {
  return `${table}:${id}`;
}

/** Undefined unless it has the form of our ids, which is safe inside a query. */
export function readCustomerId(text: string): CustomerKey | undefined {
  const [, name, id = ''] = /^(contact|account|lead):(.+)$/.exec(text) ?? [];
  return name !== undefined && isGuid(id) ? { table: name as TableName, id } : undefined;
}

export function toSummary(table: TableName, row: Row): CustomerSummary[] {
  const { id: key, name, phones, emails } = tables[table];
  const id = readGuid(row, key);
  if (id === undefined) return [];
  const readStored = (columns: string[]) => toStoredValues(columns.map((column) => readRaw(row, column)));
  return [
    {
      id: toCustomerId({ table, id }),
      name: readRaw(row, name) ?? '',
      phones: readStored(phones),
      emails: readStored(emails),
    },
  ];
}

/** The contact of a case takes precedence over its company. */
export function toCaseHit(row: Row): CaseHit[] {
  const number = readRaw(row, 'ticketnumber');
  const [customer] = [
    ...toExpanded('contact', row, 'customerid_contact'),
    ...toExpanded('contact', row, 'primarycontactid'),
    ...toExpanded('account', row, 'customerid_account'),
  ];
  return number !== undefined && customer ? [{ number, customer }] : [];
}

/** The contacts of the account, or the account if it has none or more than `maxPeople`. */
export function toAccountHits(row: Row, maxPeople: number): CaseHit[] {
  const number = readRaw(row, 'accountnumber');
  if (number === undefined) return [];
  // Dataverse adds a next link to every expanded collection, even to a whole one, so only the count is evidence.
  const expanded = readRows(row, 'contact_customer_accounts');
  const people = expanded.flatMap((item) => toSummary('contact', item));
  const isFew = people.length > 0 && expanded.length <= maxPeople;
  return (isFew ? people : toSummary('account', row)).map((customer) => ({ number, customer }));
}

export function toCustomer(
  table: TableName,
  row: Row,
  related: { cases: Row[]; activities: Row[] },
  settings: CardSettings,
): ConnectorCustomer[] {
  return toSummary(table, row).map((summary) => {
    const id = readGuid(row, tables[table].id) ?? '';
    return {
      ...summary,
      company: readCompany(table, row),
      fields: readFields(table, row, settings.fields),
      cases: related.cases.filter((item) => isCaseOf(item, id)).flatMap((item) => toCase(item, settings)),
      interactions: related.activities.filter((item) => isActivityOf(item, id)).flatMap(toInteraction),
      url: toLink(table, id, settings),
    };
  });
}

/** Address of a record in a browser; `appId` selects a model-driven app. */
export function toLink(table: string, id: string, { webUrl, appId }: Omit<CardSettings, 'fields'>): string {
  const app = appId === undefined ? '' : `appid=${encodeURIComponent(appId)}&`;
  return `${webUrl}/main.aspx?${app}etn=${table}&pagetype=entityrecord&id=%7B${encodeURIComponent(id)}%7D`;
}

function toCase(row: Row, settings: CardSettings): ConnectorCase[] {
  const number = readRaw(row, 'ticketnumber');
  const id = readGuid(row, 'incidentid');
  if (number === undefined || id === undefined) return [];
  return [
    {
      number,
      subject: readRaw(row, 'title') ?? '',
      url: toLink('incident', id, settings),
      ...withoutUndefined({
        status: readText(row, 'statuscode'),
        priority: readText(row, 'prioritycode'),
        updatedAt: readTime(row, 'modifiedon'),
      }),
    },
  ];
}

/** Channels by activity type, where the names differ. */
const channels = new Map([
  ['phonecall', 'voice'],
  ['msdyn_ocliveworkitem', 'chat'],
]);

function toInteraction(row: Row): ConnectorCustomer['interactions'] {
  const at = readTime(row, 'actualstart') ?? readTime(row, 'actualend') ?? readTime(row, 'createdon');
  if (at === undefined) return [];
  const type = readRaw(row, 'activitytypecode');
  const texts = {
    channel: type === undefined ? undefined : (channels.get(type) ?? type),
    summary: readRaw(row, 'subject'),
    agent: readText(row, '_ownerid_value'),
  };
  return [{ at, ...withoutUndefined(texts) }];
}

/** The parent of a contact may be another contact, whose name is shown as well. */
function readCompany(table: TableName, row: Row): string | undefined {
  if (table === 'contact') return readText(row, '_parentcustomerid_value');
  return table === 'lead' ? readRaw(row, 'companyname') : undefined;
}

function readFields(table: TableName, row: Row, mapped: Record<string, string>): Record<string, string> {
  const account = table === 'account' ? row : readRow(row, 'parentcustomerid_account');
  const contact = table === 'contact' ? row : undefined;
  const mappedFields = Object.entries({ ...defaultFields, ...mapped }).map(([name, path]) => {
    const source = path.startsWith('account.') ? account : contact;
    return [name, readText(source, columnOf(path))] as const;
  });
  return toFields([['owner', readText(row, '_ownerid_value')] as const, ...mappedFields]);
}

function isCaseOf(row: Row, id: string): boolean {
  return ['_customerid_value', '_primarycontactid_value'].some((column) => readGuid(row, column) === id);
}

function isActivityOf(row: Row, id: string): boolean {
  const parties = readRows(row, 'activitypointer_activity_parties');
  return (
    readGuid(row, '_regardingobjectid_value') === id ||
    parties.some((party) => readGuid(party, '_partyid_value') === id)
  );
}

function toExpanded(table: TableName, row: Row, property: string): CustomerSummary[] {
  const expanded = readRow(row, property);
  return expanded ? toSummary(table, expanded) : [];
}
