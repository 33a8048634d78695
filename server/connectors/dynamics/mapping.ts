import type { CaseHit, ConnectorCase, ConnectorCustomer, CustomerSummary, StoredValue } from '../port/connector.ts';
import type { Row } from './api.ts';
import { columnOf, usualFields } from './card-fields.ts';
import { isGuid, readGuid, readRaw, readRow, readRows, readText, readTime } from './row.ts';
import { type TableName, tables } from './tables.ts';

export type CardSettings = { fields: Record<string, string>; webUrl: string; appId?: string | undefined };

export type CustomerKey = { table: TableName; id: string };

/** `contact:<GUID>`: ids name their table. */
export function toCustomerId({ table, id }: CustomerKey): string {
  return `${table}:${id}`;
}

/** Undefined: not one of ours, and not to be put into a query. */
export function readCustomerId(text: string): CustomerKey | undefined {
  const [, name, id = ''] = /^(contact|account|lead):(.+)$/.exec(text) ?? [];
  return name !== undefined && isGuid(id) ? { table: name as TableName, id } : undefined;
}

export function toSummary(table: TableName, row: Row): CustomerSummary[] {
  const { id: key, name, phones, emails } = tables[table];
  const id = readGuid(row, key);
  if (id === undefined) return [];
  const stored = (columns: string[]): StoredValue[] =>
    columns.flatMap((column) => {
      const raw = readRaw(row, column);
      return raw === undefined ? [] : { raw };
    });
  return [
    { id: toCustomerId({ table, id }), name: readRaw(row, name) ?? '', phones: stored(phones), emails: stored(emails) },
  ];
}

/** Whose case it is: a person before the company that the person asked for. */
export function toCaseHit(row: Row): CaseHit[] {
  const number = readRaw(row, 'ticketnumber');
  const [customer] = [
    ...toExpanded('contact', row, 'customerid_contact'),
    ...toExpanded('contact', row, 'primarycontactid'),
    ...toExpanded('account', row, 'customerid_account'),
  ];
  return number !== undefined && customer ? [{ number, customer }] : [];
}

/** The people of the account, or itself where it has none. */
export function toAccountHits(row: Row): CaseHit[] {
  const number = readRaw(row, 'accountnumber');
  if (number === undefined) return [];
  const people = readRows(row, 'contact_customer_accounts').flatMap((item) => toSummary('contact', item));
  return (people.length > 0 ? people : toSummary('account', row)).map((customer) => ({ number, customer }));
}

export function toCustomer(
  table: TableName,
  row: Row,
  of: { cases: Row[]; activities: Row[] },
  settings: CardSettings,
): ConnectorCustomer[] {
  return toSummary(table, row).map((summary) => {
    const id = readGuid(row, tables[table].id) ?? '';
    return {
      ...summary,
      company: readCompany(table, row),
      fields: readFields(table, row, settings.fields),
      cases: of.cases.filter((item) => isCaseOf(item, id)).flatMap((item) => toCase(item, settings)),
      interactions: of.activities.filter((item) => isActivityOf(item, id)).flatMap(toInteraction),
      url: toLink(table, id, settings),
    };
  });
}

/** Agents open it in a browser, whichever app they use; `appId` names one. */
export function toLink(table: string, id: string, { webUrl, appId }: Omit<CardSettings, 'fields'>): string {
  const app = appId === undefined ? '' : `appid=${encodeURIComponent(appId)}&`;
  return `${webUrl}/main.aspx?${app}etn=${table}&pagetype=entityrecord&id=%7B${encodeURIComponent(id)}%7D`;
}

function toCase(row: Row, settings: CardSettings): ConnectorCase[] {
  const number = readRaw(row, 'ticketnumber');
  const id = readGuid(row, 'incidentid');
  if (number === undefined || id === undefined) return [];
  const status = readText(row, 'statuscode');
  const priority = readText(row, 'prioritycode');
  const updatedAt = readTime(row, 'modifiedon');
  return [
    {
      number,
      subject: readRaw(row, 'title') ?? '',
      url: toLink('incident', id, settings),
      ...(status !== undefined && { status }),
      ...(priority !== undefined && { priority }),
      ...(updatedAt !== undefined && { updatedAt }),
    },
  ];
}

/** The vendor's names of activities, where ours are others. */
const channels = new Map([
  ['phonecall', 'voice'],
  ['msdyn_ocliveworkitem', 'chat'],
]);

function toInteraction(row: Row): ConnectorCustomer['interactions'] {
  const at = readTime(row, 'actualstart') ?? readTime(row, 'actualend') ?? readTime(row, 'createdon');
  if (at === undefined) return [];
  const type = readRaw(row, 'activitytypecode');
  const summary = readRaw(row, 'subject');
  const agent = readText(row, '_ownerid_value');
  return [
    {
      at,
      ...(type !== undefined && { channel: channels.get(type) ?? type }),
      ...(summary !== undefined && { summary }),
      ...(agent !== undefined && { agent }),
    },
  ];
}

/** A contact's parent may be another contact; its name serves too. */
function readCompany(table: TableName, row: Row): string | undefined {
  if (table === 'contact') return readText(row, '_parentcustomerid_value');
  return table === 'lead' ? readRaw(row, 'companyname') : undefined;
}

function readFields(table: TableName, row: Row, mapped: Record<string, string>): Record<string, string> {
  const account = table === 'account' ? row : readRow(row, 'parentcustomerid_account');
  const own = table === 'contact' ? row : undefined;
  const chosen = Object.entries({ ...usualFields, ...mapped }).map(([name, path]) => {
    const from = path.startsWith('account.') ? account : own;
    return [name, readText(from, columnOf(path))] as const;
  });
  const fields = [['owner', readText(row, '_ownerid_value')], ...chosen] as const;
  return Object.fromEntries(fields.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
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
