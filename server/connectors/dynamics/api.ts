import * as z from 'zod';
import type { CrmHttp, CrmRequest, ReadProblem } from '../http/crm-http.ts';
import { isOneOf } from './query.ts';
import { summaryColumns, type TableName, tables } from './tables.ts';

/** 9.2 is the version of all environments, and has no announced end. */
const root = '/api/data/v9.2';

/** Choices, lookups and dates come with their words beside them, under this name. */
export const formattedValue = '@OData.Community.Display.V1.FormattedValue';

const odata = { 'odata-version': '4.0', 'odata-maxversion': '4.0' };
/** `null`: or a browser's cache between may answer, says the vendor. */
const reading = {
  ...odata,
  'if-none-match': 'null',
  prefer: 'odata.include-annotations="OData.Community.Display.V1.FormattedValue"',
};

/** A number anywhere in a column is a scan of the table. Who waits longer than this has no use for it, and neither has it. */
const scanMs = 8_000;

/** Columns are named by settings, so what they hold is looked at where it is read (`readText`). */
const row = z.record(z.string(), z.unknown());
export type Row = z.infer<typeof row>;
const rows = z.object({ value: z.array(row) }).transform(({ value }) => value);

const guid = z.guid().transform((text) => text.toLowerCase());

const agentRows = z
  .object({ value: z.array(z.object({ systemuserid: guid, azureactivedirectoryobjectid: guid.nullish() })) })
  .transform(({ value }) => value);
export type AgentRecord = z.infer<typeof agentRows>[number];

const caseKeys = z
  .object({ value: z.array(z.object({ incidentid: guid })) })
  .transform(({ value }) => value.map(({ incidentid }) => incidentid));

const activityState = z.object({ statecode: z.int() });
const whoAmI = z.object({ UserId: guid });

type Options = { select: string[]; filter?: string; expand?: string[]; orderby?: string; top?: number };

export type ActivitySet = 'phonecalls' | 'tasks' | 'annotations';

/** For every customer asked for. */
const mostPerCustomer = 20;

const person = (table: TableName) => `$select=${summaryColumns(tables[table]).join(',')}`;

