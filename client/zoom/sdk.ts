/*
 * The only importer of the Zoom Apps SDK. It configures the SDK and keeps it configured: Zoom binds a configuration to
 * the page's URL and running context and lets it expire after about two hours, so it is renewed before that, after
 * either changes, and once when a call is denied (80xxx), after which the call is repeated.
 *
 * starting ──config answered──▶ ready ──(renewed: ready again)
 *    │  └──no native host around the page, or a foreign frame──▶ outside
 *    └──no answer, or refused──▶ failed        retry(): outside, failed ──▶ starting
 *
 * A failed renewal leaves the state `ready`; the next call configures again.
 *
 * The SDK's default export returns a function for every property, `then` and `toJSON` included: awaiting or returning
 * it never resolves, and feature detection is impossible. It is used in this file only, and only by name.
 */
import zoomSdk, { type Apis } from '@zoom/appssdk';
import * as z from 'zod/mini';
import { createStore, type ReadableStore } from '../store/create-store.ts';
import type { Frame } from './frame-guard.ts';
import { toZoomError, ZoomError } from './zoom-error.ts';

/** The SDK calls of the panel, for config and for the Marketplace manifest. */
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
export type SdkEventName = Extract<Capability, `on${string}`>;
export type ZoomRead = Extract<Capability, `getEngagement${string}`>;

export type HostState =
  | { kind: 'starting' }
  | { kind: 'outside' }
  | { kind: 'failed'; reason: 'timeout' | 'refused'; detail: string }
  | { kind: 'ready'; clientVersion: string; missing: readonly Capability[] };

/**
 * Zoom's client (desktop or web) as the panel may use it. Every rejection is a `ZoomError`. Every configuration sets a
 * new `ready` state, because events may have been missed before it.
 */
export type ZoomHost = ReadableStore<HostState> & {
  /** Idempotent. */
  start(): void;
  /** Configures again after `failed` or `outside`. */
  retry(): void;
  /** Without an engagement id: the one in front. */
  read(name: ZoomRead, engagementId?: string): Promise<unknown>;
  /** Payloads are unvalidated. */
  on(event: SdkEventName, handler: (payload: unknown) => void): () => void;
  getAppContext(): Promise<string>;
  /** Opens the agent's browser. https, or http of a source inside the company: the server checked the host. */
  openUrl(url: string): Promise<void>;
};

/** ms. The SDK applies the time-out of config to every later call. */
const timeoutMs = 5_000;
const renewAfterMs = 110 * 60_000;
const minRenewIntervalMs = 10_000;

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
  const handlers = new Map<SdkEventName, Set<(payload: unknown) => void>>();
  const store = createStore<HostState>({ kind: 'starting' });
  const { getState } = store;
  let hasStarted = false;
  let isListening = false;
  let configuring: Promise<void> | null = null;
  let configuredAt = 0;
  let configuredFor = '';

  /** One configuration at a time, shared by all callers. */
  function configure(): Promise<void> {
    configuring ??= requestConfig().finally(() => {
      configuring = null;
    });
    return configuring;
  }

  async function requestConfig(): Promise<void> {
    const href = location.href;
    try {
      const answer = await zoomSdk.config({ capabilities: [...capabilities], version: '0.16', timeout: timeoutMs });
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

  /** After the first config and before any read. The SDK keeps its handlers across configurations. */
  function listen(): void {
    if (isListening) return;
    isListening = true;
    const handle = (event: SdkEventName) => (payload: unknown) => {
      for (const handler of [...(handlers.get(event) ?? [])]) runSafely(() => handler(payload));
    };
    // One function per event: the SDK removes a handler from all events, and one that throws stops the others.
    zoomSdk.onEngagementContextChange(handle('onEngagementContextChange'));
    zoomSdk.onEngagementStatusChange(handle('onEngagementStatusChange'));
    zoomSdk.onEngagementVariableValueChange(handle('onEngagementVariableValueChange'));
    zoomSdk.onRunningContextChange(() => void configure());
    setInterval(() => void configure(), renewAfterMs);
    for (const moved of ['popstate', 'hashchange']) addEventListener(moved, () => void configure());
  }

  async function call(name: Capability, send: () => Promise<unknown>): Promise<unknown> {
    // Timers stop while the computer sleeps and routers change the URL without an event: check both here too.
    if (clock() - configuredAt > renewAfterMs || location.href !== configuredFor) await configure();
    const state = getState();
    if (state.kind !== 'ready') throw new ZoomError('failed', 'Zoom has not answered yet');
    if (state.missing.includes(name)) throw new ZoomError('unsupported', `${name} is not in this client`);
    try {
      return await send();
    } catch (first) {
      const error = toZoomError(first);
      // A permanent denial would otherwise configure again and again.
      if (error.kind !== 'denied' || clock() - configuredAt < minRenewIntervalMs) throw error;
      await configure();
      return await send().catch((second: unknown) => {
        throw toZoomError(second);
      });
    }
  }

  function start(): void {
    if (hasStarted) return;
    hasStarted = true;
    // A foreign frame receives no request at all.
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
      // Never opens a script URL, even if the server let one pass.
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

/** Reports an error of a handler like an uncaught one, without stopping the others. */
function runSafely(run: () => void): void {
  try {
    run();
  } catch (error) {
    reportError(error);
  }
}
