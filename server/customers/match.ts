/**
 * Who the engagement is with.
 *
 * The identifiers come in the order of `listIdentifiers`. The first that met at least one customer decides, alone:
 *   - it met exactly one customer → `matched`;
 *   - it met several → `ambiguous`. Nobody is preferred, neither the oldest nor the newest nor the one whom a later
 *     identifier would favour, nor the one of a source that comes first: an agent asks, and links.
 *   - none met anybody → `none`.
 * A customer who holds the same number twice, or stands in two sources, is one customer.
 *
 * A later identifier that met customers, but nobody whom the deciding one met, `disagrees`; the agent is told, nothing
 * else follows from it. Hits are named only up to a limit: where some are unnamed, the right one may be among them,
 * and nothing is claimed.
 */
import type { Evidence, Hit, Match, MatchRule } from '#contract/customers.ts';

const ruleOf: Record<Evidence['kind'], MatchRule> = {
  case: 'case-number',
  account: 'account-number',
  phone: 'caller-id',
  email: 'email',
  consumer: 'seen-before',
};

export function decideMatch(found: Evidence[]): Match {
  const evidence = found.map(countCustomers);
  const deciding = evidence.find((item) => item.hits.length > 0);
  const [first] = deciding?.hits ?? [];
  if (!deciding || !first) return { kind: 'none', evidence };

  const judged = evidence.map((item) => (contradicts(item, deciding) ? { ...item, disagrees: true } : item));
  const rule = ruleOf[deciding.kind];
  if (deciding.sharedBy === 1) return { kind: 'matched', customerId: first.customerId, rule, evidence: judged };
  return {
    kind: 'ambiguous',
    customerIds: listIds(deciding.hits),
    sharedBy: deciding.sharedBy,
    rule,
    evidence: judged,
  };
}

/** One hit a customer and source. `sharedBy` may count stored forms; when every hit is named, customers are counted. */
function countCustomers(item: Evidence): Evidence {
  const distinct = new Map<string, Hit>();
  for (const hit of item.hits) {
    const key = `${hit.source} ${hit.customerId}`;
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
