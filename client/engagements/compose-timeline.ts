/*
 * The lines that an agent reads, from the entries of the record. A hold or mute and its end are one line that says how long
 * it was; messages in a row are counted; ringing is what became of it, once that is known. Left out is what says nothing to an
 * agent: Zoom's events without a word of ours, leaving a queue for whoever answers, and the end of an accepted transfer.
 */
import type { EngagementRecord, EntryKind, Gap, TimelineEntry } from '#contract/engagements.ts';

export type TimelineLine = TimelineEntry & {
  /** How many in a row. */
  count: number;
  /** Of a hold or mute: ms, null while it lasts or when its end was not heard. */
  lastedMs?: number | null;
};

export type TimelineItem = { id: string; at: number } & ({ line: TimelineLine } | { gap: Gap });

const leftOut = new Set<EntryKind>(['other', 'dequeued']);
const counted = new Set<EntryKind>(['message', 'file', 'dtmf']);
const beginningOf: Partial<Record<EntryKind, EntryKind>> = { unhold: 'hold', unmuted: 'muted' };
const ringing: EntryKind[] = ['ringing'];
const offering: EntryKind[] = ['transfer-ringing', 'transfer-queued'];
/** By what became of them. */
const madeNeedless: Partial<Record<EntryKind, EntryKind[]>> = {
  ...{ answered: ringing, declined: ringing, missed: ringing, withdrawn: ringing },
  ...{ 'transfer-accepted': offering, 'transfer-declined': offering },
  ...{ 'transfer-missed': offering, 'transfer-canceled': offering },
};

/** Newest first. */
export function composeTimeline({ timeline, gaps }: Pick<EngagementRecord, 'timeline' | 'gaps'>): TimelineItem[] {
  const lines: TimelineLine[] = [];
  for (const entry of timeline) if (!leftOut.has(entry.kind)) addEntry(lines, entry);
  const items: TimelineItem[] = [
    ...lines.map((line) => ({ id: line.id, at: line.at, line })),
    ...gaps.map((gap) => ({ id: `gap ${gap.from}`, at: gap.from, gap })),
  ];
  // Of the same moment, what was told later stands above.
  return items.sort((one, other) => one.at - other.at).reverse();
}

function addEntry(lines: TimelineLine[], entry: TimelineEntry): void {
  const { kind, agent, at } = entry;
  const begun = lines.findLast(
    (line) => line.kind === beginningOf[kind] && line.agent === agent && line.lastedMs === null,
  );
  if (begun !== undefined) {
    begun.lastedMs = at - begun.at;
    return;
  }
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
      (line) => line.kind === needless && (needless !== 'ringing' || line.agent === agent),
    );
    if (index >= 0) lines.splice(index, 1);
  }
  lines.push({ ...entry, count: 1, ...((kind === 'hold' || kind === 'muted') && { lastedMs: null }) });
}
