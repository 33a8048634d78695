/*
 * What the panel shows of an engagement, and what it has been offered since.
 *
 * An answer of the server becomes what is shown at once, unless the agent has something in hand that it would take
 * away: a customer, the choice between candidates, or a search begun for want of a customer. Then the newer answer is
 * held as `offered` until the agent asks for it. What the agent decided replaces everything, for the agent did it.
 *
 *   nothing yet, unknown    → any answer is shown
 *   unknown, searching      → the same is refreshed, another is offered
 *   customer or candidates  → the same is refreshed, another is offered, a source that did not answer is only remarked
 *
 * What happened to the engagement (its record, facts and past) and how the sources stand takes nothing away, so it is
 * always the newest.
 *
 * A view that the stream pushes may have been composed before what is held: on its way it is overtaken by the answer to a
 * decision or a question of ours. Views carry no time, but `takesBack` sees what such a one would undo.
 */
import type { CustomerCard, EngagementView } from '#contract/customers.ts';

export type HeldView = {
  shown: EngagementView;
  /** Newer and about somebody else. */
  offered: EngagementView | null;
  /** The sources that did not answer the last time, while `shown` is from before. */
  silentSource: string | null;
  /** The agent has begun to search. */
  isSearching: boolean;
};

export function receiveView(held: HeldView | undefined, answer: EngagementView): HeldView {
  if (held === undefined) return showView(answer);
  if (isSameFace(answer, held.shown)) {
    const shown = isComing(answer) && !isComing(held.shown) ? { ...answer, customer: held.shown.customer } : answer;
    return { ...held, shown, offered: null, silentSource: null };
  }
  if (!isInHand(held)) return showView(answer);
  const { record, facts, past, sources } = answer;
  const shown = { ...held.shown, record, facts, past, sources };
  if (answer.match.kind === 'unavailable' && answer.customer === null) {
    const silent = sources.filter(({ state }) => !['asking', 'found', 'not-found'].includes(state));
    return { ...held, shown, silentSource: silent.map(({ label }) => label).join(', ') };
  }
  return { ...held, shown, offered: answer, silentSource: null };
}

/** Another link than the agent decided on or was offered since, or fewer lines of the same history, which only grows. */
export function takesBack(pushed: EngagementView, { shown, offered }: HeldView, hasDecided: boolean): boolean {
  const isKnownLink = [shown, offered].some((view) => JSON.stringify(view?.link) === JSON.stringify(pushed.link));
  if (hasDecided && !isKnownLink) return true;
  const known = new Set(shown.record.timeline.map((entry) => entry.id));
  const { timeline } = pushed.record;
  return timeline.length < known.size && timeline.every((entry) => known.has(entry.id));
}

export function showView(view: EngagementView): HeldView {
  return { shown: view, offered: null, silentSource: null, isSearching: false };
}

export function showOffered(held: HeldView): HeldView {
  return held.offered === null ? held : showView(held.offered);
}

function isInHand(held: HeldView): boolean {
  return held.isSearching || held.shown.customer !== null || held.shown.candidates.length > 0;
}

/**
 * Whether the agent sees the same people: then two views may replace each other unasked. A card that has grown by what
 * another source tells of the same person is the same.
 */
function isSameFace(one: EngagementView, other: EngagementView): boolean {
  if (one.customer !== null && other.customer !== null) return isSamePerson(one.customer, other.customer);
  if (one.customer !== null || other.customer !== null) return false;
  if (one.candidates.length !== other.candidates.length) return false;
  if (one.candidates.length > 0) {
    // In the same places: the keys 1–9 name places.
    return one.candidates.every((card, at) => isSamePerson(card, other.candidates[at]));
  }
  return (one.match.kind === 'unavailable') === (other.match.kind === 'unavailable');
}

function isSamePerson(one: CustomerCard, other: CustomerCard | undefined): boolean {
  return one.records.some(({ id }) => other?.records.some((record) => record.id === id) === true);
}

/** The customer's records are still being read: what was read before stays until then. */
function isComing({ customer }: EngagementView): boolean {
  return customer?.records.some(({ missing }) => missing.some(({ state }) => state === 'asking')) === true;
}

/** Nobody is found yet, and somebody is still asked: no card, and no "unknown" either. */
export function isStillLooking({ customer, candidates, match, link, sources }: EngagementView): boolean {
  const isOpen = customer === null && candidates.length === 0 && link.decidedBy === 'match' && match.kind === 'none';
  return isOpen && sources.some(({ state }) => state === 'asking');
}
