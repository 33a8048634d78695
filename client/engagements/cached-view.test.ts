import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CachedView, isOutdated, isStillLooking, receiveView, showOffered, showView } from './cached-view.ts';
import { fakeCard, fakeEntry, fakeRecord, fakeView, matchedView } from './fake-view.ts';

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

test('cached view › a newer view has another customer › it is offered, not shown', () => {
  const cached = receiveView(showView(matched('A')), matched('B'));
  expect(cached.shown.customer.card?.id).toBe('A');
  expect(cached.offered?.customer.card?.id).toBe('B');
  expect(showOffered(cached)).toEqual(showView(matched('B')));
});

test('cached view › an offer is accepted after newer views › only its customer is shown of it', () => {
  const offered = receiveView(showView(matched('A')), matched('B'));
  const record = fakeRecord({ phase: 'ended' });
  const cached = showOffered(receiveView(offered, { ...silent, engagement: { facts: {}, record } }));
  expect(cached.shown).toEqual(matchedView('B', { record, sources: silent.sources }));
  expect(cached).toMatchObject({ offered: null, failedSourceLabels: 'Directory' });
});

test('cached view › a newer view has the same customer › it is shown and the offer is withdrawn', () => {
  const offered = receiveView(showView(matched('A')), matched('B'));
  const fresh = matchedView('A', { card: fakeCard('A', { alerts: ['Complaint open'] }) });
  const cached = receiveView(offered, fresh);
  expect(cached.shown).toBe(fresh);
  expect(cached.offered).toBeNull();
});

test('cached view › records are being read again › the customer stays until they arrive or the agent decides', () => {
  const source = { id: 'crm', label: 'CRM', fetchedAt: 0 };
  const card = (missing: { part: 'cases'; state: 'pending' | 'unavailable' }[]) =>
    matchedView('A', { card: fakeCard('A', { records: [{ id: 'A', source, missing }] }) });
  const whole = card([]);
  const name = card([{ part: 'cases', state: 'pending' }]);
  expect(receiveView(showView(whole), name).shown.customer).toBe(whole.customer);
  expect(receiveView(showView(name), name).shown).toBe(name);
  expect(receiveView(showView(name), whole).shown).toBe(whole);
  const failed = card([{ part: 'cases', state: 'unavailable' }]);
  expect(receiveView(showView(whole), failed).shown).toBe(failed);
  const linked = matchedView('A', { ...name.customer, link: { customerId: 'A', decidedBy: 'agent', canUndo: true } });
  expect(receiveView(showView(whole), linked).shown).toBe(linked);
  const verified = matchedView('A', { ...name.customer, verification: { method: 'document', at: 1, byYou: true } });
  expect(receiveView(showView(whole), verified).shown).toBe(verified);
});

test('cached view › candidates in another order › the shown order stays', () => {
  expect(receiveView(showView(several('A', 'B')), several('B', 'A')).shown).toEqual(several('A', 'B'));
  expect(receiveView(showView(several('A', 'B')), matched('A')).offered).toEqual(matched('A'));
});

test('cached view › no customer shown › a match is shown at once, during a search it is offered', () => {
  expect(receiveView(showView(unknown), matched('A')).shown).toEqual(matched('A'));
  expect(receiveView({ ...showView(unknown), isSearching: true }, several('A', 'B')).shown).toEqual(unknown);
});

test('cached view › a source failed › the customer stays and the source is named', () => {
  const cached = receiveView(showView(matched('A')), silent);
  expect(cached.shown).toEqual(matchedView('A', { sources: silent.sources }));
  expect(cached.failedSourceLabels).toBe('Directory');
  expect(receiveView(cached, matched('A')).failedSourceLabels).toBeNull();
});

test('cached view › a card gained a record of another source › counts as the same customer', () => {
  const source = { id: 'crm', label: 'CRM', fetchedAt: 0 };
  const grown = fakeCard('A', {
    id: 'crm:7',
    records: [{ id: 'crm:7', source, missing: [] }, ...fakeCard('A').records],
  });
  const cached = receiveView(showView(matched('A')), matchedView('crm:7', { card: grown }));
  expect(cached.shown.customer.card).toBe(grown);
});

test('still looking › no match and a source pending › is true', () => {
  const sources = [{ id: 'crm', label: 'CRM', state: 'pending', fetchedAt: null }] as const;
  expect(isStillLooking(showView(fakeView({ sources: [...sources] })))).toBe(true);
  // The search stays, whatever else is looked up meanwhile.
  expect(isStillLooking({ ...showView(fakeView({ sources: [...sources] })), isSearching: true })).toBe(false);
  expect(isStillLooking(showView(matchedView('A', { sources: [...sources] })))).toBe(false);
  expect(isStillLooking(showView(fakeView({ sources: [{ ...sources[0], state: 'not-found' }] })))).toBe(false);
});

test('cached view › another customer is offered › the engagement group is still replaced', () => {
  const record = fakeRecord({ phase: 'active', hold: { count: 1, totalMs: 0, since: 5 } });
  const cached = receiveView(showView(matched('A')), matchedView('B', { record, facts: { queueName: 'Billing' } }));
  expect(cached.shown).toEqual(matchedView('A', { record, facts: { queueName: 'Billing' } }));
  const unanswered = receiveView(showView(matched('A')), { ...silent, engagement: { facts: {}, record } });
  expect(unanswered.shown.engagement.record).toBe(record);
});

test('outdated push › another link than the agent decided on › is outdated', () => {
  const decided = matchedView('A', { link: { customerId: 'A', decidedBy: 'agent', canUndo: true } });
  expect(isOutdated(matched('A'), showView(decided), true)).toBe(true);
  expect(isOutdated({ ...decided }, showView(decided), true)).toBe(false);
  expect(isOutdated(matched('A'), showView(unknown), false)).toBe(false);
  const offered = receiveView(showView(decided), matched('B'));
  expect(isOutdated(matched('B'), offered, true)).toBe(false);
});

test('outdated push › a shorter timeline of the same entries › is outdated', () => {
  const withLines = (...at: number[]) =>
    fakeView({ record: fakeRecord({ timeline: at.map((one) => fakeEntry('note', one)) }) });
  expect(isOutdated(withLines(1, 2), showView(withLines(1, 2, 3)), false)).toBe(true);
  expect(isOutdated(withLines(), showView(withLines(1)), false)).toBe(true);
  expect(isOutdated(withLines(1, 2, 3), showView(withLines(1, 2, 3)), false)).toBe(false);
  expect(isOutdated(withLines(2, 3, 4), showView(withLines(1, 2, 3)), false)).toBe(false);
  expect(isOutdated(withLines(4), showView(withLines(1, 2)), false)).toBe(false);
});

test('cached view › any sequence of views › a shown customer or choice stays until the agent acts', () => {
  const answers = fc.constantFrom(unknown, silent, matched('A'), matched('B'), several('A', 'B'), several('A', 'C'));
  fc.assert(
    fc.property(fc.array(answers), (history) => {
      let cached: CachedView | undefined;
      for (const answer of history) {
        const before = cached?.shown;
        cached = receiveView(cached, answer);
        if (before?.customer.card) expect(cached.shown.customer.card?.id).toBe(before.customer.card.id);
        const candidates = before?.customer.candidates ?? [];
        if (candidates.length > 0) expect(cached.shown.customer.candidates).toEqual(candidates);
      }
    }),
  );
});
