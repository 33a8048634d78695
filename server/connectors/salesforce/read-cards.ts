import type { ConnectorCustomer } from '../port/connector.ts';
import { type Failure, foundAny, isFailure, joinFound, notFound, type Outcome } from '../port/outcome.ts';
import type { Api, SalesforceRecord } from './api.ts';
import { cardFields, caseFields, isOf, readText, summaryFields, taskFields, toCustomer } from './mapping.ts';
import { and, or, quoteAll, select } from './query.ts';
import { kindOfId, type RecordKind } from './record-kinds.ts';

/** Of all customers of a request together: lists cannot be cut for each of them, and an answer has a megabyte at most. */
const most = 200;

export type CardSettings = { kinds: RecordKind[]; linkTemplate: string };

/** One request, however many there are: a query for each kind, one for cases and one for tasks; five are allowed. */
export async function readCards(
  ids: string[],
  { kinds, linkTemplate }: CardSettings,
  api: Api,
): Promise<Outcome<ConnectorCustomer[]>> {
  const asked = kinds.flatMap((kind) => {
    const own = ids.filter((id) => kindOfId(id, kinds) === kind);
    const fields = [...summaryFields(kind), ...cardFields(kind)];
    if (own.length === 0) return [];
    const people = select(fields, kind.name, { where: `Id IN ${quoteAll(own)}`, limit: own.length });
    return [{ kind, own, people: api.pathOfQuery(people) }];
  });
  if (asked.length === 0) return notFound;

  const idsOf = (name: string) => asked.flatMap(({ kind, own }) => (kind.name === name ? own : []));
  const those = (field: string, own: string[]) => (own.length > 0 ? [`${field} IN ${quoteAll(own)}`] : []);
  const ofCompany = those('AccountId', idsOf('Account'));
  const withCases = [...those('ContactId', idsOf('Contact')), ...ofCompany];
  const withTasks = [...those('WhoId', [...idsOf('Contact'), ...idsOf('Lead')]), ...ofCompany];
  const cases = { where: and('IsClosed = false', or(withCases)), newestBy: 'LastModifiedDate', limit: most } as const;
  const tasks = { where: and('IsClosed = true', or(withTasks)), newestBy: 'CreatedDate', limit: most } as const;

  const answers = await api.together({
    ...Object.fromEntries(asked.map(({ kind, people }) => [kind.name, people])),
    ...(withCases.length > 0 && { cases: api.pathOfQuery(select(caseFields, 'Case', cases)) }),
    tasks: api.pathOfQuery(select(taskFields, 'Task', tasks)),
  });
  const people = joinFound(asked.map(({ kind }) => answers.records(kind.name)));
  if (people.kind !== 'found') return people;
  return foundAny(
    ids.flatMap((id) => {
      const kind = kindOfId(id, kinds);
      const record = people.value.find((one) => readText(one, 'Id') === id);
      if (!kind || !record) return [];
      const own = { cases: listOf(answers.records('cases'), id), tasks: listOf(answers.records('tasks'), id) };
      const missing = [...toMissing('cases', own.cases), ...toMissing('interactions', own.tasks)];
      const parts = { cases: itemsOf(own.cases), tasks: itemsOf(own.tasks) };
      return [{ ...toCustomer(record, kind, parts, linkTemplate), ...(missing.length > 0 && { missing }) }];
    }),
  );
}

type List = SalesforceRecord[] | Failure;

/** Who has none in a list that was cut may have some behind the cut. */
function listOf(outcome: Outcome<SalesforceRecord[]>, customerId: string): List {
  if (isFailure(outcome)) return outcome;
  const all = outcome.kind === 'found' ? outcome.value : [];
  const own = all.filter((record) => isOf(record, customerId));
  return own.length === 0 && all.length >= most ? { kind: 'invalid', reason: 'list-cut' } : own;
}

function itemsOf(list: List): SalesforceRecord[] {
  return Array.isArray(list) ? list : [];
}

function toMissing(part: 'cases' | 'interactions', list: List): Required<ConnectorCustomer>['missing'] {
  return Array.isArray(list) ? [] : [{ part, failure: list }];
}
