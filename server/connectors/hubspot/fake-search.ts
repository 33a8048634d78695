/** HubSpot's search: validation and matching. */
import type { FakeReply } from '../conformance/fake-crm-server.ts';
import { type FakeObject, type FakeRecords, type FakeType, knownProperties, readProperty } from './fake-records.ts';

type Filter = { propertyName: string; operator: string; value?: string; values?: string[] };
type SearchRequest = {
  filterGroups: { filters: Filter[] }[];
  properties: string[];
  limit: number;
  after: string;
  sorts: string[];
};

/** Required by the API description, which also allows `query`. */
const requiredKeys = ['after', 'filterGroups', 'limit', 'properties', 'sorts'];
const operators = ['EQ', 'NEQ', 'IN', 'NOT_IN', 'HAS_PROPERTY', 'NOT_HAS_PROPERTY', 'CONTAINS_TOKEN'];

export function search(records: FakeRecords, type: FakeType, json: unknown): FakeReply {
  const problem = findProblem(type, json);
  if (problem !== undefined) return validationError(problem);
  const request = json as SearchRequest;
  const all = records
    .list(type)
    .filter(({ isIndexed }) => isIndexed)
    .filter((object) => passes(object, request.filterGroups, records));
  const from = Number(request.after);
  const page = all.slice(from, from + request.limit);
  const next = from + request.limit;
  return {
    status: 200,
    json: {
      total: all.length,
      results: page.map((object) => present(object, request.properties)),
      ...(next < all.length && { paging: { next: { after: String(next) } } }),
    },
  };
}

export function validationError(message: string): FakeReply {
  return { status: 400, json: describeError('VALIDATION_ERROR', message) };
}

export function describeError(category: string, message: string, more: Record<string, unknown> = {}) {
  return { status: 'error', message, correlationId: 'aeb5f871-7f07-4993-9211-075dc63e7cbf', category, ...more };
}

const recordTypes: Record<FakeType, string> = {
  contacts: '0-1',
  companies: '0-2',
  tickets: '0-5',
  calls: '0-48',
  notes: '0-46',
  communications: '0-18',
};

/** Only the requested properties; unknown ones are silently left out. */
export function present(object: FakeObject, names: string[]) {
  const { id, type, createdAt, updatedAt } = object;
  const shown = [...names, 'hs_object_id'].filter((name) => knownProperties[type].includes(name));
  return {
    id,
    createdAt,
    updatedAt,
    archived: false,
    properties: Object.fromEntries(shown.map((name) => [name, readProperty(object, name)])),
    url: urlOf(type, id),
  };
}

/** Activities have no page of their own: their address is that of a list, filtered to one record. */
function urlOf(type: FakeType, id: string): string {
  const account = 'https://app-eu1.hubspot.com/contacts/147893286';
  const objectType = recordTypes[type];
  const isActivity = type === 'calls' || type === 'notes' || type === 'communications';
  if (!isActivity) return `${account}/record/${objectType}/${id}`;
  const filters = JSON.stringify([{ property: 'hs_object_id', operator: 'EQ', value: id }]);
  return `${account}/objects/${objectType}/views/all/list?filters=${encodeURIComponent(filters)}`;
}

function findProblem(type: FakeType, json: unknown): string | undefined {
  if (!isObject(json)) return 'Invalid input JSON';
  const missing = requiredKeys.filter((key) => !(key in json));
  if (missing.length > 0) return `Some required fields were not set: [${missing}]`;
  const unknown = Object.keys(json).filter((key) => ![...requiredKeys, 'query'].includes(key));
  if (unknown.length > 0) return `Unknown fields: [${unknown}]`;
  const { filterGroups, limit, after, properties, sorts } = json;
  if (!Number.isInteger(limit) || Number(limit) < 1 || Number(limit) > 200) return 'limit must be between 1 and 200';
  if (typeof after !== 'string' || !/^\d+$/.test(after)) return 'after must be a cursor';
  if (!isTexts(properties) || !isTexts(sorts)) return 'properties and sorts must be lists of texts';
  if (!Array.isArray(filterGroups) || filterGroups.length > 5) return 'filterGroups: at most 5';
  const lists = filterGroups.map((group: unknown) => (isObject(group) ? group.filters : undefined));
  if (lists.some((filters) => !Array.isArray(filters) || filters.length < 1 || filters.length > 6)) {
    return 'filters: 1 to 6 in each group';
  }
  const filters: unknown[] = lists.flat();
  if (filters.length > 18) return 'at most 18 filters';
  return filters.map((filter) => findFilterProblem(type, filter)).find((problem) => problem !== undefined);
}

