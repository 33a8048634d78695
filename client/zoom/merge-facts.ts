/*
 * Merges the facts of one engagement from answers to reads (complete) and changes (events; only what differs).
 *
 * - An absent field never erases. `consumers` and `variables` are replaced as a whole.
 * - Between changes the host's time decides, field by field, not the order of arrival. A change without a time, or with
 *   an equal one (Zoom counts seconds), counts as newest. Changes with distinct times therefore give the same facts in
 *   any order and with any repetition.
 * - An answer loses only to changes that arrived after its read began; earlier ones are part of it.
 */
import type { EngagementFacts } from '#contract/engagements.ts';

type FactName = keyof EngagementFacts;

/** When a field was last changed: the host's time (ms UTC; null without one) and the record's version. */
type FieldVersion = { at: number | null; version: number };

export type FactRecord = {
  facts: EngagementFacts;
  changes: Partial<Record<FactName, FieldVersion>>;
  /** Number of changes so far. An answer is compared with the version at which its read began. */
  version: number;
};

export const emptyRecord: FactRecord = { facts: {}, changes: {}, version: 0 };

export function mergeChange(record: FactRecord, change: EngagementFacts, at: number | null): FactRecord {
  const version = record.version + 1;
  const fresh = namesOf(change).filter((name) => !isOlder(at, record.changes[name]?.at ?? null));
  const changes = { ...record.changes };
  for (const name of fresh) changes[name] = { at: at ?? record.changes[name]?.at ?? null, version };
  return { facts: take(record.facts, change, fresh), changes, version };
}

export function mergeAnswer(record: FactRecord, answer: EngagementFacts, versionAtRequest: number): FactRecord {
  const fresh = namesOf(answer).filter((name) => (record.changes[name]?.version ?? 0) <= versionAtRequest);
  return { ...record, facts: take(record.facts, answer, fresh) };
}

/** Facts with the same fingerprint get the same match from the server. */
export function fingerprintOf(facts: EngagementFacts): string {
  return JSON.stringify([facts.channel, facts.source, facts.queueId, facts.consumers, facts.variables]);
}

function isOlder(at: number | null, known: number | null): boolean {
  return at !== null && known !== null && at < known;
}

/** Returns the same object when nothing differs, so that a repeated event does not notify. */
function take(facts: EngagementFacts, from: EngagementFacts, names: FactName[]): EngagementFacts {
  const changed = names.filter((name) => JSON.stringify(facts[name]) !== JSON.stringify(from[name]));
  if (changed.length === 0) return facts;
  return { ...facts, ...Object.fromEntries(changed.map((name) => [name, from[name]])) };
}

function namesOf(facts: EngagementFacts): FactName[] {
  return (Object.keys(facts) as FactName[]).filter((name) => facts[name] !== undefined);
}
