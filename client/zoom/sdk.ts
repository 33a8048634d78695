import type { Apis } from '@zoom/appssdk';

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
export type ZoomCall = Extract<Capability, `get${string}`>;

export type HostState =
  | { kind: 'starting' }
  | { kind: 'outside' }
  | { kind: 'failed'; reason: 'timeout' | 'refused'; detail: string }
  | { kind: 'ready'; clientVersion: string; missing: readonly Capability[] };

/** Zoom's client (desktop or web) as the panel may use it. Every rejection is a `ZoomError`. */
export type ZoomHost = {
  /** Idempotent. */
  start(): void;
  /** Configures again after `failed` or `outside`. */
  retry(): void;
  getState(): HostState;
  /** A new `ready` is told after every configuration, for events may have been missed before it. */
  subscribe(listener: () => void): () => void;
  call(name: ZoomCall, options?: { engagementId: string }): Promise<unknown>;
  /** Payloads are as Zoom sent them: unchecked. */
  on(event: ZoomEvent, handler: (payload: unknown) => void): () => void;
  getAppContext(): Promise<string>;
  /** Fire and forget: Zoom tells nobody whether the page opened. */
  openUrl(url: string): void;
};

export function createZoomHost(): ZoomHost {
  throw new Error('not yet');
}