/** The one file that knows Dataverse's addresses. Filters are those of query.ts, ids GUIDs. */
export function createApi(crm: CrmHttp) {
  const get = <Schema extends z.ZodType>(path: string, schema: Schema, more: Partial<CrmRequest> = {}) =>
    crm.ask({ path: `${root}/${path}`, headers: reading, ...more }, schema);

  const patch = (path: string, json: unknown, condition: Record<string, string>, none: number[]) =>
    crm.ask(
      { method: 'PATCH', path: `${root}/${path}`, headers: { ...odata, ...condition }, json, notFoundStatuses: none },
      z.unknown(),
    );

  return {
    findCustomers(table: TableName, filter: string, top: number) {
      const { set, name } = tables[table];
      const path = toPath(set, { select: summaryColumns(tables[table]), filter, orderby: name, top });
      return get(path, rows, { deadlineMs: scanMs });
    },

    readContacts: (ids: string[], columns: string[], accountColumns: string[]) =>
      get(
        toPath('contacts', {
          select: [...summaryColumns(tables.contact), '_parentcustomerid_value', '_ownerid_value', ...columns],
          filter: isOneOf('contactid', ids),
          expand: [`parentcustomerid_account($select=${[...new Set(['name', ...accountColumns])].join(',')})`],
        }),
        rows,
      ),

    readAccounts: (ids: string[], columns: string[]) =>
      get(
        toPath('accounts', {
          select: [...summaryColumns(tables.account), '_ownerid_value', ...columns],
          filter: isOneOf('accountid', ids),
        }),
        rows,
      ),

    readLeads: (ids: string[]) =>
      get(
        toPath('leads', {
          select: [...summaryColumns(tables.lead), 'companyname', '_ownerid_value'],
          filter: isOneOf('leadid', ids),
        }),
        rows,
      ),

    /** The customer of a case may be a company, whose person stands in `primarycontactid`. */
    listOpenCases: (ids: string[]) =>
      get(
        toPath('incidents', {
          select: [
            'ticketnumber',
            'title',
            'statuscode',
            'prioritycode',
            'modifiedon',
            'incidentid',
            '_customerid_value',
            '_primarycontactid_value',
          ],
          filter: `statecode eq 0 and (${isOneOf('_customerid_value', ids)} or ${isOneOf('_primarycontactid_value', ids)})`,
          orderby: 'modifiedon desc',
          top: mostPerCustomer * ids.length,
        }),
        rows,
      ),

    /** Those that are about the customer, and those that the customer took part in, about a case or anything else. */
    listActivities: (ids: string[]) =>
      get(
        toPath('activitypointers', {
          select: [
            'activityid',
            'subject',
            'activitytypecode',
            'createdon',
            'actualstart',
            'actualend',
            '_regardingobjectid_value',
            '_ownerid_value',
          ],
          filter:
            `statecode ne 2 and (${isOneOf('_regardingobjectid_value', ids)} ` +
            `or activitypointer_activity_parties/any(p:${isOneOf('p/_partyid_value', ids)}))`,
          expand: ['activitypointer_activity_parties($select=_partyid_value)'],
          orderby: 'createdon desc',
          top: mostPerCustomer * ids.length,
        }),
        rows,
      ),

    findCases: (filter: string, top: number) =>
      get(
        toPath('incidents', {
          select: ['ticketnumber'],
          filter,
          orderby: 'modifiedon desc',
          top,
          expand: [
            `customerid_contact(${person('contact')})`,
            `customerid_account(${person('account')})`,
            `primarycontactid(${person('contact')})`,
          ],
        }),
        rows,
      ),

    findAccounts: (filter: string, top: number) =>
      get(
        toPath('accounts', {
          select: [...summaryColumns(tables.account), 'accountnumber'],
          filter,
          top,
          expand: [`contact_customer_accounts(${person('contact')};$filter=statecode eq 0;$top=${top})`],
        }),
        rows,
      ),

    readCustomerKey(table: TableName, id: string) {
      const { set, id: key } = tables[table];
      return get(`${set}(${id})?$select=${key}`, z.object({ [key]: guid }), { notFoundStatuses: [404] });
    },

    /** Two, to see that there is one. */
    findCaseKeys: (filter: string) => get(toPath('incidents', { select: ['incidentid'], filter, top: 2 }), caseKeys),

    findAgents: (filter: string) =>
      get(
        toPath('systemusers', { select: ['systemuserid', 'azureactivedirectoryobjectid'], filter, top: 2 }),
        agentRows,
      ),

    /** `not-found`: there is a record of this id already, and nothing was written. `caller`: an Entra object id. */
    create: (set: ActivitySet, id: string, record: unknown, caller: string | undefined) =>
      patch(
        `${set}(${id})`,
        record,
        { 'if-none-match': '*', ...(caller !== undefined && { callerobjectid: caller }) },
        [412],
      ),

    /** `if-match`: or it would be made where it is not. */
    change: (set: ActivitySet, id: string, changes: unknown) =>
      patch(`${set}(${id})`, changes, { 'if-match': '*' }, []),

    readState: (set: ActivitySet, id: string) => get(`${set}(${id})?$select=statecode`, activityState),

    whoAmI: () => get('WhoAmI', whoAmI),

    /** `not-found`: the table has no such column. */
    tryColumns: (set: string, select: string[]) =>
      get(toPath(set, { select, top: 1 }), rows, { notFoundStatuses: [400] }),
  };
}

export type Api = ReturnType<typeof createApi>;

function toPath(set: string, { select, filter, expand, orderby, top }: Options): string {
  const options = [
    // A card may show one column twice; a query may not.
    ['$select', [...new Set(select)].join(',')],
    ['$filter', filter],
    ['$expand', expand?.join(',')],
    ['$orderby', orderby],
    ['$top', top],
  ] as const;
  const given = options.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `${set}?${given.join('&')}`;
}

const problemBody = z.object({ error: z.object({ code: z.string() }) });

/** Requests, time and concurrency of the last five minutes. */
const overLimit = ['0x80072321', '0x80072322', '0x80072326'];
/** No right to a table, an action or another's record. */
const lacksRight = ['0x80040220', '0x80048306', '0x80042f09'];
/** The database was too slow, or too busy. */
const passes = ['0x80044151', '0x80044150'];

/** Where a status is not the usual one for what the code says. */
export const readProblem: ReadProblem = ({ status, json }) => {
  if (status < 400) return undefined;
  const code = problemBody.safeParse(json).data?.error.code.toLowerCase() ?? '';
  if (overLimit.includes(code)) return 'rate-limited';
  if (lacksRight.includes(code)) return 'forbidden';
  return passes.includes(code) ? 'unavailable' : undefined;
};
