import type { Db } from '../platform/storage/schema.ts';
import type { AgentStore } from './agent-store.ts';
import { type Involvement, listNamed, listNamedEmails } from './involvement.ts';
import type { ObservationStore } from './observation-store.ts';

/**
 * The user ids of the agents whom a change of the engagement concerns: those whom Zoom or a flow names and who have not
 * left. `trustPanels`: where Zoom names none, the agents whose panels observed it.
 */
export async function listConcerned(
  from: Db,
  { agents, observations }: { agents: AgentStore; observations: ObservationStore },
  engagement: { account: string; engagementId: string; involvement: Involvement; trustPanels: boolean },
): Promise<string[]> {
  const { account, engagementId, involvement, trustPanels } = engagement;
  const named = listNamed(involvement);
  const namedByEmail = await agents.findByEmails(from, account, listNamedEmails(involvement));
  const isTrusting = trustPanels && Object.keys(involvement.agents).length === 0;
  const observers = isTrusting ? await observations.listObservers(from, { account, engagementId }) : [];
  return [...new Set([...named, ...namedByEmail, ...observers])];
}
