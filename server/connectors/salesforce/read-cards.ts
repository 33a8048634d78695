import type { ConnectorCustomer } from '../port/connector.ts';
import { missingParts } from '../port/missing-parts.ts';
import { foundAny, itemsOf, joinFound, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import type { SalesforceRecord } from './api.ts';
import { belongsTo, cardFields, caseFields, readText, summaryFields, taskFields, toCustomer } from './mapping.ts';
import type { Parts } from './parts.ts';
import { and, or, quoteAll, select } from './query.ts';
import { kindOfId } from './record-kinds.ts';

/** Rows of one list, for all customers of the request together: SOQL has no limit per customer. */
const maxRows = 200;

/**
 * One composite request for any number of customers: a query per kind, one for cases, one for tasks; five are allowed.
 */
export async function readCards(ids: string[], { api, settings, kinds }: Parts): Promise<Outcome<ConnectorCustomer[]>> {
  const requested = kinds.flatMap((kind) => {
    const ownIds = ids.filter((id) => kindOfId(id, kinds) === kind);
    if (ownIds.length === 0) return [];
    const fields = [...summaryFields(kind), ...cardFields(kind)];
    const soql = select(fields, kind.name, { where: `Id IN ${quoteAll(ownIds)}`, limit: ownIds.length });
    return [{ kind, ownIds, path: api.pathOfQuery(soql) }];
  });
  if (requested.length === 0) return notFound;

  const idsOf = (name: string) => requested.flatMap(({ kind, ownIds }) => (kind.name === name ? ownIds : []));
  const isOneOf = (field: string, ownIds: string[]) => (ownIds.length > 0 ? [`${field} IN ${quoteAll(ownIds)}`] : []);
  const ofCompany = isOneOf('AccountId', idsOf('Account'));
  const caseConditions = [...isOneOf('ContactId', idsOf('Contact')), ...ofCompany];
  const taskConditions = [...isOneOf('WhoId', [...idsOf('Contact'), ...idsOf('Lead')]), ...ofCompany];
  const openCases = select(caseFields, 'Case', {
    where: and('IsClosed = false', or(caseConditions)),
    newestBy: 'LastModifiedDate',
    limit: maxRows,
  });
  const closedTasks = select(taskFields, 'Task', {
    where: and('IsClosed = true', or(taskConditions)),
    newestBy: 'CreatedDate',
    limit: maxRows,
  });

  const answers = await api.readTogether({
    ...Object.fromEntries(requested.map(({ kind, path }) => [kind.name, path])),
    ...(caseConditions.length > 0 && { cases: api.pathOfQuery(openCases) }),
    tasks: api.pathOfQuery(closedTasks),
  });
  const people = joinFound(requested.map(({ kind }) => answers.records(kind.name)));
  if (people.kind !== 'found') return people;
  return foundAny(
    ids.flatMap((id) => {
      const kind = kindOfId(id, kinds);
      const record = people.value.find((candidate) => readText(candidate, 'Id') === id);
      if (!kind || !record) return [];
      const cases = rowsOf(answers.records('cases'), id);
      const interactions = rowsOf(answers.records('tasks'), id);
      const lists = { cases: itemsOf(cases), tasks: itemsOf(interactions) };
      const customer = toCustomer(record, kind, lists, settings.linkTemplate);
      return [{ ...customer, ...missingParts({ cases, interactions }) }];
    }),
  );
}

/** The customer's rows of a list. A customer without rows in a truncated list may have some beyond its end. */
function rowsOf(list: Outcome<SalesforceRecord[]>, customerId: string): Outcome<SalesforceRecord[]> {
  const ownRows = itemsOf(list).filter((row) => belongsTo(row, customerId));
  const isTruncated = itemsOf(list).length >= maxRows;
  if (ownRows.length === 0 && isTruncated) return { kind: 'invalid', reason: 'list-cut' };
  return mapFound(list, () => ownRows);
}
