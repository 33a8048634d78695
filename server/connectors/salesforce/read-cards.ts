import type { ConnectorCustomer } from '../port/connector.ts';
import { missingParts } from '../port/missing-parts.ts';
import { foundAny, itemsOf, joinFound, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import type { SalesforceRecord } from './api.ts';
import { belongsTo, cardFields, caseFields, readText, summaryFields, taskFields, toCustomer } from './mapping.ts';
import type { Parts } from './parts.ts';
import { and, or, quoteAll, select } from './query.ts';
import { kindOfId, type RecordKind } from './record-kinds.ts';

/** Rows of one list, for all customers of the request together: SOQL has no limit per customer. */
const maxRows = 200;
/** The newest of one customer. */
const maxTasks = 20;
/** Queries in one composite request. */
const maxQueries = 5;

/**
 * One composite request for any number of customers: a query per kind, one for cases, one for tasks; five are allowed.
 * Customers whose common list is cut get lists of their own in a second round trip.
 */
export async function readCards(ids: string[], parts: Parts): Promise<Outcome<ConnectorCustomer[]>> {
  const { api, settings, kinds } = parts;
  const requested = kinds.flatMap((kind) => {
    const ownIds = ids.filter((id) => kindOfId(id, kinds) === kind);
    if (ownIds.length === 0) return [];
    const fields = [...summaryFields(kind), ...cardFields(kind)];
    const soql = select(fields, kind.name, { where: `Id IN ${quoteAll(ownIds)}`, limit: ownIds.length });
    return [{ kind, ownIds, path: api.pathOfQuery(soql) }];
  });
  if (requested.length === 0) return notFound;

  const allIds = requested.flatMap(({ ownIds }) => ownIds);
  const openCases = selectCases(allIds, kinds);
  const closedTasks = selectTasks(allIds, kinds, maxRows);
  const answers = await api.readTogether({
    ...Object.fromEntries(requested.map(({ kind, path }) => [kind.name, path])),
    ...(openCases !== undefined && { cases: api.pathOfQuery(openCases) }),
    tasks: api.pathOfQuery(closedTasks),
  });
  const people = joinFound(requested.map(({ kind }) => answers.records(kind.name)));
  if (people.kind !== 'found') return people;
  const [casesOf, tasksOf] = await Promise.all([
    listForEach(allIds, answers.records('cases'), (id) => selectCases([id], kinds), parts),
    listForEach(allIds, answers.records('tasks'), (id) => selectTasks([id], kinds, maxTasks), parts),
  ]);
  return foundAny(
    ids.flatMap((id) => {
      const kind = kindOfId(id, kinds);
      const record = people.value.find((candidate) => readText(candidate, 'Id') === id);
      if (!kind || !record) return [];
      const [cases, interactions] = [casesOf(id), tasksOf(id)];
      const isCut = itemsOf(cases).length > maxRows;
      const lists = { cases: itemsOf(cases).slice(0, maxRows), tasks: itemsOf(interactions) };
      const customer = toCustomer(record, kind, lists, settings.linkTemplate);
      return [{ ...customer, ...missingParts({ cases: isCut ? listCut : cases, interactions }) }];
    }),
  );
}

const listCut = { kind: 'invalid', reason: 'list-cut' } as const;

/** Undefined if none of these can have cases. One row more than are shown, to see whether there are more. */
function selectCases(ids: string[], kinds: RecordKind[]): string | undefined {
  const conditions = [
    ...isOneOf('ContactId', ids, ['Contact'], kinds),
    ...isOneOf('AccountId', ids, ['Account'], kinds),
  ];
  if (conditions.length === 0) return undefined;
  const where = and('IsClosed = false', or(conditions));
  return select(caseFields, 'Case', { where, newestBy: 'LastModifiedDate', limit: maxRows + 1 });
}

function selectTasks(ids: string[], kinds: RecordKind[], limit: number): string {
  const conditions = [
    ...isOneOf('WhoId', ids, ['Contact', 'Lead'], kinds),
    ...isOneOf('AccountId', ids, ['Account'], kinds),
  ];
  const where = and('IsClosed = true', or(conditions));
  return select(taskFields, 'Task', { where, newestBy: 'CreatedDate', limit });
}

function isOneOf(field: string, ids: string[], names: string[], kinds: RecordKind[]): string[] {
  const ownIds = ids.filter((id) => names.includes(kindOfId(id, kinds)?.name ?? ''));
  return ownIds.length > 0 ? [`${field} IN ${quoteAll(ownIds)}`] : [];
}

/** Each customer's rows of the common list; if that is cut, of a list of their own. */
async function listForEach(
  ids: string[],
  common: Outcome<SalesforceRecord[]>,
  selectFor: (id: string) => string | undefined,
  { api }: Parts,
): Promise<(id: string) => Outcome<SalesforceRecord[]>> {
  const isWhole = itemsOf(common).length < maxRows || ids.length === 1;
  if (isWhole) return (id) => mapFound(common, (rows) => rows.filter((row) => belongsTo(row, id)));
  const queries = ids.flatMap((id) => {
    const soql = selectFor(id);
    return soql === undefined ? [] : [[id, api.pathOfQuery(soql)] as const];
  });
  const groups = Array.from({ length: Math.ceil(queries.length / maxQueries) }, (_, index) =>
    queries.slice(index * maxQueries, (index + 1) * maxQueries),
  );
  // An id begins with a digit, and the name of a part must not.
  const answers = await Promise.all(
    groups.map((group) => api.readTogether(Object.fromEntries(group.map(([id, path]) => [`of${id}`, path])))),
  );
  const byId = new Map(groups.flatMap((group, index) => group.map(([id]) => [id, answers[index]] as const)));
  return (id) => byId.get(id)?.records(`of${id}`) ?? notFound;
}
