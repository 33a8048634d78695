import type { CheckReport } from '../port/connector.ts';
import { type Failure, found, isFailure, type Outcome } from '../port/outcome.ts';
import type { Api, Description } from './api.ts';
import { caseFields, summaryFields, taskFields } from './mapping.ts';
import { createRecordKinds, type KindSettings, placeOn, type RecordKind } from './record-kinds.ts';

export type CheckedSettings = KindSettings & { externalIdField?: string | undefined };
type Parts = { api: Api; kinds: RecordKind[] };

/** What is lost without the right to read these. */
const costs: Record<string, string> = {
  Contact: 'nobody is found and nobody is shown',
  Lead: 'nobody is found by a phone or e-mail; allow it, or set leads to ignore',
  Account: 'nobody is found by a phone or an account number, and no company is shown',
  Case: 'nobody is found by a case number, and no cases are shown',
  Task: 'earlier conversations are not shown, and nothing can be logged',
};

/** Of a composite request. */
const mostQueries = 5;

/** Nothing is written to find out whether it may be. */
export async function checkConnection(settings: CheckedSettings, parts: Parts): Promise<Outcome<CheckReport>> {
  const { api } = parts;
  const standard = createRecordKinds({ ...settings, fields: {}, phoneFields: [], emailFields: [] });
  const read: [object: string, fields: string[]][] = [
    ...standard.map((kind): [string, string[]] => [kind.name, summaryFields(kind)]),
    ['Case', caseFields],
    ['Task', taskFields],
  ];
  const queries = read.map(([object, fields]) => [object, api.pathOfQuery(selectAny(object, fields))] as const);
  const [answers, limits] = await Promise.all([
    api.together({ ...Object.fromEntries(queries), description: api.pathOfDescription('Task') }),
    api.readLimits(),
  ]);
  const description = answers.description('description');
  const records = read.map(([object]) => ({ object, outcome: answers.records(object) }));
  const outcomes: Outcome<unknown>[] = [...records.map(({ outcome }) => outcome), description];
  const failures = outcomes.filter(isFailure);
  const failure = failures.find(isOfConnection) ?? (failures.length > read.length ? failures[0] : undefined);
  if (failure && failure.kind !== 'forbidden') return failure;
  const fields = await checkFields(settings, parts);
  if (!Array.isArray(fields)) return fields;
  const missing = [
    ...records.flatMap(({ object, outcome }) => describeRight(object, outcome)),
    ...fields,
    ...describeTask(description, settings.externalIdField),
  ];
  if (limits.kind !== 'found') return found({ missing });
  const { Max, Remaining } = limits.value.DailyApiRequests;
  return found({ missing, summary: `${Remaining} of ${Max} requests of the whole organisation are left today.` });
}

/** What says nothing about one right or one field. */
function isOfConnection({ kind }: Failure): boolean {
  return kind !== 'forbidden' && kind !== 'invalid';
}

function selectAny(object: string, fields: string[]): string {
  return `SELECT ${fields.join(', ')} FROM ${object} LIMIT 1`;
}

function describeRight(object: string, outcome: Outcome<unknown>): string[] {
  if (outcome.kind === 'forbidden') return [`The user of the app may not read ${object}s: ${costs[object]}.`];
  if (outcome.kind !== 'invalid') return [];
  return [`A standard field of ${object} is hidden from the user of the app: ${costs[object]}.`];
}

/** Each configured field for itself, since Salesforce refuses a whole query for one that it does not know. */
async function checkFields(
  { fields, phoneFields, emailFields }: CheckedSettings,
  { api, kinds }: Parts,
): Promise<string[] | Failure> {
  const cost = 'until it is there or taken out of the settings,';
  const wanted = [
    ...Object.entries(fields).map(([name, path]) => ({ path, cost: `${cost} no card is shown (${name})` })),
    ...[...phoneFields, ...emailFields].map((path) => ({ path, cost: `${cost} nobody is found and no card is shown` })),
  ].flatMap(({ path, cost }) => {
    const kind = kinds.find(({ name }) => placeOn(name, path) !== undefined);
    const place = kind && placeOn(kind.name, path);
    return kind && place !== undefined ? [{ path, cost, soql: selectAny(kind.name, [place]) }] : [];
  });
  const groups = Array.from({ length: Math.ceil(wanted.length / mostQueries) }, async (_, at) => {
    const group = wanted.slice(at * mostQueries, (at + 1) * mostQueries).map(({ soql }) => api.pathOfQuery(soql));
    const answers = await api.together(Object.fromEntries(group.map((path, index) => [`field${index}`, path])));
    return group.map((_path, index) => answers.records(`field${index}`));
  });
  const outcomes = (await Promise.all(groups)).flat();
  const failure = outcomes.filter(isFailure).find(isOfConnection);
  if (failure) return failure;
  return wanted.flatMap(({ path, cost }, at) => {
    const isThere = outcomes[at]?.kind === 'found';
    return isThere ? [] : [`There is no field ${path}, or the user of the app may not read it: ${cost}.`];
  });
}

function describeTask(outcome: Outcome<Description>, externalIdField: string | undefined): string[] {
  if (outcome.kind !== 'found') return ['The user of the app may not see how Tasks are made: nothing can be logged.'];
  const { createable, fields } = outcome.value;
  const key = fields.find(({ name }) => name === externalIdField);
  return [
    ...(createable === false ? ['The user of the app may not create Tasks: nothing can be logged.'] : []),
    ...(externalIdField !== undefined && key?.externalId !== true
      ? [`Activities have no field ${externalIdField} that is an external id: nothing can be logged.`]
      : []),
  ];
}
