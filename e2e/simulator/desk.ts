import type { Agent } from './agents.ts';
import { currentClientVersion } from './bridge.ts';
import { type Delivery, promptDelivery } from './cloud/delivery.ts';
import { type Arrival, type ContactCenter, openContactCenter, ring } from './contact-center.ts';
import type { TimeSpelling } from './sdk-view.ts';
import { cancelTransfer, type Desks, settleTransfers, type TransferOrder, transfer } from './transfers.ts';

/** How this Zoom client behaves; changed from the page while it runs. */
type Behavior = { latency: number; jitter: number; startTime: TimeSpelling };

export type DeskState = {
  agents: readonly Agent[];
  center: ContactCenter;
  clientVersion: string;
  behavior: Behavior;
  /** How Zoom's cloud gets its events across. */
  delivery: Delivery;
  /** Another number means another webview. */
  panelLoads: number;
};

/**
 * One computer with one agent signed in at a time. Each agent has a contact center of their own, which goes on while
 * another one is signed in; to change the agent or the client's version is to start the app anew, as it would be in
 * Zoom.
 */
export type Desk = ReturnType<typeof createDesk>;

type CenterListener = (before: ContactCenter, after: ContactCenter) => void;
/** `at` in ms UTC. */
type DesksListener = (before: Desks, after: Desks, at: number) => void;
type Verb = (center: ContactCenter) => ContactCenter;

export function createDesk(agents: readonly [Agent, ...Agent[]]) {
  let desks: Desks = new Map(agents.map((agent) => [agent.id, openContactCenter(agent)]));
  const centerListeners = new Set<CenterListener>();
  const desksListeners = new Set<DesksListener>();
  const listeners = new Set<() => void>();
  let state: DeskState = {
    agents,
    center: openContactCenter(agents[0]),
    clientVersion: currentClientVersion,
    behavior: { latency: 0, jitter: 0, startTime: 'alternating' },
    delivery: promptDelivery,
    panelLoads: 0,
  };

  function become(next: Partial<DeskState>): void {
    state = { ...state, ...next };
    for (const listener of listeners) listener();
  }

  /** Notifies the subscribers, which compare the states: this agent's panel, and the cloud for all agents. */
  function change(next: Desks, at: number): void {
    const before = desks;
    const { center } = state;
    desks = settleTransfers(next, at);
    become({ center: desks.get(center.agent.id) ?? center });
    if (state.center !== center) for (const listener of centerListeners) listener(center, state.center);
    for (const listener of desksListeners) listener(before, desks, at);
  }

  /** Applies one of the contact center's verbs at another agent's desk. */
  function actAs({ id }: Agent, verb: Verb, at: number): void {
    const center = desks.get(id);
    if (center) change(new Map(desks).set(id, verb(center)), at);
  }

  return {
    getState: () => state,
    getDesks: () => desks,
    subscribe: (listener: () => void) => subscribeTo(listeners, listener),
    onCenterChange: (listener: CenterListener) => subscribeTo(centerListeners, listener),
    onDesksChange: (listener: DesksListener) => subscribeTo(desksListeners, listener),
    act: (verb: Verb) => actAs(state.center.agent, verb, Date.now()),
    actAs,
    ring(arrival: Omit<Arrival, 'id'>) {
      const now = Date.now();
      actAs(state.center.agent, (center) => ring(center, { ...arrival, id: newEngagementId() }, now), now);
    },
    transfer: (order: TransferOrder, at: number = Date.now()) => change(transfer(desks, order, at), at),
    cancelTransfer(engagementId: string) {
      const now = Date.now();
      change(cancelTransfer(desks, state.center.agent, engagementId, now), now);
    },
    reloadPanel: () => become({ panelLoads: state.panelLoads + 1 }),
    behave: (next: Partial<Behavior>) => become({ behavior: { ...state.behavior, ...next } }),
    deliver: (next: Partial<Delivery>) => become({ delivery: { ...state.delivery, ...next } }),
    startClient(clientVersion: string) {
      if (clientVersion !== state.clientVersion) become({ clientVersion, panelLoads: state.panelLoads + 1 });
    },
    signIn(agent: Agent) {
      if (agent.id === state.center.agent.id) return;
      become({ center: desks.get(agent.id) ?? openContactCenter(agent), panelLoads: state.panelLoads + 1 });
    },
  };
}

function subscribeTo<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Of the length and the alphabet that Zoom's ids have. */
export function newEngagementId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(15));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}
