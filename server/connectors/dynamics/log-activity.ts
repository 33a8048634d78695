/**
 * Writes one activity, at most once per key, in steps; each may be the last before a failure:
 *
 *   look up customer, case and agent in parallel ──▶ not-found if customer or case is gone
 *   create the record, its id derived from the key ──▶ exists (412): an earlier attempt came this far
 *   create a note, if the notes exceed the description ──▶ exists
 *   complete the record ──▶ done
 *
 * Every attempt starts at the first step: what exists is not created again, and an open record is completed (an open
 * activity would keep its case from being closed).
 *
 * Guaranteed by Dynamics, for concurrent attempts too: one record per key. Not guaranteed: a record that was deleted
 * stays deleted when its engagement is logged again.
 */
import type { Activity, LoggedActivity } from '../port/connector.ts';
import { found, isFailure, notFound, type Outcome } from '../port/outcome.ts';
import { type ActivityLinks, type ActivityRecord, toActivityRecord } from './activity-record.ts';
import type { AgentRecord } from './api.ts';
import { readCustomerId, toLink } from './mapping.ts';
import type { Parts } from './parts.ts';
import { queryAgentByEmail, queryByExactCase } from './query.ts';

export async function logActivity(activity: Activity, parts: Parts): Promise<Outcome<LoggedActivity>> {
  const { api, settings } = parts;
  const links = await findLinks(activity, parts);
  if (links.kind !== 'found') return links;
  const { agent } = links.value;
  const made = toActivityRecord(activity, links.value);
  const caller = settings.attribution === 'agent' ? (agent?.azureactivedirectoryobjectid ?? undefined) : undefined;

  const created = await api.create(made.set, made.id, made.record, caller);
  if (isFailure(created)) return created;
  const isNew = created.kind === 'found';
  if (made.fullNotes) {
    const noted = await api.create('annotations', made.fullNotes.id, made.fullNotes.record, caller);
    if (isFailure(noted)) return noted;
  }
  const completed = await complete(made, isNew, parts);
  if (completed.kind !== 'found') return completed;
  return found({ id: made.id, isNew, url: toLink(made.table, made.id, settings) });
}

/** Leaves a completed record alone: an agent may have edited it since. */
async function complete(
  { set, id, completion }: ActivityRecord,
  isNew: boolean,
  { api }: Parts,
): Promise<Outcome<unknown>> {
  if (isNew) return api.change(set, id, completion);
  const state = await api.readState(set, id);
  if (state.kind !== 'found' || state.value.statecode !== 0) return state;
  return api.change(set, id, completion);
}

async function findLinks(activity: Activity, parts: Parts): Promise<Outcome<ActivityLinks>> {
  const customer = readCustomerId(activity.customerId);
  if (!customer) return notFound;
  const [record, caseId, agent] = await Promise.all([
    parts.api.readCustomerKey(customer.table, customer.id),
    findCase(activity.caseNumber, parts),
    findAgent(activity.agent.email, parts),
  ]);
  if (record.kind !== 'found') return record;
  if (caseId.kind !== 'found') return caseId;
  if (agent.kind !== 'found') return agent;
  return found({ customer, caseId: caseId.value, agent: agent.value });
}

async function findCase(number: string | undefined, { api }: Parts): Promise<Outcome<string | undefined>> {
  if (number === undefined) return found(undefined);
  const filter = queryByExactCase(number);
  const keys = filter === undefined ? notFound : await api.findCaseKeys(filter);
  if (keys.kind !== 'found') return keys;
  const [key, another] = keys.value;
  if (another !== undefined) return { kind: 'invalid', reason: 'case-not-unique' };
  return key === undefined ? notFound : found(key);
}

/** The agent is optional: only temporary failures are worth another attempt. */
async function findAgent(email: string, { api }: Parts): Promise<Outcome<AgentRecord | undefined>> {
  const filter = queryAgentByEmail(email);
  const agents = filter === undefined ? notFound : await api.findAgents(filter);
  if (isFailure(agents) && agents.kind !== 'forbidden' && agents.kind !== 'invalid') return agents;
  const [agent, another] = agents.kind === 'found' ? agents.value : [];
  return found(another === undefined ? agent : undefined);
}
