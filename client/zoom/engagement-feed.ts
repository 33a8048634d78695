/*
 * What Zoom's client says about engagements, as immutable snapshots. One webview serves all of an agent's engagements
 * for a whole shift, and only the one in front (focused) is named by an event.
 *
 * - Handlers stand before the first read. Whichever names the engagement in front later wins: an event that comes while
 *   the question is open makes the answer a mere record.
 * - Every engagement has its own record. A read belongs to the engagement it was asked for, an event to the one it
 *   names; an answer that names another than was asked for is dropped.
 * - The server is asked (onObserved) about the focused engagement only: once its status is known and its variables are
 *   too or 80 ms have passed, so that a case number takes part in the first look-up; again when a fact that decides the
 *   match changes; and at once when a known engagement comes back to the front.
 * - The variable event names no engagement, so it only makes us read the focused one's variables again.
 * - An ended engagement leaves the open list at once but keeps its facts for five minutes, and as long as it is in
 *   front: Zoom hides the panel after the end, and a late transfer back or a last look must not find an empty card.
 */
import type { EngagementFacts } from '#contract/engagements.ts';
import { type FactRecord, fingerprintOf, mergeDifference, mergeRead, noFacts } from './merge-facts.ts';
import { type ParsedEngagement, parseContext, parseStatus, parseVariables } from './parse-engagement.ts';
import type { HostState, ZoomHost } from './sdk.ts';
import { toZoomError } from './zoom-error.ts';

export type ObservedEngagement = {
  engagementId: string;
  facts: EngagementFacts;
  /** `reading` until its whole status was read once. */
  reading: 'reading' | 'read' | 'failed';
  problem?: 'timeout' | 'refused';
};

export type FeedState = {
  host: HostState;
  focusedId: string | null;
  engagements: ReadonlyMap<string, ObservedEngagement>;
  /** Zoom did not say which engagement is in front; `retry` asks again. */
  problem: 'timeout' | 'refused' | null;
};

export type EngagementFeed = {
  /** Idempotent; also starts the host. */
  start(): void;
  /** The same object until something changes. */
  getState(): FeedState;
  subscribe(listener: () => void): () => void;
  /**
   * Told inside the SDK's own handler, when the engagement in front has facts worth asking the server about: first when
   * it is known well enough, then whenever it comes to the front again or a fact that decides the match changes.
   */
  onObserved(listener: (engagement: ObservedEngagement) => void): () => void;
  retry(): void;
};

/** What is open, ended ones left out, in the order first seen. */
export function openEngagements(state: FeedState): ObservedEngagement[] {
  return [...state.engagements.values()].filter((engagement) => engagement.facts.state !== 'end');
}

const waitForVariables = 80;
const keepEndedFor = 5 * 60_000;

/** What the feed remembers of an engagement beside what it shows. */
type Watched = {
  record: FactRecord;
  shown: ObservedEngagement;
  /** The variables were read, cannot be, or were waited for long enough. */
  hasWaited: boolean;
  isReadingVariables: boolean;
  /** Variables changed while they were being read. */
  mustReadVariablesAgain: boolean;
  /** Fingerprint of what the server was last asked with. */
  askedWith: string | null;
};

