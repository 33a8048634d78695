/**
 * Writes one activity as a Task, at most once per key. One attempt:
 *
 *   look up ──▶ the customer or the case is gone ──▶ not-found
 *      ├─────▶ a Task with our key exists ──▶ found, not new
 *      └─────▶ write ──▶ found, new
 *                └─ the connection breaks ─▶ unavailable; the next attempt looks up again
 *
 * The key is stored
 *   - in a custom field that is an external id, if the admin made one: the write is an upsert. If the field is unique,
 *     concurrent attempts create one Task. If not, they may create two; later attempts get 300 and write nothing;
 *   - else in `CallObject`, or in a line of the Description where the organization has no call fields. Consecutive
 *     attempts create one Task, concurrent attempts may create two. The caller sends one at a time.
 *
 * The lookup reads only Tasks created since one day before the engagement: no index covers the key.
 */
import type { Activity, LoggedActivity } from '../port/connector.ts';
import { found, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import { holdsReference, type TaskLinks, toActivityRecord } from './activity-record.ts';
import type { SalesforceRecord } from './api.ts';
import { readText, toLink } from './mapping.ts';
import type { Parts } from './parts.ts';
import { and, or, quote, quoteAll, select, toCaseNumbers, toDateTime } from './query.ts';
import { kindOfId, type RecordKind } from './record-kinds.ts';

/** ms */
const day = 86_400_000;

export async function logActivity(activity: Activity, parts: Parts): Promise<Outcome<LoggedActivity>> {
  const { api, settings, kinds } = parts;
  const kind = kindOfId(activity.customerId, kinds);
  if (!kind) return notFound;
  const context = await readContext(activity, kind, parts);
  if (context.kind !== 'found') return context;
  const { links, canWrite, byCallObject } = context.value;
  const task = toActivityRecord(activity, links, settings, canWrite);

  const { externalIdField, linkTemplate } = settings;
  const toLogged = (id: string, isNew: boolean): LoggedActivity => {
    return { id, isNew, url: toLink(linkTemplate, 'Task', id) };
  };
  if (externalIdField !== undefined) {
    const saved = await api.upsertTask(externalIdField, activity.key, task);
    if (saved.kind !== 'not-found') return mapFound(saved, ({ id, created }) => toLogged(id, created !== false));
    const where = `${externalIdField} = ${quote(activity.key)}`;
    const first = toFirstId(await api.query(select(['Id'], 'Task', { where, limit: 1 })));
    return mapFound(first, (id) => toLogged(id, false));
  }
  const existing = canWrite('CallObject') ? byCallObject : await findByReference(activity, links, parts);
  if (existing.kind !== 'not-found') return mapFound(existing, (id) => toLogged(id, false));
  return mapFound(await api.createTask(task), ({ id }) => toLogged(id, true));
}

/** `byCallObject`: the Task that already has our key, where call fields exist. */
type Context = { links: TaskLinks; canWrite(field: string): boolean; byCallObject: Outcome<string> };

/** Everything the write depends on, in one round trip. */
async function readContext(activity: Activity, kind: RecordKind, parts: Parts): Promise<Outcome<Context>> {
  const { api, describeTask } = parts;
  const { customerId, caseNumber, key } = activity;
  const email = quote(activity.agent.email);
  const selectPath = (fields: string[], from: string, where: string, limit = 1) =>
    api.pathOfQuery(select(fields, from, { where, limit }));
  const reading = api.readTogether({
    customer: selectPath(['Id'], kind.name, `Id = ${quote(customerId)}`),
    ...(caseNumber !== undefined && {
      case: selectPath(['Id', 'CaseNumber'], 'Case', `CaseNumber IN ${quoteAll(toCaseNumbers(caseNumber))}`),
    }),
    users: selectPath(['Id', 'Username'], 'User', and('IsActive = true', `Email = ${email} OR Username = ${email}`), 3),
    earlier: selectPath(['Id'], 'Task', and(`CallObject = ${quote(key)}`, createdSince(activity))),
  });
  const [answers, description] = await Promise.all([reading, describeTask(api)]);
  const caseId = toFirstId(answers.records('case'));
  // The agent is optional: without the right to read users the Task is logged without an owner.
  const required = [toFirstId(answers.records('customer')), ...(caseNumber === undefined ? [] : [caseId])];
  const unmet = required.find((outcome) => outcome.kind !== 'found');
  if (unmet) return unmet;
  if (description.kind !== 'found') return description;

  const { fields } = description.value;
  const users = answers.records('users');
  const owner = users.kind === 'found' ? pickUser(users.value, activity.agent.email) : undefined;
  return found({
    links: {
      ...toLinks(customerId, kind, caseId.kind === 'found' ? caseId.value : undefined),
      ...(owner !== undefined && { owner }),
    },
    canWrite: (name) => fields.some((field) => field.name === name && field.createable !== false),
    byCallObject: toFirstId(answers.records('earlier')),
  });
}

/** A Lead stands alone: Salesforce rejects a `WhatId` beside it. */
function toLinks(customerId: string, { name }: RecordKind, caseId: string | undefined): TaskLinks {
  if (name === 'Lead') return { who: customerId };
  if (name === 'Account') return { what: caseId ?? customerId };
  return { who: customerId, ...(caseId !== undefined && { what: caseId }) };
}

/** User names are unique, e-mails are not: if several users share the e-mail, none is chosen. */
function pickUser(users: SalesforceRecord[], email: string): string | undefined {
  const sameName = users.filter((user) => readText(user, 'Username')?.toLowerCase() === email.toLowerCase());
  const [user, ...others] = sameName.length > 0 ? sameName : users;
  return user && others.length === 0 ? readText(user, 'Id') : undefined;
}

async function findByReference(activity: Activity, { who, what }: TaskLinks, { api }: Parts): Promise<Outcome<string>> {
  const links = [
    ...(who === undefined ? [] : [`WhoId = ${quote(who)}`]),
    ...(what === undefined ? [] : [`WhatId = ${quote(what)}`]),
  ];
  const where = and(createdSince(activity), or(links));
  const tasks = await api.query(select(['Id', 'Description'], 'Task', { where, newestBy: 'CreatedDate', limit: 25 }));
  if (tasks.kind !== 'found') return tasks;
  const ours = tasks.value.filter((task) => holdsReference(readText(task, 'Description') ?? '', activity.key));
  return toFirstId(found(ours));
}

function createdSince({ startedAt }: Activity): string {
  return `CreatedDate >= ${toDateTime(startedAt - day)}`;
}

function toFirstId(outcome: Outcome<SalesforceRecord[]>): Outcome<string> {
  if (outcome.kind !== 'found') return outcome;
  const [first] = outcome.value;
  const id = first && readText(first, 'Id');
  return id === undefined ? notFound : found(id);
}
