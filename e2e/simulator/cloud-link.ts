import type { Agent } from './agents.ts';
import type { Leg } from './cloud/event-bodies.ts';
import type { CloudChange } from './cloud/memory.ts';
import { openEngagements } from './contact-center.ts';
import type { Desk } from './desk.ts';
import type { Desks } from './transfers.ts';

/**
 * Sends every change of any desk to the simulator's server, which plays Zoom's cloud, one after the other. The first
 * change has no engagement and logs the agents in.
 */
export function connectCloud(desk: Desk): () => void {
  let last = Promise.resolve();
  const sendChange = (before: Desks, after: Desks, at: number) => {
    const change: CloudChange = {
      at,
      legs: changedLegs(before, after),
      agents: describeStatuses(desk.getState().agents, after),
      delivery: desk.getState().delivery,
    };
    last = last.then(() => post(change)).catch(() => undefined);
  };
  sendChange(desk.getDesks(), desk.getDesks(), Date.now());
  return desk.onDesksChange(sendChange);
}

/** Zoom's WebSocket breaks and stays away for some seconds. */
export async function cutWebSocket(): Promise<void> {
  await fetch('/cloud/cut', { method: 'POST' });
}

function changedLegs(before: Desks, after: Desks): Leg[] {
  return [...after].flatMap(([agentId, { agent, engagements }]) => {
    const earlier = new Set(before.get(agentId)?.engagements);
    return engagements.filter((one) => !earlier.has(one)).map((engagement) => ({ agent, engagement }));
  });
}

function describeStatuses(agents: readonly Agent[], desks: Desks): CloudChange['agents'] {
  return agents.map((agent) => {
    const center = desks.get(agent.id);
    const isBusy = center && openEngagements(center).some(({ phase }) => phase !== 'ringing');
    return { agent, status: isBusy ? 'Occupied' : 'Ready' };
  });
}

async function post(change: CloudChange): Promise<void> {
  const response = await fetch('/cloud/changes', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(change),
  });
  if (!response.ok) throw new Error(`The simulator's server answered ${response.status}`);
}