export function createEngagementFeed(host: ZoomHost, clock: () => number = Date.now): EngagementFeed {
  const watched = new Map<string, Watched>();
  const listeners = new Set<() => void>();
  const observers = new Set<(engagement: ObservedEngagement) => void>();
  let state: FeedState = { host: host.getState(), focusedId: null, engagements: new Map(), problem: null };
  let hasStarted = false;
  /** How often the focus was told; an answer to an older question does not move it. */
  let focusTurn = 0;

  function publish(change: Partial<FeedState>): void {
    state = { ...state, ...change };
    for (const listener of [...listeners]) listener();
  }

  function watch(engagementId: string): Watched {
    const known = watched.get(engagementId);
    if (known !== undefined) return known;
    const fresh: Watched = {
      record: noFacts,
      shown: { engagementId, facts: {}, reading: 'reading' },
      hasWaited: false,
      isReadingVariables: false,
      mustReadVariablesAgain: false,
      askedWith: null,
    };
    watched.set(engagementId, fresh);
    return fresh;
  }

  /** Publishes only what differs. */
  function show(one: Watched, record: FactRecord, reading?: Pick<ObservedEngagement, 'reading' | 'problem'>): void {
    one.record = record;
    const { engagementId, ...now } = one.shown;
    const isSame = record.facts === now.facts && (reading === undefined || reading.reading === now.reading);
    if (isSame && state.engagements.has(engagementId)) return;
    one.shown = { engagementId, ...(reading ?? now), facts: record.facts };
    publish({ engagements: new Map(state.engagements).set(engagementId, one.shown) });
    if (record.facts.state === 'end') setTimeout(() => forgetEnded(engagementId), keepEndedFor);
  }

  function forgetEnded(engagementId: string): void {
    const one = watched.get(engagementId);
    if (one?.record.facts.state !== 'end' || state.focusedId === engagementId) return;
    watched.delete(engagementId);
    const engagements = new Map(state.engagements);
    engagements.delete(engagementId);
    publish({ engagements });
  }

  function askIfWorthIt(one: Watched): void {
    const { facts, engagementId, reading } = one.shown;
    if (state.focusedId !== engagementId) return;
    const isKnown =
      reading === 'read' || facts.consumers !== undefined || (reading === 'failed' && facts.variables?.length);
    if (!isKnown || !one.hasWaited || one.askedWith === fingerprintOf(facts)) return;
    tell(one);
  }

  function tell(one: Watched): void {
    one.askedWith = fingerprintOf(one.shown.facts);
    for (const observer of [...observers]) observer(one.shown);
  }

  /** The engagement in front is this one now: show what is known of it at once, then read it (again). */
  function focus(engagementId: string): void {
    const before = state.focusedId;
    publish({ focusedId: engagementId, problem: null });
    const one = watch(engagementId);
    if (one.askedWith !== null) tell(one);
    if (before !== null && watched.get(before)?.record.facts.state === 'end') {
      setTimeout(() => forgetEnded(before), keepEndedFor);
    }
    readWhole(one);
  }

  function readWhole(one: Watched): void {
    if (one.shown.reading === 'failed') show(one, one.record, { reading: 'reading' });
    void readStatus(one);
    void readVariables(one);
    if (one.hasWaited) return;
    setTimeout(() => {
      one.hasWaited = true;
      askIfWorthIt(one);
    }, waitForVariables);
  }

  async function readStatus(one: Watched): Promise<void> {
    const { engagementId } = one.shown;
    const askedInTurn = one.record.turn;
    try {
      const answer = parseStatus(await host.read('getEngagementStatus', engagementId), clock());
      if (answer?.engagementId !== engagementId) throw new Error('the answer names another engagement, or none');
      show(one, mergeRead(one.record, answer.facts, askedInTurn), { reading: 'read' });
    } catch (error) {
      // What was read before stays true; only a first reading can fail for the eye.
      if (one.shown.reading !== 'read') show(one, one.record, { reading: 'failed', problem: problemOf(error) });
    }
    askIfWorthIt(one);
  }

  async function readVariables(one: Watched): Promise<void> {
    one.mustReadVariablesAgain = one.isReadingVariables;
    if (one.isReadingVariables) return;
    one.isReadingVariables = true;
    try {
      const variables = parseVariables(await host.read('getEngagementVariableValue', one.shown.engagementId));
      // Last asked, last answered: one read of an engagement's variables at a time.
      if (variables) show(one, mergeRead(one.record, { variables }, one.record.turn));
    } catch {
      // Variables are an extra: old clients and accounts that release none work without them.
    }
    one.isReadingVariables = false;
    one.hasWaited = true;
    askIfWorthIt(one);
    if (one.mustReadVariablesAgain) void readVariables(one);
  }

  function takeDifference(parsed: ParsedEngagement): Watched {
    const one = watch(parsed.engagementId);
    show(one, mergeDifference(one.record, parsed.facts, parsed.at));
    return one;
  }

  function handleContext(payload: unknown): void {
    const parsed = parseContext(payload, clock());
    if (parsed === null) return;
    focusTurn += 1;
    const one = takeDifference(parsed);
    // The same event again is no switch.
    if (state.focusedId !== parsed.engagementId) focus(parsed.engagementId);
    else askIfWorthIt(one);
  }

  function handleStatus(payload: unknown): void {
    const parsed = parseStatus(payload, clock());
    if (parsed === null) return;
    const one = takeDifference(parsed);
    // A new channel without its source leaves the old one's behind: only the whole status tells.
    const isHalfTold = parsed.facts.channel !== undefined && parsed.facts.source === undefined;
    if (isHalfTold && state.focusedId === parsed.engagementId) void readStatus(one);
    askIfWorthIt(one);
  }

  function handleVariables(): void {
    const one = state.focusedId === null ? undefined : watched.get(state.focusedId);
    if (one !== undefined) void readVariables(one);
  }

  async function readFocus(): Promise<void> {
    const askedInTurn = focusTurn;
    try {
      const answer = parseContext(await host.read('getEngagementContext'), clock());
      if (answer !== null)
        show(watch(answer.engagementId), mergeRead(watch(answer.engagementId).record, answer.facts, 0));
      if (focusTurn !== askedInTurn) return;
      if (answer !== null) focus(answer.engagementId);
      else publish({ focusedId: null, problem: null });
    } catch (error) {
      if (focusTurn !== askedInTurn) return;
      const { kind } = toZoomError(error);
      // Nothing in front is an answer. Otherwise what was in front before the question stays there.
      if (kind === 'outside-engagement') publish({ focusedId: null, problem: null });
      else if (state.focusedId === null && kind !== 'unsupported') publish({ problem: problemOf(error) });
    }
  }

  function handleHost(): void {
    publish({ host: host.getState() });
    if (state.host.kind === 'ready') void readFocus();
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
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onObserved(listener) {
      observers.add(listener);
      const one = state.focusedId === null ? undefined : watched.get(state.focusedId);
      if (one !== undefined && one.askedWith !== null) listener(one.shown);
      return () => observers.delete(listener);
    },
    retry() {
      if (state.host.kind === 'ready') void readFocus();
      else host.retry();
    },
  };
}

function problemOf(error: unknown): 'timeout' | 'refused' {
  return toZoomError(error).kind === 'timeout' ? 'timeout' : 'refused';
}
