import * as z from 'zod';
import type { CrmHttp, CrmRequest, ReadProblem } from '../http/crm-http.ts';
import { found, type Outcome } from '../port/outcome.ts';
import { isOneOf } from './query.ts';
import { summaryColumns, type TableName, tables } from './tables.ts';

/** All environments support 9.2; Microsoft has published no end of support. */
const root = '/api/data/v9.2';

/** Annotation that holds the display text of choices, lookups and dates. */
export const formattedValue = '@OData.Community.Display.V1.FormattedValue';

const odata = { 'odata-version': '4.0', 'odata-maxversion': '4.0' };
/** The vendor recommends `if-none-match: null`, so that no cache in between answers. */
const readHeaders = {
  ...odata,
  'if-none-match': 'null',
  prefer: 'odata.include-annotations="OData.Community.Display.V1.FormattedValue"',
};

/** ms. Matching digits anywhere in a column scans the table. */
const scanDeadline = 8_000;

/** Columns depend on settings; `row.ts` validates each value when it is read. */
const row = z.record(z.string(), z.unknown());
export type Row = z.infer<typeof row>;
const rows = z.object({ value: z.array(row) }).transform(({ value }) => value);
const page = z.object({ value: z.array(row), '@odata.nextLink': z.string().optional() });

/** `isCut`: there are further rows. */
export type Rows = { rows: Row[]; isCut: boolean };

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

/** Pages of one list. Dataverse cuts a page where it likes, `$top` or not. */
const maxPages = 4;

const selectSummary = (table: TableName) => `$select=${summaryColumns(tables[table]).join(',')}`;

/** The only file that knows Dataverse's URLs. Filters come from query.ts, ids are GUIDs. */
export function createApi(crm: CrmHttp) {
  const get = <Schema extends z.ZodType>(path: string, schema: Schema, more: Partial<CrmRequest> = {}) =>
    crm.request({ path: `${root}/${path}`, headers: readHeaders, ...more }, schema);

  /** Rows up to `$top`, over several pages. */
  async function list(set: string, options: Options & { top: number }, more: Partial<CrmRequest> = {}) {
    const all: Row[] = [];
    let path: string | undefined = `${root}/${toPath(set, options)}`;
    let isLast = false;
    for (let index = 0; path !== undefined && index < maxPages; index += 1) {
      const answer: Outcome<z.infer<typeof page>> = await crm.request({ path, headers: readHeaders, ...more }, page);
      if (answer.kind !== 'found') return answer;
      all.push(...answer.value.value);
      const nextLink: string | undefined = answer.value['@odata.nextLink'];
      isLast = nextLink === undefined;
      path = all.length < options.top ? toNextPath(nextLink) : undefined;
    }
    return found({ rows: all, isCut: !isLast || all.length >= options.top });
  }

  const patch = (path: string, json: unknown, condition: Record<string, string>, none: number[]) =>
    crm.request(
      { method: 'PATCH', path: `${root}/${path}`, headers: { ...odata, ...condition }, json, notFoundStatuses: none },
      z.unknown(),
    );

  return {
    findCustomers(table: TableName, filter: string, top: number) {
      const { set, name } = tables[table];
      const options = { select: summaryColumns(tables[table]), filter, orderby: name, top };
      return list(set, options, { deadlineMs: scanDeadline });
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

    /** The customer of a case may be a company, with its contact in `primarycontactid`. */
    listOpenCases: (ids: string[], top: number) =>
      list('incidents', {
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
        top,
      }),

    /** Activities regarding the customer, and activities that the customer took part in. */
    listActivities: (ids: string[], top: number) =>
      list('activitypointers', {
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
        top,
      }),

    findCases: (filter: string, top: number) =>
      get(
        toPath('incidents', {
          select: ['ticketnumber'],
          filter,
          orderby: 'modifiedon desc',
          top,
          expand: [
            `customerid_contact(${selectSummary('contact')})`,
            `customerid_account(${selectSummary('account')})`,
            `primarycontactid(${selectSummary('contact')})`,
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
          expand: [`contact_customer_accounts(${selectSummary('contact')};$filter=statecode eq 0;$top=${top})`],
        }),
        rows,
      ),

    readCustomerKey(table: TableName, id: string) {
      const { set, id: key } = tables[table];
      return get(`${set}(${id})?$select=${key}`, z.object({ [key]: guid }), { notFoundStatuses: [404] });
    },

    /** At most two: enough to see whether the case is unique. */
    findCaseKeys: (filter: string) => get(toPath('incidents', { select: ['incidentid'], filter, top: 2 }), caseKeys),

    findAgents: (filter: string) =>
      get(
        toPath('systemusers', { select: ['systemuserid', 'azureactivedirectoryobjectid'], filter, top: 2 }),
        agentRows,
      ),

    /** `not-found`: a record with this id exists, and nothing was written. `caller`: an Entra object id. */
    create: (set: ActivitySet, id: string, record: unknown, caller: string | undefined) =>
      patch(
        `${set}(${id})`,
        record,
        { 'if-none-match': '*', ...(caller !== undefined && { callerobjectid: caller }) },
        [412],
      ),

    /** `if-match` prevents an upsert. */
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

/** Undefined without a further page, or if its address is elsewhere, which is not requested. */
function toNextPath(nextLink: string | undefined): string | undefined {
  const url = nextLink === undefined ? null : URL.parse(nextLink);
  return url?.pathname.startsWith(`${root}/`) ? `${url.pathname}${url.search}` : undefined;
}

function toPath(set: string, { select, filter, expand, orderby, top }: Options): string {
  const options = [
    // Dataverse rejects a column that is selected twice.
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

/** Limits of requests, execution time and concurrency within five minutes. */
const limitCodes = ['0x80072321', '0x80072322', '0x80072326'];

/**
 * Dataverse refuses or cuts off this one query, "leaving the rest of the traffic unaffected":
 * learn.microsoft.com/power-apps/developer/data-platform/query-throttling and …/query-antipatterns. Their status is not
 * documented, so it decides nothing; some attempts pass, so repeating the query later helps.
 */
const tooBroadCodes = [
  // Throttled: in general, for a leading wildcard, for a computed column, for another anti-pattern.
  '0x80048544',
  '0x80048644',
  '0x80048744',
  '0x80048745',
  // Timed out for the same causes.
  '0x80048573',
  '0x80048574',
  '0x80048575',
];
export const tooBroad = { kind: 'unavailable', reason: 'search-too-broad' } as const;

/** No right to a table, an action or a record of another owner; 0x8004f5xx are rights to columns and licenses. */
const forbiddenCodes = /^0x8004(?:0220|8306|2f09|0256|f5[0-9a-f]{2})$/;
/** The database was too slow or too busy. */
const temporaryCodes = ['0x80044151', '0x80044150'];
/** A record that does not exist; any other 404 is an address that does not exist. */
const noRecordCode = '0x80040217';

/** Error codes whose HTTP status would mislead. */
export const readProblem: ReadProblem = ({ status, json }) => {
  if (status < 400) return undefined;
  const code = problemBody.safeParse(json).data?.error.code.toLowerCase() ?? '';
  if (tooBroadCodes.includes(code)) return tooBroad;
  if (limitCodes.includes(code)) return 'rate-limited';
  if (forbiddenCodes.test(code)) return 'forbidden';
  if (temporaryCodes.includes(code)) return 'unavailable';
  return status === 404 && code !== noRecordCode ? 'invalid' : undefined;
};
