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
 * Every other group of the view, and how the sources stand, takes nothing away, so it is always the newest.
 *
 * A view that the stream pushes may have been composed before what is held: on its way it is overtaken by the answer to a
 * decision or a question of ours. Views carry no time, but `takesBack` sees what such a one would undo.
 */
import type { CustomerCard, CustomerGroup } from '#contract/customers.ts';
import type { EngagementView } from '#contract/view.ts';

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
  if (isSameFace(answer.customer, held.shown.customer)) {
    const { card } = held.shown.customer;
    const isPartial = isComing(answer.customer) && !isComing(held.shown.customer);
    const shown = isPartial ? { ...answer, customer: { ...answer.customer, card } } : answer;
    return { ...held, shown, offered: null, silentSource: null };
  }
  if (!isInHand(held)) return showView(answer);
  const { match, card, sources } = answer.customer;
  const shown = { ...answer, customer: { ...held.shown.customer, sources } };
  if (match.kind === 'unavailable' && card === null) {
    const silent = sources.filter(({ state }) => !['asking', 'found', 'not-found'].includes(state));
    return { ...held, shown, silentSource: silent.map(({ label }) => label).join(', ') };
  }
  return { ...held, shown, offered: answer, silentSource: null };
}

/** Another link than the agent decided on or was offered since, or fewer lines of the same history, which only grows. */
export function takesBack(pushed: EngagementView, { shown, offered }: HeldView, hasDecided: boolean): boolean {
  const isKnownLink = [shown, offered].some(
    (view) => JSON.stringify(view?.customer.link) === JSON.stringify(pushed.customer.link),
  );
  if (hasDecided && !isKnownLink) return true;
  const known = new Set(shown.engagement.record.timeline.map((entry) => entry.id));
  const { timeline } = pushed.engagement.record;
  return timeline.length < known.size && timeline.every((entry) => known.has(entry.id));
}

export function showView(view: EngagementView): HeldView {
  return { shown: view, offered: null, silentSource: null, isSearching: false };
}

export function showOffered(held: HeldView): HeldView {
  return held.offered === null ? held : showView(held.offered);
}

function isInHand(held: HeldView): boolean {
  return held.isSearching || held.shown.customer.card !== null || held.shown.customer.candidates.length > 0;
}

/**
 * Whether the agent sees the same people: then two views may replace each other unasked. A card that has grown by what
 * another source tells of the same person is the same.
 */
function isSameFace(one: CustomerGroup, other: CustomerGroup): boolean {
  if (one.card !== null && other.card !== null) return isSamePerson(one.card, other.card);
  if (one.card !== null || other.card !== null) return false;
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
function isComing({ card }: CustomerGroup): boolean {
  return card?.records.some(({ missing }) => missing.some(({ state }) => state === 'asking')) === true;
}

/** Nobody is found yet, and somebody is still asked: no card, and no "unknown" either. */
export function isStillLooking({ customer: { card, candidates, match, link, sources } }: EngagementView): boolean {
  const isOpen = card === null && candidates.length === 0 && link.decidedBy === 'match' && match.kind === 'none';
  return isOpen && sources.some(({ state }) => state === 'asking');
}
