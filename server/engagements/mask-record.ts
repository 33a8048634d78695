import type { EngagementEventKind, EngagementRecord } from '#contract/engagements.ts';
import { noSpans } from './spans.ts';

/** The record of an engagement without events from Zoom. */
export const emptyRecord: Omit<EngagementRecord, 'gaps'> = {
  phase: null,
  hold: noSpans,
  mute: noSpans,
  handOver: null,
  disposition: null,
  timeline: [],
};

/** Kinds whose text an agent wrote. */
const kindsWithAgentText = new Set<EngagementEventKind>(['note', 'disposition']);

/**
 * Masks e-mails, and numbers with a country code, in text that agents wrote. A national number is masked only where the
 * customer's own numbers are known, which they are not here.
 */
export function maskRecord(record: EngagementRecord, mask: (text: string) => string): EngagementRecord {
  const { handOver, disposition } = record;
  const maskOr = (text: string | null) => (text === null ? null : mask(text));
  return {
    ...record,
    disposition: maskOr(disposition),
    handOver: handOver && {
      ...handOver,
      disposition: maskOr(handOver.disposition),
      notes: handOver.notes.map((note) => ({ ...note, text: mask(note.text) })),
    },
    timeline: record.timeline.map((entry) =>
      entry.text !== undefined && kindsWithAgentText.has(entry.kind) ? { ...entry, text: mask(entry.text) } : entry,
    ),
  };
}
