/**
 * The subset of SOQL that the connector uses. A public parser validates the syntax. The fake also rejects what the
 * parser accepts and Salesforce does not: unknown objects and fields, a field selected twice, AND beside
 * OR without parentheses, texts where dates belong, unknown escapes, malformed ids.
 */
import { parseQuery } from '@jetstreamapp/soql-parser-js';
import { type FakeOrganization, type FieldType, reject, type StoredRecord } from './fake-records.ts';

type Parsed = ReturnType<typeof parseQuery>;
type Where = NonNullable<Parsed['where']>;
type Condition = { field: string; operator: string; value: string | string[]; literalType: string };
type Token = { kind: 'open' | 'close' | 'AND' | 'OR' } | { kind: 'condition'; condition: Condition };
type Test = (record: StoredRecord) => boolean;

function parseSoql(soql: string): Parsed {
  try {
    return parseQuery(soql);
  } catch {
    reject(400, 'MALFORMED_QUERY', 'unexpected token');
  }
}

/** `among`: restricts the query to these records, the results of a search. */
export function runSoql(organization: FakeOrganization, soql: string, among?: StoredRecord[]): unknown[] {
  const query = parseSoql(soql);
  const [object] = organization.findObject(query.sObject ?? '');
  const paths = (query.fields ?? []).map((field): string[] => {
    if (field.type === 'Field') return [field.field];
    if (field.type === 'FieldRelationship') return [...field.relationships, field.field];
    return reject(400, 'MALFORMED_QUERY', 'only fields are known here');
  });
  const names = paths.map((path) => path.join('.').toLowerCase());
  if (new Set(names).size < names.length) reject(400, 'INVALID_FIELD', 'duplicate field selected');
  for (const path of paths) organization.typeOf(object, path);
  const passes = query.where ? toTest(organization, object, query.where) : () => true;
  const records = (among ?? organization.listOf(object)).filter(passes);
  for (const order of [query.orderBy ?? []].flat()) {
    const path = 'field' in order && typeof order.field === 'string' ? order.field.split('.') : [];
    const direction = order.order === 'DESC' ? -1 : 1;
    const keyOf = (record: StoredRecord) => String(organization.resolve(object, record, path) ?? '');
    records.sort((a, b) => direction * (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
  }
  return records.slice(0, query.limit ?? 2_000).map((record) => present(organization, object, record, paths));
}

function present(organization: FakeOrganization, object: string, record: StoredRecord, paths: string[][]): unknown {
  const shown: Record<string, unknown> = {
    attributes: { type: object, url: `/services/data/v66.0/sobjects/${object}/${record.Id}` },
  };
  for (const path of paths) place(organization, object, record, path, shown);
  return shown;
}

/** An empty relation is null; any other is an object with its own attributes. */
function place(
  organization: FakeOrganization,
  object: string,
  record: StoredRecord,
  [name = '', ...rest]: string[],
  shown: Record<string, unknown>,
): void {
  const [, definition] = organization.findObject(object);
  if (rest.length === 0) {
    const [field] = organization.findField(definition, object, name);
    shown[field] = record[field] ?? null;
    return;
  }
  const [relation = name, lead] =
    Object.entries(definition.relations).find(([known]) => known.toLowerCase() === name.toLowerCase()) ?? [];
  const next = lead ? organization.findById(record[lead.by]) : undefined;
  if (!next) {
    shown[relation] = null;
    return;
  }
  const nested = (shown[relation] ?? { attributes: { type: next.object } }) as Record<string, unknown>;
  place(organization, next.object, next.record, rest, nested);
  shown[relation] = nested;
}

function toTest(organization: FakeOrganization, object: string, where: Where): Test {
  const tokens = flatten(where);
  const test = readGroup(organization, object, tokens);
  if (tokens.length > 0) reject(400, 'MALFORMED_QUERY', 'unexpected token');
  return test;
}

function flatten(where: Where | null | undefined): Token[] {
  if (!where) return [];
  const { left } = where;
  if (!left || !('field' in left) || !('value' in left)) reject(400, 'MALFORMED_QUERY', 'unexpected token');
  const condition: Condition = {
    field: left.field,
    operator: String(left.operator),
    value: left.value,
    literalType: String(left.literalType),
  };
  return [
    ...Array.from({ length: left.openParen ?? 0 }, () => ({ kind: 'open' }) as const),
    { kind: 'condition', condition },
    ...Array.from({ length: left.closeParen ?? 0 }, () => ({ kind: 'close' }) as const),
    ...('operator' in where && (where.operator === 'AND' || where.operator === 'OR') ? [{ kind: where.operator }] : []),
    ...('right' in where ? flatten(where.right) : []),
  ];
}

function readGroup(organization: FakeOrganization, object: string, tokens: Token[]): Test {
  const tests = [readOne(organization, object, tokens)];
  const operators = new Set<string>();
  while (tokens[0]?.kind === 'AND' || tokens[0]?.kind === 'OR') {
    operators.add(tokens.shift()?.kind ?? '');
    tests.push(readOne(organization, object, tokens));
  }
  if (operators.size > 1) reject(400, 'MALFORMED_QUERY', 'unexpected token: OR');
  return (record) => (operators.has('OR') ? tests.some((test) => test(record)) : tests.every((test) => test(record)));
}

function readOne(organization: FakeOrganization, object: string, tokens: Token[]): Test {
  const token = tokens.shift();
  if (token?.kind === 'condition') return compare(organization, object, token.condition);
  if (token?.kind !== 'open') reject(400, 'MALFORMED_QUERY', 'unexpected token');
  const test = readGroup(organization, object, tokens);
  if (tokens.shift()?.kind !== 'close') reject(400, 'MALFORMED_QUERY', 'expecting a right parentheses');
  return test;
}

function compare(organization: FakeOrganization, object: string, condition: Condition): Test {
  const { field, operator, value, literalType } = condition;
  const path = field.split('.');
  const type = organization.typeOf(object, path);
  if (type === 'textarea') reject(400, 'INVALID_FIELD', `field '${field}' can not be filtered in a query call`);
  const read = (record: StoredRecord) => organization.resolve(object, record, path);
  const values = [value].flat().map((item) => readLiteral(item, literalType, type, operator));
  const [first] = values;
  if (operator === 'LIKE') {
    const pattern = toPattern(String(first));
    return (record) => pattern.test(String(read(record) ?? ''));
  }
  if (operator === '>=') return (record) => Date.parse(String(read(record))) >= Date.parse(String(first));
  if (operator !== '=' && operator !== 'IN') reject(400, 'MALFORMED_QUERY', `unexpected token: ${operator}`);
  return (record) => values.some((item) => isSame(read(record), item, type));
}

function isSame(stored: unknown, wanted: string | boolean, type: FieldType): boolean {
  if (typeof wanted === 'boolean') return stored === wanted;
  if (type === 'id') return typeof stored === 'string' && stored.slice(0, wanted.length) === wanted;
  return typeof stored === 'string' && stored.toLowerCase() === wanted.toLowerCase();
}

/** LIKE keeps escapes, which the pattern interprets. */
function readLiteral(raw: string, literalType: string, type: FieldType, operator: string): string | boolean {
  const isText = raw.startsWith("'");
  const fits = { boolean: literalType === 'BOOLEAN', datetime: literalType === 'DATETIME' }[type as string] ?? isText;
  if (!fits) reject(400, 'INVALID_FIELD', `value of filter criterion for field must be of type ${type}`);
  if (type === 'boolean') return raw.toLowerCase() === 'true';
  if (type === 'datetime') return raw;
  const text = raw.slice(1, -1);
  if (/\p{Cc}/u.test(text)) reject(400, 'MALFORMED_QUERY', 'line breaks not allowed in string literals');
  if (/\\(?![nNrRtTbBfF"'\\_%])/.test(text.replaceAll('\\\\', ''))) {
    reject(400, 'MALFORMED_QUERY', 'Invalid string literal. Illegal character sequence in string literal.');
  }
  const plain = operator === 'LIKE' ? text : text.replace(/\\(.)/g, '$1');
  if (type === 'id' && !/^([A-Za-z0-9]{15}|[A-Za-z0-9]{18})$/.test(plain)) {
    reject(400, 'INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${plain}`);
  }
  return plain;
}

function toPattern(text: string): RegExp {
  const parts = text.match(/\\.|[\s\S]/gu) ?? [];
  const source = parts.map((part) => {
    if (part === '%') return '[\\s\\S]*';
    if (part === '_') return '[\\s\\S]';
    return escapeForRegExp(part.length > 1 && part.startsWith('\\') ? part.slice(1) : part);
  });
  return new RegExp(`^${source.join('')}$`, 'iu');
}

function escapeForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
}
