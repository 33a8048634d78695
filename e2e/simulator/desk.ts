import type { Agent } from './agents.ts';
import { currentClientVersion } from './bridge.ts';
import { type Arrival, type ContactCenter, openContactCenter, ring } from './contact-center.ts';
import type { TimeSpelling } from './sdk-view.ts';

/** How this Zoom client behaves; changed from the page while it runs. */
export type Behaviour = { latency: number; jitter: number; startTime: TimeSpelling };

export type DeskState = {
  agents: readonly Agent[];
  center: ContactCenter;
  clientVersion: string;
  behaviour: Behaviour;
  /** Another number means another webview. */
  panelLoads: number;
};

/**
 * One computer with one agent signed in at a time. Each agent has a contact center of their own; to change the agent or
 * the client's version is to start the app anew, as it would be in Zoom.
 */
export type Desk = ReturnType<typeof createDesk>;

type CenterListener = (before: ContactCenter, after: ContactCenter) => void;

export function createDesk(agents: readonly [Agent, ...Agent[]]) {
  const centers = new Map<string, ContactCenter>();
  const centerListeners = new Set<CenterListener>();
  const listeners = new Set<() => void>();
  let state: DeskState = {
    agents,
    center: openContactCenter(agents[0]),
    clientVersion: currentClientVersion,
    behaviour: { latency: 0, jitter: 0, startTime: 'alternating' },
    panelLoads: 0,
  };

  function become(next: Partial<DeskState>): void {
    state = { ...state, ...next };
    for (const listener of listeners) listener();
  }

  /** Applies one of the contact center's verbs and tells whoever compares the states. */
  function act(verb: (center: ContactCenter) => ContactCenter): void {
    const before = state.center;
    become({ center: verb(before) });
    for (const listener of centerListeners) listener(before, state.center);
  }

  return {
    getState: () => state,
    subscribe: (listener: () => void) => subscribeTo(listeners, listener),
    onCenterChange: (listener: CenterListener) => subscribeTo(centerListeners, listener),
    act,
    ring: (arrival: Omit<Arrival, 'id'>) =>
      act((center) => ring(center, { ...arrival, id: newEngagementId() }, Date.now())),
    reloadPanel: () => become({ panelLoads: state.panelLoads + 1 }),
    behave: (change: Partial<Behaviour>) => become({ behaviour: { ...state.behaviour, ...change } }),
    startClient(clientVersion: string) {
      if (clientVersion !== state.clientVersion) become({ clientVersion, panelLoads: state.panelLoads + 1 });
    },
    signIn(agent: Agent) {
      if (agent.id === state.center.agent.id) return;
      centers.set(state.center.agent.id, state.center);
      become({ center: centers.get(agent.id) ?? openContactCenter(agent), panelLoads: state.panelLoads + 1 });
    },
  };
}

function subscribeTo<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Of the length and the alphabet that Zoom's ids have. */
function newEngagementId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(15));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}
