import type { CustomerGroup, Link, Match } from '#contract/customers.ts';
import type { ViewGroups } from '#contract/view.ts';
import { toCard } from './card.ts';
import type { CardLayout } from './card-layout.ts';
import { evaluateLookup } from './evaluate-lookup.ts';
import type { LinkDecision } from './link-store.ts';
import type { LookupSnapshot } from './lookup.ts';
import { findCustomer, type MergedCustomer } from './merge.ts';
import type { StoredVerification } from './verification-store.ts';

/** The customer of an engagement, its candidates and the link between them; nothing masked. */
export type CustomerState = {
  match: Match;
  link: Link;
  customer: MergedCustomer | undefined;
  candidates: MergedCustomer[];
};

export type CustomerGroups = Pick<ViewGroups, 'customer' | 'sources'>;

type Shown = { layout: CardLayout; isPrefetched: boolean; countries: readonly string[] };

export function toGroup(
  { match, link, customer, candidates }: CustomerState,
  options: Shown & { verification: CustomerGroup['verification'] | undefined },
): CustomerGroup {
  const { layout, isPrefetched, countries, verification = null } = options;
  return {
    match,
    link,
    isPrefetched,
    card: customer ? toCard(customer, { layout, countries, isVerified: verification !== null }) : null,
    candidates: candidates.map((candidate) => toCard(candidate, { layout, countries })),
    verification,
  };
}

const groupsByMatch = new WeakMap<LookupSnapshot, Pick<Shown, 'layout' | 'countries'> & { groups: CustomerGroups }>();

/** Without decisions by agents the groups depend on the look-up and the layout alone; a snapshot never changes. */
export function composeByMatch(snapshot: LookupSnapshot, shown: Shown): CustomerGroups {
  const known = groupsByMatch.get(snapshot);
  if (known?.layout === shown.layout && known.countries === shown.countries) return known.groups;
  const { match, customers, sources } = evaluateLookup(snapshot, shown.countries);
  const state = toCustomerState(match, customers, toLink(undefined, match));
  const groups = { customer: toGroup(state, { ...shown, verification: null }), sources };
  groupsByMatch.set(snapshot, { layout: shown.layout, countries: shown.countries, groups });
  return groups;
}

export function toCustomerState(match: Match, customers: MergedCustomer[], link: Link): CustomerState {
  const customer = link.customerId === null ? undefined : findCustomer(customers, link.customerId);
  if (match.kind !== 'ambiguous' || customer) return { match, link, customer, candidates: [] };
  const ids = new Set(match.customerIds);
  return { match, link, customer, candidates: customers.filter(({ id }) => ids.has(id)) };
}

export function findVerification(
  stored: StoredVerification[],
  { records }: MergedCustomer,
): StoredVerification | undefined {
  return stored.find(({ customerId }) => records.some(({ id }) => id === customerId));
}

export function toLink(decision: LinkDecision | undefined, match: Match): Link {
  if (decision) return { customerId: decision.customerId, decidedBy: 'agent', canUndo: true };
  return { customerId: match.kind === 'matched' ? match.customerId : null, decidedBy: 'match', canUndo: false };
}
