import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Evidence } from '#contract/customers.ts';
import { decideMatch } from './match.ts';

function found(kind: Evidence['kind'], ids: string[], sharedBy = ids.length): Evidence {
  const hits = ids.map((customerId) => ({
    customerId,
    customerName: `Name of ${customerId}`,
    source: 'directory',
    stored: 'as written',
  }));
  return { kind, origin: 'flow', raw: 'raw', normalized: 'NORMALIZED', hits, sharedBy };
}

describe('customer match', () => {
  test('one customer › is matched by the deciding identifier', () => {
    expect(decideMatch([found('phone', ['C-1'])])).toMatchObject({
      kind: 'matched',
      customerId: 'C-1',
      rule: 'caller-id',
    });
    expect(decideMatch([found('case', ['C-1'])])).toMatchObject({ rule: 'case-number' });
    expect(decideMatch([found('email', ['C-1'])])).toMatchObject({ rule: 'email' });
  });

  test('two customers share the number › is ambiguous', () => {
    expect(decideMatch([found('phone', ['C-1', 'C-2'])])).toMatchObject({
      kind: 'ambiguous',
      customerIds: ['C-1', 'C-2'],
      sharedBy: 2,
    });
  });

  test('later identifier has one of them › stays ambiguous', () => {
    const match = decideMatch([found('phone', ['C-1', 'C-2']), found('email', ['C-2'])]);
    expect(match).toMatchObject({ kind: 'ambiguous', customerIds: ['C-1', 'C-2'] });
    expect(match.evidence.map((item) => item.disagrees)).toEqual([undefined, undefined]);
  });

  test('later identifier has another customer › the first decides, the later disagrees', () => {
    const match = decideMatch([
      found('case', []),
      found('phone', ['C-1']),
      found('email', ['C-2']),
      found('email', ['C-1']),
    ]);
    expect(match).toMatchObject({ kind: 'matched', customerId: 'C-1' });
    expect(match.evidence.map((item) => item.disagrees)).toEqual([undefined, undefined, true, undefined]);
  });

  test('some hits are not named › no disagreement is claimed', () => {
    const match = decideMatch([found('case', ['C-1']), found('phone', ['C-2', 'C-3'], 500)]);
    expect(match.evidence[1]).not.toHaveProperty('disagrees');
  });

  test('five hundred share the number › is ambiguous with ten named', () => {
    const ids = Array.from({ length: 10 }, (_, index) => `C-${index}`);
    expect(decideMatch([found('phone', ids, 500)])).toMatchObject({
      kind: 'ambiguous',
      customerIds: ids,
      sharedBy: 500,
    });
  });

  test('customer has the number twice › is one customer', () => {
    for (const sharedBy of [1, 2]) {
      const match = decideMatch([found('phone', ['C-1', 'C-1'], sharedBy)]);
      expect(match).toMatchObject({ kind: 'matched', customerId: 'C-1', evidence: [{ sharedBy: 1 }] });
      expect(match.evidence[0]?.hits).toHaveLength(1);
    }
  });

  test('no hit › is none, with the evidence', () => {
    const evidence = [found('phone', []), found('email', [])];
    expect(decideMatch(evidence)).toEqual({ kind: 'none', evidence });
    expect(decideMatch([])).toEqual({ kind: 'none', evidence: [] });
  });

  test('hits in any order › only a single customer of the first identifier is matched', () => {
    const ids = fc.array(fc.constantFrom('C-1', 'C-2', 'C-3'), { maxLength: 4 });
    const items = fc.array(
      fc.record({ kind: fc.constantFrom('case' as const, 'phone' as const, 'email' as const), ids }),
    );
    fc.assert(
      fc.property(items, (list) => {
        const match = decideMatch(list.map((item) => found(item.kind, item.ids)));
        const reversed = decideMatch(list.map((item) => found(item.kind, item.ids.toReversed())));
        const holders = new Set(list.find((item) => item.ids.length > 0)?.ids);
        expect(match.kind).toBe(holders.size === 0 ? 'none' : holders.size === 1 ? 'matched' : 'ambiguous');
        expect(reversed.kind).toBe(match.kind);
        if (match.kind === 'matched') expect([...holders]).toEqual([match.customerId]);
      }),
    );
  });
});