function findFilterProblem(type: FakeType, filter: unknown): string | undefined {
  if (!isObject(filter)) return 'a filter must be an object';
  const { propertyName, operator, value, values, highValue: _, ...rest } = filter;
  if (Object.keys(rest).length > 0) return `Unknown fields: [${Object.keys(rest)}]`;
  if (typeof operator !== 'string' || !operators.includes(operator)) return `Unknown operator ${operator}`;
  if (typeof propertyName === 'string' && propertyName in associationTargets && operator === 'EQ') return undefined;
  if (typeof propertyName !== 'string' || !knownProperties[type].includes(propertyName)) {
    return `There was a problem with the request: no property ${propertyName}`;
  }
  if (operator === 'IN' || operator === 'NOT_IN') return isTexts(values) ? undefined : 'values must be a list of texts';
  if (operator.endsWith('HAS_PROPERTY')) return undefined;
  return typeof value === 'string' && value !== '' ? undefined : 'value must be a text';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Groups are joined by OR, filters by AND. */
function passes(object: FakeObject, groups: SearchRequest['filterGroups'], records: FakeRecords): boolean {
  return groups.length === 0 || groups.some(({ filters }) => filters.every((filter) => holds(object, filter, records)));
}

/** Names that a search filters associations by, as if they were properties. */
const associationTargets: Record<string, FakeType> = {
  'associations.contact': 'contacts',
  'associations.company': 'companies',
  'associations.ticket': 'tickets',
};

function holds(object: FakeObject, filter: Filter, records: FakeRecords): boolean {
  const { propertyName, operator, value = '', values = [] } = filter;
  const target = associationTargets[propertyName];
  if (target) return records.listAssociated(object, target).some(({ id }) => id === value);
  const stored = readProperty(object, propertyName);
  const plain = stored?.toLowerCase();
  switch (operator) {
    case 'HAS_PROPERTY':
      return stored !== null;
    case 'NOT_HAS_PROPERTY':
      return stored === null;
    case 'EQ':
      return plain === value.toLowerCase();
    case 'NEQ':
      return plain !== value.toLowerCase();
    case 'IN':
      return plain !== undefined && values.includes(plain);
    case 'NOT_IN':
      return plain === undefined || !values.includes(plain);
    default:
      return plain !== undefined && hasToken(plain, value.toLowerCase());
  }
}

/** `*` matches any part of a word. An address is one word; elsewhere punctuation ends a word, in queries too. */
function hasToken(stored: string, wanted: string): boolean {
  const words = splitTokens(stored, /[\p{L}\p{N}\p{M}]+(['’.][\p{L}\p{N}\p{M}]+)*/gu);
  const patterns = splitTokens(wanted, /[\p{L}\p{N}\p{M}*]+(['’.][\p{L}\p{N}\p{M}*]+)*/gu).map(toPattern);
  return patterns.length > 0 && patterns.every((pattern) => words.some((word) => pattern.test(word)));
}

function splitTokens(text: string, word: RegExp): string[] {
  const parts = text.split(/[\s;,]+/).filter((part) => part !== '');
  return parts.flatMap((part) => (part.includes('@') ? [part] : (part.match(word) ?? [])));
}

function toPattern(word: string): RegExp {
  const escaped = word.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`, 'su');
}
