/** The fake's part of Dataverse's schema, with the vendor's names and lengths. */

export type ColumnType = 'text' | 'guid' | 'int' | 'flag' | 'time';
export type FakeRow = Record<string, unknown>;

export type FakeTable = {
  /** Singular name, as in `_phonecall`. */
  name: string;
  key: string;
  columns: Record<string, ColumnType>;
  /** Navigation properties to one record: the column, and the target set. */
  one?: Record<string, { column: string; set: string }>;
  /** Navigation properties to many records: their set, and their column. */
  many?: Record<string, { set: string; column: string }>;
  /** Further properties that a write may bind. */
  binds?: Record<string, { column: string; set: string }>;
  lengths?: Record<string, number>;
  /** Display texts of choices. */
  choices?: Record<string, Record<number, string>>;
};

const text = (...names: string[]) => columns('text', names);
const guid = (...names: string[]) => columns('guid', names);
const int = (...names: string[]) => columns('int', names);
const time = (...names: string[]) => columns('time', names);

function columns(type: ColumnType, names: string[]): Record<string, ColumnType> {
  return Object.fromEntries(names.map((name) => [name, type]));
}

const phones = ['telephone1', 'telephone2', 'telephone3'];
const emails = ['emailaddress1', 'emailaddress2', 'emailaddress3'];
const owned = { ...guid('_ownerid_value'), ...int('statecode', 'statuscode'), ...time('createdon', 'modifiedon') };
const activity = {
  ...owned,
  ...guid('activityid', '_regardingobjectid_value'),
  ...int('actualdurationminutes'),
  ...text('subject', 'description', 'activitytypecode'),
  ...time('actualstart', 'actualend'),
};
const activityChoices = {
  activitytypecode: {},
  statecode: { 0: 'Open', 1: 'Completed', 2: 'Canceled' },
};
const activityLengths = { subject: 200, description: 2_000, phonenumber: 200 };

function regarding(table: string): Record<string, { column: string; set: string }> {
  const targets = { contact: 'contacts', account: 'accounts', lead: 'leads', incident: 'incidents' };
  return Object.fromEntries(
    Object.entries(targets).map(([target, set]) => [
      `regardingobjectid_${target}_${table}`,
      { column: '_regardingobjectid_value', set },
    ]),
  );
}

export const fakeTables: Record<string, FakeTable> = {
  contacts: {
    name: 'contact',
    key: 'contactid',
    columns: {
      ...owned,
      ...guid('contactid', '_parentcustomerid_value'),
      ...int('preferredcontactmethodcode'),
      ...text('fullname', 'new_tier', 'firstname', 'lastname', 'mobilephone', ...phones, ...emails),
    },
    one: { parentcustomerid_account: { column: '_parentcustomerid_value', set: 'accounts' } },
    lengths: { fullname: 160, firstname: 50, lastname: 50 },
    choices: { preferredcontactmethodcode: { 1: 'Any', 3: 'Phone' }, statecode: { 0: 'Active', 1: 'Inactive' } },
  },
  accounts: {
    name: 'account',
    key: 'accountid',
    columns: {
      ...owned,
      ...guid('accountid'),
      ...int('accountcategorycode', 'customersizecode'),
      ...text('name', 'accountnumber', ...phones, ...emails),
    },
    many: { contact_customer_accounts: { set: 'contacts', column: '_parentcustomerid_value' } },
    choices: { accountcategorycode: { 1: 'Preferred Customer', 2: 'Standard' } },
  },
  leads: {
    name: 'lead',
    key: 'leadid',
    columns: { ...owned, ...guid('leadid'), ...text('fullname', 'companyname', 'mobilephone', ...phones, ...emails) },
  },
  incidents: {
    name: 'incident',
    key: 'incidentid',
    columns: {
      ...owned,
      ...guid('incidentid', '_customerid_value', '_primarycontactid_value'),
      ...text('ticketnumber', 'title'),
      ...int('prioritycode'),
    },
    one: {
      customerid_contact: { column: '_customerid_value', set: 'contacts' },
      customerid_account: { column: '_customerid_value', set: 'accounts' },
      primarycontactid: { column: '_primarycontactid_value', set: 'contacts' },
    },
    choices: {
      statecode: { 0: 'Active', 1: 'Resolved', 2: 'Canceled' },
      statuscode: { 1: 'In Progress', 5: 'Problem Solved' },
      prioritycode: { 1: 'High', 2: 'Normal', 3: 'Low' },
    },
  },
  /** All activities as one table, assembled by `fake.ts`. */
  activitypointers: {
    name: 'activitypointer',
    key: 'activityid',
    columns: activity,
    choices: activityChoices,
    many: { activitypointer_activity_parties: { set: 'activityparties', column: '_activityid_value' } },
  },
  phonecalls: {
    name: 'phonecall',
    key: 'activityid',
    binds: regarding('phonecall'),
    choices: activityChoices,
    columns: { ...activity, ...text('phonenumber'), directioncode: 'flag' },
    many: { phonecall_activity_parties: { set: 'activityparties', column: '_activityid_value' } },
    lengths: activityLengths,
  },
  tasks: {
    name: 'task',
    key: 'activityid',
    binds: regarding('task'),
    choices: activityChoices,
    columns: activity,
    lengths: activityLengths,
  },
  emails: { name: 'email', key: 'activityid', columns: activity, choices: activityChoices },
  activityparties: {
    name: 'activityparty',
    key: 'activitypartyid',
    columns: {
      ...guid('activitypartyid', '_activityid_value', '_partyid_value'),
      ...int('participationtypemask'),
    },
    binds: Object.fromEntries(
      ['contact', 'account', 'lead', 'systemuser'].map((target) => [
        `partyid_${target}`,
        { column: '_partyid_value', set: `${target}s` },
      ]),
    ),
  },
  annotations: {
    name: 'annotation',
    key: 'annotationid',
    columns: { ...owned, ...guid('annotationid', '_objectid_value'), ...text('subject', 'notetext') },
    binds: {
      objectid_phonecall: { column: '_objectid_value', set: 'phonecalls' },
      objectid_task: { column: '_objectid_value', set: 'tasks' },
    },
    lengths: { subject: 500, notetext: 100_000 },
  },
  systemusers: {
    name: 'systemuser',
    key: 'systemuserid',
    columns: {
      ...guid('systemuserid', 'azureactivedirectoryobjectid'),
      isdisabled: 'flag',
      ...text('fullname', 'internalemailaddress'),
    },
  },
};

/** Status reasons of a completed activity. */
export const completedReasons: Record<string, number[]> = { phonecalls: [2, 4], tasks: [5] };
