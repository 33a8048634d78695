/**
 * Writes one activity, at most once per key. Its record is an interaction with the activity's key in one column; if a
 * case is given, the interaction is related to it and the case gets a work note that ends with our marker.
 *
 *   look up in parallel: the interaction with our key · the customer · the case · the agent
 *     no customer, or no such case ─▶ not-found, nothing is written
 *     interaction exists ─▶ relation and note, each only if absent   ─▶ isNew: false
 *     interaction absent ─▶ create it ─▶ relation and note           ─▶ isNew: true
 *
 * With OpenFrame, ServiceNow itself creates the interaction of a call, its phone log, relations and the case's note.
 *
 * Guaranteed: the next attempt continues one that was cut off anywhere, and writes nothing twice. If the key's column
 * does not exist, nothing is written: the lookup then reports an ignored query. Notes are work notes, which customers
 * do not see.
 *
 * Not guaranteed: ServiceNow has no unique key, so concurrent attempts may both write. The outbox sends one at a time.
 */
import type { Activity, LoggedActivity } from '../port/connector.ts';
import { found, isFailure, itemsOf, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import { toActivityRecord, toMarker, toNote, toRecordKey } from './activity-record.ts';
import type { VoiceInteraction } from './api.ts';
import { toLink } from './mapping.ts';
import type { Parts } from './parts.ts';
import { equals } from './query.ts';
import { readDisplay, readValue, toTime } from './row.ts';

/** Ids of existing records. */
type Existing = { interactionId: string | undefined; caseId: string | undefined; agentId: string | undefined };

export async function logActivity(activity: Activity, parts: Parts): Promise<Outcome<LoggedActivity>> {
  const { api, settings } = parts;
  const existing = await findExisting(activity, parts);
  if (existing.kind !== 'found') return existing;
  const { interactionId, caseId, agentId } = existing.value;
  const voice = toVoiceInteraction(activity, existing.value, parts);
  const isNew = interactionId === undefined;
  const written = isNew
    ? await (voice
        ? api.createVoiceInteraction(voice)
        : api.create('interaction', toActivityRecord(activity, agentId, parts)))
    : found(interactionId);
  if (written.kind !== 'found') return written;
  const id = written.value;
  if (caseId !== undefined && !voice) {
    const writes = await Promise.all([relate(id, caseId, isNew, parts), addCaseNote(activity, caseId, isNew, parts)]);
    const failure = writes.find(isFailure);
    if (failure) return failure;
  }
  return found({ id, isNew, url: toLink(settings, 'interaction', id) });
}

async function findExisting(activity: Activity, parts: Parts): Promise<Outcome<Existing>> {
  const { settings, tables } = parts;
  const { key, customerId, caseNumber, agent } = activity;
  const [interactions, customers, cases, agents] = await Promise.all([
    findIds('interaction', settings.keyField, toRecordKey(key), parts),
    findIds(tables.table, 'sys_id', customerId, parts),
    caseNumber === undefined ? found<string[]>([]) : findIds(tables.caseTable, 'number', caseNumber, parts),
    findAgents(agent.email, parts),
  ]);
  const failure = [interactions, customers, cases, agents].find(isFailure);
  if (failure) return failure;
  if (customers.kind === 'not-found' || cases.kind === 'not-found') return notFound;
  const [agentId, ...otherAgents] = itemsOf(agents);
  return found({
    interactionId: itemsOf(interactions)[0],
    caseId: itemsOf(cases)[0],
    agentId: otherAgents.length === 0 ? agentId : undefined,
  });
}

async function findIds(table: string, field: string, value: string, { api }: Parts): Promise<Outcome<string[]>> {
  const rows = await api.list({ table, where: [[equals(field, value)]], fields: ['sys_id', field], limit: 2 });
  return mapFound(rows, (list) => list.flatMap((row) => readValue(row, 'sys_id') ?? []));
}

/** The agent is optional: without the right to read users the activity is logged unassigned. */
async function findAgents(email: string, parts: Parts): Promise<Outcome<string[]>> {
  const ids = await findIds('sys_user', 'email', email, parts);
  return ids.kind === 'forbidden' || ids.kind === 'invalid' ? notFound : ids;
}

/** Undefined if OpenFrame is off, or the engagement is not a call with a number. */
function toVoiceInteraction(
  activity: Activity,
  { caseId, agentId }: Existing,
  parts: Parts,
): VoiceInteraction | undefined {
  const { settings, tables } = parts;
  const { key, channel, direction, startedAt, endedAt, fromNumber, toNumber, customerId } = activity;
  const customerNumber = direction === 'inbound' ? fromNumber : toNumber;
  if (settings.openFrame === 'off' || channel !== 'voice' || customerNumber === undefined) return undefined;
  return {
    interaction: {
      userPhoneNumber: customerNumber,
      callbackPhoneNumber: customerNumber,
      clientSessionId: toRecordKey(key),
      additionalParams: toActivityRecord(activity, agentId, parts),
    },
    interactionContext: { devicetype: 'zoom' },
    phoneLogs: [
      {
        call_id: activity.engagementId,
        start_time: toTime(startedAt),
        end_time: toTime(endedAt),
        // By default the log belongs to the API user.
        ...(agentId !== undefined && { agent: agentId }),
      },
    ],
    relatedRecords: [
      { documentTable: tables.table, documentId: customerId },
      ...(caseId === undefined ? [] : [{ documentTable: tables.caseTable, documentId: caseId }]),
    ],
  };
}

async function relate(
  interactionId: string,
  caseId: string,
  isNew: boolean,
  { api, tables }: Parts,
): Promise<Outcome<unknown>> {
  const table = 'interaction_related_record';
  if (!isNew) {
    const where = [[equals('interaction', interactionId)], [equals('document_id', caseId)]];
    const known = await api.list({ table, where, fields: ['interaction', 'document_id'], limit: 10 });
    if (known.kind !== 'not-found') return known;
  }
  return api.create(table, {
    interaction: interactionId,
    document_table: tables.caseTable,
    document_id: caseId,
    type: 'task',
  });
}

async function addCaseNote(
  activity: Activity,
  caseId: string,
  isNew: boolean,
  { api, tables }: Parts,
): Promise<Outcome<unknown>> {
  if (!isNew) {
    const notes = await api.readWorkNotes(tables.caseTable, caseId);
    if (notes.kind !== 'found') return notes;
    if (readDisplay(notes.value, 'work_notes')?.includes(toMarker(activity.key))) return notes;
  }
  return api.update(tables.caseTable, caseId, { work_notes: toNote(activity) });
}
