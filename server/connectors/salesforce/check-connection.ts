import type { CheckReport } from '../port/connector.ts';
import { type Failure, found, isFailure, type Outcome } from '../port/outcome.ts';
import type { Description } from './api.ts';
import { caseFields, summaryFields, taskFields } from './mapping.ts';
import type { Parts } from './parts.ts';
import { createRecordKinds, relativePath } from './record-kinds.ts';

/** The consequence of missing the right to read each object. */
const costs: Record<string, string> = {
  Contact: 'nobody is found and nobody is shown',
  Lead: 'nobody is found by a phone or e-mail; allow it, or set leads to ignore',
  Account: 'nobody is found by a phone or an account number, and no company is shown',
  Case: 'nobody is found by a case number, and no cases are shown',
  Task: 'earlier conversations are not shown, and nothing can be logged',
};

/** Queries in one composite request. */
const maxQueries = 5;

/** Read-only, so rights to write are not tested. */
export async function checkConnection(parts: Parts): Promise<Outcome<CheckReport>> {
  const { api, settings } = parts;
  const standardKinds = createRecordKinds({ ...settings, fields: {}, phoneFields: [], emailFields: [] });
  const objects: [object: string, fields: string[]][] = [
    ...standardKinds.map((kind): [string, string[]] => [kind.name, summaryFields(kind)]),
    ['Case', caseFields],
    ['Task', taskFields],
  ];
  const queries = objects.map(([object, fields]) => [object, api.pathOfQuery(selectAny(object, fields))] as const);
  const [answers, description, limits, configured] = await Promise.all([
    api.readTogether(Object.fromEntries(queries)),
    parts.describeTask(api, 'fresh'),
    api.readLimits(),
    checkFields(parts),
  ]);
  const records = objects.map(([object]) => ({ object, outcome: answers.records(object) }));
  const outcomes: Outcome<unknown>[] = [...records.map(({ outcome }) => outcome), description];
  const failures = outcomes.filter(isFailure);
  const failure = failures.find(isOfConnection) ?? (failures.length > objects.length ? failures[0] : undefined);
  if (failure && failure.kind !== 'forbidden') return failure;
  if (!Array.isArray(configured)) return configured;
  const missing = [
    ...records.flatMap(({ object, outcome }) => describeRight(object, outcome)),
    ...configured,
    ...describeTask(description, settings.externalIdField),
  ];
  if (limits.kind !== 'found') return found({ missing });
  const { Max, Remaining } = limits.value.DailyApiRequests;
  return found({ missing, summary: `${Remaining} of ${Max} requests of the whole organization are left today.` });
}

/** A failure that concerns more than one right or field. */
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

/** Queries each configured field by itself: Salesforce rejects a whole query for one unknown field. */
async function checkFields({ api, settings, kinds }: Parts): Promise<string[] | Failure> {
  const { fields, phoneFields, emailFields } = settings;
  const cost = 'until it is there or taken out of the settings,';
  const wanted = [
    ...Object.entries(fields).map(([name, path]) => ({ path, cost: `${cost} no card is shown (${name})` })),
    ...[...phoneFields, ...emailFields].map((path) => ({ path, cost: `${cost} nobody is found and no card is shown` })),
  ].flatMap((field) => {
    const kind = kinds.find(({ name }) => relativePath(name, field.path) !== undefined);
    const path = kind && relativePath(kind.name, field.path);
    return kind && path !== undefined ? [{ ...field, soql: selectAny(kind.name, [path]) }] : [];
  });
  const groups = Array.from({ length: Math.ceil(wanted.length / maxQueries) }, async (_, index) => {
    const group = wanted.slice(index * maxQueries, (index + 1) * maxQueries);
    const paths = group.map(({ soql }, position) => [`field${position}`, api.pathOfQuery(soql)] as const);
    const answers = await api.readTogether(Object.fromEntries(paths));
    return paths.map(([name]) => answers.records(name));
  });
  const outcomes = (await Promise.all(groups)).flat();
  const failure = outcomes.filter(isFailure).find(isOfConnection);
  if (failure) return failure;
  return wanted.flatMap(({ path, cost: loss }, index) => {
    const exists = outcomes[index]?.kind === 'found';
    return exists ? [] : [`There is no field ${path}, or the user of the app may not read it: ${loss}.`];
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
