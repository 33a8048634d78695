import type { CustomerGroup } from '#contract/customers.ts';

/** `records`: the ids of all records of a merged customer, sorted; undefined where there is no other. */
type ShownCustomer = { customerId: string; records?: string[] };

const known = new WeakMap<CustomerGroup, ShownCustomer[]>();

/**
 * The customers whose names a view shows: of the card, the candidates, and the hits of the evidence that are no record
 * of these. A group never changes, and one group serves many views.
 */
export function listShownCustomers(customer: CustomerGroup): ShownCustomer[] {
  const listed = known.get(customer) ?? list(customer);
  known.set(customer, listed);
  return listed;
}

function list({ card, candidates, match }: CustomerGroup): ShownCustomer[] {
  const shown = new Map<string, ShownCustomer>();
  const recordIds = new Set<string>();
  for (const { id, records } of card ? [card, ...candidates] : candidates) {
    const ids = records.map((record) => record.id).sort();
    for (const recordId of ids) recordIds.add(recordId);
    shown.set(id, { customerId: id, ...(ids.length > 1 && { records: ids }) });
  }
  for (const { customerId } of match.evidence.flatMap(({ hits }) => hits)) {
    if (!recordIds.has(customerId) && !shown.has(customerId)) shown.set(customerId, { customerId });
  }
  return [...shown.values()];
}
