/*
 * The view that the panel shows of an engagement, and a newer customer that it offers.
 *
 * A newer view never takes away what the agent works with: a customer, a choice between candidates, or a search. The
 * newer view is then stored as `offered` until the agent accepts. A decision of the agent replaces everything.
 *
 *   nothing yet, unknown    → any view is shown
 *   unknown, searching      → the same result is replaced, another is offered
 *   customer or candidates  → the same customer is replaced, another is offered; a failed source is only noted, and an
 *                             earlier offer stays
 *
 * All other groups of `shown` are always the newest. A customer group whose records have all been read stays until
 * those of the newer one have been, unless the link or the verification changed.
 *
 * A pushed view may be older than the cached one: the answer to a decision or a request can overtake it. Views carry no
 * time; `isOutdated` recognizes one by what it would undo.
 */
import type { CustomerCard, CustomerGroup } from '#contract/customers.ts';
import type { EngagementView } from '#contract/view.ts';

export type CachedView = {
  shown: EngagementView;
  /** A newer view with another customer. */
  offered: EngagementView | null;
  /** The labels of the sources that failed, while `shown` is older. */
  failedSourceLabels: string | null;
  /** The agent is searching. */
  isSearching: boolean;
};

export function receiveView(cached: CachedView | undefined, answer: EngagementView): CachedView {
  if (cached === undefined) return showView(answer);
  if (showsSameCustomers(answer.customer, cached.shown.customer)) {
    const { customer } = cached.shown;
    const isReadAgain =
      isPartial(answer.customer) && !isPartial(customer) && hasSameDecisions(answer.customer, customer);
    const shown = isReadAgain ? { ...answer, customer } : answer;
    return { ...cached, shown, offered: null, failedSourceLabels: null };
  }
  if (!isInUse(cached)) return showView(answer);
  const { match, card } = answer.customer;
  const shown = { ...answer, customer: cached.shown.customer };
  if (match.kind === 'unavailable' && card === null) {
    const failed = answer.sources.filter(({ state }) => !['pending', 'found', 'not-found'].includes(state));
    return { ...cached, shown, failedSourceLabels: failed.map(({ label }) => label).join(', ') };
  }
  return { ...cached, shown, offered: answer, failedSourceLabels: null };
}

/** The view has another link than the agent decided on or was offered, or a shorter timeline, which only grows. */
export function isOutdated(pushed: EngagementView, { shown, offered }: CachedView, hasDecided: boolean): boolean {
  const isKnownLink = [shown, offered].some((view) => isEqual(view?.customer.link, pushed.customer.link));
  if (hasDecided && !isKnownLink) return true;
  const known = new Set(shown.engagement.record.timeline.map((entry) => entry.id));
  const { timeline } = pushed.engagement.record;
  return timeline.length < known.size && timeline.every((entry) => known.has(entry.id));
}

export function showView(view: EngagementView): CachedView {
  return { shown: view, offered: null, failedSourceLabels: null, isSearching: false };
}

/** The offered customer, among groups that may be newer than the offer. */
export function showOffered(cached: CachedView): CachedView {
  const { shown, offered, failedSourceLabels } = cached;
  if (offered === null) return cached;
  return { ...showView({ ...shown, customer: offered.customer }), failedSourceLabels };
}

function isInUse(cached: CachedView): boolean {
  return cached.isSearching || cached.shown.customer.card !== null || cached.shown.customer.candidates.length > 0;
}

/** Two such views may replace each other. A card that gained a record of another source is the same customer. */
function showsSameCustomers(one: CustomerGroup, other: CustomerGroup): boolean {
  if (one.card !== null && other.card !== null) return isSameCustomer(one.card, other.card);
  if (one.card !== null || other.card !== null) return false;
  if (one.candidates.length !== other.candidates.length) return false;
  if (one.candidates.length > 0) {
    // In the same order: the keys 1–9 select by position.
    return one.candidates.every((card, index) => isSameCustomer(card, other.candidates[index]));
  }
  return (one.match.kind === 'unavailable') === (other.match.kind === 'unavailable');
}

function isSameCustomer(one: CustomerCard, other: CustomerCard | undefined): boolean {
  return one.records.some(({ id }) => other?.records.some((record) => record.id === id) === true);
}

/** Records of the customer are still being read. */
function isPartial({ card }: CustomerGroup): boolean {
  return card?.records.some(({ missing }) => missing.some(({ state }) => state === 'pending')) === true;
}

function hasSameDecisions(one: CustomerGroup, other: CustomerGroup): boolean {
  return isEqual(one.link, other.link) && isEqual(one.verification, other.verification);
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** No match so far, while a source is pending: neither a card nor "unknown" is shown, unless the agent searches. */
export function isStillLooking({ shown: { customer, sources }, isSearching }: CachedView): boolean {
  if (isSearching) return false;
  const { card, candidates, match, link } = customer;
  const isOpen = card === null && candidates.length === 0 && link.decidedBy === 'match' && match.kind === 'none';
  return isOpen && sources.some(({ state }) => state === 'pending');
}
