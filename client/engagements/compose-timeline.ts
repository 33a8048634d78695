/*
 * The lines that an agent reads, from the entries of the record. A hold, mute, wait or wrap-up and its end are one line that
 * says how long it was; messages in a row are counted; ringing is what became of it, once that is known; of what Zoom tells
 * as two events the one that says more stands. Left out is what says nothing to an agent: Zoom's events without a word of
 * ours, leaving a queue for whoever answers, a transfer's own wait in a queue, and the end of an accepted transfer.
 */
import type { EngagementRecord, EntryKind, Gap, TimelineEntry } from '#contract/engagements.ts';

export type TimelineLine = TimelineEntry & {
  /** How many in a row. */
  count: number;
  /** Of what lasts: ms, null while it does or when its end was not heard. */
  lastedMs?: number | null;
};

export type TimelineItem = { id: string; at: number } & ({ line: TimelineLine } | { gap: Gap });

const leftOut = new Set<EntryKind>(['other', 'dequeued']);
const counted = new Set<EntryKind>(['message', 'file', 'dtmf']);
const lasting = new Set<EntryKind>(['hold', 'muted', 'queued', 'wrap-up-started']);
const beginningOf: Partial<Record<EntryKind, EntryKind>> = {
  unhold: 'hold',
  unmuted: 'muted',
  'wrap-up-ended': 'wrap-up-started',
};
const endsWaiting = new Set<EntryKind>([
  'queued',
  'dequeued',
  'answered',
  'transfer-accepted',
  'consumer-left',
  'ended',
]);
const ringing: EntryKind[] = ['ringing'];
const offering: EntryKind[] = ['transfer-ringing', 'transfer-queued', 'ringing'];
/** By what became of them. */
const madeNeedless: Partial<Record<EntryKind, EntryKind[]>> = {
  ...{ answered: ringing, declined: ringing, missed: ringing, withdrawn: ringing },
  'transfer-ringing': ['transfer-queued'],
  ...{ 'transfer-accepted': offering, 'transfer-declined': offering },
  ...{ 'transfer-missed': offering, 'transfer-canceled': offering },
};
/** One moment of one agent in two events. */
const saidBetterBy: Partial<Record<EntryKind, EntryKind[]>> = {
  ringing: ['transfer-ringing', 'conference-invited'],
  answered: ['transfer-accepted', 'conference-joined'],
  declined: ['transfer-declined', 'conference-declined'],
  missed: ['transfer-missed', 'conference-missed'],
  withdrawn: ['transfer-canceled', 'conference-canceled'],
  left: ['wrap-up-started', 'conference-left'],
};
const isUnderWay = new Set<EntryKind>(['transfer-started', 'transfer-queued', 'transfer-ringing']);
const oneMomentMs = 5_000;

/** Newest first, and above them a silence that lasts: it is of now. */
export function composeTimeline({ timeline, gaps }: Pick<EngagementRecord, 'timeline' | 'gaps'>): TimelineItem[] {
  const lines: TimelineLine[] = [];
  for (const entry of timeline) if (!isSaidBetter(entry, timeline)) addEntry(lines, entry);
  const items: TimelineItem[] = [
    ...lines.map((line) => ({ id: line.id, at: line.at, line })),
    ...joinGaps(gaps).map((gap) => ({ id: `gap ${gap.from}`, at: gap.until === null ? Infinity : gap.from, gap })),
  ];
  // Of the same moment, what was told later stands above.
  return items.sort((one, other) => one.at - other.at).reverse();
}

/** Those within a minute of each other read as one, for they are told to the minute. `gaps` in any order. */
function joinGaps(gaps: Gap[]): Gap[] {
  const joined: Gap[] = [];
  for (const gap of gaps.toSorted((one, other) => one.from - other.from)) {
    const last = joined.at(-1);
    const touches = last !== undefined && (last.until === null || gap.from - last.until < 60_000);
    if (!touches) joined.push({ ...gap });
    else if (last.until !== null) last.until = gap.until === null ? null : Math.max(last.until, gap.until);
  }
  return joined;
}

function addEntry(lines: TimelineLine[], entry: TimelineEntry): void {
  const { kind, agent, at } = entry;
  if (kind === 'queued' && isOfTransfer(lines, entry)) return;
  if (endsWaiting.has(kind)) endLine(lines, 'queued', at);
  const begun = beginningOf[kind];
  if (leftOut.has(kind) || (begun && endLine(lines, begun, at, agent))) return;
  const last = lines.at(-1);
  if (last?.kind === kind && counted.has(kind) && last.agent === agent) {
    last.count += 1;
    last.at = at;
    if (entry.digits !== undefined) last.digits = (last.digits ?? 0) + entry.digits;
    return;
  }
  if (kind === 'transfer-completed' && lines.some((line) => line.kind === 'transfer-accepted')) return;
  for (const needless of madeNeedless[kind] ?? []) {
    // It may ring at several agents; of transfers there is one at a time.
    const index = lines.findLastIndex(
      (line) => line.kind === needless && (needless !== 'ringing' || line.agent === concernedBy(entry)),
    );
    if (index >= 0) lines.splice(index, 1);
  }
  lines.push({ ...entry, count: 1, ...(lasting.has(kind) && { lastedMs: null }) });
}

/** Answers whether one was there to end. A wait is nobody's. */
function endLine(lines: TimelineLine[], kind: EntryKind, at: number, agent?: string): boolean {
  const line = lines.findLast((one) => one.kind === kind && one.lastedMs === null && one.agent === agent);
  if (line) line.lastedMs = at - line.at;
  return line !== undefined;
}

function isSaidBetter(entry: TimelineEntry, timeline: TimelineEntry[]): boolean {
  const better = saidBetterBy[entry.kind];
  return (
    better !== undefined &&
    timeline.some(
      (other) =>
        better.includes(other.kind) &&
        concernedBy(other) === entry.agent &&
        Math.abs(other.at - entry.at) <= oneMomentMs,
    )
  );
}

/** Of a transfer or an invitation: who receives it. */
const concernedBy = ({ agent, to }: TimelineEntry) => to ?? agent;

/** Whom an agent sends on waits once more; the transfer's line says where. */
function isOfTransfer(lines: TimelineLine[], { queue }: TimelineEntry): boolean {
  const transfer = lines.findLast((line) => line.kind.startsWith('transfer-'));
  if (transfer === undefined || !isUnderWay.has(transfer.kind)) return false;
  return queue === undefined || queue === transfer.queue || queue === transfer.to;
}
