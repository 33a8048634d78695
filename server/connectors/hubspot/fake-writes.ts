/** Writes of records, with HubSpot's schema validation and unique properties. */
import type { FakeReply } from '../conformance/fake-crm-server.ts';
import {
  definedTypes,
  type FakeObject,
  type FakeRecords,
  type FakeType,
  knownProperties,
  objectTypes,
  uniqueProperties,
} from './fake-records.ts';
import { describeError, present, validationError } from './fake-search.ts';

const requiredValues: Partial<Record<FakeType, [string, RegExp][]>> = {
  calls: [['hs_timestamp', /^\d{4}-\d\d-\d\dT|^\d{13}$/]],
  notes: [['hs_timestamp', /^\d{4}-\d\d-\d\dT|^\d{13}$/]],
  communications: [
    ['hs_communication_channel_type', /^(SMS|WHATS_APP|LINKEDIN_MESSAGE)$/],
    ['hs_communication_logged_from', /^CRM$/],
  ],
};

/** Values that HubSpot rejects. */
const forms: Record<string, RegExp> = {
  hs_call_direction: /^(INBOUND|OUTBOUND)$/,
  hs_call_duration: /^\d+$/,
  hs_call_status: /^(COMPLETED|NO_ANSWER|BUSY|FAILED|CANCELED|MISSED)$/,
  hs_call_disposition: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
  hubspot_owner_id: /^\d+$/,
};

/** `rule`: a validation rule of the account, which applies to integrations since 2026-09. */
export function createObject(
  records: FakeRecords,
  type: FakeType,
  json: unknown,
  rule: ((properties: Record<string, string>) => string | undefined) | undefined,
): FakeReply {
  const { properties, associations, ...rest } = (json ?? {}) as Record<string, unknown>;
  if (Object.keys(rest).length > 0) return validationError(`Unknown fields: [${Object.keys(rest)}]`);
  if (!Array.isArray(associations)) return validationError('Some required fields were not set: [associations]');
  const problem = findPropertyProblem(records, type, properties) ?? rule?.(properties as Record<string, string>);
  if (problem !== undefined) return validationError(problem);
  const targets: FakeObject[] = [];
  for (const association of associations) {
    const target = readTarget(records, type, association);
    if (typeof target === 'string') return validationError(target);
    targets.push(target);
  }
  const object = records.create(type, { ...(properties as Record<string, string>) });
  for (const target of targets) records.associate(object, target);
  return { status: 201, json: present(object, Object.keys(object.properties)) };
}

export function upsertObjects(records: FakeRecords, type: FakeType, json: unknown): FakeReply {
  const { inputs, ...rest } = (json ?? {}) as Record<string, unknown>;
  if (!Array.isArray(inputs) || Object.keys(rest).length > 0) return validationError('inputs must be a list');
  const results = [];
  for (const input of inputs) {
    const { id, idProperty, properties, ...unknown } = input as Record<string, unknown>;
    if (Object.keys(unknown).length > 0) return validationError(`Unknown fields: [${Object.keys(unknown)}]`);
    if (typeof id !== 'string' || !uniqueProperties.includes(`${type} ${idProperty}`)) {
      return validationError(`${idProperty} is not a property with unique values`);
    }
    const problem = findPropertyProblem(records, type, properties);
    if (problem !== undefined) return validationError(problem);
    const known = records.list(type).find((object) => object.properties[String(idProperty)] === id);
    const object = known ?? records.create(type, {});
    Object.assign(object.properties, properties, { [String(idProperty)]: id });
    const { url: _, ...shown } = present(object, Object.keys(object.properties));
    results.push({ ...shown, new: known === undefined });
  }
  const now = new Date().toISOString();
  return { status: 200, json: { status: 'COMPLETE', results, startedAt: now, completedAt: now } };
}

export function associateByDefault(records: FakeRecords, path: string): FakeReply {
  const [, from = '', fromId = '', to = '', toId = ''] =
    /^\/crm\/objects\/(\w+)\/([^/]+)\/associations\/default\/(\w+)\/([^/]+)$/.exec(path) ?? [];
  const one = isType(from) ? records.find(from, fromId) : undefined;
  const other = isType(to) ? records.find(to, toId) : undefined;
  if (!one || !other) return { status: 404, json: describeError('OBJECT_NOT_FOUND', 'One of the objects is gone') };
  records.associate(one, other);
  const now = new Date().toISOString();
  return { status: 200, json: { status: 'COMPLETE', results: [], startedAt: now, completedAt: now } };
}

export function isType(text: string): text is FakeType {
  return (objectTypes as readonly string[]).includes(text);
}

function findPropertyProblem(records: FakeRecords, type: FakeType, given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null) return 'Some required fields were not set: [properties]';
  const properties = Object.entries(given);
  const unknown = properties.filter(([name]) => !knownProperties[type].includes(name));
  if (unknown.length > 0) return `Property "${unknown[0]?.[0]}" does not exist`;
  const odd = properties.find(([name, value]) => typeof value !== 'string' || forms[name]?.test(value) === false);
  if (odd) return `${odd[0]} was not a valid value`;
  if (properties.some(([, value]) => value.length > 65_536)) return 'A value is longer than 65536 characters';
  const owner = properties.find(([name]) => name === 'hubspot_owner_id');
  if (owner && !records.owners.has(owner[1])) return 'hubspot_owner_id was not a valid owner';
  const lacking = (requiredValues[type] ?? []).find(([name, form]) => {
    const value = properties.find(([one]) => one === name)?.[1];
    return typeof value !== 'string' || !form.test(value);
  });
  return lacking && `${lacking[0]} is required`;
}

function readTarget(records: FakeRecords, type: FakeType, association: unknown): FakeObject | string {
  const { to, types } = association as { to?: { id?: unknown }; types?: Record<string, unknown>[] };
  const [only, ...more] = types ?? [];
  if (typeof to?.id !== 'string' || !only || more.length > 0) return 'an association needs to.id and its type';
  const { associationCategory, associationTypeId } = only;
  if (associationCategory !== 'HUBSPOT_DEFINED') return 'associationCategory is unknown';
  const targetType = objectTypes.find((candidate) => definedTypes[`${type} ${candidate}`] === associationTypeId);
  const target = targetType && records.find(targetType, to.id);
  return target ?? `${to.id} is not a record of association type ${associationTypeId}`;
}
