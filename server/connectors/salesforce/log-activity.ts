/**
 * Logging, once. One try:
 *
 *   look ──▶ the customer or the case is gone ──▶ not-found
 *     ├───▶ a Task with our key is there ──▶ found, not new
 *     └───▶ write ──▶ found, new
 *              └─ the connection breaks ─▶ unavailable; the next try looks again
 *
 * Where our key stands, and what that guarantees:
 *   - in a custom field that is an external id, if the admin has made one: the write itself is an upsert, and looks as it
 *     writes. If the field is unique, tries that race make one Task. If it is not they may make two, and every later one is
 *     answered 300 and writes nothing: the first of the two is told;
 *   - else in `CallObject`, or in a line of the Description where the organisation has no call fields: looked for before
 *     writing. Tries one after another make one Task; tries at the same moment may make two. The caller sends one at a time.
 *
 * Looking reads only Tasks made since a day before the engagement began: no index helps to find either.
 */
import type { Activity, LoggedActivity } from '../port/connector.ts';
import { found, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import { holdsReference, type TaskLinks, toActivityRecord } from './activity-record.ts';
import type { Api, SalesforceRecord } from './api.ts';
import { readText, toCaseNumbers, toLink } from './mapping.ts';
import { and, quote, quoteAll, select, toMoment } from './query.ts';
import { kindOfId, type RecordKind } from './record-kinds.ts';

export type LogSettings = { externalIdField?: string | undefined; taskStatus: string; linkTemplate: string };

/** ms */
const day = 86_400_000;

export async function logActivity(
  activity: Activity,
  settings: LogSettings,
  { api, kinds }: { api: Api; kinds: RecordKind[] },
): Promise<Outcome<LoggedActivity>> {
  const kind = kindOfId(activity.customerId, kinds);
  if (!kind) return notFound;
  const looked = await look(activity, kind, api);
  if (looked.kind !== 'found') return looked;
  const { links, has, byCallObject } = looked.value;
  const task = toActivityRecord(activity, links, settings, has);

  const { externalIdField, linkTemplate } = settings;
  const tell = (id: string, isNew: boolean): LoggedActivity => {
    return { id, isNew, url: toLink(linkTemplate, 'Task', id) };
  };
  if (externalIdField !== undefined) {
    const saved = await api.upsertTask(externalIdField, activity.key, task);
    if (saved.kind !== 'not-found') return mapFound(saved, ({ id, created }) => tell(id, created !== false));
    const where = `${externalIdField} = ${quote(activity.key)}`;
    return mapFound(toFirst(await api.query(select(['Id'], 'Task', { where, limit: 1 }))), (id) => tell(id, false));
  }
  const earlier = has('CallObject') ? byCallObject : await findByReference(activity, links, api);
  if (earlier.kind !== 'not-found') return mapFound(earlier, (id) => tell(id, false));
  return mapFound(await api.createTask(task), ({ id }) => tell(id, true));
}

type Looked = { links: TaskLinks; has(field: string): boolean; byCallObject: Outcome<string> };

/** All that has to be known before writing, in one request. */
async function look(activity: Activity, kind: RecordKind, api: Api): Promise<Outcome<Looked>> {
  const { customerId, caseNumber, key } = activity;
  const email = quote(activity.agent.email);
  const one = (fields: string[], from: string, where: string, limit = 1) =>
    api.pathOfQuery(select(fields, from, { where, limit }));
  const answers = await api.together({
    customer: one(['Id'], kind.name, `Id = ${quote(customerId)}`),
    ...(caseNumber !== undefined && {
      case: one(['Id', 'CaseNumber'], 'Case', `CaseNumber IN ${quoteAll(toCaseNumbers(caseNumber))}`),
    }),
    users: one(['Id', 'Username'], 'User', and('IsActive = true', `Email = ${email} OR Username = ${email}`), 3),
    earlier: one(['Id'], 'Task', and(`CallObject = ${quote(key)}`, madeSince(activity))),
    task: api.pathOfDescription('Task'),
  });
  const description = answers.description('task');
  const caseId = toFirst(answers.records('case'));
  // Whoever may not see users logs without an owner; all else is needed.
  const needed = [toFirst(answers.records('customer')), ...(caseNumber === undefined ? [] : [caseId])];
  const lacking = needed.find((outcome) => outcome.kind !== 'found');
  if (lacking) return lacking;
  if (description.kind !== 'found') return description;

  const { fields } = description.value;
  const users = answers.records('users');
  const owner = users.kind === 'found' ? pickUser(users.value, activity.agent.email) : undefined;
  return found({
    links: {
      ...toLinks(customerId, kind, caseId.kind === 'found' ? caseId.value : undefined),
      ...(owner !== undefined && { owner }),
    },
    has: (name) => fields.some((field) => field.name === name && field.createable !== false),
    byCallObject: toFirst(answers.records('earlier')),
  });
}

/** A Lead stands alone: Salesforce refuses a `WhatId` beside it. */
function toLinks(customerId: string, { name }: RecordKind, caseId: string | undefined): TaskLinks {
  if (name === 'Lead') return { who: customerId };
  if (name === 'Account') return { what: caseId ?? customerId };
  return { who: customerId, ...(caseId !== undefined && { what: caseId }) };
}

/** User names are unique and e-mails are not: of several who share one, none is chosen. */
function pickUser(users: SalesforceRecord[], email: string): string | undefined {
  const named = users.filter((user) => readText(user, 'Username')?.toLowerCase() === email.toLowerCase());
  const [user, ...others] = named.length > 0 ? named : users;
  return user && others.length === 0 ? readText(user, 'Id') : undefined;
}

async function findByReference(activity: Activity, { who, what }: TaskLinks, api: Api): Promise<Outcome<string>> {
  const linked = [
    ...(who === undefined ? [] : [`WhoId = ${quote(who)}`]),
    ...(what === undefined ? [] : [`WhatId = ${quote(what)}`]),
  ];
  const where = and(madeSince(activity), linked.join(' OR '));
  const tasks = await api.query(select(['Id', 'Description'], 'Task', { where, newestBy: 'CreatedDate', limit: 25 }));
  if (tasks.kind !== 'found') return tasks;
  return toFirst(
    found(tasks.value.filter((task) => holdsReference(readText(task, 'Description') ?? '', activity.key))),
  );
}

function madeSince({ startedAt }: Activity): string {
  return `CreatedDate >= ${toMoment(startedAt - day)}`;
}

function toFirst(outcome: Outcome<SalesforceRecord[]>): Outcome<string> {
  if (outcome.kind !== 'found') return outcome;
  const [first] = outcome.value;
  const id = first && readText(first, 'Id');
  return id === undefined ? notFound : found(id);
}
