import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fakeCard, fakeEntry, fakeRecord, fakeView, matchedView } from './fake-view.ts';
import { type HeldView, isOutdated, isStillLooking, receiveView, showOffered, showView } from './held-view.ts';

const unknown = fakeView();
const silent = fakeView({
  match: { kind: 'unavailable', evidence: [] },
  sources: [{ id: 'directory', label: 'Directory', state: 'unavailable', fetchedAt: null }],
});
const matched = (id: string) => matchedView(id);
const several = (...ids: string[]) =>
  fakeView({
    match: { kind: 'ambiguous', customerIds: ids, sharedBy: ids.length, rule: 'caller-id', evidence: [] },
    candidates: ids.map((id) => fakeCard(id)),
  });

test('a customer is never swapped by a later answer: another one is offered', () => {
  const held = receiveView(showView(matched('A')), matched('B'));
  expect(held.shown.customer.card?.id).toBe('A');
  expect(held.offered?.customer.card?.id).toBe('B');
  expect(showOffered(held)).toEqual(showView(matched('B')));
});

test('the same customer is refreshed, and an offer that no longer holds is withdrawn', () => {
  const offered = receiveView(showView(matched('A')), matched('B'));
  const fresh = matchedView('A', { card: fakeCard('A', { alerts: ['Complaint open'] }) });
  const held = receiveView(offered, fresh);
  expect(held.shown).toBe(fresh);
  expect(held.offered).toBeNull();
});

test('a whole card does not shrink to a name while it is being read anew', () => {
  const source = { id: 'crm', label: 'CRM', fetchedAt: 0 };
  const card = (missing: { part: 'cases'; state: 'asking' | 'unavailable' }[]) =>
    matchedView('A', { card: fakeCard('A', { records: [{ id: 'A', source, missing }] }) });
  const whole = card([]);
  const name = card([{ part: 'cases', state: 'asking' }]);
  expect(receiveView(showView(whole), name).shown.customer.card).toBe(whole.customer.card);
  expect(receiveView(showView(name), name).shown).toBe(name);
  expect(receiveView(showView(name), whole).shown).toBe(whole);
  const failed = card([{ part: 'cases', state: 'unavailable' }]);
  expect(receiveView(showView(whole), failed).shown).toBe(failed);
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
  expect(held.shown).toEqual(matchedView('A', { sources: silent.customer.sources }));
  expect(held.failedSource).toBe('Directory');
  expect(receiveView(held, matched('A')).failedSource).toBeNull();
});

test('a card that another source has added to is the same customer', () => {
  const source = { id: 'crm', label: 'CRM', fetchedAt: 0 };
  const grown = fakeCard('A', {
    id: 'crm:7',
    records: [{ id: 'crm:7', source, missing: [] }, ...fakeCard('A').records],
  });
  const held = receiveView(showView(matched('A')), matchedView('crm:7', { card: grown }));
  expect(held.shown.customer.card).toBe(grown);
});

test('while nobody is found and somebody is asked, the panel is still looking', () => {
  const sources = [{ id: 'crm', label: 'CRM', state: 'asking', fetchedAt: null }] as const;
  expect(isStillLooking(fakeView({ sources: [...sources] }))).toBe(true);
  expect(isStillLooking(matchedView('A', { sources: [...sources] }))).toBe(false);
  expect(isStillLooking(fakeView({ sources: [{ ...sources[0], state: 'not-found' }] }))).toBe(false);
});

test('what happened to the engagement is shown even while another customer is only offered', () => {
  const record = fakeRecord({ phase: 'active', hold: { count: 1, totalMs: 0, since: 5 } });
  const held = receiveView(showView(matched('A')), matchedView('B', { record, facts: { queueName: 'Billing' } }));
  expect(held.shown).toEqual(matchedView('A', { record, facts: { queueName: 'Billing' } }));
  const unanswered = receiveView(showView(matched('A')), { ...silent, engagement: { facts: {}, record } });
  expect(unanswered.shown.engagement.record).toBe(record);
});

test('a push takes back what the agent decided, and nobody else’s link', () => {
  const decided = matchedView('A', { link: { customerId: 'A', decidedBy: 'agent', canUndo: true } });
  expect(isOutdated(matched('A'), showView(decided), true)).toBe(true);
  expect(isOutdated({ ...decided }, showView(decided), true)).toBe(false);
  expect(isOutdated(matched('A'), showView(unknown), false)).toBe(false);
  const offered = receiveView(showView(decided), matched('B'));
  expect(isOutdated(matched('B'), offered, true)).toBe(false);
});

test('a push with fewer lines of the same history is older, one with others is not', () => {
  const withLines = (...at: number[]) =>
    fakeView({ record: fakeRecord({ timeline: at.map((one) => fakeEntry('note', one)) }) });
  expect(isOutdated(withLines(1, 2), showView(withLines(1, 2, 3)), false)).toBe(true);
  expect(isOutdated(withLines(), showView(withLines(1)), false)).toBe(true);
  expect(isOutdated(withLines(1, 2, 3), showView(withLines(1, 2, 3)), false)).toBe(false);
  expect(isOutdated(withLines(2, 3, 4), showView(withLines(1, 2, 3)), false)).toBe(false);
  expect(isOutdated(withLines(4), showView(withLines(1, 2)), false)).toBe(false);
});

test('whatever answers come, a shown customer or choice stays until the agent acts', () => {
  const answers = fc.constantFrom(unknown, silent, matched('A'), matched('B'), several('A', 'B'), several('A', 'C'));
  fc.assert(
    fc.property(fc.array(answers), (history) => {
      let held: HeldView | undefined;
      for (const answer of history) {
        const before = held?.shown;
        held = receiveView(held, answer);
        if (before?.customer.card) expect(held.shown.customer.card?.id).toBe(before.customer.card.id);
        const candidates = before?.customer.candidates ?? [];
        if (candidates.length > 0) expect(held.shown.customer.candidates).toEqual(candidates);
      }
    }),
  );
});
