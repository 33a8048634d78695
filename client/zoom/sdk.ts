/*
 * The one door to Zoom's client. It configures the SDK and keeps it configured: Zoom binds a configuration to the page's
 * URL and running context and lets it lapse after about two hours, so it is renewed before that, after either changes,
 * and once more when a call is denied (80xxx), after which the call is made again.
 *
 * starting ──config answered──▶ ready ──(renewed: ready again)
 *    │  └──no native host around the page, or a frame of strangers──▶ outside
 *    └──no answer, or refused──▶ failed        retry(): outside, failed ──▶ starting
 *
 * A renewal that fails leaves `ready` standing: what was read stays true, and the next call tries again.
 *
 * The SDK's default export answers every property, `then` and `toJSON` too, with a function: awaiting or returning it
 * never resolves, and asking it what it has is useless. So it is used here only, and only by name.
 */
import zoomSdk, { type Apis } from '@zoom/appssdk';
import * as z from 'zod/mini';
import { createStore, type ReadableStore } from '../store/create-store.ts';
import type { Frame } from './frame-guard.ts';
import { toZoomError, ZoomError } from './zoom-error.ts';

/** Everything the panel asks of Zoom, in config and in the Marketplace manifest alike. */
export const capabilities = [
  'getAppContext',
  'openUrl',
  'onRunningContextChange',
  'getEngagementContext',
  'getEngagementStatus',
  'getEngagementVariableValue',
  'onEngagementContextChange',
  'onEngagementStatusChange',
  'onEngagementVariableValueChange',
] as const satisfies readonly Apis[];

export type Capability = (typeof capabilities)[number];
export type ZoomEvent = Extract<Capability, `on${string}`>;
export type ZoomRead = Extract<Capability, `getEngagement${string}`>;

export type HostState =
  | { kind: 'starting' }
  | { kind: 'outside' }
  | { kind: 'failed'; reason: 'timeout' | 'refused'; detail: string }
  | { kind: 'ready'; clientVersion: string; missing: readonly Capability[] };

/**
 * Zoom's client (desktop or web) as the panel may use it. Every rejection is a `ZoomError`. Every configuration sets a new
 * `ready` state, because events may have been missed before it.
 */
export type ZoomHost = ReadableStore<HostState> & {
  /** Idempotent. */
  start(): void;
  /** Configures again after `failed` or `outside`. */
  retry(): void;
  /** Without an engagement id: about the one in front. */
  read(name: ZoomRead, engagementId?: string): Promise<unknown>;
  /** Payloads are as Zoom sent them: unchecked. */
  on(event: ZoomEvent, handler: (payload: unknown) => void): () => void;
  getAppContext(): Promise<string>;
  /** In the agent's own browser. Only https, or http of a source inside the company: the server has checked the host. */
  openUrl(url: string): Promise<void>;
};

/** The SDK applies the time-out given to config to every later call as well. */
const answerWithin = 5_000;
const renewAfter = 110 * 60_000;
const renewAtMostEvery = 10_000;

const configured = z.object({
  clientVersion: z.string().check(z.minLength(1)),
  unsupportedApis: z.catch(z.array(z.string()), []),
});
const appContext = z.object({ context: z.string().check(z.minLength(1)) });

const read: Record<ZoomRead, (engagementId: string) => Promise<unknown>> = {
  getEngagementContext: (engagementId) =>
    engagementId === '' ? zoomSdk.getEngagementContext() : zoomSdk.getEngagementContext({ engagementId }),
  getEngagementStatus: (engagementId) => zoomSdk.getEngagementStatus({ engagementId }),
  getEngagementVariableValue: (engagementId) => zoomSdk.getEngagementVariableValue({ engagementId }),
};

