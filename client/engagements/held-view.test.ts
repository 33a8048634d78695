import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CustomerCard, EngagementView } from '#contract/customers.ts';
import { type HeldView, receiveView, showOffered, showView } from './held-view.ts';

function card(id: string): CustomerCard {
  const source = { id: 'directory', label: 'Directory', fetchedAt: 0 };
  return { id, name: id, alerts: [], phones: [], emails: [], cases: [], interactions: [], details: [], source };
}

const base = { engagementId: 'E-1', customer: null, candidates: [] };
const nobodyLinked = { customerId: null, decidedBy: 'match', canUndo: false } as const;

const unknown: EngagementView = { ...base, match: { kind: 'none', evidence: [] }, link: nobodyLinked };
const silent: EngagementView = {
  ...base,
  match: { kind: 'unavailable', source: 'Directory', evidence: [] },
  link: nobodyLinked,
};
const matched = (id: string): EngagementView => ({
  ...base,
  match: { kind: 'matched', customerId: id, rule: 'caller-id', evidence: [] },
  link: { customerId: id, decidedBy: 'match', canUndo: false },
  customer: card(id),
});
const several = (...ids: string[]): EngagementView => ({
  ...base,
  match: { kind: 'ambiguous', customerIds: ids, sharedBy: ids.length, rule: 'caller-id', evidence: [] },
  link: nobodyLinked,
  candidates: ids.map(card),
});

test('a customer is never swapped by a later answer: another one is offered', () => {
  const held = receiveView(showView(matched('A')), matched('B'));
  expect(held.shown.customer?.id).toBe('A');
  expect(held.offered?.customer?.id).toBe('B');
  expect(showOffered(held)).toEqual(showView(matched('B')));
});

test('the same customer is refreshed, and an offer that no longer holds is withdrawn', () => {
  const offered = receiveView(showView(matched('A')), matched('B'));
  const fresh = { ...matched('A'), customer: { ...card('A'), alerts: ['Complaint open'] } };
  const held = receiveView(offered, fresh);
  expect(held.shown).toBe(fresh);
  expect(held.offered).toBeNull();
});

test('candidates are not exchanged under the agent’s finger', () => {
  expect(receiveView(showView(several('A', 'B')), several('B', 'A')).shown).toEqual(several('A', 'B'));
  expect(receiveView(showView(several('A', 'B')), matched('A')).offered).toEqual(matched('A'));
});

test('with nobody shown, whoever is found is shown at once, unless the agent has begun to search', () => {
  expect(receiveView(showView(unknown), matched('A')).shown).toEqual(matched('A'));
  expect(receiveView({ ...showView(unknown), isSearching: true }, several('A', 'B')).shown).toEqual(unknown);
});

test('a source that did not answer takes no customer away', () => {
  const held = receiveView(showView(matched('A')), silent);
  expect(held.shown).toEqual(matched('A'));
  expect(held.silentSource).toBe('Directory');
  expect(receiveView(held, matched('A')).silentSource).toBeNull();
});

test('whatever answers come, a shown customer or choice stays until the agent acts', () => {
  const answers = fc.constantFrom(unknown, silent, matched('A'), matched('B'), several('A', 'B'), several('A', 'C'));
  fc.assert(
    fc.property(fc.array(answers), (history) => {
      let held: HeldView | undefined;
      for (const answer of history) {
        const before = held?.shown;
        held = receiveView(held, answer);
        if (before?.customer) expect(held.shown.customer?.id).toBe(before.customer.id);
        if (before?.candidates.length) expect(held.shown.candidates).toEqual(before.candidates);
      }
    }),
  );
});
