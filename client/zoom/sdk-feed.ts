/*
 * Implements the engagement feed with the Zoom Apps SDK. One webview serves all of an agent's engagements for a whole
 * shift; an event names only the one in front (focused).
 *
 * - Handlers are registered before the first read. If an event arrives while the focus is being read, the event wins.
 * - Two switches within a second may arrive in either order, and their timestamps are whole seconds: the focus is read
 *   again once they are over.
 * - Every engagement has its own record. A read belongs to the engagement it was made for; an answer that names another
 *   counts as a failed read.
 * - onObserved fires for the focused engagement only: once its status is known and its variables are known or 80 ms
 *   have passed, so that a case number takes part in the first look-up; again when a fact that decides the match
 *   changes; and at once when a known engagement returns to the front.
 * - The variable event names no engagement, so it only triggers a new read of the focused one's variables.
 * - An ended engagement leaves the open list at once; its facts stay for five minutes and while it is in front, because
 *   Zoom hides the panel after the end and a transfer may bring it back.
 */
import type {
  EngagementFeed,
  FeedHost,
  FeedProblem,
  FeedState,
  ObservedEngagement,
} from '../engagements/engagement-feed.ts';
import { createStore } from '../store/create-store.ts';
import { emptyRecord, type FactRecord, fingerprintOf, mergeAnswer, mergeChange } from './merge-facts.ts';
import { type ParsedEngagement, parseContext, parseStatus, parseVariables } from './parse-engagement.ts';
import type { Capability, HostState, ZoomHost } from './sdk.ts';
import { toZoomError } from './zoom-error.ts';

/** ms */
const variablesTimeout = 80;
const reorderWindow = 1_000;
const switchesSettle = 300;
const endedRetention = 5 * 60_000;

/** One engagement as this file tracks it; `shown` is what subscribers see. */
type Tracked = {
  record: FactRecord;
  shown: ObservedEngagement;
  /** The variables were read, cannot be read, or the time-out is over. */
  isVariablesWaitOver: boolean;
  isReadingVariables: boolean;
  /** Variables changed while they were being read. */
  mustReadVariablesAgain: boolean;
  /** Fingerprint of the facts of the last onObserved. */
  lastFingerprint: string | null;
};