export function createZoomHost(deps: { frame: Frame; clock?: () => number }): ZoomHost {
  const clock = deps.clock ?? Date.now;
  const handlers = new Map<ZoomEvent, Set<(payload: unknown) => void>>();
  const store = createStore<HostState>({ kind: 'starting' });
  const { getState } = store;
  let hasStarted = false;
  let isListening = false;
  let configuring: Promise<void> | null = null;
  let configuredAt = 0;
  let configuredFor = '';

  /** One configuration at a time, shared by everyone who needs it. */
  function configure(): Promise<void> {
    configuring ??= askForConfig().finally(() => {
      configuring = null;
    });
    return configuring;
  }

  async function askForConfig(): Promise<void> {
    const href = location.href;
    try {
      const answer = await zoomSdk.config({ capabilities: [...capabilities], version: '0.16', timeout: answerWithin });
      const { clientVersion, unsupportedApis } = configured.parse(answer);
      configuredAt = clock();
      configuredFor = href;
      listen();
      store.setState({
        kind: 'ready',
        clientVersion,
        missing: capabilities.filter((name) => unsupportedApis.includes(name)),
      });
    } catch (error) {
      if (getState().kind === 'ready') return;
      store.setState(whyNotReady(error));
    }
  }

  /** After the first config, before any read. The SDK keeps its handlers over later configurations. */
  function listen(): void {
    if (isListening) return;
    isListening = true;
    const handle = (event: ZoomEvent) => (payload: unknown) => {
      for (const handler of [...(handlers.get(event) ?? [])]) runSafely(() => handler(payload));
    };
    // Three distinct functions: the SDK removes a handler from all events at once, and a throwing one stops the others.
    zoomSdk.onEngagementContextChange(handle('onEngagementContextChange'));
    zoomSdk.onEngagementStatusChange(handle('onEngagementStatusChange'));
    zoomSdk.onEngagementVariableValueChange(handle('onEngagementVariableValueChange'));
    zoomSdk.onRunningContextChange(() => void configure());
    setInterval(() => void configure(), renewAfter);
    for (const moved of ['popstate', 'hashchange']) addEventListener(moved, () => void configure());
  }

  async function call(name: Capability, ask: () => Promise<unknown>): Promise<unknown> {
    // Timers sleep with the computer and routers change the URL without an event, so both are looked at here too.
    if (clock() - configuredAt > renewAfter || location.href !== configuredFor) await configure();
    const state = getState();
    if (state.kind !== 'ready') throw new ZoomError('failed', 'Zoom has not answered yet');
    if (state.missing.includes(name)) throw new ZoomError('unsupported', `${name} is not in this client`);
    try {
      return await ask();
    } catch (first) {
      const error = toZoomError(first);
      // A fresh configuration is not what is missing: without this, a lasting denial would configure for ever.
      if (error.kind !== 'denied' || clock() - configuredAt < renewAtMostEvery) throw error;
      await configure();
      return await ask().catch((second: unknown) => {
        throw toZoomError(second);
      });
    }
  }

  function start(): void {
    if (hasStarted) return;
    hasStarted = true;
    // Strangers around us get not even our first request.
    if (deps.frame === 'foreign') store.setState({ kind: 'outside' });
    else void configure();
  }

  return {
    start,
    retry() {
      if (getState().kind !== 'failed' && getState().kind !== 'outside') return;
      store.setState({ kind: 'starting' });
      hasStarted = false;
      start();
    },
    getState,
    subscribe: store.subscribe,
    read: (name, engagementId = '') => call(name, () => read[name](engagementId)),
    on(event, handler) {
      const others = handlers.get(event) ?? new Set();
      handlers.set(event, others.add(handler));
      return () => others.delete(handler);
    },
    async getAppContext() {
      const answer = appContext.safeParse(await call('getAppContext', () => zoomSdk.getAppContext()));
      if (!answer.success) throw new ZoomError('failed', 'Zoom gave no app context');
      return answer.data.context;
    },
    async openUrl(url) {
      // Whatever passed the server, no script is ever opened.
      if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return;
      await call('openUrl', () => zoomSdk.openUrl({ url })).catch(() => open(url, '_blank', 'noopener,noreferrer'));
    },
  };
}

function whyNotReady(error: unknown): HostState {
  const { kind, message } = toZoomError(error);
  if (message.includes('not supported by this browser')) return { kind: 'outside' };
  return { kind: 'failed', reason: kind === 'timeout' ? 'timeout' : 'refused', detail: message };
}

/** Reports to the console as an uncaught error would, without stopping the handlers that come after. */
function runSafely(run: () => void): void {
  try {
    run();
  } catch (error) {
    reportError(error);
  }
}
