/*
 * What Zoom's REST API tells of an ended engagement, as statements: what was missed is told by them, and what was heard is
 * told twice, which changes nothing. Pure; a report that is read again gives the same keys.
 *
 * - `started` carries what holds for the whole, dated at the beginning: so it fills what nobody told, and never beats what
 *   an event said later. Of the queues and agents the first is the first, not the one who had it last, so an agent is
 *   named only where there was one, and the queue is the one it began in.
 * - `ended` carries the end and the flow's variables. When more is known at a later reading, it is another statement of the
 *   same end.
 * - `answered`: an event of the report with an `accept_type` is an agent's acceptance. Other events are left out: their
 *   `event_type` has no published words, and a wrong guess would move an engagement.
 * - Dispositions have no time there and are dated at the end; notes are dated at their last change.
 */
import { createHash } from 'node:crypto';
import type { Consumer, EngagementFacts, FlowVariable } from '#contract/engagements.ts';
import type { AgentReference, EngagementEvent } from '../events.ts';
import type { EngagementReport, VariableLog } from './engagement-report.ts';

export function toStatements(report: EngagementReport, variables: FlowVariable[]): EngagementEvent[] {
  const { engagement_id: engagementId, start_time: startTime, end_time: endTime } = report;
  const begin = startTime ?? endTime;
  if (begin === undefined) return [];
  const end = endTime ?? begin;
  const nameOf = new Map(report.agents.map((agent) => [agent.user_id, agent.display_name]));
  const sole = report.agents.length === 1 ? report.agents[0] : undefined;

  type Told = Pick<EngagementEvent, 'kind' | 'at'> & Partial<EngagementEvent>;
  const say = (told: Told, ...names: unknown[]): EngagementEvent => ({
    engagementId,
    key: keyOf(engagementId, told.kind, names),
    origin: 'rest',
    facts: {},
    ...told,
  });

  const accepted = report.events.flatMap(({ accept_type: isAcceptance, start_time: at, user_id: id, ...event }) => {
    if (!isAcceptance || at === undefined || id === undefined) return [];
    const agent = toAgent(id, event.user_display_name ?? nameOf.get(id));
    return [say({ kind: 'answered', at, agent, facts: readQueue(event) }, at, id)];
  });
  const notes = report.notes.flatMap(({ note: text, note_id: noteId, user_id: id, last_modified_time: at = end }) =>
    text === undefined
      ? []
      : [
          say(
            { kind: 'note', at, text, ...(id !== undefined && { agent: toAgent(id, nameOf.get(id)) }) },
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
          say(
            {
              kind: 'disposition',
              at: end,
              text,
              ...(sole?.user_id && { agent: toAgent(sole.user_id, sole.display_name) }),
            },
            text,
          ),
        ],
  );
  const ending: EngagementFacts = { endTime: end, ...(variables.length > 0 && { variables }) };
  return [
    ...(startTime === undefined ? [] : [say({ kind: 'started', at: startTime, facts: readFacts(report) })]),
    ...accepted,
    ...notes,
    ...dispositions,
    ...(endTime === undefined ? [] : [say({ kind: 'ended', at: endTime, facts: ending }, ending)]),
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

function readQueue({ cc_queue_id: newer, queue_id: older, queue_name: queueName }: Queue): EngagementFacts {
  const queueAlias = newer === undefined || newer === older ? undefined : older;
  return withoutAbsent({ queueId: newer ?? older, queueAlias, queueName });
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
    // The log has no id of the variable; its name is what stays.
    variables.set(key, { id: name.slice(0, 256), name, value });
  }
  return [...variables.values()];
}

const byTime = (a: VariableLog, b: VariableLog) => (a.created_at ?? 0) - (b.created_at ?? 0);

const toAgent = (id: string, name: string | undefined): AgentReference => ({ id, ...(name !== undefined && { name }) });

function keyOf(...parts: unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify(['rest', ...parts]))
    .digest('base64url');
}

function withoutAbsent<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
