/*
 * From the entries of an engagement record to the lines that an agent reads.
 *
 * - A hold, mute, wait or wrap-up and its end become one line with the duration.
 * - Consecutive messages are counted in one line.
 * - A ringing line is replaced by its result once that is known.
 * - When Zoom sends two events for one occurrence, the more specific one remains.
 * - Left out: events of kind `other`, leaving a queue when an agent answers, the wait of a transfer in its queue, and
 *   the completion of an accepted transfer.
 */
import type { EngagementEventKind, EngagementRecord, Gap, TimelineEntry } from '#contract/engagements.ts';

export type TimelineLine = TimelineEntry & {
  /** Number of consecutive entries in this line. */
  count: number;
  /** Duration in ms; null while it lasts or when its end is unknown. */
  durationMs?: number | null;
};

export type TimelineItem = { id: string; at: number } & ({ line: TimelineLine } | { gap: Gap });

const leftOut = new Set<EngagementEventKind>(['other', 'dequeued']);
const counted = new Set<EngagementEventKind>(['message', 'file', 'dtmf']);
const lasting = new Set<EngagementEventKind>(['hold', 'muted', 'queued', 'wrap-up-started']);
const beginningOf: Partial<Record<EngagementEventKind, EngagementEventKind>> = {
  unhold: 'hold',
  unmuted: 'muted',
  'wrap-up-ended': 'wrap-up-started',
};
const endsWaiting = new Set<EngagementEventKind>([
  'queued',
  'dequeued',
  'answered',
  'transfer-accepted',
  'consumer-left',
  'ended',
]);
const ringing: EngagementEventKind[] = ['ringing'];
const offering: EngagementEventKind[] = ['transfer-ringing', 'transfer-queued', 'ringing'];
/** Ringing is replaced by its result. */
const madeNeedless: Partial<Record<EngagementEventKind, EngagementEventKind[]>> = {
  answered: ringing,
  declined: ringing,
  missed: ringing,
  withdrawn: ringing,
  'transfer-ringing': ['transfer-queued'],
  'transfer-accepted': offering,
  'transfer-declined': offering,
  'transfer-missed': offering,
  'transfer-canceled': offering,
};
const moreSpecificKinds: Partial<Record<EngagementEventKind, EngagementEventKind[]>> = {
  ringing: ['transfer-ringing', 'conference-invited'],
  answered: ['transfer-accepted', 'conference-joined'],
  declined: ['transfer-declined', 'conference-declined'],
  missed: ['transfer-missed', 'conference-missed'],
  withdrawn: ['transfer-canceled', 'conference-canceled'],
  left: ['wrap-up-started', 'conference-left'],
};
const isUnderWay = new Set<EngagementEventKind>(['transfer-started', 'transfer-queued', 'transfer-ringing']);
/** Two events of one occurrence are at most this far apart. */
const oneMomentMs = 5_000;

/** Newest first; a gap that is still open comes first. */
export function composeTimeline({ timeline, gaps }: Pick<EngagementRecord, 'timeline' | 'gaps'>): TimelineItem[] {
  const lines: TimelineLine[] = [];
  for (const entry of timeline) if (!isSuperseded(entry, timeline)) addEntry(lines, entry);
  const items: TimelineItem[] = [
    ...lines.map((line) => ({ id: line.id, at: line.at, line })),
    ...joinGaps(gaps).map((gap) => ({ id: `gap ${gap.from}`, at: gap.until === null ? Infinity : gap.from, gap })),
  ];
  // Entries of the same time keep the order of arrival, newest first.
  return items.sort((one, other) => one.at - other.at).reverse();
}

/** Merges gaps less than a minute apart, because they are shown to the minute. `gaps` may be in any order. */
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
    // Several agents may ring at once; there is one transfer at a time.
    const index = lines.findLastIndex(
      (line) => line.kind === needless && (needless !== 'ringing' || line.agent === concernedBy(entry)),
    );
    if (index >= 0) lines.splice(index, 1);
  }
  lines.push({ ...entry, count: 1, ...(lasting.has(kind) && { durationMs: null }) });
}

/** Returns whether an open line was found. A wait belongs to no agent. */
function endLine(lines: TimelineLine[], kind: EngagementEventKind, at: number, agent?: string): boolean {
  const line = lines.findLast((one) => one.kind === kind && one.durationMs === null && one.agent === agent);
  if (line) line.durationMs = at - line.at;
  return line !== undefined;
}

function isSuperseded(entry: TimelineEntry, timeline: TimelineEntry[]): boolean {
  const better = moreSpecificKinds[entry.kind];
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

/** The receiver of a transfer or an invitation. */
const concernedBy = ({ agent, to }: TimelineEntry) => to ?? agent;

/** A transferred customer waits again; the line of the transfer names the queue. */
function isOfTransfer(lines: TimelineLine[], { queue }: TimelineEntry): boolean {
  const transfer = lines.findLast((line) => line.kind.startsWith('transfer-'));
  if (transfer === undefined || !isUnderWay.has(transfer.kind)) return false;
  return queue === undefined || queue === transfer.queue || queue === transfer.to;
}