export function createSdkFeed(host: ZoomHost, clock: () => number = Date.now): EngagementFeed {
  const tracked = new Map<string, Tracked>();
  const observers = new Set<(engagement: ObservedEngagement) => void>();
  const store = createStore<FeedState>({
    host: toFeedHost(host.getState()),
    focusedId: null,
    engagements: new Map(),
    problem: null,
  });
  const { getState } = store;
  let hasStarted = false;
  /** Number of focus events so far. A read that began before the newest event does not change the focus. */
  let focusVersion = 0;
  /** Of the newest focus event, ms UTC. */
  let focusEventAt = 0;
  let confirmation: ReturnType<typeof setTimeout> | undefined;

  const publish = (change: Partial<FeedState>) => store.setState({ ...getState(), ...change });

  function track(engagementId: string): Tracked {
    const known = tracked.get(engagementId);
    if (known !== undefined) return known;
    const fresh: Tracked = {
      record: emptyRecord,
      shown: { engagementId, facts: {}, status: 'loading' },
      isVariablesWaitOver: false,
      isReadingVariables: false,
      mustReadVariablesAgain: false,
      lastFingerprint: null,
    };
    tracked.set(engagementId, fresh);
    return fresh;
  }

  /** Publishes only if the facts or the status changed. */
  function show(entry: Tracked, record: FactRecord, update?: Pick<ObservedEngagement, 'status' | 'problem'>): void {
    entry.record = record;
    const { engagementId, ...now } = entry.shown;
    const isSame = record.facts === now.facts && (update === undefined || update.status === now.status);
    if (isSame && getState().engagements.has(engagementId)) return;
    entry.shown = { engagementId, ...(update ?? now), facts: record.facts };
    publish({ engagements: new Map(getState().engagements).set(engagementId, entry.shown) });
    if (record.facts.state === 'end') setTimeout(() => forgetEnded(engagementId), endedRetention);
  }

  function forgetEnded(engagementId: string): void {
    const entry = tracked.get(engagementId);
    if (entry?.record.facts.state !== 'end' || getState().focusedId === engagementId) return;
    tracked.delete(engagementId);
    const engagements = new Map(getState().engagements);
    engagements.delete(engagementId);
    publish({ engagements });
  }

  function notifyIfChanged(entry: Tracked): void {
    const { facts, engagementId, status } = entry.shown;
    if (getState().focusedId !== engagementId) return;
    const isKnown =
      status === 'loaded' || facts.consumers !== undefined || (status === 'failed' && facts.variables?.length);
    if (!isKnown || !entry.isVariablesWaitOver || entry.lastFingerprint === fingerprintOf(facts)) return;
    notifyObservers(entry);
  }

  function notifyObservers(entry: Tracked): void {
    entry.lastFingerprint = fingerprintOf(entry.shown.facts);
    for (const observer of [...observers]) observer(entry.shown);
  }

  /** Shows what is known of the new focus at once, then reads it again. */
  function focus(engagementId: string): void {
    const before = getState().focusedId;
    publish({ focusedId: engagementId, problem: null });
    const entry = track(engagementId);
    if (before !== engagementId && entry.lastFingerprint !== null) notifyObservers(entry);
    if (before !== null && tracked.get(before)?.record.facts.state === 'end') {
      setTimeout(() => forgetEnded(before), endedRetention);
    }
    readStatusAndVariables(entry);
  }

  function readStatusAndVariables(entry: Tracked): void {
    if (entry.shown.status === 'failed') show(entry, entry.record, { status: 'loading' });
    void readStatus(entry);
    void readVariables(entry);
    if (entry.isVariablesWaitOver) return;
    setTimeout(() => {
      entry.isVariablesWaitOver = true;
      notifyIfChanged(entry);
    }, variablesTimeout);
  }

  async function readStatus(entry: Tracked): Promise<void> {
    const { engagementId } = entry.shown;
    const versionAtStart = entry.record.version;
    try {
      const answer = parseStatus(await host.read('getEngagementStatus', engagementId), clock());
      if (answer?.engagementId !== engagementId) throw new Error('the answer names another engagement, or none');
      show(entry, mergeAnswer(entry.record, answer.facts, versionAtStart), { status: 'loaded' });
    } catch (error) {
      // An earlier read stays valid; only a failed first read is shown.
      if (entry.shown.status !== 'loaded') show(entry, entry.record, { status: 'failed', problem: problemOf(error) });
    }
    notifyIfChanged(entry);
  }

  async function readVariables(entry: Tracked): Promise<void> {
    entry.mustReadVariablesAgain = entry.isReadingVariables;
    if (entry.isReadingVariables) return;
    entry.isReadingVariables = true;
    try {
      const variables = parseVariables(await host.read('getEngagementVariableValue', entry.shown.engagementId));
      // Reads of one engagement's variables never overlap, so the last answer is the newest.
      if (variables) show(entry, mergeAnswer(entry.record, { variables }, entry.record.version));
    } catch {
      // Variables are optional: old clients and accounts that share none work without them.
    }
    entry.isReadingVariables = false;
    entry.isVariablesWaitOver = true;
    notifyIfChanged(entry);
    if (entry.mustReadVariablesAgain) void readVariables(entry);
  }

  function applyChange(parsed: ParsedEngagement): Tracked {
    const entry = track(parsed.engagementId);
    show(entry, mergeChange(entry.record, parsed.facts, parsed.at));
    return entry;
  }

  function handleContext(payload: unknown): void {
    const now = clock();
    const parsed = parseContext(payload, now);
    if (parsed === null) return;
    focusVersion += 1;
    const mayBeReordered = now - focusEventAt < reorderWindow;
    focusEventAt = now;
    const entry = applyChange(parsed);
    // A repeated event is not a switch.
    if (getState().focusedId === parsed.engagementId) notifyIfChanged(entry);
    else {
      focus(parsed.engagementId);
      clearTimeout(confirmation);
      if (mayBeReordered) confirmation = setTimeout(readFocus, switchesSettle);
    }
  }

  function handleStatus(payload: unknown): void {
    const parsed = parseStatus(payload, clock());
    if (parsed === null) return;
    const entry = applyChange(parsed);
    // A new channel without a source would keep the old source: read the whole status.
    const isPartial = parsed.facts.channel !== undefined && parsed.facts.source === undefined;
    if (isPartial && getState().focusedId === parsed.engagementId) void readStatus(entry);
    notifyIfChanged(entry);
  }

  function handleVariables(): void {
    const entry = tracked.get(getState().focusedId ?? '');
    if (entry !== undefined) void readVariables(entry);
  }

  async function readFocus(): Promise<void> {
    const versionAtStart = focusVersion;
    try {
      const answer = parseContext(await host.read('getEngagementContext'), clock());
      if (answer !== null)
        show(track(answer.engagementId), mergeAnswer(track(answer.engagementId).record, answer.facts, 0));
      if (focusVersion !== versionAtStart) return;
      if (answer !== null) focus(answer.engagementId);
      else publish({ focusedId: null, problem: null });
    } catch (error) {
      if (focusVersion !== versionAtStart) return;
      const { kind } = toZoomError(error);
      // No engagement in front is a valid answer. After any other failure the focus stays.
      if (kind === 'outside-engagement') publish({ focusedId: null, problem: null });
      else if (getState().focusedId === null && kind !== 'unsupported') publish({ problem: problemOf(error) });
    }
  }

  function handleHost(): void {
    publish({ host: toFeedHost(host.getState()) });
    if (getState().host.kind === 'ready') void readFocus();
  }

  return {
    start() {
      if (hasStarted) return;
      hasStarted = true;
      host.on('onEngagementContextChange', handleContext);
      host.on('onEngagementStatusChange', handleStatus);
      host.on('onEngagementVariableValueChange', handleVariables);
      host.subscribe(handleHost);
      host.start();
    },
    getState,
    subscribe: store.subscribe,
    onObserved(listener) {
      observers.add(listener);
      const entry = tracked.get(getState().focusedId ?? '');
      if (entry !== undefined && entry.lastFingerprint !== null) listener(entry.shown);
      return () => observers.delete(listener);
    },
    retry() {
      if (getState().host.kind === 'ready') void readFocus();
      else host.retry();
    },
  };
}

const engagementCalls = ['getEngagementContext', 'getEngagementStatus'] as const satisfies Capability[];
const variableCalls = ['getEngagementVariableValue', 'onEngagementVariableValueChange'] as const satisfies Capability[];

/** Clients before 6.0.0, and Zoom in an ordinary browser, support none of the engagement calls. */
function toFeedHost(state: HostState): FeedHost {
  if (state.kind === 'failed') return { kind: 'failed', reason: state.reason };
  if (state.kind !== 'ready') return state;
  const supports = (calls: readonly Capability[]) => !calls.some((call) => state.missing.includes(call));
  const features = { focus: supports(engagementCalls), variables: supports(variableCalls) };
  return { kind: 'ready', clientVersion: state.clientVersion, features };
}

function problemOf(error: unknown): FeedProblem {
  return toZoomError(error).kind === 'timeout' ? 'timeout' : 'refused';
}
