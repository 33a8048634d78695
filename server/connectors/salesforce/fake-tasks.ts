/** Writes Tasks as Salesforce does: validation, derived fields, upserts by an external id. */
import type { FakeActivity } from '../conformance/fake-crm-server.ts';
import { type FakeOrganization, reject, type StoredRecord } from './fake-records.ts';

const lengths: Record<string, number> = {
  Subject: 255,
  CallObject: 255,
  CallDisposition: 255,
  Description: 32_000,
  Engagement_Id__c: 255,
};
const callTypes = ['Inbound', 'Outbound', 'Internal'];
const subtypes = ['Task', 'Call', 'Email', 'ListEmail'];
const derived = ['Id', 'AccountId', 'CreatedDate', 'LastModifiedDate', 'IsClosed'];

type SavedTask = { record: StoredRecord; created: boolean };

export function createTask(organization: FakeOrganization, json: unknown): StoredRecord {
  return organization.insert('Task', checkTask(organization, json));
}

/** Undefined: several Tasks have this value, and nothing was written. */
export function upsertTask(
  organization: FakeOrganization,
  field: string,
  value: string,
  json: unknown,
): SavedTask | undefined {
  if (field !== 'Engagement_Id__c' || !(field in (organization.objects.get('Task')?.fields ?? {}))) {
    reject(404, 'NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${field}`);
  }
  const task = checkTask(organization, json);
  if (field in task) reject(400, 'INVALID_FIELD', `${field} specified more than once`);
  const [record, ...others] = organization.listOf('Task').filter((item) => item[field] === value);
  if (others.length > 0) return undefined;
  if (record) Object.assign(record, task);
  return { record: record ?? organization.insert('Task', { ...task, [field]: value }), created: !record };
}

function checkTask(organization: FakeOrganization, json: unknown): Omit<StoredRecord, 'Id'> {
  if (typeof json !== 'object' || json === null) reject(400, 'JSON_PARSER_ERROR', 'The HTTP entity body is required');
  // Parsed JSON; each value is validated below.
  const task = json as Record<string, string | number | boolean>;
  const fields = organization.objects.get('Task')?.fields ?? {};
  for (const [name, value] of Object.entries(task)) {
    const type = fields[name];
    if (type === undefined) reject(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type Task`);
    if (derived.includes(name)) reject(400, 'INVALID_FIELD_FOR_INSERT_UPDATE', `Unable to create/update: ${name}`);
    const isNumber = typeof value === 'number' && Number.isInteger(value);
    const fits =
      type === 'int' ? isNumber : type === 'boolean' ? typeof value === 'boolean' : typeof value === 'string';
    if (!fits) reject(400, 'JSON_PARSER_ERROR', `Cannot deserialize instance of ${type} for ${name}`);
    const maxLength = lengths[name];
    if (maxLength !== undefined && String(value).length > maxLength) reject(400, 'STRING_TOO_LONG', name);
  }
  const { Status, ActivityDate, CallType, TaskSubtype, WhoId, WhatId, OwnerId } = task;
  if (CallType !== undefined && !callTypes.includes(String(CallType))) {
    reject(400, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', 'Call Type: bad value');
  }
  if (TaskSubtype !== undefined && !subtypes.includes(String(TaskSubtype))) {
    reject(400, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', 'Task Subtype: bad value');
  }
  if (ActivityDate !== undefined && !/^\d{4}-\d\d-\d\d$/.test(String(ActivityDate))) {
    reject(400, 'JSON_PARSER_ERROR', 'Cannot deserialize instance of date');
  }
  const who = refer(organization, 'WhoId', WhoId, ['Contact', 'Lead']);
  const what = refer(organization, 'WhatId', WhatId, ['Account', 'Case']);
  refer(organization, 'OwnerId', OwnerId, ['User']);
  if (who?.object === 'Lead' && what) {
    reject(400, 'FIELD_INTEGRITY_EXCEPTION', 'Cannot specify a value for What ID when Who ID is a lead');
  }
  const ofContact = who?.object === 'Contact' ? who.record.AccountId : null;
  return {
    // This organization shows Tasks to customers unless they are hidden.
    ...('IsVisibleInSelfService' in fields && { IsVisibleInSelfService: true }),
    ...task,
    AccountId: what?.object === 'Account' ? what.record.Id : (ofContact ?? null),
    IsClosed: Status === 'Completed',
    OwnerId: OwnerId ?? organization.listOf('User')[0]?.Id ?? null,
  };
}

function refer(organization: FakeOrganization, field: string, id: unknown, objects: string[]) {
  if (id === undefined) return undefined;
  const found = organization.findById(id);
  if (!found || !objects.includes(found.object)) {
    reject(400, 'INVALID_CROSS_REFERENCE_KEY', `${field}: invalid cross reference id`);
  }
  return found;
}

/** Tasks that carry our key, wherever it is stored. Facts without a call field are read from the description. */
export function listActivities(organization: FakeOrganization): FakeActivity[] {
  return organization.listOf('Task').flatMap((task): FakeActivity[] => {
    const notes = String(task.Description ?? '');
    const lineOf = (label: string) => new RegExp(`^${label}: (.*)$`, 'm').exec(notes)?.[1];
    const key = task.Engagement_Id__c ?? task.CallObject ?? lineOf('Reference');
    if (typeof key !== 'string') return [];
    const about = organization.findById(task.WhatId);
    const ofCase = about?.object === 'Case' ? about.record : undefined;
    const customer = task.WhoId ?? (ofCase ? ofCase.AccountId : task.WhatId);
    const direction = String(task.CallType ?? lineOf('Direction') ?? '').toLowerCase();
    const seconds = task.CallDurationInSeconds ?? Number.parseInt(lineOf('Duration') ?? '', 10);
    return [
      {
        id: task.Id,
        key,
        subject: String(task.Subject),
        notes,
        customerId: typeof customer === 'string' ? customer : undefined,
        caseNumber: ofCase ? String(ofCase.CaseNumber) : undefined,
        direction: direction === 'inbound' || direction === 'outbound' ? direction : undefined,
        seconds: Number.isInteger(seconds) ? Number(seconds) : undefined,
      },
    ];
  });
}
