/**
 * One activity in ServiceNow, once. Its record is an interaction that holds the activity's key in one column; where a case
 * is named, the interaction is related to it, and the case is given a work note that ends with our marker.
 *
 *   look, all at once: the interaction with our key · the customer · the case · the agent
 *     no customer, or no such case ─▶ not-found, nothing is written
 *     interaction there ─▶ its relation and the note, each only where it is not there yet  ─▶ isNew: false
 *     interaction not there ─▶ it is written ─▶ relation and note                          ─▶ isNew: true
 *
 * A call may be written through the OpenFrame API instead: ServiceNow then makes the interaction, its phone log, its
 * relations and the case's note itself.
 *
 * Guaranteed: a try that was cut off anywhere is continued by the next; what was written is found and not written again.
 * Where the column of the key is not there, nothing is written at all: the look for it is ignored, which shows. Notes are
 * work notes, which customers do not see.
 *
 * Not guaranteed: nothing in ServiceNow is unique by our key, so two tries at the very same time may both write. The outbox
 * that calls this lets one try run at a time.
 */
import type { Activity, LoggedActivity } from '../port/connector.ts';
import { found, isFailure, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import { toMarker, toNote, toRecordKey } from './activity-record.ts';
import type { Api, Values, VoiceInteraction } from './api.ts';
import { interactionTypes, type LinkSettings, toLink } from './mapping.ts';
import { readDisplay, readValue, toTime } from './row.ts';
import type { TableSet } from './table-sets.ts';

export type LogSettings = LinkSettings & { openFrame: 'off' | 'on'; keyField: string };

/** Ids of what is there already. */
type Seen = { interaction?: string; caseId?: string; agent?: string };

/** Characters of a `short_description`. */
const longestSubject = 160;

export function createActivityLog(
  settings: LogSettings,
  tables: TableSet,
  api: Api,
): (activity: Activity) => Promise<Outcome<LoggedActivity>> {
  const { keyField, openFrame } = settings;
  const { table, caseTable, interactionCustomer } = tables;

  async function findId(from: string, field: string, value: string): Promise<Outcome<string[]>> {
    const where = [[{ field, operator: '=' as const, value }]];
    const outcome = await api.list({ table: from, where, fields: ['sys_id', field], limit: 2 });
    return mapFound(outcome, (rows) => rows.flatMap((row) => readValue(row, 'sys_id') ?? []));
  }

  /** An agent who is not found, or may not be, does not keep the engagement from being logged. */
  async function findAgent(email: string): Promise<Outcome<string[]>> {
    const outcome = await findId('sys_user', 'email', email);
    return outcome.kind === 'forbidden' || outcome.kind === 'invalid' ? notFound : outcome;
  }

  async function look({ key, customerId, caseNumber, agent }: Activity): Promise<Outcome<Seen>> {
    const [interactions, customers, cases, agents] = await Promise.all([
      findId('interaction', keyField, toRecordKey(key)),
      findId(table, 'sys_id', customerId),
      caseNumber === undefined ? found([]) : findId(caseTable, 'number', caseNumber),
      findAgent(agent.email),
    ]);
    const failure = [interactions, customers, cases, agents].find(isFailure);
    if (failure) return failure;
    if (customers.kind === 'not-found' || cases.kind === 'not-found') return notFound;
    const [interaction, caseId] = [first(interactions), first(cases)];
    const agentId = agents.kind === 'found' && agents.value.length === 1 ? agents.value[0] : undefined;
    return found({
      ...(interaction !== undefined && { interaction }),
      ...(caseId !== undefined && { caseId }),
      ...(agentId !== undefined && { agent: agentId }),
    });
  }

  function toValues(activity: Activity, agent: string | undefined): Values {
    const { key, channel, direction, startedAt, endedAt, subject, customerId } = activity;
    return {
      type: interactionTypes[channel],
      direction,
      state: 'closed_complete',
      opened_at: toTime(startedAt),
      closed_at: toTime(Math.max(startedAt, endedAt)),
      short_description: subject.slice(0, longestSubject),
      work_notes: toNote(activity),
      [interactionCustomer]: customerId,
      ...(agent !== undefined && { assigned_to: agent }),
      [keyField]: toRecordKey(key),
    };
  }

  function toVoiceInteraction(activity: Activity, { caseId, agent }: Seen): VoiceInteraction | undefined {
    const { key, channel, direction, startedAt, endedAt, fromNumber, toNumber, customerId } = activity;
    const theirs = direction === 'inbound' ? fromNumber : toNumber;
    if (openFrame === 'off' || channel !== 'voice' || theirs === undefined) return undefined;
    return {
      interaction: {
        userPhoneNumber: theirs,
        callbackPhoneNumber: theirs,
        clientSessionId: toRecordKey(key),
        additionalParams: toValues(activity, agent),
      },
      interactionContext: { devicetype: 'zoom' },
      phoneLogs: [
        {
          call_id: activity.engagementId,
          start_time: toTime(startedAt),
          end_time: toTime(endedAt),
          // Without it the log is the API user's own.
          ...(agent !== undefined && { agent }),
        },
      ],
      relatedRecords: [
        { documentTable: table, documentId: customerId },
        ...(caseId === undefined ? [] : [{ documentTable: caseTable, documentId: caseId }]),
      ],
    };
  }

  async function relate(interaction: string, caseId: string, isNew: boolean): Promise<Outcome<unknown>> {
    if (!isNew) {
      const where = [
        [{ field: 'interaction', operator: '=' as const, value: interaction }],
        [{ field: 'document_id', operator: '=' as const, value: caseId }],
      ];
      const fields = ['interaction', 'document_id'];
      const known = await api.list({ table: 'interaction_related_record', where, fields, limit: 10 });
      if (known.kind !== 'not-found') return known;
    }
    const values = { interaction, document_table: caseTable, document_id: caseId, type: 'task' };
    return api.create('interaction_related_record', values);
  }

  async function addCaseNote(activity: Activity, caseId: string, isNew: boolean): Promise<Outcome<unknown>> {
    if (!isNew) {
      const notes = await api.readWorkNotes(caseTable, caseId);
      if (notes.kind !== 'found') return notes;
      if (readDisplay(notes.value, 'work_notes')?.includes(toMarker(activity.key))) return notes;
    }
    return api.update(caseTable, caseId, { work_notes: toNote(activity) });
  }

  return async (activity) => {
    const seen = await look(activity);
    if (seen.kind !== 'found') return seen;
    const { interaction: known, caseId, agent } = seen.value;
    const voice = toVoiceInteraction(activity, seen.value);
    const isNew = known === undefined;
    const written = isNew
      ? await (voice ? api.createVoiceInteraction(voice) : api.create('interaction', toValues(activity, agent)))
      : found(known);
    if (written.kind !== 'found') return written;
    const id = written.value;
    if (caseId !== undefined && !voice) {
      const parts = await Promise.all([relate(id, caseId, isNew), addCaseNote(activity, caseId, isNew)]);
      const failure = parts.find(isFailure);
      if (failure) return failure;
    }
    return found({ id, isNew, url: toLink(settings, 'interaction', id) });
  };
}

function first(outcome: Outcome<string[]>): string | undefined {
  return outcome.kind === 'found' ? outcome.value[0] : undefined;
}
