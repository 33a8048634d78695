/* Views for tests: everything that a test does not speak of is as plain as it can be. */
import type { CustomerCard, EngagementView } from '#contract/customers.ts';
import type { EngagementRecord, EntryKind, TimelineEntry } from '#contract/engagements.ts';

const none = { count: 0, totalMs: 0, since: null };

export const emptyRecord: EngagementRecord = {
  ...{ phase: null, hold: none, mute: none, handOver: null, disposition: null },
  ...{ timeline: [], gaps: [] },
};

export function fakeRecord(more: Partial<EngagementRecord> = {}): EngagementRecord {
  return { ...emptyRecord, ...more };
}

export function fakeEntry(kind: EntryKind, at: number, more: Partial<TimelineEntry> = {}): TimelineEntry {
  return { id: `${kind} ${at}`, at, kind, ...more };
}

export function fakeCard(id: string, more: Partial<CustomerCard> = {}): CustomerCard {
  const source = { id: 'directory', label: 'Directory', fetchedAt: 0 };
  const nothing = { alerts: [], phones: [], emails: [], cases: [], interactions: [], details: [] };
  const records = [{ id, source, missing: [] }];
  return { id, name: id, ...nothing, records, mergedBy: [], differences: [], ...more };
}

/** Nobody fits, unless `more` says otherwise. */
export function fakeView(more: Partial<EngagementView> = {}): EngagementView {
  return {
    engagementId: 'E-1',
    match: { kind: 'none', evidence: [] },
    link: { customerId: null, decidedBy: 'match', canUndo: false },
    customer: null,
    candidates: [],
    facts: {},
    record: emptyRecord,
    lookup: 'cold',
    sources: [],
    verification: null,
    past: { kind: 'not-asked' },
    ...more,
  };
}

export function matchedView(customerId: string, more: Partial<EngagementView> = {}): EngagementView {
  return fakeView({
    match: { kind: 'matched', customerId, rule: 'caller-id', evidence: [] },
    link: { customerId, decidedBy: 'match', canUndo: false },
    customer: fakeCard(customerId),
    ...more,
  });
}
