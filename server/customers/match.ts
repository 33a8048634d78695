/**
 * Decides which customer the engagement is with.
 *
 * The identifiers come in the order of `listIdentifiers`. The first with a hit decides, alone:
 *   - one customer → `matched`, except by a consumer id, which no source holds: agents linked it before;
 *   - several, or one by a consumer id → `ambiguous`. None is preferred, by age, by a later identifier or by its
 *     source: an agent chooses.
 *   - no identifier has a hit → `none`.
 * A customer with the same number twice, or in two sources, is one customer.
 *
 * A later identifier with hits, but none on a customer of the deciding one, `disagrees`: the agent sees it, nothing
 * else follows. Hits are named only up to a limit; where some are unnamed, disagreement is not claimed.
 */
import type { Evidence, Hit, Match, MatchRule } from '#contract/customers.ts';

const ruleOf = {
  case: 'case-number',
  account: 'account-number',
  phone: 'caller-id',
  email: 'email',
  consumer: 'seen-before',
} as const satisfies Record<Evidence['kind'], MatchRule>;

export function decideMatch(identifiers: Evidence[]): Match {
  const evidence = identifiers.map(countCustomers);
  const deciding = evidence.find((item) => item.hits.length > 0);
  const [first] = deciding?.hits ?? [];
  if (!deciding || !first) return { kind: 'none', evidence };

  const compared = evidence.map((item) => (contradicts(item, deciding) ? { ...item, disagrees: true } : item));
  const rule = ruleOf[deciding.kind];
  if (deciding.sharedBy === 1 && rule !== 'seen-before')
    return { kind: 'matched', customerId: first.customerId, rule, evidence: compared };
  return {
    kind: 'ambiguous',
    customerIds: listIds(deciding.hits),
    sharedBy: deciding.sharedBy,
    rule,
    evidence: compared,
  };
}

/** One hit per customer and source. `sharedBy` may count stored forms; when every hit is named, it counts customers. */
function countCustomers(item: Evidence): Evidence {
  const distinct = new Map<string, Hit>();
  for (const hit of item.hits) {
    const key = JSON.stringify([hit.source, hit.customerId]);
    if (!distinct.has(key)) distinct.set(key, hit);
  }
  const hits = [...distinct.values()];
  return { ...item, hits, sharedBy: item.hits.length >= item.sharedBy ? listIds(hits).length : item.sharedBy };
}

function listIds(hits: Hit[]): string[] {
  return [...new Set(hits.map(({ customerId }) => customerId))];
}

function contradicts(item: Evidence, deciding: Evidence): boolean {
  const isFullyNamed = [item, deciding].every(({ hits, sharedBy }) => listIds(hits).length === sharedBy);
  if (item.hits.length === 0 || !isFullyNamed) return false;
  return !item.hits.some((hit) => deciding.hits.some((decided) => decided.customerId === hit.customerId));
}
