/*
 * Merges the facts of one engagement from reads (complete answers) and differences (events).
 *
 * - An absent field never erases. `consumers` and `variables` are replaced as a whole.
 * - Between differences the host's time decides, field by field, not the order of arrival. A difference without a time,
 *   or with an equal one (Zoom counts seconds), counts as newest. Differences with distinct times therefore give the
 *   same facts in any order and with any repetition.
 * - A read loses only to differences that arrived after it began; earlier ones are part of its answer.
 */
import type { EngagementFacts } from '#contract/engagements.ts';

type FactName = keyof EngagementFacts;

/** When a field was last changed: the host's time (ms UTC; null without one) and the turn. */
type Change = { at: number | null; turn: number };

export type FactRecord = {
  facts: EngagementFacts;
  changes: Partial<Record<FactName, Change>>;
  /** Number of differences so far. A read compares it with the turn in which it began. */
  turn: number;
};

export const noFacts: FactRecord = { facts: {}, changes: {}, turn: 0 };

export function mergeDifference(record: FactRecord, difference: EngagementFacts, at: number | null): FactRecord {
  const turn = record.turn + 1;
  const fresh = namesOf(difference).filter((name) => !isOlder(at, record.changes[name]?.at ?? null));
  const changes = { ...record.changes };
  for (const name of fresh) changes[name] = { at: at ?? record.changes[name]?.at ?? null, turn };
  return { facts: take(record.facts, difference, fresh), changes, turn };
}

export function mergeRead(record: FactRecord, answer: EngagementFacts, askedInTurn: number): FactRecord {
  const fresh = namesOf(answer).filter((name) => (record.changes[name]?.turn ?? 0) <= askedInTurn);
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
