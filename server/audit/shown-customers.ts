import type { CustomerGroup } from '#contract/customers.ts';

const known = new WeakMap<CustomerGroup, string[]>();

/**
 * The ids of the customers whose names a view shows: of the card, the candidates, and the hits of the evidence that are
 * no record of these. A group never changes, and one group serves many views.
 */
export function listShownCustomers(customer: CustomerGroup): string[] {
  const listed = known.get(customer) ?? list(customer);
  known.set(customer, listed);
  return listed;
}

function list({ card, candidates, match }: CustomerGroup): string[] {
  const cards = card ? [card, ...candidates] : candidates;
  const recordIds = new Set(cards.flatMap(({ records }) => records.map(({ id }) => id)));
  const hits = match.evidence.flatMap((evidence) => evidence.hits.map(({ customerId }) => customerId));
  return [...new Set([...cards.map(({ id }) => id), ...hits.filter((id) => !recordIds.has(id))])];
}
