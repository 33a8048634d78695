/* Views for tests, with an empty default for everything that a test does not set. */
import type { CustomerCard, CustomerGroup } from '#contract/customers.ts';
import type { EngagementEventKind, EngagementGroup, EngagementRecord, TimelineEntry } from '#contract/engagements.ts';
import type { EngagementView } from '#contract/view.ts';

const none = { count: 0, totalMs: 0, since: null };

const emptyRecord: EngagementRecord = {
  phase: null,
  hold: none,
  mute: none,
  handOver: null,
  disposition: null,
  timeline: [],
  gaps: [],
};

export function fakeRecord(more: Partial<EngagementRecord> = {}): EngagementRecord {
  return { ...emptyRecord, ...more };
}

export function fakeEntry(kind: EngagementEventKind, at: number, more: Partial<TimelineEntry> = {}): TimelineEntry {
  return { id: `${kind} ${at}`, at, kind, ...more };
}

export function fakeCard(id: string, more: Partial<CustomerCard> = {}): CustomerCard {
  const source = { id: 'directory', label: 'Directory', fetchedAt: 0 };
  const nothing = { alerts: [], phones: [], emails: [], cases: [], interactions: [], details: [] };
  const records = [{ id, source, missing: [] }];
  return { id, name: id, ...nothing, records, mergedBy: [], differences: [], ...more };
}

/** Fields of the groups `engagement` and `customer`, and the groups `sources` and `history`, by name. */
type FakeView = Partial<EngagementGroup & CustomerGroup & Pick<EngagementView, 'engagementId' | 'sources' | 'history'>>;

/** No match, unless `more` overrides it. */
export function fakeView(more: FakeView = {}): EngagementView {
  const { engagementId = 'E-1', facts = {}, record = emptyRecord, ...others } = more;
  const { sources = [], history = { kind: 'not-asked' }, ...customer } = others;
  return {
    engagementId,
    engagement: { facts, record },
    customer: {
      match: { kind: 'none', evidence: [] },
      link: { customerId: null, decidedBy: 'match', canUndo: false },
      card: null,
      candidates: [],
      verification: null,
      isPrefetched: false,
      ...customer,
    },
    sources,
    history,
  };
}

export function matchedView(customerId: string, more: FakeView = {}): EngagementView {
  return fakeView({
    match: { kind: 'matched', customerId, rule: 'caller-id', evidence: [] },
    link: { customerId, decidedBy: 'match', canUndo: false },
    card: fakeCard(customerId),
    ...more,
  });
}
