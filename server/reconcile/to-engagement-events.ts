/**
 * Converts the REST report of an ended engagement to engagement events. Pure: the same report gives the same keys, so
 * an event that was already known changes nothing.
 *
 * - `started` carries the facts of the whole engagement, dated at its beginning: they fill gaps and never override a
 *   later event. The queue is the first; an agent is named only where there was one.
 * - `ended` carries the end and the flow's variables; its key changes with them.
 * - `answered`: entries of the report with an `accept_type`. Other entries are ignored, because the values of their
 *   `event_type` are not published.
 * - Dispositions have no time in the report and are dated at the end; notes are dated at their last change.
 */
import { createHash } from 'node:crypto';
import type { Consumer, EngagementFacts, FlowVariable } from '#contract/engagements.ts';
import type { AgentReference, EngagementEvent } from '../events.ts';
import type { EngagementReport, VariableLog } from './engagement-report.ts';

export function toEngagementEvents(report: EngagementReport, variables: FlowVariable[]): EngagementEvent[] {
  const { engagement_id: engagementId, start_time: startTime, end_time: endTime } = report;
  const start = startTime ?? endTime;
  if (start === undefined) return [];
  const end = endTime ?? start;
  const names = new Map(report.agents.map((agent) => [agent.user_id, agent.display_name]));
  const onlyAgent = report.agents.length === 1 ? report.agents[0] : undefined;

  type Fields = Pick<EngagementEvent, 'kind' | 'at'> & Partial<EngagementEvent>;
  const createEvent = (fields: Fields, ...keyParts: unknown[]): EngagementEvent => ({
    engagementId,
    key: createKey(engagementId, fields.kind, keyParts),
    origin: 'rest',
    facts: {},
    ...fields,
  });

  const accepted = report.events.flatMap(({ accept_type: isAcceptance, start_time: at, user_id: id, ...event }) => {
    if (!isAcceptance || at === undefined || id === undefined) return [];
    const agent = toAgent(id, event.user_display_name ?? names.get(id));
    return [createEvent({ kind: 'answered', at, agent, facts: readQueue(event) }, at, id)];
  });
  const notes = report.notes.flatMap(({ note: text, note_id: noteId, user_id: id, last_modified_time: at = end }) =>
    text === undefined
      ? []
      : [
          createEvent(
            { kind: 'note', at, text, ...(id !== undefined && { agent: toAgent(id, names.get(id)) }) },
            noteId,
            at,
            text,
          ),
        ],
  );
  const dispositions = report.dispositions.flatMap(({ disposition_name: text }) =>
    text === undefined
      ? []
      : [
          createEvent(
            {
              kind: 'disposition',
              at: end,
              text,
              ...(onlyAgent?.user_id && { agent: toAgent(onlyAgent.user_id, onlyAgent.display_name) }),
            },
            text,
          ),
        ],
  );
  const endFacts: EngagementFacts = { endTime: end, ...(variables.length > 0 && { variables }) };
  return [
    ...(startTime === undefined ? [] : [createEvent({ kind: 'started', at: startTime, facts: readFacts(report) })]),
    ...accepted,
    ...notes,
    ...dispositions,
    ...(endTime === undefined ? [] : [createEvent({ kind: 'ended', at: endTime, facts: endFacts }, endFacts)]),
  ];
}

function readFacts(report: EngagementReport): EngagementFacts {
  const [first] = report.channels;
  const [flow] = report.flows;
  const agent = report.agents.length === 1 ? report.agents[0] : undefined;
  const consumers = report.consumers.flatMap(readConsumer).slice(0, 50);
  return withoutAbsent({
    startTime: report.start_time,
    direction: report.direction,
    channel: report.channel ?? first?.channel,
    source: report.channel_source ?? first?.channel_source,
    flowId: flow?.flow_id,
    flowName: flow?.flow_name,
    assignedAgentId: agent?.user_id,
    assignedAgentName: agent?.display_name,
    consumers: consumers.length > 0 ? consumers : undefined,
    ...readQueue(report.queues[0] ?? {}),
  });
}

type Queue = { cc_queue_id?: string | undefined; queue_id?: string | undefined; queue_name?: string | undefined };

function readQueue({ cc_queue_id: id, queue_id: olderId, queue_name: queueName }: Queue): EngagementFacts {
  const queueAlias = id === undefined || id === olderId ? undefined : olderId;
  return withoutAbsent({ queueId: id ?? olderId, queueAlias, queueName });
}

function readConsumer(consumer: EngagementReport['consumers'][number]): Consumer[] {
  const known: Consumer = withoutAbsent({
    id: consumer.consumer_id,
    displayName: consumer.consumer_display_name,
    number: consumer.consumer_number,
    email: consumer.consumer_email,
  });
  return Object.keys(known).length > 0 ? [known] : [];
}

/** The last value of each variable. A line without a time counts as older than one with. */
export function toVariables(logs: VariableLog[]): FlowVariable[] {
  const variables = new Map<string, FlowVariable>();
  for (const { variable_name: name, variable_value: value } of logs.toSorted(byTime)) {
    if (name === undefined || value === undefined) continue;
    const key = name.toLowerCase();
    if (!variables.has(key) && variables.size === 500) continue;
    // The log has no variable id; the name serves as one.
    variables.set(key, { id: name.slice(0, 256), name, value });
  }
  return [...variables.values()];
}

const byTime = (a: VariableLog, b: VariableLog) => (a.created_at ?? 0) - (b.created_at ?? 0);

const toAgent = (id: string, name: string | undefined): AgentReference => ({ id, ...(name !== undefined && { name }) });

function createKey(...parts: unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify(['rest', ...parts]))
    .digest('base64url');
}

function withoutAbsent<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
