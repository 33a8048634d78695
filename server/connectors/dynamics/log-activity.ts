/**
 * An engagement becomes one activity, in steps that may each be the last before something breaks:
 *
 *   customer, case, agent looked up, side by side ──▶ not-found, when customer or case is gone
 *   create, under an id made of the key ──▶ there already (412): an earlier try came this far
 *   create its note, where the notes are longer than the description ──▶ there already
 *   complete ──▶ done
 *
 * A try begins at the beginning, whatever an earlier one did: what is there is not made again, and what is open is
 * completed. An open activity would keep its case from being closed.
 *
 * Guaranteed by Dynamics, also of tries that race: one record per key. Not guaranteed: that a record that somebody deleted
 * stays deleted, when its engagement is logged again.
 */
import type { Activity, LoggedActivity } from '../port/connector.ts';
import { found, isFailure, notFound, type Outcome } from '../port/outcome.ts';
import { type ActivityBelonging, type ActivityRecord, toActivityRecord } from './activity-record.ts';
import type { AgentRecord, Api } from './api.ts';
import { type CardSettings, readCustomerId, toLink } from './mapping.ts';
import { queryAgentByEmail, queryByExactCase } from './query.ts';

export type LogSettings = Pick<CardSettings, 'webUrl' | 'appId'> & { attribution: 'application' | 'agent' };

export async function logActivity(
  activity: Activity,
  api: Api,
  settings: LogSettings,
): Promise<Outcome<LoggedActivity>> {
  const belonging = await findBelonging(activity, api);
  if (belonging.kind !== 'found') return belonging;
  const { agent } = belonging.value;
  const made = toActivityRecord(activity, belonging.value);
  const caller = settings.attribution === 'agent' ? (agent?.azureactivedirectoryobjectid ?? undefined) : undefined;

  const created = await api.create(made.set, made.id, made.record, caller);
  if (isFailure(created)) return created;
  const isNew = created.kind === 'found';
  if (made.whole) {
    const noted = await api.create('annotations', made.whole.id, made.whole.record, caller);
    if (isFailure(noted)) return noted;
  }
  const completed = await complete(made, isNew, api);
  if (completed.kind !== 'found') return completed;
  return found({ id: made.id, isNew, url: toLink(made.table, made.id, settings) });
}

/** What is completed is not touched again: an agent may have worked on it since. */
async function complete({ set, id, done }: ActivityRecord, isNew: boolean, api: Api): Promise<Outcome<unknown>> {
  if (isNew) return api.change(set, id, done);
  const state = await api.readState(set, id);
  if (state.kind !== 'found' || state.value.statecode !== 0) return state;
  return api.change(set, id, done);
}

async function findBelonging(activity: Activity, api: Api): Promise<Outcome<ActivityBelonging>> {
  const customer = readCustomerId(activity.customerId);
  if (!customer) return notFound;
  const [known, cases, agent] = await Promise.all([
    api.readCustomerKey(customer.table, customer.id),
    findCase(activity.caseNumber, api),
    findAgent(activity.agent.email, api),
  ]);
  if (known.kind !== 'found') return known;
  if (cases.kind !== 'found') return cases;
  if (agent.kind !== 'found') return agent;
  return found({ customer, caseId: cases.value, agent: agent.value });
}

async function findCase(number: string | undefined, api: Api): Promise<Outcome<string | undefined>> {
  if (number === undefined) return found(undefined);
  const filter = queryByExactCase(number);
  const keys = filter === undefined ? notFound : await api.findCaseKeys(filter);
  if (keys.kind !== 'found') return keys;
  const [key, another] = keys.value;
  // Which of two cases was meant, nobody here can say.
  if (another !== undefined) return { kind: 'invalid', reason: 'case-not-unique' };
  return key === undefined ? notFound : found(key);
}

/** Without an agent a log is still worth having: only what passes by itself is worth another try. */
async function findAgent(email: string, api: Api): Promise<Outcome<AgentRecord | undefined>> {
  const filter = queryAgentByEmail(email);
  const agents = filter === undefined ? notFound : await api.findAgents(filter);
  if (isFailure(agents) && agents.kind !== 'forbidden' && agents.kind !== 'invalid') return agents;
  const [agent, another] = agents.kind === 'found' ? agents.value : [];
  return found(another === undefined ? agent : undefined);
}
